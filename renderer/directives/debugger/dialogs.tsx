import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  FormGroup,
  InputGroup,
  NumericInput,
  TextArea,
} from "@blueprintjs/core";
import { useId, useState } from "react";
import type { EventInput } from "../../../engine/contract/event.ts";
import { api } from "../../client/api.ts";
import { ApiError } from "../../client/api-error.ts";
import { CopyButton } from "../../ui/copy.tsx";
import { safeText } from "../../ui/safe-text.ts";
import { addEvents } from "./replay-store.ts";
import { followingEvent } from "./written-event.ts";

interface KeepDialogProps {
  session: string;
  suggested: string;
  onClose: () => void;
}

interface Kept {
  folder: string;
  alarms: number;
  command: string;
}

/** Keeps events, directives and the alarms they raise as a folder that `dsiem test` runs. */
export function KeepDialog({ session, suggested, onClose }: KeepDialogProps) {
  const [name, setName] = useState(suggested);
  const [description, setDescription] = useState("");
  const [fault, setFault] = useState<{ text: string; taken: boolean }>();
  const [kept, setKept] = useState<Kept>();
  const [busy, setBusy] = useState(false);
  const nameId = useId();
  const textId = useId();
  const keep = async (replace: boolean): Promise<void> => {
    setBusy(true);
    try {
      const body = {
        name: name.trim(),
        replace,
        ...(description.trim() !== "" && { description: description.trim() }),
      };
      setKept(await api.post("POST /replay/:session/keep", { params: { session }, body }));
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      setFault({ text, taken: error instanceof ApiError && error.status === 409 && text.includes("already") });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog isOpen title="Keep as test case" onClose={onClose}>
      <DialogBody>
        {kept === undefined ? (
          <>
            <FormGroup
              label="Name"
              labelFor={nameId}
              helperText="A folder of this name is made below tests in the data folder."
            >
              <InputGroup id={nameId} autoFocus value={name} onValueChange={setName} />
            </FormGroup>
            <FormGroup label="What it shows" labelFor={textId} labelInfo="(optional)">
              <TextArea
                id={textId}
                fill
                rows={2}
                value={description}
                onChange={({ currentTarget }) => setDescription(currentTarget.value)}
              />
            </FormGroup>
            {fault === undefined ? null : (
              <p className="bad" role="alert">
                {safeText(fault.text)}
              </p>
            )}
          </>
        ) : (
          <div role="status">
            <p>
              Kept with {kept.alarms === 1 ? "1 expected alarm" : `${kept.alarms} expected alarms`} in{" "}
              <span className="mono">{safeText(kept.folder)}</span>.
            </p>
            <p className="t2">This runs it, here and in CI:</p>
            <p className="kept-command">
              <code className="code">{safeText(kept.command)}</code>
              <CopyButton text={kept.command} label="Copy the command" />
            </p>
          </div>
        )}
      </DialogBody>
      <DialogFooter
        actions={
          kept === undefined ? (
            <>
              <Button text="Cancel" onClick={onClose} />
              {fault?.taken === true ? (
                <Button intent="danger" loading={busy} text="Replace it" onClick={() => void keep(true)} />
              ) : (
                <Button
                  intent="primary"
                  loading={busy}
                  disabled={name.trim() === ""}
                  text="Keep"
                  onClick={() => void keep(false)}
                />
              )}
            </>
          ) : (
            <Button intent="primary" text="Done" onClick={onClose} />
          )
        }
      />
    </Dialog>
  );
}

interface AddEventDialogProps {
  /** The event that the new one is like; it comes so many seconds later. */
  like: EventInput | undefined;
  onClose: () => void;
}

/** Puts a hand-written event behind the last one. */
export function AddEventDialog({ like, onClose }: AddEventDialogProps) {
  const [offset, setOffset] = useState(1);
  const [text, setText] = useState(() => textOf(followingEvent(like, 1)));
  const [fault, setFault] = useState<string>();
  const offsetId = useId();
  const textId = useId();
  const move = (seconds: number): void => {
    setOffset(seconds);
    const { timestamp } = followingEvent(like, seconds);
    // What was written stays; only its time moves, where it is still JSON.
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === "object" && value !== null) setText(textOf({ ...value, timestamp }));
    } catch {
      setFault("It isn't JSON, so its time stays as it is.");
    }
  };
  const add = async (): Promise<void> => {
    try {
      JSON.parse(text);
    } catch (error) {
      return setFault(`It isn't JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
    const refusal = await addEvents(text);
    if (refusal === undefined) onClose();
    else setFault(refusal);
  };
  return (
    <Dialog isOpen title="Add an event" onClose={onClose}>
      <DialogBody>
        <FormGroup label="Seconds after the last event" labelFor={offsetId} inline>
          <NumericInput id={offsetId} size="small" min={0} value={offset} onValueChange={(value) => move(value || 0)} />
        </FormGroup>
        <FormGroup label="The event as JSON" labelFor={textId} helperText="One event, or an array of them.">
          <TextArea
            id={textId}
            className="mono"
            fill
            rows={14}
            spellCheck={false}
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
        </FormGroup>
        {fault === undefined ? null : (
          <p className="bad" role="alert">
            {fault}
          </p>
        )}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button text="Cancel" onClick={onClose} />
            <Button intent="primary" text="Add" onClick={() => void add()} />
          </>
        }
      />
    </Dialog>
  );
}

const textOf = (value: object): string => JSON.stringify(value, undefined, 2);
