import { expect, test } from "vitest";
import { durationText } from "./duration.ts";

test.each([
  [-5, "0 s"],
  [0, "0 s"],
  [306, "0.3 s"],
  [4_000, "4 s"],
  [41_900, "41 s"],
  [60_000, "1 min"],
  [109_564, "1 min 49 s"],
  [3_600_000, "1 h"],
  [7_500_000, "2 h 5 min"],
  [273_600_000, "3 d 4 h"],
])("%d ms are %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
