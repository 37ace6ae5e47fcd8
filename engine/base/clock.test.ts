import { expect, it } from "vitest";
import { SystemClock } from "./clock.ts";

it("moves towards a wall clock that jumped by at most one second a minute", () => {
  let wall = 1_000_000;
  let mono = 0;
  const clock = new SystemClock(
    () => wall,
    () => mono,
  );
  const pass = (ms: number): void => {
    wall += ms;
    mono += ms;
  };
  expect(clock.now()).toBe(1_000_000);
  pass(500);
  expect(clock.now()).toBe(1_000_500);
  wall += 3_600_000;
  for (let second = 0; second < 60; second++) {
    pass(1000);
    clock.now();
  }
  const ahead = clock.now() - (1_000_000 + mono);
  expect(ahead).toBeGreaterThan(0);
  // 60.5 s have passed since the clock was first read.
  expect(ahead).toBeLessThanOrEqual(60_500 / 60 + 1e-6);
  wall -= 7_200_000;
  const before = clock.now();
  for (let second = 0; second < 60; second++) {
    pass(1000);
    clock.now();
  }
  expect(clock.now()).toBeGreaterThan(before + 58_000);
});
