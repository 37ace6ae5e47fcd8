import type { RawEvent } from "../base/raw-event.ts";
import type { Verdict } from "../contract/console/events.ts";

/** What is looked for among the retained events, the newest first. */
export interface EventSearchRequest {
  /** A query (engine/query/event-fields.ts). */
  readonly q: string;
  /** What `now` means in it, milliseconds since the epoch. */
  readonly nowMs: number;
  /** Only events that came in then or later, or then or earlier: milliseconds since the epoch. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Only events with a smaller id. */
  readonly before?: number | undefined;
  readonly limit: number;
  /** What is known of events, by their keys, for a query that asks for it. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** The run of the frontend whose events don't say themselves of which run they are. */
  readonly boot: string;
}

/** A part of what was looked for: a search ends when its limit of events, or of work, is reached. */
export interface FoundEvents {
  /** The newest first. */
  readonly events: readonly RawEvent[];
  /** Events that were looked at. */
  readonly scanned: number;
  /** Goes on before this id; missing when there is nothing more. */
  readonly next?: number;
}
