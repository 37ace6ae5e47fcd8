import { expect, it } from "vitest";
import { OverloadSignal } from "./overload.ts";

it("is published once when raised, and lets go after the hold without a new raise", () => {
  const published: boolean[] = [];
  const signal = new OverloadSignal(10_000, (overloaded) => published.push(overloaded));
  signal.tick(0);
  expect(published).toEqual([]);
  signal.raise(1000);
  signal.raise(5000);
  expect(published).toEqual([true]);
  signal.tick(14_999);
  expect(published).toEqual([true]);
  signal.tick(15_000);
  signal.tick(16_000);
  expect(published).toEqual([true, false]);
  signal.raise(17_000);
  expect(published).toEqual([true, false, true]);
});

it("is taken back by a backend that stops, unless there is nothing to take back", () => {
  const published: boolean[] = [];
  const signal = new OverloadSignal(10_000, (overloaded) => published.push(overloaded));
  signal.release();
  expect(published).toEqual([]);
  signal.raise(1000);
  signal.release();
  signal.release();
  signal.tick(60_000);
  expect(published).toEqual([true, false]);
});

it("is said again to a connection that is back, once there was anything to say", () => {
  const published: boolean[] = [];
  const signal = new OverloadSignal(10_000, (overloaded) => published.push(overloaded));
  signal.repeat();
  expect(published).toEqual([]);
  signal.raise(0);
  signal.repeat();
  signal.tick(10_000);
  signal.repeat();
  expect(published).toEqual([true, true, false, false]);
});
