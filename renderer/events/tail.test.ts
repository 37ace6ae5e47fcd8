import { expect, test } from "vitest";
import type { ConsoleEvent } from "../../engine/contract/console/events.ts";
import { catchUp, EMPTY_TAIL, hold, release, TAIL_SIZE, type Tail, tailDelta, tailSnapshot } from "./tail.ts";

function event(id: number): ConsoleEvent {
  return {
    id,
    at: id,
    event: {
      event_id: `e${id}`,
      timestamp: "2026-11-23T14:32:07.398Z",
      sensor: "dc-01",
      title: "Login failed",
      src_ip: "10.20.11.31",
      dst_ip: "10.30.2.10",
    },
  };
}

function delta(ids: number[], more: Partial<Parameters<typeof tailDelta>[1]> = {}): Parameters<typeof tailDelta>[1] {
  return { events: ids.map(event), verdicts: [], notShown: 0, perSecond: 10, ...more };
}

const after = (tail: Tail, news: ReturnType<typeof delta>): Tail => tailDelta(tail, news, 0);
const ids = (events: readonly ConsoleEvent[]): number[] => events.map(({ id }) => id);

test("the newest stand first", () => {
  const tail = tailSnapshot(EMPTY_TAIL, { events: [event(1), event(2)], perSecond: 5 }, 0);
  expect(ids(after(tail, delta([3, 4], { notShown: 7 })).events)).toEqual([4, 3, 2, 1]);
  expect(after(tail, delta([3], { notShown: 7 })).notShown).toBe(7);
});

test("it keeps so many and no more", () => {
  let tail = after(EMPTY_TAIL, delta(Array.from({ length: TAIL_SIZE }, (_, index) => index)));
  tail = after(tail, delta([TAIL_SIZE, TAIL_SIZE + 1]));
  expect(tail.events).toHaveLength(TAIL_SIZE);
  expect(tail.events[0]?.id).toBe(TAIL_SIZE + 1);
  expect(tail.events.at(-1)?.id).toBe(2);
});

test("a verdict changes its row and leaves the others as they are", () => {
  const before = after(EMPTY_TAIL, delta([1, 2]));
  const judged = after(before, delta([], { verdicts: [{ id: 1, verdict: { kind: "not matched" } }] }));
  expect(judged.events[1]?.verdict).toEqual({ kind: "not matched" });
  expect(judged.events[0]).toBe(before.events[0]);
});

test("while it stands still nothing moves, and nothing is lost", () => {
  let tail = hold(after(EMPTY_TAIL, delta([1])), 1000);
  tail = after(tail, delta([2, 3], { verdicts: [{ id: 1, verdict: { kind: "no directive" } }] }));
  expect(ids(tail.events)).toEqual([1]);
  expect(tail.events[0]?.verdict).toEqual({ kind: "no directive" });
  expect(ids(tail.held)).toEqual([3, 2]);
  const caughtUp = catchUp(tail, 2000);
  expect(ids(caughtUp.events)).toEqual([3, 2, 1]);
  expect(caughtUp.heldAt).toBe(2000);
  expect(release(tail)).toMatchObject({ heldAt: undefined, held: [] });
});

test("what comes in too great a number while it stands still is counted", () => {
  let tail = hold(EMPTY_TAIL, 1000);
  tail = after(tail, delta(Array.from({ length: TAIL_SIZE }, (_, index) => index)));
  tail = after(tail, delta([TAIL_SIZE, TAIL_SIZE + 1, TAIL_SIZE + 2]));
  expect(tail.held).toHaveLength(TAIL_SIZE);
  expect(tail.heldDropped).toBe(3);
});

test("a reconnect while it stands still doesn't move it either", () => {
  const tail = hold(after(EMPTY_TAIL, delta([1, 2])), 1000);
  const again = tailSnapshot(tail, { events: [event(2), event(3)], perSecond: 1 }, 0);
  expect(ids(again.events)).toEqual([2, 1]);
  expect(ids(again.held)).toEqual([3]);
});

test("the rate is kept once a second, for a minute", () => {
  let tail = EMPTY_TAIL;
  for (let now = 1_000; now < 101_000; now += 100) tail = tailDelta(tail, delta([], { perSecond: now }), now);
  expect(tail.perSecond).toBe(100_900);
  expect(tail.rates).toHaveLength(60);
  expect(tail.rates.at(-1)).toBe(100_000);
});
