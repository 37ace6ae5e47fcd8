/** What became of a backlog that an event was offered to. */
export type Effect =
  /** The event counts for the backlog's current stage. */
  | { kind: "recorded"; backlogId: string; stage: number }
  /** It ended that stage: the backlog went on to the next, or is complete. */
  | { kind: "stage finished"; backlogId: string; stage: number; complete: boolean; risk: number }
  /** An earlier stage took it, because all rules of the directive stay active. */
  | { kind: "recorded earlier"; backlogId: string; stage: number }
  /** Consumed without counting: it is older than the end of an earlier stage. */
  | { kind: "out of order"; backlogId: string; stage: number }
  /** Not consumed: its sticky value isn't new in this stage of this backlog. */
  | { kind: "sticky value seen"; backlogId: string; stage: number };

/**
 * What one event did to one directive that is interested in it (operation.md §7). Made only while somebody listens:
 * the hot path allocates none.
 */
export interface Outcome {
  directiveId: number;
  /** Of the backlogs whose rule matched; the others have nothing to say. */
  effects: Effect[];
  /** The backlog that the event began, when none consumed it. */
  createdBacklogId: string | undefined;
  /** Whether a backlog consumed the event or it began one. */
  matched: boolean;
}
