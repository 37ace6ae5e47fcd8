import { expect, it } from "vitest";
import { OpenBeforeRange } from "./open-before.ts";

function opened() {
  const state = { open: 5, since: 2, known: true, fails: false };
  const asked: number[] = [];
  const before = new OpenBeforeRange({
    open: async () => ({ high: state.open, medium: 1, low: 0 }),
    openSince: async (at) => {
      asked.push(at);
      if (state.fails) throw new Error("the database is busy");
      return state.known ? { high: state.since, medium: 3, low: -4 } : undefined;
    },
  });
  return { before, state, asked };
}

it("takes what has come since from what is open, and never says less than none", async () => {
  const { before, state } = opened();
  expect(await before.at(1_000, "last 9", 10_000)).toEqual({ high: 3, medium: 0, low: 4 });
  state.known = false;
  expect(await before.at(1_000, "another", 10_000)).toBeUndefined();
});

it("counts once a minute for a range, at once for another, and never for all time", async () => {
  const { before, asked } = opened();
  await before.at(1_000, "last 9", 10_000);
  await before.at(60_000, "last 9", 69_000);
  expect(asked).toEqual([1_000]);
  await before.at(61_000, "last 9", 70_000);
  await before.at(2_000, "last 8", 70_000);
  expect(asked).toEqual([1_000, 61_000, 2_000]);
  expect(await before.at(0, "all", 70_000)).toBeUndefined();
  expect(asked).toHaveLength(3);
});

it("asks again after a failure", async () => {
  const { before, state, asked } = opened();
  state.fails = true;
  await expect(before.at(1_000, "last 9", 10_000)).rejects.toThrow("busy");
  state.fails = false;
  expect(await before.at(1_000, "last 9", 10_001)).toMatchObject({ high: 3 });
  expect(asked).toHaveLength(2);
});
