import { Backlog } from "../backlog/backlog.ts";
import type { CheckName, CheckResult, StageChecks } from "../contract/explain.ts";
import type { CompiledRule, CompiledRules } from "../directive/compile.ts";
import { CHECKS, type Check, type Subject } from "../match/checks.ts";
import { notReached, wordsOf } from "./expectations.ts";
import { isCheaplyValued, type View } from "./viewed.ts";

type Role = StageChecks["role"];

/** Every stage's rule against the event, as seen from a backlog, or from none. */
export function checkMatrix(rules: CompiledRules, subject: Subject, view: View): StageChecks[] {
  return rules.map((rule) => stageChecks(rule, subject, view, roleOf(rule, view)));
}

function roleOf({ stage }: CompiledRule, view: View): Role {
  if (!(view instanceof Backlog)) return stage === 1 ? "opens" : "later";
  if (stage === view.stage) return "current";
  return stage < view.stage ? "earlier" : "later";
}

function stageChecks(rule: CompiledRule, subject: Subject, view: View, role: Role): StageChecks {
  const checks: CheckResult[] = [];
  let firstFailing: CheckName | undefined;
  for (const check of CHECKS) {
    const result = checkResult(check, rule, subject, view, role, firstFailing !== undefined);
    checks.push(result);
    if (result.result === "fail" && decides(check.name)) firstFailing ??= check.name;
  }
  return {
    ...{ stage: rule.stage, rule: rule.rule.name, role, checks },
    ...(firstFailing !== undefined && { firstFailing }),
  };
}

/** Whether the check decides if the event is consumed and counted. */
export function decides(check: CheckName): boolean {
  return check !== "occurrence" && check !== "risk";
}

function checkResult(
  check: Check,
  rule: CompiledRule,
  subject: Subject,
  view: View,
  role: Role,
  failed: boolean,
): CheckResult {
  const { name } = check;
  const isHeld = role === "current" || role === "opens";
  if (check.needs === "event") {
    return { check: name, result: verdict(check.passes(rule, subject)), ...wordsOf(name, rule, subject, view) };
  }
  if (name === "occurrence" || name === "risk") {
    const open =
      role === "earlier"
        ? { expected: notReached(name, rule, view).expected, actual: "done" }
        : notReached(name, rule, view);
    if (!isHeld || failed) return { check: name, result: "open", ...open };
    if (name === "risk" && !isCheaplyValued(view)) {
      return { check: name, result: "open", expected: "above 0", actual: "not worked out: too many addresses" };
    }
  } else if (!isHeld && (name !== "references" || !isBound(rule, view))) {
    return { check: name, result: "open", ...wordsOf(name, rule, subject, view), actual: "not asked" };
  }
  return { check: name, result: verdict(check.passes(rule, subject, view)), ...wordsOf(name, rule, subject, view) };
}

/** Whether every stage that the rule refers to has had an event. */
function isBound({ references }: CompiledRule, view: View): boolean {
  return references.every(({ stage }) => view.firstEvent(stage) !== undefined);
}

function verdict(passes: boolean): "pass" | "fail" {
  return passes ? "pass" : "fail";
}
