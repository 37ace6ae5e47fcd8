import { expect, it } from "vitest";
import { SystemClock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import { bytes, recordingLogger, text } from "./bus.fixture.ts";
import { BusFullError } from "./bus.ts";
import { LatestMessages } from "./latest-messages.ts";
import { MemoryBus } from "./memory.ts";
import { SubjectTable, subjectMatches } from "./subject-table.ts";

const logger = silentLogger(new SystemClock());
const nothing = () => undefined;

it("keeps events for the first subscriber and while one pauses, up to its bound, and records acknowledgements", () => {
  const bus = new MemoryBus(logger, 3);
  bus.publishEvents(["1", "2"].map(bytes), nothing);
  expect(() => bus.publishEvents(["3", "4"].map(bytes), nothing)).toThrow(BusFullError);
  const got: string[] = [];
  const subscription = bus.subscribeEvents((payload, position) => {
    got.push(`${position}:${text(payload)}`);
    bus.ack(position);
  });
  expect(got).toEqual(["1:1", "2:2"]);
  subscription.pause();
  bus.publishEvents(["3", "4"].map(bytes), nothing);
  expect(bus.status().buffered).toBe(2);
  expect(bus.acked).toBe(2);
  subscription.resume();
  expect(got).toEqual(["1:1", "2:2", "3:3", "4:4"]);
  expect(bus.acked).toBe(4);
});

it("delivers in order when a listener publishes", () => {
  const bus = new MemoryBus(logger);
  const got: string[] = [];
  bus.subscribeEvents((payload) => {
    if (text(payload) === "1") bus.publishEvents([bytes("3")], nothing);
  });
  bus.subscribeEvents((payload) => got.push(text(payload)));
  bus.publishEvents(["1", "2"].map(bytes), nothing);
  expect(got).toEqual(["1", "2", "3"]);
});

it("matches subjects as NATS does", () => {
  const cases: [string, string, boolean][] = [
    ["a.b", "a.b", true],
    ["a.b", "a.c", false],
    ["a.*", "a.b", true],
    ["a.*", "a.b.c", false],
    ["a.*", "a", false],
    ["*.b", "a.b", true],
    ["a.>", "a.b.c", true],
    ["a.>", "a", false],
    [">", "a", true],
  ];
  for (const [pattern, subject, expected] of cases) {
    expect([pattern, subject, subjectMatches(pattern, subject)]).toEqual([pattern, subject, expected]);
  }
});

it("logs a listener that throws, and delivers to the others", async () => {
  const log = recordingLogger();
  const table = new SubjectTable(log.logger);
  const got: string[] = [];
  table.listen("s", () => {
    throw new Error("broken");
  });
  table.listen("s", (payload) => got.push(text(payload)));
  table.deliver("s", bytes("x"));
  expect(got).toEqual(["x"]);
  table.respond("r", () => Promise.reject(new Error("cannot")));
  expect(await table.answer("r", bytes(""))).toBeUndefined();
  expect(log.count("broken") + log.count("cannot")).toBe(2);
});

it("keeps the latest message of a bounded number of subjects", () => {
  const latest = new LatestMessages();
  for (let i = 0; i < 300; i++) latest.keep(`s${i}`, bytes("old"));
  latest.keep("s0", bytes("new"));
  latest.forget("s1");
  const kept = latest.take();
  expect(kept.length).toBe(255);
  expect(kept.find(([subject]) => subject === "s0")?.[1]).toEqual(bytes("new"));
  expect(latest.take()).toEqual([]);
});
