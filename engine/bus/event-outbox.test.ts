import { expect, it } from "vitest";
import { bytes, text } from "./bus.fixture.ts";
import { BusFullError, PayloadTooLargeError } from "./bus.ts";
import { EventOutbox } from "./event-outbox.ts";
import { encodePublishes } from "./nats-wire.ts";

/** A group, and the answer it got: `undefined` while there is none, `null` for success. */
function group(...names: string[]) {
  const answer: { value: Error | null | undefined; count: number } = { value: undefined, count: 0 };
  const events = names.map(bytes);
  const size = events.reduce((sum, event) => sum + event.length, 0);
  const done = (error?: Error) => {
    answer.value = error ?? null;
    answer.count += 1;
  };
  return { events, size, done, answer };
}

const sent = (outbox: EventOutbox, most = 1_000_000) => outbox.takeUnsent(most).map(text);

it("answers once the server confirmed, and sends what a lost connection took again, in order", () => {
  const outbox = new EventOutbox(100);
  const a = group("1", "2");
  const b = group("3");
  outbox.addConnected(a.events, a.size, a.done);
  expect(sent(outbox)).toEqual(["1", "2"]);
  outbox.addConnected(b.events, b.size, b.done);
  expect(a.answer.value).toBeUndefined();
  outbox.connectionLost();
  expect([a.answer.value, b.answer.value]).toEqual([null, null]);
  const c = group("4");
  outbox.addAway(c.events, c.size, c.done);
  expect(c.answer.value).toBeNull();
  expect(sent(outbox, 1)).toEqual(["1", "2"]);
  expect(sent(outbox)).toEqual(["3", "4"]);
  outbox.settleSent();
  expect(outbox.events).toBe(0);
  expect(outbox.hasUnsent).toBe(false);
  expect([a, b, c].map(({ answer }) => answer.count)).toEqual([1, 1, 1]);
});

it("gives back what doesn't fit when the connection is lost, and never what was answered for", () => {
  const outbox = new EventOutbox(3);
  const groups = [group("1", "2"), group("3", "4"), group("5")];
  for (const { events, size, done } of groups) outbox.addConnected(events, size, done);
  outbox.connectionLost();
  expect(groups.map(({ answer }) => answer.value === null)).toEqual([true, false, true]);
  expect(groups[1]?.answer.value).toBeInstanceOf(BusFullError);
  outbox.connectionLost();
  expect(outbox.events).toBe(3);
  expect(sent(outbox)).toEqual(["1", "2", "5"]);
});

it("takes a large array when nothing else waits, and refuses more until it is confirmed", () => {
  const outbox = new EventOutbox(0);
  const many = Array.from({ length: 200_000 }, () => bytes("x"));
  outbox.addConnected(many, many.length, () => undefined);
  expect(() => outbox.addConnected([bytes("y")], 1, () => undefined)).toThrow(BusFullError);
  outbox.takeUnsent(1_000_000);
  outbox.settleSent();
  outbox.addConnected([bytes("y")], 1, () => undefined);
});

it("tells every sender when the server refused, when an event got too large, and when it is all over", () => {
  const outbox = new EventOutbox(100);
  const refused = group("1");
  outbox.addConnected(refused.events, refused.size, refused.done);
  sent(outbox);
  outbox.settleSent(new Error("no"));
  expect(refused.answer.value?.message).toBe("no");
  const large = group("22222");
  const small = group("3");
  outbox.addConnected(large.events, large.size, large.done);
  outbox.addConnected(small.events, small.size, small.done);
  expect(outbox.removeLarger(4, (size) => new PayloadTooLargeError(0, size, 4))).toBe(1);
  expect(large.answer.value).toBeInstanceOf(PayloadTooLargeError);
  expect(small.answer.value).toBeUndefined();
  outbox.abandon(new Error("over"));
  expect(small.answer.value?.message).toBe("over");
  expect(outbox.events).toBe(0);
  expect(outbox.hasUnsent).toBe(false);
});

it("counts what is refused although it was answered for", () => {
  const outbox = new EventOutbox(100);
  const answered = group("1", "2");
  outbox.addAway(answered.events, answered.size, answered.done);
  const waiting = group("3");
  outbox.addConnected(waiting.events, waiting.size, waiting.done);
  sent(outbox);
  expect(outbox.settleSent(new Error("no"))).toBe(2);
  expect([answered, waiting].map(({ answer }) => answer.count)).toEqual([1, 1]);
  expect(waiting.answer.value?.message).toBe("no");
  outbox.addAway(answered.events, answered.size, answered.done);
  sent(outbox);
  expect(outbox.settleSent()).toBe(0);
});

it("takes only the too large events out of a group that was answered for", () => {
  const outbox = new EventOutbox(100);
  for (const { events, size, done } of [group("1", "22222", "3"), group("44444"), group("5")]) {
    outbox.addAway(events, size, done);
  }
  expect(outbox.removeLarger(4, (size) => new PayloadTooLargeError(0, size, 4))).toBe(2);
  expect(outbox.events).toBe(3);
  expect(sent(outbox)).toEqual(["1", "3", "5"]);
  outbox.settleSent();
  expect(outbox.events).toBe(0);
});

it("writes the protocol's PUB for every length", () => {
  const lengths = [0, 9, 10, 99, 100, 1000, 1_048_576];
  const events = lengths.map((length) => Buffer.alloc(length, "e"));
  const expected = events.map((event) => `PUB dsiem_events ${event.length}\r\n${event.toString()}\r\n`).join("");
  expect(encodePublishes(events).toString() === expected).toBe(true);
});
