import { expect, it } from "vitest";
import { ManualClock } from "../../base/clock.ts";
import type { EventSpan } from "../../base/event-chunk.ts";
import { EventTail, type EventTailOptions } from "./event-tail.ts";

function opened({ ringEvents, neededFrom = () => Number.POSITIVE_INFINITY }: Partial<EventTailOptions> = {}) {
  const clock = new ManualClock(5000);
  const listeners = new Set<(payloads: readonly Uint8Array[]) => void>();
  const spans: EventSpan[] = [];
  const source = {
    open: (listener: (payloads: readonly Uint8Array[]) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const tail = new EventTail({
    source,
    clock,
    firstId: 11,
    onSpan: (span) => spans.push(span),
    neededFrom,
    ...(ringEvents !== undefined && { ringEvents }),
  });
  const send = (...texts: string[]) => {
    for (const listener of listeners) listener(texts.map((text) => Buffer.from(text)));
  };
  const seen = (afterId: number) => [...tail.newest(afterId)].map(({ id, payload }) => `${id} ${payload}`);
  return { clock, tail, listeners, spans, send, seen };
}

it("has nothing to do with events while nobody holds it", () => {
  const { tail, listeners, seen, send, spans } = opened();
  expect(listeners.size).toBe(0);
  const first = tail.hold();
  const second = tail.hold();
  send("a");
  first();
  first();
  send("b");
  expect(listeners.size).toBe(1);
  expect(seen(0)).toEqual(["12 b", "11 a"]);
  second();
  expect(listeners.size).toBe(0);
  expect(seen(0)).toEqual([]);
  expect(spans.map(({ firstId, count }) => [firstId, count])).toEqual([[11, 2]]);
  tail.hold();
  send("c");
  expect(seen(0)).toEqual(["13 c"]);
});

it("keeps copies: what the sender does with his bytes later changes nothing", () => {
  const { tail, listeners, seen } = opened();
  tail.hold();
  const bytes = Buffer.from("abc");
  for (const listener of listeners) listener([bytes]);
  bytes.fill("x");
  expect(seen(0)).toEqual(["11 abc"]);
});

it("numbers on over spans, and gives the newest down to one that is known", () => {
  const { tail, send, seen, spans } = opened();
  tail.hold();
  send("a", "b");
  tail.seal();
  tail.seal();
  send("c", "d");
  expect(seen(11)).toEqual(["14 d", "13 c", "12 b"]);
  expect(tail).toMatchObject({ newestId: 14, oldestId: 11 });
  expect(spans).toHaveLength(1);
});

it("reaches back as far as it is to, however many come", () => {
  const { tail, send, spans } = opened({ ringEvents: 10_000 });
  tail.hold();
  for (let i = 0; i < 1000; i++) send(...Array.from({ length: 100 }, (_, j) => `{"n":${i * 100 + j}}`));
  expect(tail.newestId).toBe(100_010);
  expect(tail.newestId - tail.oldestId).toBeGreaterThanOrEqual(10_000);
  expect(tail.newestId - tail.oldestId).toBeLessThan(20_000);
  expect(spans.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(95_000);
});

it("begins another chunk where an event has no room, and never grows one for it; an event larger than a chunk has its own", () => {
  const { tail, send, spans } = opened();
  tail.hold();
  for (let i = 0; i < 3000; i++) send("x".repeat(700));
  const memory = spans.map(({ bytes }) => bytes.buffer.byteLength);
  expect(memory.length).toBeGreaterThan(2);
  expect(Math.max(...memory)).toBeLessThanOrEqual(512 * 1024);
  const before = spans.length;
  send("y".repeat(600 * 1024), "z");
  expect(spans.slice(before).map(({ count, bytes }) => [count, bytes.length > 600])).toEqual([
    [expect.any(Number), true],
    [1, true],
  ]);
});

/** So many events of a kilobyte, each of which begins with its number. */
function kilobytes(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${i} `.padEnd(1024, "x"));
}

it("uses the memory of what it let go of again, however much comes, and what it still has stays as it came", () => {
  const { tail, send, spans } = opened({ ringEvents: 1000 });
  tail.hold();
  for (const text of kilobytes(20_000)) send(text);
  tail.seal();
  expect(spans.length).toBeGreaterThan(30);
  // One chunk grows to its size; three hold the ring, one is being filled, one may have been waiting for its turn.
  expect(new Set(spans.map(({ bytes }) => bytes.buffer)).size).toBeLessThanOrEqual(6);
  const [newest, ...others] = [...tail.newest(0)].map(({ payload }) => Number.parseInt(payload.toString(), 10));
  expect(newest).toBe(19_999);
  expect(others.length).toBeGreaterThanOrEqual(999);
  expect(others).toEqual(Array.from({ length: others.length }, (_, i) => 19_998 - i));
});

it("leaves alone what was handed on for as long as it is needed", () => {
  let needed = 11;
  const { tail, send, spans } = opened({ ringEvents: 1000, neededFrom: () => needed });
  tail.hold();
  const texts = kilobytes(5000);
  for (const text of texts) send(text);
  tail.seal();
  expect(Buffer.concat(spans.map(({ bytes }) => bytes)).toString() === texts.join("")).toBe(true);
  const memory = (from: number) => new Set(spans.slice(from).map(({ bytes }) => bytes.buffer));
  expect(memory(0).size).toBe(spans.length);
  needed = Number.POSITIVE_INFINITY;
  const before = spans.length;
  for (const text of texts) send(text);
  expect(memory(before).size).toBeLessThan(spans.length - before);
});

it("hands on each event once, whenever it is told to", () => {
  const { tail, send, spans } = opened();
  tail.hold();
  send("a", "bcd");
  tail.seal();
  send("e");
  tail.seal();
  expect(spans.map(({ firstId, count, bytes }) => [firstId, count, bytes.toString()])).toEqual([
    [11, 2, "abcd"],
    [13, 1, "e"],
  ]);
  expect([spans[0]?.lengthOf(1), spans[1]?.lengthOf(0), spans[1]?.at(0)]).toEqual([3, 1, 5000]);
});

it("tells the rate", () => {
  const { tail, send, clock } = opened();
  tail.hold();
  send(...Array.from({ length: 100 }, () => "{}"));
  clock.advance(2000);
  expect(tail.perSecond).toBe(50);
});
