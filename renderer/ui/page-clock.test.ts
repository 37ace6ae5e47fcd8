import { expect, it } from "vitest";
import { PageClock } from "./page-clock.ts";

function opened() {
  const state = { now: 10_000, hidden: false, tick: () => {}, running: false };
  const clock = new PageClock({
    now: () => state.now,
    every: (_milliseconds, run) => {
      state.tick = run;
      state.running = true;
      return () => {
        state.running = false;
      };
    },
    isHidden: () => state.hidden,
  });
  return { state, clock };
}

it("stands still between two ticks, for whoever reads it", () => {
  const { state, clock } = opened();
  const seen: number[] = [];
  clock.onTick(() => seen.push(clock.now));
  expect(clock.now).toBe(10_000);
  state.now = 10_990;
  expect(clock.now).toBe(10_000);
  state.now = 11_005;
  state.tick();
  state.now = 11_009;
  expect([clock.now, ...seen]).toEqual([11_005, 11_005]);
});

it("isn't old where nothing ticks, and follows a clock that is set back", () => {
  const { state, clock } = opened();
  expect(clock.now).toBe(10_000);
  state.now = 11_000;
  expect(clock.now).toBe(11_000);
  clock.onTick(() => {});
  state.hidden = true;
  state.now = 13_000;
  state.tick();
  expect(clock.now).toBe(13_000);
  state.now = 5_000;
  expect(clock.now).toBe(5_000);
});

it("runs while anybody follows it", () => {
  const { state, clock } = opened();
  const ends = [clock.onTick(() => {}), clock.onTick(() => {})];
  ends[0]?.();
  expect(state.running).toBe(true);
  ends[1]?.();
  expect(state.running).toBe(false);
});
