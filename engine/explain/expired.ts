import type { Backlog } from "../backlog/backlog.ts";
import type { BacklogEnd } from "../backlog/sink.ts";
import { timeText } from "./texts.ts";
import { countedAt } from "./viewed.ts";

/** Of a directive, and of a stage where one is named: the backlog that expired last, as a clause. */
export type LastExpired = (directiveId: number, stage?: number) => string | undefined;

/** Backlogs that are remembered of each directive. */
const MAX_OF_DIRECTIVE = 100;

interface Expired {
  /** When it was noted: in which step. */
  order: number;
  stage: number;
  clause: string;
}

/**
 * Remembers which backlogs expired, so that an event that came too late for one is told so: the correlator itself keeps
 * nothing of what has ended.
 */
export class ExpiredBacklogs {
  /** The newest last. */
  readonly #byDirective = new Map<number, Expired[]>();

  /** To be told of every end in its order; what didn't expire isn't remembered. */
  note(backlog: Backlog, why: BacklogEnd, atMs: number, order: number): void {
    if (why !== "timeout") return;
    const { directiveId } = backlog.header;
    const list = this.#byDirective.get(directiveId) ?? [];
    this.#byDirective.set(directiveId, list);
    list.push({ order, stage: backlog.stage, clause: expiredClause(backlog, atMs) });
    if (list.length > MAX_OF_DIRECTIVE) list.shift();
  }

  /** The last that was noted up to and with this step. */
  last(directiveId: number, stage: number | undefined, order = Number.POSITIVE_INFINITY): string | undefined {
    return this.#byDirective
      .get(directiveId)
      ?.findLast((each) => each.order <= order && (stage === undefined || each.stage === stage))?.clause;
  }

  /** What was noted behind this step hasn't happened. */
  forgetBehind(order: number): void {
    for (const [id, list] of this.#byDirective) {
      const kept = list.filter((each) => each.order <= order);
      this.#byDirective.set(id, kept);
    }
  }
}

/** `backlog id1 expired at 14:05:51 UTC with 3 of 10 in stage 2, which had 60 s from 14:04:51 UTC on` */
export function expiredClause(backlog: Backlog, atMs: number, ofDirective = ""): string {
  const { stage } = backlog;
  const { rule } = backlog.rule(stage);
  const at = Math.floor(atMs / 1000);
  const begun = timeText(backlog.state(stage).startTime, at);
  const had = `${countedAt(backlog, stage)} of ${rule.occurrence} in stage ${stage}`;
  return `backlog ${backlog.id}${ofDirective} expired at ${timeText(at)} UTC with ${had}, which had ${rule.timeout} s from ${begun} UTC on`;
}
