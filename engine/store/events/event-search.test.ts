import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ManualClock } from "../../base/clock.ts";
import { EventChunk } from "../../base/event-chunk.ts";
import { silentLogger } from "../../base/log.ts";
import { eventKey } from "../../base/raw-event.ts";
import type { EventSearchRequest, FoundEvents } from "../../query/event-search.ts";
import { searchEvents } from "./event-search.ts";
import { EventSearchThread } from "./event-search-thread.ts";
import { RetainedEvents } from "./retained-events.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "event-search-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Events 1 to `count` from 10.0.0.1, each with its number as a port; every fifth place holds what is no event. */
async function keep(count: number): Promise<void> {
  const clock = new ManualClock();
  const options = { folder, limit: 200_000, log: silentLogger(clock), monotonic: () => clock.monotonic() };
  const events = await RetainedEvents.open(options);
  for (let from = 1; from <= count; from += 1000) {
    const chunk = new EventChunk(from);
    for (let id = from; id < Math.min(from + 1000, count + 1); id++) {
      chunk.add(Buffer.from(id % 5 === 0 ? "no event" : JSON.stringify(eventOf(id))), id * 10);
    }
    events.append(chunk);
  }
  await events.close();
}

function eventOf(id: number): object {
  const common = { sensor: "s", title: "t", timestamp: "2026-11-28T00:00:00Z", plugin_id: 1, plugin_sid: 1 };
  return { event_id: `e${id}`, ...common, src_ip: "10.0.0.1", dst_ip: "10.0.0.2", src_port: id % 60_000, conn_id: id };
}

function requestOf(change: Partial<EventSearchRequest>): EventSearchRequest {
  return { q: "", nowMs: 0, limit: 10, verdicts: new Map(), boot: "b", ...change };
}

/** By a clock that moves by so much with each look at it. */
function searched(change: Partial<EventSearchRequest>, stepMs = 0): FoundEvents & { steps: number } {
  let now = 0;
  const search = searchEvents(folder, requestOf(change), 5, () => {
    now += stepMs;
    return now;
  });
  for (let steps = 1; ; steps++) {
    const step = search.next();
    if (step.done === true) return { ...step.value, steps };
  }
}

const ids = ({ events }: FoundEvents): number[] => events.map(({ id }) => id);

it("finds the newest first, page by page, and steps over what is no event", async () => {
  await keep(12);
  const first = searched({ limit: 4 });
  expect(ids(first)).toEqual([12, 11, 9, 8]);
  expect(first).toMatchObject({ scanned: 5, next: 8 });
  const second = searched({ limit: 4, before: first.next });
  expect(ids(second)).toEqual([7, 6, 4, 3]);
  const last = searched({ limit: 4, before: second.next });
  expect(ids(last)).toEqual([2, 1]);
  expect(last.next).toBeUndefined();
  expect(ids(searched({ q: "src_port>=4 src_port<=9 id~e", from: 60, to: 80 }))).toEqual([8, 7, 6]);
});

it("knows of an event what the backends said of it", async () => {
  await keep(4);
  const verdicts = new Map([
    [eventKey("b", 2, "e2"), { kind: "no directive" } as const],
    [eventKey("b", 3, "e3"), { kind: "skipped", cause: "whitelisted" } as const],
  ]);
  expect(ids(searched({ q: "outcome:nodirective", verdicts }))).toEqual([2]);
  expect(ids(searched({ q: "outcome:rejected", verdicts }))).toEqual([3]);
  expect(ids(searched({ q: "outcome:unknown", verdicts }))).toEqual([4, 1]);
});

it("does no more than so much for one request, and lets others have their turn", async () => {
  await keep(3000);
  // 64 events between two looks, 3 ms from each to the next.
  const { scanned, next, steps, events } = searched({ q: "id:nothing" }, 300);
  expect(events).toEqual([]);
  expect(scanned).toBe(256);
  expect(steps).toBe(5);
  expect(next).toBe(3000 - 256 + 1);
});

it("has whoever comes while very many searches are under way come back later", async () => {
  await keep(12);
  const thread = new EventSearchThread(folder);
  const never = new AbortController().signal;
  const searches = Array.from({ length: 17 }, () => thread.find(requestOf({ limit: 1 }), never));
  const ends = await Promise.allSettled(searches);
  expect(ends.map(({ status }) => status)).toEqual([...Array.from({ length: 16 }, () => "fulfilled"), "rejected"]);
  expect(ends[16]).toMatchObject({ reason: { code: "BUSY", retryAfterSeconds: 1 } });
  expect((await thread.find(requestOf({ limit: 1 }), never)).events).toHaveLength(1);
  await thread.close();
});

it("searches in a thread: several at once, some given up", async () => {
  await keep(20_000);
  const thread = new EventSearchThread(folder);
  const never = new AbortController().signal;
  const given = new AbortController();
  const searches = [
    thread.find(requestOf({ q: "id:e1" }), never),
    thread.find(requestOf({ limit: 3 }), never),
    thread.find(requestOf({ q: "id:e2" }), given.signal),
    thread.find(requestOf({ q: "risk:1" }), never),
  ];
  given.abort(new Error("gone"));
  const [slow, quick, left, wrong] = await Promise.allSettled(searches);
  expect(slow).toMatchObject({ status: "fulfilled", value: { events: [{ id: 1, at: 10 }], scanned: 20_000 } });
  expect(quick).toMatchObject({
    status: "fulfilled",
    value: { events: [{ id: 19_999 }, { id: 19_998 }, { id: 19_997 }] },
  });
  expect(left).toMatchObject({ status: "rejected", reason: { message: "gone" } });
  expect(wrong).toMatchObject({ status: "rejected", reason: { code: "EVENT_SEARCH" } });
  await thread.close();
  expect(ids(await thread.find(requestOf({ q: "id:e7" }), never))).toEqual([7]);
  await thread.close();
}, 20_000);
