import { readStored, writeStored } from "../../ui/stored.ts";

/** A text that was edited and not saved, and what it was made from. It outlives the page. */
export interface KeptDraft {
  base: string;
  text: string;
}

/** Browsers keep a few megabytes for all of a page. */
const LONGEST_KEPT = 1_000_000;

const nameOf = (key: string): string => `draft.${key}`;

export function readKept(key: string): KeptDraft | undefined {
  const stored = readStored(nameOf(key));
  if (stored === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(stored);
    if (typeof value !== "object" || value === null || !("base" in value) || !("text" in value)) return undefined;
    const { base, text } = value;
    return typeof base === "string" && typeof text === "string" ? { base, text } : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a draft, or forgets it. False when it is too long to be kept. */
export function keepDraft(key: string, draft: KeptDraft | undefined): boolean {
  if (draft !== undefined && draft.base.length + draft.text.length > LONGEST_KEPT) {
    writeStored(nameOf(key), undefined);
    return false;
  }
  writeStored(nameOf(key), draft === undefined ? undefined : JSON.stringify(draft));
  return true;
}
