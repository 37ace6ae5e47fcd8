import { useCallback, useEffect, useMemo, useState } from "react";
import { writeDraft } from "../draft-store.ts";
import { type EditedFile, fileWith } from "./edited-file.ts";
import { fieldNamed, parseJson, valueIn } from "./json-node.ts";
import { keepDraft, readKept } from "./kept-draft.ts";
import type { LoadedEdit } from "./load-edited.ts";

const KEEP_AFTER_MS = 300;

export interface Edit {
  edited: EditedFile;
  text: string;
  /** The directive as the text says it, as far as it can be read. */
  directive: unknown;
  changed: boolean;
  /** Whether the text is a draft of an earlier visit; `outdated`: and what it was made from is saved no more. */
  restored: "no" | "yes" | "outdated";
  /** Whether it outlives the page. */
  isKept: boolean;
  change: (text: string) => void;
  /** Puts the text on top of what is saved now; without one it begins with that. */
  rebase: (edited: EditedFile, text?: string) => void;
  discard: () => void;
}

/** The text that is being edited. It is kept under a name until it is saved or discarded. */
export function useEdit(name: string, loaded: LoadedEdit): Edit {
  const begun = useMemo(() => beginning(name, loaded), [name, loaded]);
  const [edited, setEdited] = useState(loaded.edited);
  const [text, setText] = useState(begun.text);
  const [restored, setRestored] = useState(begun.restored);
  const [isKept, setKept] = useState(true);
  const changed = text !== edited.text;
  useEffect(() => {
    const isDraft = changed && text !== loaded.first;
    const keep = () => setKept(keepDraft(name, isDraft ? { base: edited.text, text } : undefined));
    const timer = setTimeout(keep, KEEP_AFTER_MS);
    return () => {
      clearTimeout(timer);
      keep();
    };
  }, [name, edited, text, changed, loaded.first]);
  const directive = useMemo(() => valueIn(parseJson(text)), [text]);
  useEffect(() => {
    const id = valueIn(fieldNamed(parseJson(text), "id")?.value);
    const directiveId = typeof id === "number" ? id : undefined;
    writeDraft({
      ...{ fileName: edited.fileName, fileText: fileWith(edited, text) },
      ...{ directiveId, directiveText: text, changed },
    });
  }, [edited, text, changed]);
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
  return { edited, text, directive, changed, restored, isKept, change: setText, rebase, discard };
}

function beginning(name: string, { edited, first }: LoadedEdit): { text: string; restored: Edit["restored"] } {
  const kept = readKept(name);
  if (kept === undefined || kept.text === edited.text) return { text: first ?? edited.text, restored: "no" };
  return { text: kept.text, restored: kept.base === edited.text ? "yes" : "outdated" };
}
