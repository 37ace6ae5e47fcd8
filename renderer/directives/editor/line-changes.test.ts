import { expect, test } from "vitest";
import { changedLines } from "./line-changes.ts";

test("lines that were written, changed or taken away are counted", () => {
  const saved = "a\nb\nc\nd\ne\nf";
  expect(changedLines(saved, saved)).toBe(0);
  expect(changedLines(saved, "a\nB\nc\nd\ne\nf")).toBe(1);
  expect(changedLines(saved, "a\nb\nc\nx\ny\nd\ne\nf")).toBe(2);
  expect(changedLines(saved, "a\nb\ne\nf")).toBe(2);
  expect(changedLines("", "a\nb\nc")).toBe(3);
});
