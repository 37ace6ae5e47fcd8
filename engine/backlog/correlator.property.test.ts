import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { savedBacklogFileSchema } from "../contract/saved-backlog.ts";
import { riskOf } from "../match/risk.ts";
import { NaiveCorrelator } from "./testing/naive-correlator.ts";
import { correlatorOf, directivesArbitrary, EPOCH, eventsArbitrary, HOME } from "./testing/scenarios.ts";

const NOW_MS = EPOCH * 1000;
const RUNS = Number(process.env.DSIEM_PROPERTY_RUNS ?? 400);

describe("the correlator", () => {
  it("does what a scan of every live backlog does (property 1)", () => {
    fc.assert(
      fc.property(directivesArbitrary, eventsArbitrary(60), (directives, events) => {
        const trace: string[] = [];
        const correlator = correlatorOf(directives, trace);
        const naive = new NaiveCorrelator(HOME, directives);
        for (const event of events) {
          correlator.process(event, NOW_MS);
          naive.process(event);
        }
        expect(trace).toEqual(naive.trace);
      }),
      { numRuns: RUNS },
    );
  });

  it("goes on after a save and reload at any event as if nothing had been (property 2)", () => {
    fc.assert(
      fc.property(directivesArbitrary, eventsArbitrary(40), fc.nat(), (directives, events, cut) => {
        const at = cut % (events.length + 1);
        const whole: string[] = [];
        const uninterrupted = correlatorOf(directives, whole);
        const parts: string[] = [];
        const before = correlatorOf(directives, parts);
        for (const event of events) uninterrupted.process(event, NOW_MS);
        for (const event of events.slice(0, at)) before.process(event, NOW_MS);
        const created = parts.filter((line) => line.startsWith("created")).length;
        const after = correlatorOf(directives, parts, { firstId: created });
        for (const [id, saved] of before.snapshot()) {
          const file: unknown = JSON.parse(JSON.stringify(saved));
          expect(after.restore(id, savedBacklogFileSchema.parse(file), NOW_MS)).toEqual([]);
        }
        expect(after.snapshot()).toEqual(before.snapshot());
        for (const event of events.slice(at)) after.process(event, NOW_MS);
        expect(parts).toEqual(whole);
        expect(after.snapshot()).toEqual(uninterrupted.snapshot());
      }),
      { numRuns: RUNS },
    );
  });

  it("keeps directives independent: both together do what each does alone (property 7)", () => {
    fc.assert(
      fc.property(directivesArbitrary, eventsArbitrary(40), (directives, events) => {
        const together: string[] = [];
        const both = correlatorOf(directives, together);
        for (const event of events) both.process(event, NOW_MS);
        const apart = directives.flatMap((directive) => {
          const trace: string[] = [];
          const alone = correlatorOf([directive], trace);
          for (const event of events) alone.process(event, NOW_MS);
          return trace;
        });
        expect(anonymous(together)).toEqual(anonymous(apart));
      }),
      { numRuns: RUNS },
    );
  });

  it("tells a listener what it did, and does the same without one", () => {
    fc.assert(
      fc.property(directivesArbitrary, eventsArbitrary(40), (directives, events) => {
        const quiet: string[] = [];
        const heard: string[] = [];
        const unwatched = correlatorOf(directives, quiet);
        const watched = correlatorOf(directives, heard);
        let told = 0;
        watched.onOutcome = (outcome) => {
          const consumed = outcome.effects.some((effect) => effect.kind !== "sticky value seen");
          expect(outcome.matched).toBe(consumed || outcome.createdBacklogId !== undefined);
          expect(consumed && outcome.createdBacklogId !== undefined).toBe(false);
          if (outcome.matched) told += 1;
        };
        let matched = 0;
        for (const event of events) {
          unwatched.process(event, NOW_MS);
          matched += watched.process(event, NOW_MS);
        }
        expect(heard).toEqual(quiet);
        expect(told).toBe(matched);
      }),
      { numRuns: RUNS },
    );
  });

  it("never lets an alarm's stage fall, nor its records come out of order (property 6)", () => {
    fc.assert(
      fc.property(directivesArbitrary, eventsArbitrary(60), (directives, events) => {
        const trace: string[] = [];
        const correlator = correlatorOf(directives, trace);
        for (const event of events) correlator.process(event, NOW_MS);
        const finished = new Map<string, number>();
        const gone = new Set<string>();
        for (const line of trace) {
          const [what, first, , third] = line.split(" ");
          if (what === "finished" && third !== undefined) {
            expect(Number(first)).toBe((finished.get(third) ?? 0) + 1);
            finished.set(third, Number(first));
          }
          const id = /\bid\d+\b/.exec(line)?.[0] ?? "";
          expect(gone.has(id)).toBe(false);
          if (what === "removed") gone.add(id);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe("the risk of an alarm", () => {
  it("is exact integer arithmetic (property 11)", () => {
    const anything = fc.tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 10 }),
      fc.integer({ min: 0, max: 255 }),
    );
    fc.assert(
      fc.property(anything, ([priority, reliability, value]) => {
        expect(riskOf(priority, reliability, value)).toBe(
          Number((BigInt(priority) * BigInt(reliability) * BigInt(value)) / 25n),
        );
      }),
    );
  });
});

/** The lines without the ids of backlogs, which count across directives, in an order that doesn't depend on them. */
function anonymous(trace: readonly string[]): string[] {
  return trace.map((line) => line.replace(/\bid\d+\b/g, "a backlog")).sort();
}
