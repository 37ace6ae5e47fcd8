/* What the text editor works out of a text and its problems. */

/** A problem of a text; `line` from 1 where it has a place. */
export interface LineProblem {
  severity: "error" | "warning" | "note";
  text: string;
  line?: number | undefined;
  /** The field that it speaks of, where the sentence leaves that out. */
  field?: string | undefined;
}

/** The sentence with its field in front, `priority is 9; expected a whole number from 1 to 5`, unless it has a subject. */
export function problemText({ field, text }: Pick<LineProblem, "field" | "text">): string {
  return field === undefined || text.includes(field) || /^\p{Lu}/u.test(text) ? text : `${field} ${text}`;
}

export function lineCount(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** Where a line begins and ends, in characters; lines beyond the end are the last one. */
export function lineSpan(text: string, line: number): [start: number, end: number] {
  let start = 0;
  for (let number = 1; number < line; number += 1) {
    const next = text.indexOf("\n", start);
    if (next === -1) break;
    start = next + 1;
  }
  const end = text.indexOf("\n", start);
  return [start, end === -1 ? text.length : end];
}

/** The line that a character stands on, from 1. */
export function lineAt(text: string, offset: number): number {
  return lineCount(text.slice(0, offset));
}

/** The worse, the smaller. */
function rank({ severity }: LineProblem): number {
  return ["error", "warning", "note"].indexOf(severity);
}

/** The worst problem of each line. */
export function problemsByLine(problems: readonly LineProblem[]): ReadonlyMap<number, LineProblem> {
  const byLine = new Map<number, LineProblem>();
  for (const problem of problems) {
    if (problem.line === undefined) continue;
    const before = byLine.get(problem.line);
    if (before === undefined || rank(problem) < rank(before)) byLine.set(problem.line, problem);
  }
  return byLine;
}

/** Problems in the order in which a person mends them: errors first, by line. */
export function problemsInOrder<P extends LineProblem>(problems: readonly P[]): P[] {
  return problems.toSorted((a, b) => rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0));
}

/** Where a draft stands: what keeps it from being saved, in one sentence; undefined when nothing does. */
export function reasonNotToSave(draft: {
  changed: boolean;
  checking: boolean;
  readOnly: string | undefined;
  problems: readonly LineProblem[];
}): string | undefined {
  if (draft.readOnly !== undefined) return draft.readOnly;
  if (!draft.changed) return "Nothing was changed.";
  const errors = problemsInOrder(draft.problems).filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first !== undefined) {
    const where = first.line === undefined ? "" : `line ${first.line}: `;
    return errors.length === 1
      ? `One error: ${where}${problemText(first)}`
      : `${errors.length} errors, the first: ${where}${problemText(first)}`;
  }
  return draft.checking ? "The text is being checked." : undefined;
}
