import { expect, test } from "vitest";
import { axisNumber, axisTime, highestStack, stackAt, topOf } from "./scale.ts";

test("a scale ends at a number whose half is one that people like", () => {
  expect([0, 1, 3, 5, 7, 9, 11, 22, 130, 1284].map(topOf)).toEqual([2, 2, 4, 6, 8, 10, 20, 40, 200, 2000]);
});

test("numbers of an axis are short", () => {
  expect([0, 15, 950, 1000, 1500, 2_000_000].map(axisNumber)).toEqual(["0", "15", "950", "1k", "1.5k", "2M"]);
});

test("parts of a stack stand on one another", () => {
  const parts = [[3, 0], [2, 5], [1]];
  expect(stackAt(parts, 0)).toEqual([
    [0, 3],
    [3, 5],
    [5, 6],
  ]);
  expect(stackAt(parts, 1)).toEqual([
    [0, 0],
    [0, 5],
    [5, 5],
  ]);
  expect(highestStack(parts)).toBe(6);
  expect(highestStack([])).toBe(0);
});

test("a time axis says the clock, and the day when it spans many", () => {
  const at = Date.UTC(2026, 10, 23, 14, 30) / 1000;
  expect(axisTime(at, 86_400, "UTC")).toBe("14:30");
  expect(axisTime(at, 86_400, "Asia/Kolkata")).toBe("20:00");
  expect(axisTime(at, 30 * 86_400, "UTC")).toBe("23 Nov");
});
