import { expect, test } from "vitest";
import type { LogLine } from "../../engine/contract/console/supervisor.ts";
import { linesWith, logLevelOf, MOST_LINES, withLines } from "./log-view.ts";

const line = (id: number, text = `line ${id}`): LogLine => ({
  id,
  at: id,
  service: "backend be-0",
  level: "INFO",
  text,
});

test("new lines come behind the old ones, each once", () => {
  const lines = [line(1), line(2)];
  expect(withLines(lines, [line(2), line(3)]).map(({ id }) => id)).toEqual([1, 2, 3]);
  expect(withLines(lines, [line(2)])).toBe(lines);
});

test("the oldest lines are given up", () => {
  const many = Array.from({ length: MOST_LINES }, (_, id) => line(id));
  const next = withLines(many, [line(MOST_LINES), line(MOST_LINES + 1)]);
  expect([next.length, next[0]?.id]).toEqual([MOST_LINES, 2]);
});

test("lines are found by text and service, whatever the case", () => {
  const lines = [line(1, "Queue full"), line(2, "all well")];
  expect(linesWith(lines, "queue ").map(({ id }) => id)).toEqual([1]);
  expect(linesWith(lines, "BE-0")).toHaveLength(2);
  expect(linesWith(lines, " ")).toBe(lines);
});

test("an address that names no level shows information and worse", () => {
  expect([logLevelOf("ERROR"), logLevelOf("LOUD"), logLevelOf(null)]).toEqual(["ERROR", "INFO", "INFO"]);
});
