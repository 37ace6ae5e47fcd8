import type { NormalizedEvent } from "../contract/event.ts";
import type { Backlog } from "./backlog.ts";

/**
 * Where the correlator's changes go, as they happen and in order: alarm files, log, and whatever keeps the state. Each
 * call is one delta; together they say everything that changed, so that a store can follow without looking at the
 * backlogs that didn't (reliability.md §2). Sinks must neither block nor throw.
 */
export interface CorrelatorSink {
  backlogCreated(backlog: Backlog, event: NormalizedEvent): void;
  /** The event was recorded at `stage`: one line of siem_alarm_events.json. */
  eventRecorded(backlog: Backlog, stage: number, event: NormalizedEvent): void;
  /** A value of the `sticky_different` field counts as seen in this stage from now on. */
  stickySeen(backlog: Backlog, stage: number, value: string | number): void;
  /** The event was consumed but counts for nothing: it came out of order. */
  eventDiscarded(backlog: Backlog, event: NormalizedEvent): void;
  /** `stage` is finished; `backlog.stage` is already the next one, unless that was the last. */
  stageFinished(backlog: Backlog, stage: number, event: NormalizedEvent, riskBefore: number): void;
  /** The alarm's record has to be written, if its risk is above 0; with look-ups only at the end of a stage. */
  recordDue(backlog: Backlog, lookUp: boolean): void;
  backlogRemoved(backlog: Backlog, why: BacklogEnd): void;
}

/**
 * How a backlog ends: its last stage is finished, its time is up, somebody closed it by hand, or its directive isn't
 * loaded any more, at least not under its name.
 */
export type BacklogEnd = "complete" | "timeout" | "closed" | "unloaded";

/** Hears which backlogs are different now, and which are no more: what somebody looks at follows it. Neither blocks nor throws. */
export interface BacklogWatcher {
  changed(backlog: Backlog): void;
  ended(backlog: Backlog, why: BacklogEnd): void;
}
