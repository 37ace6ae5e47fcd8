import { DsiemError } from "../base/errors.ts";

/** What a replay may hold at once. One that would need more stops with a sentence, and nothing else does. */
export interface ReplayLimits {
  liveBacklogs: number;
  /** Event ids, sticky values, addresses and texts that live backlogs hold, about: one of them is some 100 bytes. */
  held: number;
}

/** Less than 1 GiB of heap: a backlog with little in it is some 1.5 kB. */
export const REPLAY_LIMITS: ReplayLimits = { liveBacklogs: 300_000, held: 3_000_000 };
/** The same for a session, whose checkpoints keep each backlog a second time; its sides share it. */
export const SESSION_LIMITS: ReplayLimits = { liveBacklogs: 150_000, held: 1_500_000 };

/** A replay that can't go on: the message says at which event, and which directive needs so much. */
export class ReplayLimitError extends DsiemError {
  constructor(message: string) {
    super("REPLAY_LIMIT", message);
  }
}
