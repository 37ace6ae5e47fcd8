import type { CheckName, CheckResult, StageChecks } from "../../../engine/contract/explain.ts";
import type { IconName } from "../icon.tsx";

/** How a result is drawn; never by its colour alone. */
export interface CheckMark {
  icon: IconName;
  tone: "pass" | "fail" | "short" | "open";
  word: string;
}

const MARKS: Readonly<Record<CheckResult["result"], CheckMark>> = {
  pass: { icon: "check", tone: "pass", word: "passes" },
  fail: { icon: "x", tone: "fail", word: "fails" },
  open: { icon: "minus", tone: "open", word: "not reached" },
};
/** An event that doesn't end its stage is counted all the same: nothing went wrong. */
const NOT_YET: CheckMark = { icon: "minus", tone: "short", word: "not yet" };
const NO_RISK: CheckMark = { icon: "x", tone: "short", word: "risk 0" };

export function markOf({ check, result }: CheckResult): CheckMark {
  if (result !== "fail") return MARKS[result];
  if (check === "occurrence") return NOT_YET;
  return check === "risk" ? NO_RISK : MARKS.fail;
}

/** `Custom data` */
export function checkTitle(check: CheckName): string {
  return `${check.charAt(0).toUpperCase()}${check.slice(1)}`;
}

/** The stage that the event is held against: what somebody wants to see first. */
export function heldStage(stages: readonly StageChecks[]): number | undefined {
  const held = stages.find(({ role }) => role === "current" || role === "opens") ?? stages[0];
  return held?.stage;
}
