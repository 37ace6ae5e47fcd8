import { expect, test } from "vitest";
import { Throttle, type ThrottlePlace } from "./throttle.ts";

class Clock implements ThrottlePlace {
  #now = 0;
  #due: { at: number; run: () => void } | undefined;
  now(): number {
    return this.#now;
  }
  after(milliseconds: number, run: () => void): () => void {
    this.#due = { at: this.#now + milliseconds, run };
    return () => {
      this.#due = undefined;
    };
  }
  advance(milliseconds: number): void {
    this.#now += milliseconds;
    const due = this.#due;
    if (due === undefined || due.at > this.#now) return;
    this.#due = undefined;
    due.run();
  }
}

test("runs at once, then at most once in its time, and never forgets the last request", () => {
  const clock = new Clock();
  const ran: number[] = [];
  const throttle = new Throttle(1000, () => ran.push(clock.now()), clock);
  for (let step = 0; step < 25; step++) {
    throttle.request();
    clock.advance(100);
  }
  expect(ran).toEqual([0, 1000, 2000]);
  clock.advance(1000);
  expect(ran).toEqual([0, 1000, 2000, 3500]);
  clock.advance(5000);
  expect(ran).toHaveLength(4);
});

test("what was stopped doesn't run any more", () => {
  const clock = new Clock();
  let ran = 0;
  const throttle = new Throttle(1000, () => ran++, clock);
  throttle.request();
  throttle.request();
  throttle.stop();
  clock.advance(2000);
  expect(ran).toBe(1);
});
