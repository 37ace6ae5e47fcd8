import { expect, test } from "vitest";
import { deadlineAt } from "./deadline.ts";

const NOW = 1_000_000;

test.each([
  [28_000, "28 s", "now"],
  [27_001, "28 s", "now"],
  [60_000, "1:00", "now"],
  [66_000, "1:06", "soon"],
  [180_000, "3:00", "soon"],
  [1_490_000, "24:50", "calm"],
  [7_500_000, "2:05:00", "calm"],
  [187_200_000, "2 d 4 h", "calm"],
])("%d ms before its end it says %s and is %s", (left, text, tone) => {
  expect(deadlineAt(NOW + left, 600_000, NOW)).toMatchObject({ text, tone });
});

test("the bar is what is left of the stage's time, never more than all of it", () => {
  expect(deadlineAt(NOW + 150_000, 600_000, NOW).share).toBe(0.25);
  expect(deadlineAt(NOW + 900_000, 600_000, NOW).share).toBe(1);
  expect(deadlineAt(NOW + 900_000, 0, NOW).share).toBe(1);
});

test("what is past its end is expired", () => {
  expect(deadlineAt(NOW, 600_000, NOW)).toEqual({ leftMs: 0, text: "expired", share: 0, tone: "over" });
});
