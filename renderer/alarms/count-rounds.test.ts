import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { CountRounds } from "./count-rounds.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function opened(takesMs: number) {
  const state = { wanted: true, fails: false, most: 0, running: 0 };
  const asked: string[] = [];
  const counts: [string, number][] = [];
  const rounds = new CountRounds({
    ids: () => ["a", "b"],
    count: async (id) => {
      asked.push(id);
      state.running += 1;
      state.most = Math.max(state.most, state.running);
      await new Promise((resolve) => setTimeout(resolve, takesMs));
      state.running -= 1;
      if (state.fails) throw new Error("no contact");
      return asked.length;
    },
    onCount: (id, count) => counts.push([id, count]),
    now: () => Date.now(),
    isWanted: () => state.wanted,
  });
  return { rounds, state, counts, taken: () => asked.splice(0).join("") };
}

it("counts one after the other at once, and again after a rest when something changed", async () => {
  const { rounds, state, counts, taken } = opened(50);
  await vi.advanceTimersByTimeAsync(100);
  expect(counts).toEqual([
    ["a", 1],
    ["b", 2],
  ]);
  expect([taken(), state.most]).toEqual(["ab", 1]);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(taken()).toBe("");
  rounds.changed();
  await vi.advanceTimersByTimeAsync(1_100);
  expect(taken()).toBe("ab");
  rounds.changed();
  await vi.advanceTimersByTimeAsync(9_000);
  expect(taken()).toBe("");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(taken()).toBe("ab");
  rounds.end();
});

it("rests longer where counting takes long, and doesn't count what nobody sees", async () => {
  const { rounds, state, taken } = opened(1_000);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(taken()).toBe("ab");
  rounds.changed();
  await vi.advanceTimersByTimeAsync(39_000);
  expect(taken()).toBe("");
  state.wanted = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(taken()).toBe("");
  state.wanted = true;
  await vi.advanceTimersByTimeAsync(3_100);
  expect(taken()).toBe("ab");
  rounds.end();
});

it("tries again what couldn't be counted, and ends when it is told", async () => {
  const { rounds, state, counts, taken } = opened(10);
  state.fails = true;
  await vi.advanceTimersByTimeAsync(20);
  expect(counts).toEqual([]);
  state.fails = false;
  await vi.advanceTimersByTimeAsync(11_100);
  expect(taken()).toBe("abab");
  expect(counts).toHaveLength(2);
  rounds.changed();
  rounds.end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(taken()).toBe("");
});
