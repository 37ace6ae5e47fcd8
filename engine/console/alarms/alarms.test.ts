import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../../base/clock.ts";
import { silentLogger } from "../../base/log.ts";
import { startWorkerRole } from "../../base/worker-role.ts";
import { until } from "../../bus/bus.fixture.ts";
import type { LiveDelta, LiveSnapshot } from "../../contract/console/live.ts";
import type { ConsoleStore } from "../../store/console/console-store.ts";
import { CONSOLE_STORE_MODULE, CONSOLE_STORE_ROLE } from "../../store/console/console-worker.ts";
import { alarmEntry, alarmRecord, eventEntry, sinceAnswer } from "../../store/console/testing/records.ts";
import { NOW_MS, StoreRig } from "../../store/console/testing/store-rig.ts";
import type { LiveFault } from "../live/topic.ts";
import { alarmExport } from "./alarm-export.ts";
import type { AlarmStore } from "./alarm-store.ts";
import { alarmTopic } from "./alarm-topic.ts";
import { alarmsTopic } from "./alarms-topic.ts";
import { BulkChanges } from "./bulk.ts";
import { Jobs } from "./jobs.ts";

let rig: StoreRig;
let store: ConsoleStore;
let clock: ManualClock;
let jobs: Jobs;
let bulk: BulkChanges;
let newBulk: (own?: AlarmStore) => BulkChanges;
let tokens: number;

beforeEach(async () => {
  rig = new StoreRig();
  store = await rig.with(...["a1", "a2", "a3"].map((id) => alarmRecord(id)));
  clock = new ManualClock(NOW_MS);
  jobs = new Jobs();
  tokens = 0;
  const configured = { statuses: ["Open", "Closed"], tags: ["Identified Threat", "False Positive"] };
  newBulk = (own = store) =>
    new BulkChanges({ store: own, jobs, clock, ...configured, newToken: () => `token ${++tokens}` });
  bulk = newBulk();
});
afterEach(async () => {
  bulk.close();
  await rig.end();
});

/** The first that is given away. */
const UNDO_TOKEN = `${NOW_MS + 10_000}-token 1`;

/** The next entries of n1's journal. */
let seq = 100;
async function tell(...records: ReturnType<typeof alarmRecord>[]): Promise<void> {
  const entries = records.map((record) => alarmEntry(seq++, record));
  const gap = { from: 4, to: (entries[0]?.seq ?? 0) - 1 };
  await store.write("page", { node: "n1", answer: sinceAnswer(entries, { gap }) });
}

async function follow(params: { q?: string; lastSeconds?: number; limit?: number }) {
  const snapshots: LiveSnapshot<"alarms">[] = [];
  const deltas: LiveDelta<"alarms">[] = [];
  const faults: LiveFault[] = [];
  const sink = {
    snapshot: (data: LiveSnapshot<"alarms">) => snapshots.push(data),
    delta: (data: LiveDelta<"alarms">) => deltas.push(data),
    fail: (fault: LiveFault) => faults.push(fault),
  };
  const feed = await alarmsTopic({ store, clock, log: silentLogger(clock) }).open(params, sink);
  /** As the hub does, until something has come of it. */
  const flushed = (holds: () => boolean, what: string) =>
    until(() => {
      feed.flush?.();
      return holds();
    }, what);
  return { feed, snapshots, deltas, faults, flushed };
}

describe("topic alarms", () => {
  it("says what changed of what the query finds, what it finds no more, and how many there are", async () => {
    const { snapshots, deltas, feed, flushed } = await follow({ q: "is:open", limit: 2 });
    expect(snapshots).toMatchObject([{ rows: [{ id: "a3" }, { id: "a2" }], total: 3 }]);
    clock.advance(5000);
    await tell(alarmRecord("a4"), alarmRecord("a5", { status: "Closed" }));
    await flushed(() => deltas.length > 0, "a delta");
    expect(deltas[0]).toMatchObject({ rows: [{ id: "a4" }], gone: ["a5"], total: 4 });
    clock.advance(5000);
    await bulk.change({ ids: ["a1"], status: "Closed" }, "ana");
    await bulk.delete({ ids: ["a2"] });
    await flushed(() => deltas.flatMap(({ gone }) => gone).length === 3, "what is gone");
    expect(deltas.flatMap(({ gone }) => gone).sort()).toEqual(["a1", "a2", "a5"]);
    await flushed(() => deltas.at(-1)?.total === 2, "the total");
    const before = deltas.length;
    feed.flush?.();
    feed.close();
    await tell(alarmRecord("a6"));
    feed.flush?.();
    await store.read("total", { q: "", nowMs: NOW_MS });
    expect(deltas).toHaveLength(before);
  });

  it("begins anew when so much changed that a snapshot says it better, and when it is asked to", async () => {
    const { snapshots, deltas, feed, flushed } = await follow({ q: "" });
    await tell(...Array.from({ length: 6000 }, (_, i) => alarmRecord(`b${i}`)));
    await flushed(() => snapshots.length === 2, "a snapshot");
    expect([deltas.length, snapshots[1]?.total]).toEqual([0, 6003]);
    feed.resnapshot();
    await until(() => snapshots.length === 3, "another snapshot");
  });

  it("counts again what grows out of its range by the mere passing of time", async () => {
    const { snapshots, deltas, flushed } = await follow({ q: "", lastSeconds: 2 * 3600 });
    expect(snapshots[0]?.total).toBe(3);
    clock.advance(2 * 3600 * 1000);
    await flushed(() => deltas.length > 0, "a count");
    expect(deltas[0]).toMatchObject({ rows: [], gone: [], total: 0 });
  });

  it("goes on after a thread of its database died, with what happened meanwhile", async () => {
    await rig.close(store);
    const threads: Worker[] = [];
    store = await rig.store({
      onDefect: () => {},
      start: (data) => {
        const thread = startWorkerRole(CONSOLE_STORE_MODULE, CONSOLE_STORE_ROLE, data);
        threads.push(thread);
        return thread;
      },
    });
    const { snapshots, faults, feed, flushed } = await follow({ q: "" });
    const [, reading] = threads;
    await reading?.terminate();
    await until(() => store.trouble !== undefined, "the thread's death");
    await tell(alarmRecord("a4"));
    await flushed(() => store.trouble === undefined, "another thread");
    feed.resnapshot();
    await flushed(() => snapshots.at(-1)?.total === 4, "a snapshot");
    await threads[0]?.terminate();
    await until(() => store.trouble !== undefined, "the writing thread's death");
    const before = snapshots.length;
    await flushed(() => snapshots.length > before, "that all is looked at again");
    expect(faults).toEqual([]);
    feed.close();
  });

  it("refuses a query that can't be read, with its place", async () => {
    await expect(follow({ q: "a rsik>1" })).rejects.toMatchObject({ status: 400, place: { column: 2, length: 4 } });
  });
});

it("topic alarm says that something about it changed, also an event", async () => {
  const revs: number[] = [];
  const sink = {
    snapshot: ({ rev }: { rev: number }) => revs.push(rev),
    delta: ({ rev }: { rev: number }) => revs.push(rev),
    fail: () => {},
  };
  const feed = await alarmTopic(store).open({ id: "a2" }, sink);
  await tell(alarmRecord("a1"));
  feed.flush?.();
  expect(revs).toHaveLength(1);
  const answer = sinceAnswer([eventEntry(seq++, "a2", 2, "e1")]);
  await store.write("page", { node: "n1", answer });
  feed.flush?.();
  expect(revs).toHaveLength(2);
  feed.close();
  await expect(alarmTopic(store).open({ id: "nothing" }, sink)).rejects.toMatchObject({ status: 404 });
});

describe("a bulk change", () => {
  it("changes what a query found when it came, in pieces that its job tells of, and can be taken back for ten seconds", async () => {
    await tell(...Array.from({ length: 6000 }, (_, i) => alarmRecord(`b${i}`, { risk: 9 })));
    const progress: { done: number; total: number; finished: boolean }[] = [];
    const sink = {
      snapshot: () => {},
      delta: (data: (typeof progress)[number]) => progress.push(data),
      fail: () => {},
    };
    const job = await jobs.topic().open({ id: "j" }, sink);
    const stop = store.onChange(() => job.flush?.());
    const answer = await bulk.change({ q: "risk:9", status: "Closed", jobId: "j" }, "ana");
    stop();
    job.flush?.();
    expect(answer).toEqual({
      changed: 6000,
      unchanged: 0,
      missing: 0,
      undoToken: UNDO_TOKEN,
      undoUntil: NOW_MS + 10_000,
    });
    expect(progress.at(-1)).toEqual({ done: 6000, total: 6000, finished: true });
    expect(progress.length).toBeGreaterThan(1);
    expect(await store.read("total", { q: "is:closed", nowMs: NOW_MS })).toBe(6000);
    expect(await bulk.undo(UNDO_TOKEN, "ana")).toEqual({ restored: 6000, skipped: 0 });
    expect(await store.read("total", { q: "is:closed", nowMs: NOW_MS })).toBe(0);
    await expect(bulk.undo(UNDO_TOKEN, "ana")).rejects.toMatchObject({ status: 410 });
  });

  it("counts what is so already and what isn't there", async () => {
    await bulk.change({ ids: ["a1"], status: "Closed" }, "ana");
    expect(await bulk.change({ ids: ["a1", "a2", "a2", "zz"], status: "Closed" }, "ana")).toMatchObject({
      ...{ changed: 1, unchanged: 1, missing: 1 },
    });
    expect(await bulk.change({ ids: ["zz"], note: "x" }, "ana")).toEqual({ changed: 0, unchanged: 0, missing: 1 });
  });
});

describe("a bulk change whose database fails on the way", () => {
  /** The store, but this write of this name fails. */
  function failing(name: string, which: number): AlarmStore {
    let calls = 0;
    const write: AlarmStore["write"] = (call, argument) => {
      if (call === name && ++calls === which) return Promise.reject(new Error("no room"));
      return store.write(call, argument);
    };
    return {
      ...{ isWatched: false, trouble: undefined, write },
      read: (call, argument, signal) => store.read(call, argument, signal),
      onChange: (listener) => store.onChange(listener),
      backUp: (file) => store.backUp(file),
    };
  }

  async function lastOf(id: string): Promise<LiveSnapshot<"job"> | undefined> {
    let last: LiveSnapshot<"job"> | undefined;
    const snapshot = (data: LiveSnapshot<"job">) => {
      last = data;
    };
    (await jobs.topic().open({ id }, { snapshot, delta: () => {}, fail: () => {} })).close();
    return last;
  }

  const closed = () => store.read("total", { q: "is:closed", nowMs: NOW_MS });

  it("says what was done, ends its job as failed, and what was done can be taken back, at the second try, too", async () => {
    await tell(...Array.from({ length: 6000 }, (_, i) => alarmRecord(`b${i}`, { risk: 9 })));
    bulk.close();
    bulk = newBulk(failing("change", 2));
    const answer = await bulk.change({ q: "risk:9", status: "Closed", jobId: "j" }, "ana");
    expect(answer).toMatchObject({ changed: 5000, unchanged: 0, missing: 0, undoToken: UNDO_TOKEN });
    expect(answer.failed).toBe("Only 5000 of 6000 alarms were looked at: no room");
    expect(await lastOf("j")).toEqual({ done: 5000, total: 6000, finished: true, failed: "no room" });
    expect(await closed()).toBe(5000);
    bulk.close();
    bulk = newBulk(failing("undo", 1));
    await expect(bulk.undo(UNDO_TOKEN, "ana")).rejects.toThrow("no room");
    clock.advance(9_000);
    // Of a bulk that never knew the token, as after a restart.
    expect([await bulk.undo(UNDO_TOKEN, "ana"), await closed()]).toEqual([{ restored: 5000, skipped: 0 }, 0]);
    await expect(bulk.undo(UNDO_TOKEN, "ana")).rejects.toMatchObject({ status: 410 });
  });

  it("is an error when nothing came of it", async () => {
    bulk.close();
    bulk = newBulk(failing("change", 1));
    await expect(bulk.change({ ids: ["a1"], status: "Closed", jobId: "j" }, "ana")).rejects.toThrow("no room");
    expect(await lastOf("j")).toEqual({ done: 0, total: 1, finished: true, failed: "no room" });
  });

  it("says how many were deleted", async () => {
    await tell(...Array.from({ length: 6000 }, (_, i) => alarmRecord(`b${i}`, { risk: 9 })));
    bulk.close();
    bulk = newBulk(failing("delete", 2));
    await expect(bulk.delete({ q: "risk:9", jobId: "j" })).rejects.toThrow(
      "Only 5000 of 6000 alarms were deleted: no room",
    );
    expect(await lastOf("j")).toMatchObject({ done: 5000, finished: true, failed: "no room" });
  });

  it("can't be taken back when its time is over, also by a frontend that was restarted", async () => {
    await bulk.change({ ids: ["a1"], status: "Closed" }, "ana");
    clock.advance(10_001);
    await expect(bulk.undo(UNDO_TOKEN, "ana")).rejects.toMatchObject({ status: 410 });
    bulk.close();
    bulk = newBulk();
    for (const token of [UNDO_TOKEN, "nothing", ""]) {
      await expect(bulk.undo(token, "ana")).rejects.toMatchObject({ status: 410 });
    }
  });
});

describe("an export", () => {
  async function exported(format: "csv" | "json" | "ndjson", columns?: string): Promise<string> {
    const ns = await store.read("matching", { q: "", sort: "id", nowMs: NOW_MS });
    const { content } = alarmExport(store, { format, columns, ns }, "alarms");
    const parts: string[] = [];
    for await (const part of content) parts.push(String(part));
    return parts.join("");
  }

  it("as CSV gives a spreadsheet no formula of an event's sender, and keeps what it quotes", async () => {
    const evil = ["=1+1", "+1", "-1", "@x", "\tx", 'a "b", c\nd'];
    await tell(...evil.map((title, i) => alarmRecord(`e${i}`, { title })));
    const lines = (await exported("csv", "id,title,updated,networks")).split("\r\n");
    expect(lines.slice(0, 2)).toEqual([
      "id,title,updated,networks",
      "a1,Ping Flood,2026-11-28T12:00:00.000Z,10.0.0.0/8",
    ]);
    const titles = lines.slice(4, 10).map((line) => line.split(",2026")[0]);
    expect(titles).toEqual(["e0,'=1+1", "e1,'+1", "e2,'-1", "e3,'@x", "e4,'\tx", 'e5,"a ""b"", c\nd"']);
  });

  it("as JSON is one list, as NDJSON a line each, and of nothing is nothing", async () => {
    expect(JSON.parse(await exported("json"))).toMatchObject([{ id: "a1", risk: 3 }, { id: "a2" }, { id: "a3" }]);
    expect((await exported("ndjson", "id,risk")).split("\n").slice(0, 2)).toEqual([
      '{"id":"a1","risk":3}',
      '{"id":"a2","risk":3}',
    ]);
    await bulk.delete({ q: "" });
    expect([await exported("json"), await exported("ndjson")]).toEqual(["[]\n", ""]);
    await expect(exported("csv", "id,nothing")).rejects.toMatchObject({ status: 400, place: { field: "columns" } });
  });
});
