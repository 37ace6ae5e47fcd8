import { expect, it } from "vitest";
import { bytes } from "./bus.fixture.ts";
import { numbers } from "./link.fixture.ts";
import { LinkStream } from "./link-stream.ts";

/** A stream with a subscriber that has to be done with what it got by `acknowledge`. */
function stream(maxQueue: number) {
  const opened = new LinkStream(maxQueue, () => undefined);
  const positions: number[] = [];
  opened.subscribe((_payload, position) => positions.push(position));
  return { opened, positions };
}

const events = (count: number) => numbers(0, count).map(bytes);

it("takes what is delivered and not done with from the credit of the stream that follows", () => {
  const { opened, positions } = stream(10);
  opened.continueAt("first", 5);
  expect(opened.receive(5, events(8))).toBeUndefined();
  opened.acknowledge(6);
  expect([opened.acknowledged, opened.credit, opened.joinCredit]).toEqual([6, 10, 4]);
  opened.continueAt("second", 1);
  expect([opened.acknowledged, opened.credit]).toEqual([0, 4]);
  expect(opened.receive(1, events(5))).toBe("more events than it may");
  expect(opened.receive(1, events(4))).toBeUndefined();
  expect(positions).toEqual(numbers(5, 17).map(Number));
  expect(opened.acknowledge(9)).toBe(true);
  expect([opened.acknowledged, opened.credit]).toEqual([0, 7]);
  expect(opened.acknowledge(9)).toBe(false);
  expect(opened.acknowledge(14)).toBe(true);
  expect([opened.acknowledged, opened.credit]).toEqual([2, 10]);
  expect(() => opened.acknowledge(17)).toThrow("never delivered");
});

it("does so over several streams, and when the same frontend forgot the node", () => {
  const { opened, positions } = stream(10);
  opened.continueAt("first", 1);
  opened.receive(1, events(4));
  opened.continueAt("second", 1);
  opened.receive(1, events(3));
  opened.continueAt("second", 100);
  expect([opened.acknowledged, opened.credit]).toEqual([99, 3]);
  expect(opened.receive(100, events(3))).toBeUndefined();
  expect(opened.receive(103, events(1))).toBe("more events than it may");
  expect(positions).toEqual(numbers(1, 11).map(Number));
  opened.acknowledge(2);
  expect(opened.credit).toBe(5);
  opened.acknowledge(9);
  expect([opened.acknowledged, opened.credit, opened.joinCredit]).toEqual([101, 10, 9]);
});
