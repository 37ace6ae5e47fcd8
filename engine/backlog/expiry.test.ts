import { describe, expect, it } from "vitest";
import type { Directive } from "../contract/directive.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { directive, event, rule } from "./testing/builders.ts";
import { correlatorOf, EPOCH } from "./testing/scenarios.ts";

const BORN_MS = EPOCH * 1000 + 500;

function timed(...timeouts: number[]): Directive {
  return directive(timeouts.map((timeout, i) => rule(i + 1, { timeout })));
}

function seen(sid: number, seconds: number): NormalizedEvent {
  return event(sid, `e${sid}-${seconds}`, { seconds });
}

/** Polls as the service does, and says after how many milliseconds the backlog was gone. */
function msUntilGone(correlator: ReturnType<typeof correlatorOf>, mostMs: number): number | undefined {
  for (let ms = 0; ms <= mostMs; ms += 250) {
    correlator.expire(BORN_MS + ms);
    if (correlator.liveBacklogs === 0) return ms;
  }
  return undefined;
}

describe("expiry", () => {
  it("lets a backlog of old events live for its first ten seconds, so that late deliveries still meet", () => {
    const trace: string[] = [];
    const correlator = correlatorOf([timed(5, 5)], trace);
    correlator.process(seen(1, EPOCH - 86_400), BORN_MS);
    const gone = msUntilGone(correlator, 60_000);
    expect(gone).toBeGreaterThanOrEqual(10_000);
    expect(gone).toBeLessThanOrEqual(10_500);
    expect(trace.at(-1)).toBe("removed id1: timeout");
    expect(trace.at(-2)).toBe("record id1 risk 3 without look-ups");
  });

  it("is found by the first ten-second check after start_time + timeout has passed", () => {
    const correlator = correlatorOf([timed(5, 25)], []);
    correlator.process(seen(1, EPOCH), BORN_MS);
    // Stage 2 began at EPOCH, so second EPOCH + 26 is the first that is too late; the check after it is the one at 30 s.
    const gone = msUntilGone(correlator, 60_000);
    expect(gone).toBeGreaterThanOrEqual(30_000);
    expect(gone).toBeLessThanOrEqual(30_500);
  });

  it("counts anew from the start of each stage, later or earlier", () => {
    const later = correlatorOf([timed(5, 20, 20)], []);
    later.process(seen(1, EPOCH), BORN_MS);
    later.process(seen(2, EPOCH + 15), BORN_MS + 15_000);
    expect(msUntilGone(later, 60_000)).toBeGreaterThanOrEqual(40_000);

    const earlier = correlatorOf([timed(5, 1000, 1)], []);
    earlier.process(seen(1, EPOCH), BORN_MS);
    earlier.process(seen(2, EPOCH + 1), BORN_MS + 1000);
    expect(msUntilGone(earlier, 60_000)).toBeLessThanOrEqual(10_500);
  });

  it("expires nothing early when time jumps, and everything due when it has jumped", () => {
    const correlator = correlatorOf([timed(5, 5)], []);
    for (let i = 0; i < 50; i++) correlator.process(seen(1, EPOCH + i), BORN_MS + i * 1000);
    expect(correlator.expire(BORN_MS + 9_000)).toBe(0);
    expect(correlator.expire(BORN_MS + 3_600_000)).toBe(50);
    expect(correlator.liveBacklogs).toBe(0);
  });

  it("ends a few at a time when told so, in the order in which they fell due", () => {
    const trace: string[] = [];
    const correlator = correlatorOf([timed(5, 5)], trace);
    for (let i = 0; i < 7; i++) correlator.process(event(1, `e${i}`), BORN_MS + Math.floor(i / 3) * 1000);
    const later = BORN_MS + 3_600_000;
    expect(correlator.expire(later, 2)).toBe(2);
    // What comes meanwhile is old enough to be due as well, but isn't checked before its first ten seconds are over.
    correlator.process(event(1, "new"), later);
    expect([2, 2, 2].map((most) => correlator.expire(later, most))).toEqual([2, 2, 1]);
    expect(correlator.expire(later, 2)).toBe(0);
    expect(correlator.expire(later + 10_500, 2)).toBe(1);
    expect(trace.filter((line) => line.startsWith("removed")).map((line) => line.split(" ")[1])).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((i) => `id${i}:`),
    );
  });

  it("forgets a completed backlog at once, however far its deadline was", () => {
    const trace: string[] = [];
    const correlator = correlatorOf([timed(360_000, 360_000)], trace);
    correlator.process(seen(1, EPOCH), BORN_MS);
    correlator.process(seen(2, EPOCH), BORN_MS);
    expect(correlator.liveBacklogs).toBe(0);
    expect(correlator.expire(BORN_MS + 400_000_000)).toBe(0);
  });
});

describe("idle directives", () => {
  it("leave memory after their time without backlogs, and come back with the next event", () => {
    const correlator = correlatorOf([timed(5, 5)], []);
    expect(correlator.compiledDirectives).toBe(0);
    correlator.process(seen(1, EPOCH), BORN_MS);
    expect(correlator.compiledDirectives).toBe(1);
    expect(correlator.dropIdle(BORN_MS + 700_000)).toBe(0);
    correlator.expire(BORN_MS + 700_000);
    // Events that only later stages name don't keep it.
    correlator.process(seen(2, EPOCH), BORN_MS + 1_299_000);
    // The ten minutes begin where its last backlog ended, however long ago the last event was.
    expect(correlator.dropIdle(BORN_MS + 1_299_999)).toBe(0);
    expect(correlator.dropIdle(BORN_MS + 1_300_000)).toBe(1);
    expect(correlator.compiledDirectives).toBe(0);
    expect(correlator.process(seen(1, EPOCH), BORN_MS + 1_301_000)).toBe(1);
    expect(correlator.compiledDirectives).toBe(1);
  });

  it("are not even compiled by an event that only a later stage names", () => {
    const correlator = correlatorOf([timed(5, 5)], []);
    expect(correlator.process(seen(2, EPOCH), BORN_MS)).toBe(0);
    expect(correlator.compiledDirectives).toBe(0);
  });

  it("stay when all were to be preloaded", () => {
    const correlator = correlatorOf([timed(5, 5)], []);
    correlator.preload(BORN_MS);
    expect(correlator.dropIdle(BORN_MS + 86_400_000)).toBe(0);
    expect(correlator.compiledDirectives).toBe(1);
  });
});
