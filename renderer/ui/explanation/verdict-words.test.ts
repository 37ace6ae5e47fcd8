import { expect, it } from "vitest";
import { ATTEMPT_VERDICTS, type Attempt } from "../../../engine/contract/explain.ts";
import { attemptTitle, verdictMark } from "./verdict-words.ts";

it("has a word of its own for everything that can become of an event", () => {
  const words = ATTEMPT_VERDICTS.map((verdict) => verdictMark(verdict).word);
  expect(new Set(words).size).toBe(words.length);
});

it("names an attempt by its backlog and how far that is", () => {
  const attempt: Attempt = { verdict: "recorded", sentence: "", stages: [] };
  const backlog = { id: "k3Hs9", title: "t", stage: 2, stages: 3, count: 11, occurrence: 15, deadline: 0 };
  expect(attemptTitle({ ...attempt, backlog })).toBe("k3Hs9 2/3 · 11/15");
  expect(attemptTitle(attempt)).toBe("a new backlog");
});
