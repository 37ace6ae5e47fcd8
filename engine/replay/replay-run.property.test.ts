import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Checkpoint, ReplayRun } from "./replay-run.ts";
import { configOf, directivesArbitrary, recordingArbitrary, stateOf } from "./testing/scenario.ts";

describe("a run of a replay", () => {
  it("comes back to each of its checkpoints, earlier or later, as it was, and goes on from there as before", () => {
    const seen = { expired: 0, alarms: 0, back: 0, ahead: 0 };
    fc.assert(
      fc.property(
        directivesArbitrary,
        recordingArbitrary(60),
        fc.array(fc.nat(), { minLength: 3, maxLength: 12 }),
        fc.integer({ min: 1, max: 9 }),
        (directives, events, moves, spacing) => {
          const last = events.length + 1;
          const targets = moves.map((move) => move % (last + 1));
          const straight = new ReplayRun(configOf(directives));
          const states = new Map([[0, stateOf(straight)]]);
          for (let step = 1; step <= last; step++) {
            const event = events[step - 1];
            if (event === undefined) straight.settle();
            else straight.step(event);
            if (targets.includes(step)) states.set(step, stateOf(straight));
          }
          seen.expired += straight.figures.expired;
          seen.alarms += straight.figures.alarms;

          const run = new ReplayRun(configOf(directives));
          const checkpoints = new Map<number, Checkpoint>([[0, run.checkpoint().checkpoint]]);
          let at = 0;
          for (const target of targets) {
            const from = Math.max(...[...checkpoints.keys()].filter((step) => step <= target));
            const checkpoint = checkpoints.get(from);
            if (checkpoint !== undefined && (target < at || from > at)) {
              if (from > at) seen.ahead += 1;
              else seen.back += 1;
              run.restore(checkpoint);
              at = from;
            }
            while (at < target) {
              const event = events[at];
              if (event === undefined) run.settle();
              else run.step(event);
              at += 1;
              if (at % spacing === 0 && !checkpoints.has(at)) checkpoints.set(at, run.checkpoint().checkpoint);
            }
            expect(stateOf(run)).toBe(states.get(target));
          }
        },
      ),
      { numRuns: 100 },
    );
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(30);
  });

  it("lets nothing live when it is over", () => {
    fc.assert(
      fc.property(directivesArbitrary, recordingArbitrary(40), (directives, events) => {
        const run = new ReplayRun(configOf(directives), { keeps: false });
        for (const event of events) run.step(event);
        run.settle();
        expect(run.correlator.liveBacklogs).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
