import { expect, test } from "vitest";
import { closingSentence, referenceMeaning, stageCards } from "./stages.ts";
import { bruteForce, rule, T0 } from "./testing/brute-force.ts";

test("every stage has its progress, its time and its arithmetic", () => {
  const cards = stageCards(bruteForce());
  expect(cards.map(({ stage, pace, share }) => ({ stage, pace, share }))).toEqual([
    { stage: 1, pace: "opens the backlog", share: 1 },
    { stage: 2, pace: "1 min 49 s of 5 min", share: 1 },
    { stage: 3, pace: "18 min 13 s of 30 min", share: 1 },
  ]);
  expect(cards.map(({ arithmetic }) => (arithmetic.kind === "known" ? [arithmetic.raw, arithmetic.risk] : []))).toEqual(
    [
      ["0.8", 0],
      ["3.2", 3],
      ["7.2", 7],
    ],
  );
});

test("ANY is said as a word, and source ports only where a rule names them", () => {
  const alarm = bruteForce();
  alarm.record.rules = [rule(1, { from: "ANY", protocol: "ANY", port_to: "ANY" }), rule(2, { port_from: "1024" })];
  const [first, second, third] = stageCards(alarm);
  expect(first).toMatchObject({ from: "any", protocol: "any", ports: "any" });
  expect(second).toMatchObject({ ports: "1024 → 22" });
  // A record whose rules don't have the stage, as after a hand-made import.
  expect(third).toMatchObject({ from: "not known", ports: "not known" });
});

test("a stage that hasn't begun says how long it will have", () => {
  const alarm = bruteForce();
  alarm.stageFacts = alarm.stageFacts.map((fact) => {
    const { start: _start, end: _end, ...rest } = fact;
    return fact.stage === 3 ? { ...rest, state: "waiting", events: 0 } : fact;
  });
  expect(stageCards(alarm)[2]).toMatchObject({ pace: "not begun, has 30 min", share: 0, start: undefined });
});

test("a reference that isn't bound yet says what it waits for", () => {
  expect(referenceMeaning(":1")).toBe("Will be what the first event of stage 1 has");
  expect(referenceMeaning("10.0.0.1")).toBeUndefined();
  expect(referenceMeaning("fe80::1")).toBeUndefined();
});

test("the closing sentence says where the alarm is", () => {
  expect(closingSentence(bruteForce())).toEqual({ text: expect.stringContaining("Complete"), at: T0 + 1_203_096 });
  const facts = bruteForce().stageFacts.map((fact) => (fact.stage === 2 ? { ...fact, events: 9 } : fact));
  const expired = facts.map((fact) => (fact.stage === 2 ? { ...fact, state: "timeout" as const } : fact));
  expect(closingSentence(bruteForce({ progress: "timeout", stageFacts: expired })).text).toContain(
    "Expired in stage 2, 1 event short",
  );
  const live = facts.map((fact) => (fact.stage === 2 ? { ...fact, state: "current" as const } : fact));
  expect(closingSentence(bruteForce({ progress: "live", stageFacts: live })).text).toBe(
    "Live: stage 2 waits for 1 event more",
  );
  expect(closingSentence(bruteForce({ progress: "live", stageFacts: live, node: "imported" })).text).not.toMatch(
    /Live|waits/,
  );
});
