/** Longest piece of a user's own text that a message repeats. */
const SHOWN_LENGTH = 60;

/** What was found in a file, in words: `"3" (a text)`, `2.5`, `null`, `a list`, `an object`. */
function found(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return `${quoted(value)} (a text)`;
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : String(value);
}

/** The text in quotes, shortened when it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH)}…`);
}

/** `missing; expected a text`, or `2.5 is not a text`. */
export function notWhatIsExpected(value: unknown, expected: string): string {
  return value === undefined ? `missing; expected ${expected}` : `${found(value)} is not ${expected}`;
}

export function isWholeNumber(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
}

export function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

/** The same for what isn't `isTextList`: of a list, the first entry that isn't a text is named. */
export function notTextList(value: unknown): string {
  if (!Array.isArray(value)) return notWhatIsExpected(value, "a list of texts");
  return notWhatIsExpected(
    value.find((each) => typeof each !== "string"),
    "a text",
  );
}

/** What JSON calls an object: neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
