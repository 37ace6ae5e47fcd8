import type { Attempt, AttemptVerdict } from "../../../engine/contract/explain.ts";
import type { CheckMark } from "../check-matrix/check-words.ts";

const MARKS: Readonly<Record<AttemptVerdict, CheckMark>> = {
  "not matched": { icon: "minus", tone: "open", word: "not matched" },
  "sticky value seen": { icon: "x", tone: "fail", word: "not counted" },
  "out of order": { icon: "x", tone: "fail", word: "out of order" },
  recorded: { icon: "check", tone: "pass", word: "counted" },
  "counted before": { icon: "minus", tone: "short", word: "counted before" },
  "recorded earlier": { icon: "check", tone: "pass", word: "counted earlier" },
  "stage finished": { icon: "check", tone: "pass", word: "stage finished" },
  alarm: { icon: "check", tone: "pass", word: "alarm" },
  "complete without risk": { icon: "x", tone: "fail", word: "risk 0" },
  "backlog begun": { icon: "check", tone: "pass", word: "backlog begun" },
  "taken by another backlog": { icon: "minus", tone: "open", word: "taken" },
};

/** How a verdict is drawn: with an icon and a word, whatever its colour. */
export function verdictMark(verdict: AttemptVerdict): CheckMark {
  return MARKS[verdict];
}

/** `k3Hs… 2/3 · 11/15`, or that a backlog would begin. */
export function attemptTitle({ backlog }: Attempt): string {
  if (backlog === undefined) return "a new backlog";
  const { id, stage, stages, count, occurrence } = backlog;
  return `${id.slice(0, 12)} ${stage}/${stages} · ${count}/${occurrence}`;
}
