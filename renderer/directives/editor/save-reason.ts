import { problemText } from "../../ui/file-editor/lines.ts";
import { countOf } from "../../ui/number-text.ts";
import type { Check } from "./use-check.ts";

interface Standing extends Check {
  changed: boolean;
  isNew: boolean;
  readOnly: string | undefined;
}

/** What keeps a draft from being saved, in one sentence; undefined when nothing does. */
export function reasonNotToSave(standing: Standing): string | undefined {
  const { readOnly, changed, isNew, fault, problems, checking } = standing;
  if (readOnly !== undefined) return readOnly;
  if (!changed && !isNew) return "Nothing was changed.";
  if (fault !== undefined) return fault;
  const errors = problems.filter(({ problem }) => problem.severity === "error");
  const [first] = errors.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (first !== undefined) {
    const where = first.line === undefined ? `${first.problem.file}: ` : `line ${first.line}: `;
    const text = `${where}${problemText(first.problem)}`;
    return errors.length === 1
      ? `One error to fix first: ${text}`
      : `${countOf(errors.length, "error")} to fix first; ${text}`;
  }
  return checking ? "The text is being checked." : undefined;
}
