import { Button, Dialog, DialogBody, DialogFooter, FormGroup, InputGroup, TextArea } from "@blueprintjs/core";
import { useId, useState } from "react";
import type { ReplaySide } from "../../../engine/contract/console/replay.ts";
import { api } from "../../client/api.ts";
import { ApiError } from "../../client/api-error.ts";
import { CopyButton } from "../../ui/copy.tsx";
import { countOf } from "../../ui/number-text.ts";
import { safeText } from "../../ui/safe-text.ts";

interface KeepDialogProps {
  session: string;
  /** Whose directives and alarms are kept. */
  side: ReplaySide;
  suggested: string;
  onClose: () => void;
}

interface Kept {
  folder: string;
  alarms: number;
  command: string;
}

/** Keeps events, directives and the alarms they raise as a folder that `dsiem test` runs. */
export function KeepDialog({ session, side, suggested, onClose }: KeepDialogProps) {
  const [name, setName] = useState(suggested);
  const [description, setDescription] = useState("");
  const [fault, setFault] = useState<{ text: string; isTaken: boolean }>();
  const [kept, setKept] = useState<Kept>();
  const [busy, setBusy] = useState(false);
  const keep = async (replace: boolean): Promise<void> => {
    setBusy(true);
    try {
      const said = description.trim();
      const body = { name: name.trim(), replace, ...(said !== "" && { description: said }) };
      setKept(await api.post("POST /replay/:session/keep", { params: { session }, body }));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      setFault({ text, isTaken: error instanceof ApiError && error.field === "name" && error.status === 409 });
    } finally {
      setBusy(false);
    }
  };
  const taken = fault?.isTaken === true;
  return (
    <Dialog isOpen title="Keep as test case" onClose={onClose}>
      <DialogBody>
        {kept === undefined ? (
          <KeepForm
            {...{ side, name, description }}
            fault={fault?.text}
            onName={setName}
            onDescription={setDescription}
          />
        ) : (
          <KeptText kept={kept} />
        )}
      </DialogBody>
      <DialogFooter
        actions={
          kept === undefined ? (
            <>
              <Button text="Cancel" onClick={onClose} />
              <Button
                intent={taken ? "danger" : "primary"}
                loading={busy}
                disabled={name.trim() === ""}
                text={taken ? "Replace it" : "Keep"}
                onClick={() => void keep(taken)}
              />
            </>
          ) : (
            <Button intent="primary" text="Done" onClick={onClose} />
          )
        }
      />
    </Dialog>
  );
}

interface KeepFormProps {
  side: ReplaySide;
  name: string;
  description: string;
  fault: string | undefined;
  onName: (name: string) => void;
  onDescription: (description: string) => void;
}

function KeepForm({ side, name, description, fault, onName, onDescription }: KeepFormProps) {
  const nameId = useId();
  const textId = useId();
  return (
    <>
      <p className="t2 keep-what">
        All events of the recording, the {side} directives that they concern, the assets, and the alarms that come of it
        as what is expected from now on.
      </p>
      <FormGroup
        label="Name"
        labelFor={nameId}
        helperText="A folder of this name is made below tests in the data folder."
      >
        <InputGroup id={nameId} autoFocus value={name} onValueChange={onName} />
      </FormGroup>
      <FormGroup label="What it shows" labelFor={textId} labelInfo="(optional)">
        <TextArea
          id={textId}
          fill
          rows={2}
          value={description}
          onChange={({ currentTarget }) => onDescription(currentTarget.value)}
        />
      </FormGroup>
      {fault === undefined ? null : (
        <p className="bad" role="alert">
          {safeText(fault)}
        </p>
      )}
    </>
  );
}

function KeptText({ kept: { folder, alarms, command } }: { kept: Kept }) {
  return (
    <div role="status">
      <p>
        Kept with {countOf(alarms, "expected alarm")} in <span className="mono">{safeText(folder)}</span>.
      </p>
      <p className="t2">This runs it, here and in CI:</p>
      <p className="kept-command">
        <code className="code">{safeText(command)}</code>
        <CopyButton text={command} label="Copy the command" />
      </p>
    </div>
  );
}
