/** One event per message, JSON (engine.md §4). Shared with Dsiem-rs: no headers, no queue group. */
export const SUBJECT_EVENTS = "dsiem_events";
/** The text `true` or `false`. Shared with Dsiem-rs. */
export const SUBJECT_OVERLOAD = "dsiem_overload_signals";

/** What every service tells of itself every few seconds (operation.md §7): a `ServiceStats` as JSON. */
export function statsSubject(node: string): string {
  return `dsiem_console.stats.${subjectToken(node)}`;
}
export const SUBJECT_ALL_STATS = "dsiem_console.stats.*";

/** A name as one token of a subject: in NATS blanks, dots and the wildcards end it, or mean something. */
function subjectToken(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/gu, (character) => `%${character.codePointAt(0)?.toString(16)}`);
}
