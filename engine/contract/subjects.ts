/** One event per message, JSON (engine.md §4). Shared with Dsiem-rs: no headers, no queue group. */
export const SUBJECT_EVENTS = "dsiem_events";
/** The text `true` or `false`. Shared with Dsiem-rs. */
export const SUBJECT_OVERLOAD = "dsiem_overload_signals";
