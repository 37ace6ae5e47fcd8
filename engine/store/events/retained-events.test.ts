import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ManualClock } from "../../base/clock.ts";
import { EventChunk } from "../../base/event-chunk.ts";
import { createLogger } from "../../base/log.ts";
import { type EventRange, newestEvents, oldestEvents } from "./read-events.ts";
import { RetainedEvents, type RetainedEventsOptions } from "./retained-events.ts";

let base = "";
let folder = "";
let lines: string[] = [];
const clock = new ManualClock();
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "retained-events-"));
  folder = join(base, "events");
  lines = [];
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

function opened(options: Partial<RetainedEventsOptions> = {}): Promise<RetainedEvents> {
  const log = createLogger({ level: "INFO", json: false, target: "t", clock, write: (line) => lines.push(line) });
  return RetainedEvents.open({ folder, limit: 200_000, log, monotonic: () => clock.monotonic(), ...options });
}

/** Events `from` to `to`, each of which came in at its number times 1000. */
function chunk(from: number, to: number, filling = ""): EventChunk {
  const filled = new EventChunk(from);
  for (let id = from; id <= to; id++) filled.add(Buffer.from(`{"n":${id}}${filling}`), id * 1000);
  return filled;
}

function ids(range: EventRange = {}): number[] {
  return [...oldestEvents(folder, range)].map(({ id }) => id);
}

function files(): string[] {
  return readdirSync(folder).sort();
}

function span(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

it("keeps events over a restart, byte for byte, readable from either end", async () => {
  const first = await opened();
  expect(first).toMatchObject({ lastId: 0, count: 0, oldest: undefined });
  first.append(chunk(1, 3));
  first.append(chunk(4, 4));
  await first.close();
  const second = await opened();
  expect(second).toMatchObject({ lastId: 4, count: 4, oldest: 1000 });
  second.append(chunk(5, 6));
  await second.close();
  expect([...newestEvents(folder)].map(({ id, at, payload }) => [id, at, payload.toString()])).toEqual(
    [6, 5, 4, 3, 2, 1].map((id) => [id, id * 1000, `{"n":${id}}`]),
  );
  expect(ids()).toEqual(span(1, 6));
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of files()) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
});

it("reads only what is asked for, whichever segments it lies in", async () => {
  const events = await opened({ segmentBytes: 50 });
  for (let id = 1; id <= 20; id += 2) events.append(chunk(id, id + 1));
  await events.close();
  expect(files().length).toBeGreaterThan(3);
  expect(ids({ after: 4, before: 9 })).toEqual(span(5, 8));
  expect(ids({ from: 6000, to: 12_500 })).toEqual(span(6, 12));
  expect([...newestEvents(folder, { before: 7, from: 3001 })].map(({ id }) => id)).toEqual([6, 5, 4]);
  expect(ids({ from: 20_001 })).toEqual([]);
  expect(ids({ to: 999 })).toEqual([]);
});

it.each(["cut off", "overwritten", "followed by something else"])(
  "steps over a last record that is %s",
  async (how) => {
    const first = await opened();
    first.append(chunk(1, 2));
    await first.flush();
    const whole = statSync(join(folder, files()[0] ?? "")).size;
    first.append(chunk(3, 4));
    await first.close();
    const path = join(folder, files()[0] ?? "");
    if (how === "cut off") truncateSync(path, statSync(path).size - 1);
    if (how === "overwritten") truncateSync(path, whole + 10);
    appendFileSync(path, "what a crash left ".repeat(10));
    const kept = how === "followed by something else" ? 4 : 2;
    expect(ids()).toEqual(span(1, kept));
    const second = await opened();
    expect(second.lastId).toBe(kept);
    second.append(chunk(kept + 1, kept + 2));
    await second.close();
    expect(ids()).toEqual(span(1, kept + 2));
  },
);

it("goes on where nothing of the last segment is whole", async () => {
  const first = await opened({ segmentBytes: 1 });
  first.append(chunk(1, 2));
  first.append(chunk(3, 3));
  await first.close();
  truncateSync(join(folder, files()[1] ?? ""), 7);
  const second = await opened();
  expect(second.lastId).toBe(2);
  second.append(chunk(3, 5));
  await second.close();
  expect(ids()).toEqual(span(1, 5));
});

it("keeps as many as it is told, and a twentieth more at most", async () => {
  const events = await opened({ limit: 10_000 });
  for (let id = 1; id <= 30_000; id += 100) events.append(chunk(id, id + 99));
  await events.flush();
  expect(events.count).toBeGreaterThanOrEqual(10_000);
  expect(events.count).toBeLessThanOrEqual(10_500);
  expect(ids()).toEqual(span(30_000 - events.count + 1, 30_000));
  await events.keep(1000);
  expect(events.count).toBeLessThanOrEqual(1500);
  await events.keep(0);
  expect(events).toMatchObject({ count: 0, oldest: undefined });
  expect(files()).toEqual([]);
  events.append(chunk(30_001, 30_002));
  await events.close();
  expect(files()).toEqual([]);
});

it("keeps no more bytes than it may, whatever their number", async () => {
  const events = await opened({ segmentBytes: 10_000, maxBytes: 50_000 });
  for (let id = 1; id <= 200; id++) events.append(chunk(id, id, "x".repeat(1000)));
  await events.close();
  const bytes = files().reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0);
  expect(bytes).toBeLessThanOrEqual(60_000);
  expect(bytes).toBeGreaterThan(30_000);
  expect(ids().at(-1)).toBe(200);
});

it("counts what the disk didn't take, says so, and tries again later", async () => {
  const events = await opened();
  rmSync(folder, { recursive: true });
  events.append(chunk(1, 2));
  await events.flush();
  events.append(chunk(3, 5));
  expect(events.notRetained).toBe(5);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("events can't be retained: ENOENT");
  clock.advance(6000);
  await (await opened()).close();
  events.append(chunk(6, 7));
  await events.close();
  expect(events.notRetained).toBe(5);
  expect(ids()).toEqual([6, 7]);
});

it("says what it still needs until it is in the files, or has failed", async () => {
  const events = await opened();
  expect(events.waitingFrom).toBe(Number.POSITIVE_INFINITY);
  const filled = chunk(1, 2);
  events.append(filled.from(0));
  filled.add(Buffer.from("{}"), 3000);
  events.append(filled.from(2));
  expect(events.waitingFrom).toBe(1);
  await events.flush();
  expect(events.waitingFrom).toBe(Number.POSITIVE_INFINITY);
  filled.beginAnew(4);
  filled.add(Buffer.from("x"), 4000);
  expect([...oldestEvents(folder)].map(({ id, at, payload }) => [id, at, payload.toString()])).toEqual([
    [1, 1000, '{"n":1}'],
    [2, 2000, '{"n":2}'],
    [3, 3000, "{}"],
  ]);
  rmSync(folder, { recursive: true });
  await events.close();
  const failing = await opened();
  rmSync(folder, { recursive: true });
  failing.append(chunk(4, 5));
  await failing.flush();
  expect([failing.waitingFrom, failing.notRetained]).toEqual([Number.POSITIVE_INFINITY, 2]);
});

it("takes no more than may wait for a disk that is slow", async () => {
  const events = await opened();
  const large = "x".repeat(4 * 1024 * 1024);
  for (let id = 1; id <= 12; id++) events.append(chunk(id, id, large));
  expect(events.notRetained).toBeGreaterThan(0);
  await events.close();
  expect(ids()).toHaveLength(12 - events.notRetained);
});
