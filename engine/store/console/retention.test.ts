import { afterEach, beforeEach, expect, it } from "vitest";
import type { ConsoleStore } from "./console-store.ts";
import { alarmEntry, alarmRecord, eventEntry, NOON, sinceAnswer } from "./testing/records.ts";
import { found, NOW_MS, StoreRig } from "./testing/store-rig.ts";

const DAY = 86_400;
let rig: StoreRig;
let store: ConsoleStore;
beforeEach(async () => {
  rig = new StoreRig();
  store = await rig.with(
    ...["old", "old closed", "old kept", "old noted"].map((id) => alarmRecord(id, { update_time: NOON - 10 * DAY })),
    alarmRecord("new"),
  );
  for (const [id, change] of [
    ["old closed", { status: "Closed" }],
    ["old kept", { status: "In Progress" }],
    ["old noted", { note: "mine" }],
  ] as const) {
    const ns = await store.read("numbers", [id]);
    await store.write("change", { ns, change, by: "ana", at: NOW_MS, token: id });
  }
});
afterEach(() => rig.end());

async function retain(limits: { alarmDays: number; maxMegabytes: number }, nowMs = NOW_MS): Promise<number> {
  let deleted = 0;
  for (let i = 0; i < 100; i++) {
    const step = await store.write("retain", { ...limits, nowMs, closed: "Closed" });
    deleted += step.deleted;
    if (!step.more) return deleted;
  }
  throw new Error("it never ends");
}

it("by age, alarms go that are done with or that nobody touched, but none that somebody works on", async () => {
  expect(await retain({ alarmDays: 20, maxMegabytes: 0 })).toBe(0);
  expect(await retain({ alarmDays: 5, maxMegabytes: 0 })).toBe(2);
  expect(await found(store, "")).toEqual(["new", "old kept", "old noted"]);
});

it("by size, the oldest that nobody needs go first, and the others when that isn't enough", async () => {
  // A file is never as small as that: everything must go.
  expect(await retain({ alarmDays: 0, maxMegabytes: 0.01 })).toBe(5);
  expect(await found(store, "")).toEqual([]);
});

it("events of backlogs that never became an alarm go after some days, those of alarms stay", async () => {
  const entries = [eventEntry(6, "nobody", 1, "e1"), eventEntry(7, "new", 1, "e2")];
  await store.write("page", { node: "n1", answer: sinceAnswer(entries) });
  await retain({ alarmDays: 0, maxMegabytes: 0 }, NOW_MS + DAY * 1000);
  const alarm = (seq: number) => sinceAnswer([alarmEntry(seq, alarmRecord("nobody"))]);
  await store.write("page", { node: "n1", answer: alarm(8) });
  expect((await store.read("events", { id: "nobody", limit: 9 }))?.total).toBe(1);
  await store.write("delete", await store.read("numbers", ["nobody"]));
  await store.write("page", { node: "n1", answer: sinceAnswer([eventEntry(9, "nobody", 1, "e3")]) });
  await retain({ alarmDays: 0, maxMegabytes: 0 }, NOW_MS + 4 * DAY * 1000);
  await store.write("page", { node: "n1", answer: alarm(10) });
  expect((await store.read("events", { id: "nobody", limit: 9 }))?.total).toBe(0);
  expect((await store.read("events", { id: "new", limit: 9 }))?.total).toBe(1);
});
