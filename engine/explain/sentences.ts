import type { Backlog } from "../backlog/backlog.ts";
import { assertNever } from "../base/assert.ts";
import type { AttemptVerdict, CheckName, StageChecks } from "../contract/explain.ts";
import { matchesEvent, type Subject } from "../match/checks.ts";
import { zeroRiskReason } from "./arithmetic-reason.ts";
import { arithmetic, factorsOf } from "./expectations.ts";
import type { LastExpired } from "./expired.ts";
import { reasonOf } from "./reasons.ts";
import { cut, quote } from "./texts.ts";
import { addressesWith, countedAt, NoBacklog, type ViewedDirective } from "./viewed.ts";

/** What becomes of an event at a live backlog: one sentence about `who`, which names the cause. */
export function backlogSentence(
  who: string,
  verdict: AttemptVerdict,
  backlog: Backlog,
  matrix: readonly StageChecks[],
  subject: Subject,
): string {
  const { stage } = backlog;
  const rule = backlog.rule(stage);
  const { occurrence } = rule.rule;
  const before = `${countedAt(backlog, stage)} of ${occurrence}`;
  const after = `${backlog.countWith(stage, subject.event.event_id)} of ${occurrence}`;
  const stays = `${who} stays at ${before}`;
  switch (verdict) {
    case "not matched":
      return `${stays} because ${unmatchedReason(backlog, matrix, subject)}.`;
    case "sticky value seen":
      return `${stays} because ${reasonOf("sticky", rule, subject, backlog)}.`;
    case "out of order":
      return `${stays} because ${reasonOf("order", rule, subject, backlog)}.`;
    case "recorded":
      return `${who} counts it: stage ${stage} has ${after} with it.`;
    case "counted before":
      return `${stays} because stage ${stage} counted an event with event_id ${quote(subject.event.event_id)} before.`;
    case "recorded earlier":
      return `${stays} because the event is one more for a stage before, and all rules of the directive stay active.`;
    case "stage finished": {
      const { risk } = factorsOf(rule, subject, backlog);
      return `${who} has ${after} with it, ends stage ${stage} and goes on to stage ${stage + 1} with risk ${risk}.`;
    }
    case "alarm":
      return `${who} is complete with it, and its alarm has risk ${arithmetic(factorsOf(rule, subject, backlog))}.`;
    case "complete without risk": {
      const why = zeroRiskReason(factorsOf(rule, subject, backlog), addressesWith(backlog, subject));
      const what = backlog.createdTime > 0 ? "adds nothing to its alarm" : "raises no alarm";
      return `${who} is complete with it and ${what} because ${why}.`;
    }
    case "backlog begun":
    case "taken by another backlog":
      throw new Error(`broken invariant: "${verdict}" is said of no live backlog`);
    default:
      return assertNever(verdict, "verdict");
  }
}

/** Of several stages that don't take the event, why the one that it is meant for doesn't. */
function unmatchedReason(backlog: Backlog, matrix: readonly StageChecks[], subject: Subject): string {
  const { stage } = backlog;
  const current = backlog.rule(stage);
  const failing = failingOf(matrix, stage);
  if (failing === "interest") {
    for (const { stage: other, role } of matrix) {
      if (role === "current" || !matchesEvent(backlog.rule(other), subject)) continue;
      if (role === "later") return `the event is one for stage ${other}, and stage ${stage} isn't finished`;
      if (!backlog.header.alwaysActive) return `the event is one for stage ${other}, which is over`;
      // It is looked at, and only a reference can have failed.
      return reasonOf("references", backlog.rule(other), subject, backlog);
    }
  }
  return reasonOf(failing, current, subject, backlog);
}

function failingOf(matrix: readonly StageChecks[], stage: number): CheckName {
  const failing = matrix.find((each) => each.stage === stage)?.firstFailing;
  if (failing === undefined)
    throw new Error(`broken invariant: every check of stage ${stage} passes, and it doesn't match`);
  return failing;
}

/** What an attempt to begin a backlog is told with. */
export interface Before {
  /** The backlog that took the event. */
  taker?: string | undefined;
  lastExpired?: LastExpired | undefined;
}

/** What becomes of the attempt to begin a new backlog. */
export function beginSentence(
  verdict: AttemptVerdict,
  directive: ViewedDirective,
  matrix: readonly StageChecks[],
  subject: Subject,
  { taker, lastExpired }: Before,
): string {
  const who = `Directive ${directive.id}`;
  const first = directive.rules[0];
  if (first === undefined) throw new Error(`broken invariant: directive ${directive.id} has no rules`);
  if (verdict === "backlog begun") {
    const expired = lastExpired?.(directive.id);
    const before = expired === undefined ? "" : `, and the one before lives no more: ${expired}`;
    return `${who} begins a backlog with it: stage 1, ${quote(first.rule.name)}, matches${before}.`;
  }
  if (verdict === "taken by another backlog") {
    return `${who} begins no new backlog because backlog ${taker ?? "of before"} took the event.`;
  }
  const view = new NoBacklog(directive.priority);
  const failing = failingOf(matrix, 1);
  const later = directive.rules.find((rule) => rule.stage > 1 && matchesEvent(rule, subject));
  const begins = `${who} begins no backlog because`;
  if (failing !== "interest" || later === undefined) return `${begins} ${reasonOf(failing, first, subject, view)}.`;
  const none = directive.live === undefined || directive.live.backlogCount === 0;
  const expired = lastExpired?.(directive.id, later.stage);
  const gone = expired === undefined ? ", and no backlog lives that has got there" : `, and ${expired}`;
  const lives = none || expired !== undefined ? gone : "";
  return `${begins} the event is one for stage ${later.stage}, ${quote(later.rule.name)}${lives}.`;
}

/** Of a directive that isn't interested in the event: what it looks for that comes nearest. */
export function uninterestedSentence(directive: ViewedDirective, stage: number, subject: Subject): string {
  const rule = directive.rules.find((each) => each.stage === stage);
  if (rule === undefined) throw new Error(`broken invariant: directive ${directive.id} has no stage ${stage}`);
  const why = reasonOf("interest", rule, subject, new NoBacklog(directive.priority));
  return `Directive ${directive.id} isn't interested: ${why}.`;
}

/** Of an event that nobody is interested in. */
export function nobodySentence({ event }: Subject, loaded: number): string {
  if (loaded === 0) return "No directive is loaded";
  const names: string[] = [];
  if (event.plugin_id !== 0) names.push(`plugin ${event.plugin_id}, sid ${event.plugin_sid}`);
  if (event.product !== "" || event.category !== "") {
    names.push(`category ${quote(event.category)}, product ${quote(event.product)}`);
  }
  return `No directive looks for ${cut(names.join(" or "))}`;
}
