import type { Backlog } from "../backlog/backlog.ts";
import type { AttemptVerdict } from "../contract/explain.ts";
import type { CompiledRule } from "../directive/compile.ts";
import { CHECKS, isInOrder, isNewStickyValue, type Subject } from "../match/checks.ts";
import { factorsOf } from "./expectations.ts";
import { decides } from "./matrix.ts";
import { countedAt, type View } from "./viewed.ts";

/**
 * What the correlator does with an event at a backlog whose rule of `stage` matches it, references included, in the
 * order in which the correlator asks. A property test holds it equal to the correlator's outcomes.
 */
export function verdictAt(backlog: Backlog, stage: number, subject: Subject): AttemptVerdict {
  if (stage < backlog.stage) return "recorded earlier";
  const rule = backlog.rule(stage);
  if (!isNewStickyValue(rule, subject, backlog)) return "sticky value seen";
  if (!isInOrder(rule, subject, backlog)) return "out of order";
  const count = backlog.countWith(stage, subject.event.event_id);
  if (count < rule.rule.occurrence) return count === countedAt(backlog, stage) ? "counted before" : "recorded";
  if (stage < backlog.rules.length) return "stage finished";
  return factorsOf(rule, subject, backlog).risk > 0 ? "alarm" : "complete without risk";
}

/** Whether the event is used up, so that no new backlog begins with it. */
export function consumes(verdict: AttemptVerdict): boolean {
  return !["not matched", "sticky value seen", "backlog begun", "taken by another backlog"].includes(verdict);
}

/** What matters most comes first: what happened, then what was kept from happening by least. */
const RANKS = [
  "alarm",
  "complete without risk",
  "stage finished",
  "backlog begun",
  "recorded",
  "recorded earlier",
  "counted before",
  "out of order",
  "sticky value seen",
  "taken by another backlog",
  "not matched",
] as const satisfies readonly AttemptVerdict[];

export function rankOf(verdict: AttemptVerdict): number {
  return RANKS.indexOf(verdict);
}

/**
 * How far an event gets with a rule: the number of checks that pass before the first that fails, and something for an
 * event that is nearly of interest.
 */
export function nearnessOf(rule: CompiledRule, subject: Subject, view: View): number {
  let passed = 0;
  for (const check of CHECKS) {
    if (!decides(check.name)) continue;
    const passes = check.needs === "event" ? check.passes(rule, subject) : check.passes(rule, subject, view);
    if (!passes) return passed === 0 ? interestNearness(rule, subject) : passed;
    passed += 1;
  }
  return passed;
}

/** Below 1: the same plugin or category is nearer than nothing. */
function interestNearness({ interest }: CompiledRule, { event }: Subject): number {
  if (interest.kind === "plugin") return interest.pluginId === event.plugin_id ? 0.5 : 0;
  const category = interest.category === event.category ? 0.3 : 0;
  const product = interest.products.has(event.product) ? 0.3 : 0;
  return category + product;
}
