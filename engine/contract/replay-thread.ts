import type {
  RecordingProblem,
  ReplayRow,
  ReplaySide,
  ReplayState,
  ReplayStep,
  ReplayTicks,
} from "./console/replay.ts";

/*
 * What the console and the thread of one replay say to each other (engine/console/replay, engine/replay/replay-worker.ts).
 * The thread computes and knows no clock: how far it goes is what it is told, and it answers one call after the other. It
 * never ends by itself; a call that can't be done is answered with a sentence.
 */

/** Name of the thread's role (engine/base/worker-role.ts). */
export const REPLAY_ROLE = "replay";

/** With what one side is replayed: file names and their bytes, as a backend would be given them. */
export interface ReplaySideFiles {
  side: ReplaySide;
  directives: { name: string; bytes: Uint8Array }[];
}

/** With what all sides are replayed. */
export interface ReplaySetting {
  /** One, or two that are stepped together: the edited side first. */
  sides: ReplaySideFiles[];
  assets: { name: string; bytes: Uint8Array }[];
  /** Only these directives; all when left out. */
  only?: number[];
  medRiskMin: number;
  medRiskMax: number;
  minAlarmLifetimeSeconds: number;
  status: string;
  tag: string;
}

/** What the thread is started with. */
export type ReplayThreadData = ReplaySetting;

/** The recording as far as it was taken in. */
export interface ReplayRecordingState {
  events: number;
  /** Event times, milliseconds since the epoch: of the first event, and the highest. */
  first?: number;
  last?: number;
  refused: number;
  /** The first of them. */
  problems: RecordingProblem[];
}

/** Where all sides are. */
export interface ReplayPosition {
  step: number;
  /** Of the virtual clock, milliseconds since the epoch; missing at step 0. */
  clock?: number;
  /** Why it didn't go as far as it was told: a breakpoint, a limit. */
  reason?: string;
  /** A limit was met: it goes no further. */
  stopped?: boolean;
  /** As far as it was run, on the first side: the steps in their order; those of a long recording thinned out. */
  marks: ReplayState["marks"];
  sides: ReplayState["sides"];
}

/** The calls of the thread, by name: what they are given and what they answer. */
export interface ReplayCalls {
  /** Takes events in at the end: a JSON array, NDJSON, or objects among each other, as bytes of UTF-8. */
  append: { request: { text: Uint8Array }; answer: ReplayRecordingState };
  /** The same recording with other directives; the step is kept. */
  directives: { request: ReplaySetting; answer: ReplayPosition };
  /** To a step, forwards or back: `events` + 1 is the time after the last event. Breakpoints don't hold it. */
  goto: { request: { step: number }; answer: ReplayPosition };
  /**
   * Forwards until the virtual clock would be beyond `untilMs`, a breakpoint holds, `step` is reached or `mostMs` of work are
   * done, whichever is first.
   */
  advance: {
    request: {
      untilMs?: number;
      step?: number;
      mostMs: number;
      breakOn: { stageChange: boolean; alarm: boolean };
    };
    /** `held`: by a breakpoint. */
    answer: ReplayPosition & { held: boolean };
  };
  /** Steps from `from` (1 is the first event) on. */
  rows: { request: { from: number; limit: number; side: ReplaySide }; answer: { rows: ReplayRow[]; total: number } };
  /** A step in full; with a directive, explained for that one first. Doesn't move the replay. */
  step: { request: { step: number; side: ReplaySide; directive?: number }; answer: ReplayStep };
  /** For the scrubber (`GET /replay/:session/ticks`). */
  ticks: { request: { parts: number }; answer: ReplayTicks };
  /** Writes all events, the directives that they concern, the assets and the alarms raised into a new folder. */
  keep: {
    request: { folder: string; description?: string; side: ReplaySide; replace: boolean };
    answer: { alarms: number };
  };
}
export type ReplayCallName = keyof ReplayCalls;

/** A call as it is posted to the thread. */
export type ReplayThreadCall = {
  [N in ReplayCallName]: { id: number; name: N; request: ReplayCalls[N]["request"] };
}[ReplayCallName];

/** What the thread posts: the answer to a call, or one sentence that says why it couldn't be done. */
export type ReplayThreadAnswer =
  | { id: number; answer: ReplayCalls[ReplayCallName]["answer"] }
  | { id: number; failed: string };
