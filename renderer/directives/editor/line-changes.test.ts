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

test("in a large text all lines from the first change to the last are counted", () => {
  const saved = Array.from({ length: 100_000 }, (_, line) => `line ${line}`).join("\n");
  expect(changedLines(saved, saved.replace("line 50\n", "line\n").replace("line 60\n", "line\n"))).toBe(11);
});
