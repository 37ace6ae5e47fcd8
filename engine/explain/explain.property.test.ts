import assert from "node:assert/strict";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Correlator } from "../backlog/correlator.ts";
import type { Effect, Outcome } from "../backlog/outcome.ts";
import { correlatorOf, directivesArbitrary, EPOCH, eventsArbitrary } from "../backlog/testing/scenarios.ts";
import type { Directive } from "../contract/directive.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { ATTEMPT_VERDICTS, type Attempt, type AttemptVerdict } from "../contract/explain.ts";
import { explainEvent } from "./explain.ts";

const NOW_MS = EPOCH * 1000;
/** Enough for the rarest verdict, which one run in sixteen meets. */
const RUNS = 250;
const RUNS_OF_SAVED = 60;
/** On a machine that does much else. */
const TIMEOUT_MS = 120_000;
/** The whole state is compared before and after the explanation of one event in so many: it costs the most by far. */
const COMPARED = 8;
const EVERYTHING = { mostDirectives: 1000, mostAttempts: 1000 };

/** What an attempt's verdict says that the correlator will tell of this backlog. */
function effectOf({ backlog, verdict, factors }: Attempt): Effect | "nothing" {
  const place = { backlogId: backlog?.id ?? "", stage: backlog?.stage ?? 0 };
  switch (verdict) {
    case "recorded":
    case "counted before":
      return { kind: "recorded", ...place };
    case "stage finished":
      return { kind: "stage finished", ...place, complete: false, risk: factors?.risk ?? -1 };
    case "alarm":
    case "complete without risk":
      return { kind: "stage finished", ...place, complete: true, risk: factors?.risk ?? -1 };
    case "recorded earlier":
    case "out of order":
    case "sticky value seen":
      return { kind: verdict, ...place };
    default:
      return "nothing";
  }
}

/** What the explanation says of a directive, in the form in which the correlator tells it. */
function foretold(attempts: readonly Attempt[]): { effects: Effect[]; begins: boolean } {
  const effects = attempts.map(effectOf).filter((effect) => effect !== "nothing");
  return {
    effects: effects.sort(byBacklog),
    begins: attempts.some(({ verdict }) => verdict === "backlog begun"),
  };
}

function byBacklog(a: Effect, b: Effect): number {
  return a.backlogId < b.backlogId ? -1 : 1;
}

/** The stage of an effect at an earlier stage isn't part of an attempt: the correlator's own word is taken for it. */
function told({ effects, createdBacklogId }: Outcome, attempts: readonly Attempt[]): ReturnType<typeof foretold> {
  const stages = new Map(attempts.map(({ backlog }) => [backlog?.id, backlog?.stage]));
  const comparable = effects.map((effect): Effect => {
    const stage = stages.get(effect.backlogId) ?? 0;
    if (effect.kind !== "recorded earlier") return effect;
    assert.ok(effect.stage < stage);
    return { ...effect, stage };
  });
  return { effects: comparable.sort(byBacklog), begins: createdBacklogId !== undefined };
}

function stateOf(correlator: Correlator): string {
  const { compiledDirectives, liveBacklogs, activeDirectives } = correlator;
  return JSON.stringify({
    saved: [...correlator.snapshot()],
    tallies: [...correlator.tallies(0)],
    ...{ compiledDirectives, liveBacklogs, activeDirectives },
  });
}

/** One event is explained and then correlated; what was foretold has to be what happens. */
function checkOne(correlator: Correlator, event: NormalizedEvent, seen: Set<AttemptVerdict>): void {
  const isCompared = event.seconds % COMPARED === 0;
  const before = isCompared ? stateOf(correlator) : "";
  const explanation = explainEvent(correlator, event, EVERYTHING);
  assert.equal(isCompared ? stateOf(correlator) : "", before);
  const outcomes: Outcome[] = [];
  correlator.onOutcome = (outcome) => outcomes.push(outcome);
  const matched = correlator.process(event, NOW_MS);
  const silent = new Map(explanation.directives.map((each) => [each.directiveId, each]));
  for (const outcome of outcomes) {
    const said = silent.get(outcome.directiveId);
    assert.ok(said !== undefined);
    silent.delete(outcome.directiveId);
    assert.deepStrictEqual(foretold(said.attempts), told(outcome, said.attempts));
    for (const { verdict, sentence } of said.attempts) {
      seen.add(verdict);
      assert.match(sentence, /^[A-Z].*\.$/s);
    }
  }
  // Of those that the correlator says nothing of, nothing was foretold.
  for (const { attempts } of silent.values()) {
    assert.deepStrictEqual(foretold(attempts), { effects: [], begins: false });
  }
  assert.equal(matched, outcomes.filter((outcome) => outcome.matched).length);
}

it("foretells what the correlator does with every event, and changes nothing", { timeout: TIMEOUT_MS }, () => {
  const seen = new Set<AttemptVerdict>();
  fc.assert(
    fc.property(directivesArbitrary, eventsArbitrary(40), (directives, events) => {
      const explained: string[] = [];
      const left: string[] = [];
      const correlator = correlatorOf(directives, explained);
      const twin = correlatorOf(directives, left);
      for (const event of events) {
        checkOne(correlator, event, seen);
        twin.process(event, NOW_MS);
      }
      assert.deepStrictEqual(explained, left);
    }),
    { numRuns: RUNS },
  );
  expect([...ATTEMPT_VERDICTS].filter((verdict) => !seen.has(verdict))).toEqual([]);
});

it("foretells it of backlogs that were saved with other rules, too", { timeout: TIMEOUT_MS }, () => {
  const seen = new Set<AttemptVerdict>();
  fc.assert(
    fc.property(directivesArbitrary, directivesArbitrary, eventsArbitrary(60), (old, today, events) => {
      const named = (directives: readonly Directive[]): Directive[] =>
        directives.map((directive) => ({ ...directive, name: "SRC_IP to DST_IP" }));
      const half = Math.floor(events.length / 2);
      const before = correlatorOf(named(old), []);
      for (const event of events.slice(0, half)) before.process(event, NOW_MS);
      const after = correlatorOf(named(today), [], { firstId: 1000 });
      for (const [id, backlogs] of before.snapshot()) after.restore(id, backlogs, NOW_MS);
      for (const event of events.slice(half)) checkOne(after, event, seen);
    }),
    { numRuns: RUNS_OF_SAVED },
  );
  expect(seen.size).toBeGreaterThan(6);
});
