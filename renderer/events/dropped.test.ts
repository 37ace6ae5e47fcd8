import { expect, it } from "vitest";
import type { Explanation } from "../../engine/contract/explain.ts";
import { withDrop } from "./dropped.ts";

const EXPLANATION: Explanation = { door: { kind: "passes" }, sentence: "It counts.", directives: [], others: [] };

it("names the full queue first of an event that was dropped there, and of no other", () => {
  const dropped = withDrop(EXPLANATION, { kind: "skipped", cause: "queue_full" });
  expect(dropped.door.kind).toBe("dropped");
  expect(dropped.sentence).toContain("queue was full");
  expect(withDrop(EXPLANATION, { kind: "skipped", cause: "uninteresting" })).toBe(EXPLANATION);
  expect(withDrop(EXPLANATION, undefined)).toBe(EXPLANATION);
  const whitelisted: Explanation = { ...EXPLANATION, door: { kind: "whitelisted", sentence: "w", network: "n" } };
  expect(withDrop(whitelisted, { kind: "skipped", cause: "queue_full" })).toBe(whitelisted);
});
