import {
  Button,
  Checkbox,
  Dialog,
  DialogBody,
  DialogFooter,
  FormGroup,
  HTMLSelect,
  InputGroup,
} from "@blueprintjs/core";
import { type FormEvent, useState } from "react";
import type { AssetRow, SaveAnswer } from "../../engine/contract/console/directives.ts";
import { api } from "../client/api.ts";
import { ApiError } from "../client/api-error.ts";
import { assertNever } from "../ui/assert-never.ts";
import { DifferenceView } from "../ui/file-editor/difference-view.tsx";
import { savedText, touchedText } from "../ui/file-editor/saved-text.ts";
import { safeText } from "../ui/safe-text.ts";
import { showToast } from "../ui/toast.tsx";
import { type Change, changedText, type Entry, entryProblem, isAssetFileName } from "./edit.ts";
import { type AssetDraft, saveAssetFile } from "./save.ts";

/** What is done to the entries. */
export type EntryTask =
  | { kind: "add"; files: readonly string[] }
  | { kind: "change"; row: AssetRow }
  | { kind: "remove"; row: AssetRow };

interface EntryDialogProps {
  task: EntryTask;
  onClose: () => void;
  onSaved: () => void;
}
/** What is about to be written, once the server has looked at it. */
interface Draft {
  file: AssetDraft;
  answer: SaveAnswer;
}

/** Adds, changes or removes an entry: the form, then the difference, then the save. */
export function EntryDialog({ task, onClose, onSaved }: EntryDialogProps) {
  const [form, setForm] = useState(() => formOf(task));
  const [draft, setDraft] = useState<Draft>();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);

  const act = async (run: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await run();
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
    } finally {
      setBusy(false);
    }
  };
  const look = () =>
    act(async () => {
      const problem = task.kind === "remove" ? undefined : entryProblem(form.name, form.value);
      if (problem !== undefined) throw new Error(problem);
      if (!isAssetFileName(form.file)) throw new Error("An asset file is called assets_NAME.json.");
      const before = await fileOf(form.file);
      const text = changedText(before.text, changeOf(task, entryOf(form)));
      const file = { name: form.file, text, ifVersion: before.version };
      const answer = await saveAssetFile(file, true);
      const wrong = answer.problems.find(({ severity }) => severity === "error");
      if (wrong !== undefined) throw new Error(wrong.text);
      setDraft({ file, answer });
    });
  const save = (ready: Draft) =>
    act(async () => {
      const done = await saveAssetFile(ready.file, false);
      if (!done.saved) throw new Error(done.problems[0]?.text ?? "It wasn't saved, and no reason was given.");
      showToast({ level: "ok", text: savedText(`${ready.file.name} is saved`, done) });
      onSaved();
      onClose();
    });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void (draft === undefined ? look() : save(draft));
  };
  return (
    <Dialog isOpen title={titleOf(task)} onClose={onClose} className="confirm entry-dialog" isCloseButtonShown={false}>
      <form onSubmit={submit}>
        <DialogBody>
          {draft !== undefined ? (
            <div className="save-question">
              <p>{touchedText(draft.answer)}</p>
              <DifferenceView difference={draft.answer.difference} />
            </div>
          ) : task.kind === "remove" ? (
            <p>
              {safeText(task.row.name)} <span className="mono">{safeText(task.row.cidr)}</span> is taken out of{" "}
              {safeText(task.row.file)}. What is inside it and not in another entry is worth nothing then: alarms about
              it can't exceed risk 0.
            </p>
          ) : (
            <EntryForm form={form} files={task.kind === "add" ? task.files : undefined} onChange={setForm} />
          )}
          {error === undefined ? null : (
            <p className="bad" role="alert">
              {safeText(error)}
            </p>
          )}
        </DialogBody>
        <DialogFooter
          actions={
            <>
              <Button
                onClick={draft === undefined ? onClose : () => setDraft(undefined)}
                text={draft === undefined ? "Cancel" : "Back"}
              />
              <Button
                type="submit"
                loading={busy}
                intent={draft !== undefined && task.kind === "remove" ? "danger" : "primary"}
                text={draft === undefined ? "Show the difference" : task.kind === "remove" ? "Remove" : "Save"}
              />
            </>
          }
        />
      </form>
    </Dialog>
  );
}

interface Form {
  name: string;
  cidr: string;
  value: string;
  whitelisted: boolean;
  file: string;
}

function formOf(task: EntryTask): Form {
  if (task.kind === "add")
    return { name: "", cidr: "", value: "3", whitelisted: false, file: task.files[0] ?? "assets_main.json" };
  const { name, cidr, value, whitelisted, file } = task.row;
  return { name, cidr, value: String(value), whitelisted: whitelisted === true, file };
}
function entryOf({ name, cidr, value, whitelisted }: Form): Entry {
  return { name: name.trim(), cidr: cidr.trim(), value: Number(value), whitelisted };
}
function changeOf(task: EntryTask, entry: Entry): Change {
  switch (task.kind) {
    case "add":
      return { kind: "put", index: undefined, entry };
    case "change":
      return { kind: "put", index: task.row.index, entry };
    case "remove":
      return { kind: "remove", index: task.row.index };
    default:
      return assertNever(task);
  }
}
function titleOf(task: EntryTask): string {
  switch (task.kind) {
    case "add":
      return "Add a network or host";
    case "change":
      return `Change ${safeText(task.row.name)}`;
    case "remove":
      return `Remove ${safeText(task.row.name)}?`;
    default:
      return assertNever(task);
  }
}

/** A file that isn't there yet is an empty one. */
async function fileOf(name: string): Promise<{ text: string; version: string }> {
  try {
    return await api.get("GET /assets/files/:name", { params: { name } });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return { text: "", version: "" };
    throw error;
  }
}

interface EntryFormProps {
  form: Form;
  /** Where a new entry can go. */
  files: readonly string[] | undefined;
  onChange: (form: Form) => void;
}
function EntryForm({ form, files, onChange }: EntryFormProps) {
  return (
    <div className="entry-form">
      <FormGroup
        label="Network or address"
        labelFor="asset-cidr"
        helperText="Such as 10.30.8.0/24, 10.30.8.14 or 2001:db8::/32."
      >
        <InputGroup
          id="asset-cidr"
          autoFocus
          className="mono"
          value={form.cidr}
          onValueChange={(cidr) => onChange({ ...form, cidr })}
        />
      </FormGroup>
      <FormGroup
        label="Name"
        labelFor="asset-name"
        helperText="A host's name stands for its address in titles of alarms."
      >
        <InputGroup id="asset-name" value={form.name} onValueChange={(name) => onChange({ ...form, name })} />
      </FormGroup>
      <FormGroup
        label="Value"
        labelFor="asset-value"
        helperText="What it is worth, usually 1 to 5; a factor of the risk."
      >
        <InputGroup
          id="asset-value"
          inputMode="numeric"
          value={form.value}
          onValueChange={(value) => onChange({ ...form, value })}
        />
      </FormGroup>
      <Checkbox
        label="Whitelisted: events from it are ignored, and it isn't part of HOME_NET"
        checked={form.whitelisted}
        onChange={({ currentTarget }) => onChange({ ...form, whitelisted: currentTarget.checked })}
      />
      {files === undefined || files.length < 2 ? null : (
        <FormGroup label="File" labelFor="asset-file">
          <HTMLSelect
            id="asset-file"
            value={form.file}
            onChange={({ target }) => onChange({ ...form, file: target.value })}
          >
            {files.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </HTMLSelect>
        </FormGroup>
      )}
    </div>
  );
}
