/** One event per message, JSON (engine.md §4). Shared with Dsiem-rs: no headers, no queue group. */
export const SUBJECT_EVENTS = "dsiem_events";
/** The text `true` or `false`. Shared with Dsiem-rs. */
export const SUBJECT_OVERLOAD = "dsiem_overload_signals";

/** What a backend answers the console: one JSON request, one JSON answer (`rpc.ts`). Ours, like all that follow. */
export function rpcSubject(node: string): string {
  return `dsiem_console.rpc.${subjectToken(node)}`;
}

/** Batches of what became of events, published while somebody watches (`outcomes.ts`). */
export function outcomesSubject(node: string): string {
  return `dsiem_console.outcomes.${subjectToken(node)}`;
}

export const SUBJECT_ALL_OUTCOMES = "dsiem_console.outcomes.*";

/** New entries of a backend's journal, published once they are on disk, while somebody follows (`journal.ts`). */
export function alarmsSubject(node: string): string {
  return `dsiem_console.alarms.${subjectToken(node)}`;
}

/** What every service tells of itself every few seconds (operation.md §7): a `ServiceStats` as JSON. */
export function statsSubject(node: string): string {
  return `dsiem_console.stats.${subjectToken(node)}`;
}
export const SUBJECT_ALL_STATS = "dsiem_console.stats.*";

/** A name as one token of a subject: in NATS blanks, dots and the wildcards end it, or mean something. */
function subjectToken(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/gu, (character) => `%${character.codePointAt(0)?.toString(16)}`);
}
