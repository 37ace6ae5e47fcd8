import { expect, it } from "vitest";
import type { StageChecks } from "../../../engine/contract/explain.ts";
import { checkTitle, heldStage, markOf } from "./check-words.ts";

const row = (stage: number, role: StageChecks["role"]): StageChecks => ({ stage, rule: `r${stage}`, role, checks: [] });

it("shows first the stage that the event is held against", () => {
  expect(heldStage([row(1, "earlier"), row(2, "current"), row(3, "later")])).toBe(2);
  expect(heldStage([row(1, "opens"), row(2, "later")])).toBe(1);
  expect(heldStage([])).toBeUndefined();
});

it("draws an event that doesn't end its stage as counted, and what kept it out as failed", () => {
  const words = { expected: "15", actual: "11 of 15" };
  expect(markOf({ check: "occurrence", result: "fail", ...words }).word).toBe("not yet");
  expect(markOf({ check: "risk", result: "fail", ...words }).word).toBe("risk 0");
  expect(markOf({ check: "sticky", result: "fail", ...words })).toMatchObject({ tone: "fail", word: "fails" });
  expect(markOf({ check: "order", result: "open", ...words }).word).toBe("not reached");
  expect(checkTitle("custom data")).toBe("Custom data");
});
