import { useState } from "react";
import type { SaveAnswer } from "../../../engine/contract/console/directives.ts";
import { api } from "../../client/api.ts";
import { savedText } from "../../ui/file-editor/saved-text.ts";
import { showToast } from "../../ui/toast.tsx";
import { type EditedFile, fileWith } from "./edited-file.ts";
import { type LoadedEdit, loadEdited } from "./load-edited.ts";
import type { EditTarget } from "./target.ts";
import type { Edit } from "./use-edit.ts";

export interface Save {
  busy: boolean;
  /** What saving would do, while the person is asked. */
  answer: SaveAnswer | undefined;
  /** What somebody else saved meanwhile in the same place, while the person is asked. */
  conflict: EditedFile | undefined;
  ask: () => Promise<void>;
  confirm: () => Promise<void>;
  cancel: () => void;
  keepMine: () => void;
  takeTheirs: () => void;
}

interface SaveOptions {
  target: EditTarget;
  ownFile: string;
  edit: Edit;
  /** Why it can't be saved; then nothing is asked. */
  reason: string | undefined;
  onSaved: (loaded: LoadedEdit | undefined) => void;
}

/**
 * Saves in two steps: the server says what would change, then it is done. What others changed in the file meanwhile stays;
 * only when they changed the very same directive the person decides.
 */
export function useSave({ target, ownFile, edit, reason, onSaved }: SaveOptions): Save {
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<SaveAnswer>();
  const [conflict, setConflict] = useState<EditedFile>();
  const put = (edited: EditedFile, dryRun: boolean): Promise<SaveAnswer> =>
    api.put("PUT /directives/files/:name", {
      params: { name: edited.fileName },
      query: { dryRun: dryRun ? "true" : "false" },
      body: { text: fileWith(edited, edit.text), ifVersion: edited.version },
    });
  /** What is edited as the file is now; undefined when the person has to decide. */
  const upToDate = async (): Promise<EditedFile | undefined> => {
    const { edited } = await loadEdited(target, ownFile);
    if (edited.version === edit.edited.version) return edit.edited;
    if (edited.text !== edit.edited.text) {
      setConflict(edited);
      return undefined;
    }
    edit.rebase(edited);
    return edited;
  };
  const ask = async (): Promise<void> => {
    if (reason !== undefined || busy) return;
    setBusy(true);
    try {
      const edited = await upToDate();
      if (edited !== undefined) setAnswer(await put(edited, true));
    } catch (error) {
      showToast({ level: "bad", text: error instanceof Error ? error.message : String(error) });
    } finally {
      setBusy(false);
    }
  };
  const confirm = async (): Promise<void> => {
    const edited = await upToDate();
    if (edited === undefined) return setAnswer(undefined);
    const done = await put(edited, false);
    if (!done.saved) throw new Error(done.problems[0]?.text ?? "Nothing was saved, and no reason was given.");
    setAnswer(undefined);
    showToast({ level: "ok", text: savedText(`${edited.fileName} is saved`, done) });
    onSaved(await loadEdited(savedTarget(target, edit.directive), ownFile).catch(() => undefined));
  };
  const decide = (text: string | undefined) => {
    if (conflict !== undefined) edit.rebase(conflict, text);
    setConflict(undefined);
  };
  return {
    ...{ busy, answer, conflict, ask, confirm },
    cancel: () => {
      setAnswer(undefined);
      setConflict(undefined);
    },
    keepMine: () => decide(undefined),
    takeTheirs: () => decide(conflict?.text),
  };
}

/** What a target is once it is saved: a new directive has its number, and so has one that was given another. */
function savedTarget(target: EditTarget, directive: unknown): EditTarget {
  if (target.kind === "file") return target;
  if (typeof directive !== "object" || directive === null || !("id" in directive)) return target;
  return typeof directive.id === "number" ? { kind: "directive", id: directive.id } : target;
}
