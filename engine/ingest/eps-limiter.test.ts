import { describe, expect, test } from "vitest";
import { ManualClock } from "../base/clock.ts";
import { createLogger } from "../base/log.ts";
import { EpsLimiter } from "./eps-limiter.ts";

function limiterOf(min: number, max: number) {
  const clock = new ManualClock(1_000_000);
  const lines: string[] = [];
  const log = createLogger({ level: "INFO", json: false, target: "t", clock, write: (line) => lines.push(line) });
  return { clock, lines, limiter: new EpsLimiter(min, max, clock, log) };
}

function passed(limiter: EpsLimiter, tries: number): number {
  let count = 0;
  for (let i = 0; i < tries; i++) if (limiter.take(1)) count += 1;
  return count;
}

describe("the EPS limiter", () => {
  test("starts half-way between min and max, and is raised at its start", () => {
    const { limiter, lines } = limiterOf(100, 1000);
    expect(limiter.limit).toBe(550);
    limiter.start();
    limiter.stop();
    expect(limiter.limit).toBe(559);
    expect(lines[0]).toContain("overload status is false, EPS rate limit changed from 550 to 559");
  });

  test("is lowered by a tenth of the range while overloaded, raised by a hundredth after, within its bounds", () => {
    const { limiter, lines } = limiterOf(100, 1000);
    limiter.hear("true");
    limiter.adjust();
    expect(limiter.limit).toBe(460);
    limiter.hear("something else");
    for (let i = 0; i < 10; i++) limiter.adjust();
    expect(limiter.limit).toBe(100);
    limiter.hear("false");
    limiter.adjust();
    expect(limiter.limit).toBe(109);
    expect(lines.at(-1)).toContain("overload status is false, EPS rate limit changed from 100 to 109");
    for (let i = 0; i < 200; i++) limiter.adjust();
    expect(limiter.limit).toBe(1000);
  });

  test("says nothing when nothing changes", () => {
    const { limiter, lines } = limiterOf(10, 10);
    limiter.adjust();
    limiter.hear("true");
    limiter.adjust();
    expect(lines).toEqual([]);
    expect(limiter.limit).toBe(10);
  });

  test("lets as many through at once as in one second, and as many again a second later", () => {
    const { limiter, clock } = limiterOf(10, 10);
    expect(passed(limiter, 40)).toBe(10);
    expect(limiter.exhausted).toBe(true);
    clock.advance(500);
    expect(passed(limiter, 40)).toBe(5);
    clock.advance(60_000);
    expect(passed(limiter, 40)).toBe(10);
  });

  test("lets a batch larger than the bucket through when the bucket is full, and has it paid for afterwards", () => {
    const { limiter, clock } = limiterOf(10, 10);
    expect(limiter.take(35)).toBe(true);
    expect(limiter.take(1)).toBe(false);
    clock.advance(2500);
    expect(limiter.exhausted).toBe(true);
    clock.advance(200);
    expect(passed(limiter, 5)).toBe(2);
    expect(limiter.take(35)).toBe(false);
    clock.advance(1000);
    expect(limiter.take(35)).toBe(true);
  });

  test("gets tokens back, up to a full bucket", () => {
    const { limiter } = limiterOf(10, 10);
    expect(limiter.take(10)).toBe(true);
    limiter.giveBack(4);
    expect(passed(limiter, 10)).toBe(4);
    limiter.giveBack(1000);
    expect(passed(limiter, 40)).toBe(10);
  });

  test("takes tokens away with a lowered limit, and doesn't earn the past at a raised one", () => {
    const { limiter, clock } = limiterOf(10, 110);
    expect(limiter.take(60)).toBe(true);
    clock.advance(500);
    for (let i = 0; i < 100; i++) limiter.adjust();
    expect(limiter.limit).toBe(110);
    expect(passed(limiter, 200)).toBe(30);
    clock.advance(10_000);
    limiter.hear("true");
    for (let i = 0; i < 20; i++) limiter.adjust();
    expect(passed(limiter, 200)).toBe(10);
  });
});
