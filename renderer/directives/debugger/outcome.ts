import type { ReplayRow } from "../../../engine/contract/console/replay.ts";
import { assertNever } from "../../ui/assert-never.ts";
import type { IconName } from "../../ui/icon.tsx";

type RowVerdict = NonNullable<ReplayRow["outcome"]>["verdict"];

/** Whether an event did something is a tick, a cross or a dash, and never the colour alone. */
export function outcomeMark(verdict: RowVerdict): { icon: IconName; className: string } {
  switch (verdict) {
    case "recorded":
    case "recorded earlier":
    case "stage finished":
    case "backlog begun":
      return { icon: "check", className: "ok" };
    case "alarm":
      return { icon: "alarms", className: "ok" };
    case "counted before":
    case "sticky value seen":
    case "out of order":
    case "not matched":
    case "complete without risk":
    case "taken by another backlog":
      return { icon: "x", className: "bad" };
    case "no directive":
    case "whitelisted":
      return { icon: "minus", className: "t3" };
    default:
      return assertNever(verdict);
  }
}

/** The question that the sentence of an event answers. */
export function questionOf(verdict: RowVerdict): string {
  switch (verdict) {
    case "alarm":
      return "Why did it fire?";
    case "recorded":
    case "recorded earlier":
    case "stage finished":
    case "backlog begun":
      return "What did it do?";
    default:
      return "Why didn’t it fire?";
  }
}
