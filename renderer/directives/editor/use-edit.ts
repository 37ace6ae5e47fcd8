import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { writeDraft } from "../draft-store.ts";
import { type EditedFile, fileWith } from "./edited-file.ts";
import { isFields } from "./form-values.ts";
import { parseJson, valueIn } from "./json-node.ts";
import { type KeptDraft, keepDraft, readKept } from "./kept-draft.ts";
import type { LoadedEdit } from "./load-edited.ts";

const KEEP_AFTER_MS = 300;

export interface Edit {
  edited: EditedFile;
  text: string;
  /** The directive as the text says it, as far as it can be read; of a whole file undefined. */
  directive: unknown;
  changed: boolean;
  /** Whether somebody would miss it. */
  isDraft: boolean;
  /** Whether the text is a draft of an earlier visit; `outdated`: and what it was made from is saved no more. */
  restored: "no" | "yes" | "outdated";
  /** Whether it outlives the page. */
  isKept: boolean;
  change: (text: string) => void;
  /** Puts the text on top of what is saved now; without one it begins with that. */
  rebase: (edited: EditedFile, text?: string) => void;
  discard: () => void;
  /** Nobody wants the text any more: whoever leaves now isn't asked, and finds no draft later. */
  forget: () => void;
  isForgotten: () => boolean;
}

/** The text that is being edited. It is kept under a name until it is saved or discarded. */
export function useEdit(name: string, loaded: LoadedEdit): Edit {
  const begun = useMemo(() => beginning(name, loaded), [name, loaded]);
  const [edited, setEdited] = useState(loaded.edited);
  const [text, setText] = useState(begun.text);
  const [restored, setRestored] = useState(begun.restored);
  const changed = text !== edited.text;
  const isDraft = changed && text !== loaded.template;
  const keeping = useKept(name, isDraft ? { base: edited.text, text } : undefined);
  const isFile = edited.kind === "file";
  const directive = useMemo(() => (isFile ? undefined : valueIn(parseJson(text))), [isFile, text]);
  const id = isFields(directive) ? directive.id : undefined;
  const directiveId = typeof id === "number" ? id : undefined;
  useEffect(() => {
    writeDraft({
      ...{ fileName: edited.fileName, fileText: fileWith(edited, text) },
      ...{ directiveId, directiveText: text, changed },
    });
  }, [edited, text, directiveId, changed]);
  useEffect(() => () => writeDraft(undefined), []);
  const rebase = useCallback((now: EditedFile, next?: string) => {
    setEdited(now);
    setText((before) => next ?? before);
    setRestored("no");
  }, []);
  const discard = () => {
    setText(edited.text === "" ? (loaded.first ?? "") : edited.text);
    setRestored("no");
  };
  return { edited, text, directive, changed, isDraft, restored, ...keeping, change: setText, rebase, discard };
}

/** Keeps a draft a moment after each change, and whenever the editor or the page goes. */
function useKept(name: string, draft: KeptDraft | undefined): Pick<Edit, "isKept" | "forget" | "isForgotten"> {
  const [isKept, setKept] = useState(true);
  const latest = useRef(draft);
  latest.current = draft;
  const forgotten = useRef(false);
  useEffect(() => {
    const keep = () => !forgotten.current && keepDraft(name, latest.current);
    window.addEventListener("pagehide", keep);
    return () => {
      window.removeEventListener("pagehide", keep);
      keep();
    };
  }, [name]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the draft is made anew with each rendering; its texts count.
  useEffect(() => {
    const timer = setTimeout(() => setKept(keepDraft(name, latest.current)), KEEP_AFTER_MS);
    return () => clearTimeout(timer);
  }, [name, draft?.base, draft?.text]);
  const forget = useCallback(() => {
    forgotten.current = true;
    keepDraft(name, undefined);
  }, [name]);
  const isForgotten = useCallback(() => forgotten.current, []);
  return { isKept, forget, isForgotten };
}

function beginning(name: string, { edited, first }: LoadedEdit): { text: string; restored: Edit["restored"] } {
  const kept = readKept(name);
  if (kept === undefined || kept.text === edited.text) return { text: first ?? edited.text, restored: "no" };
  return { text: kept.text, restored: kept.base === edited.text ? "yes" : "outdated" };
}
