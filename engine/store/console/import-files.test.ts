import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { backUpFile } from "./backup.ts";
import { type BadLine, importFiles } from "./import-files.ts";
import { alarmEntry, alarmRecord, NOON, sinceAnswer } from "./testing/records.ts";
import { found, NOW_MS, StoreRig } from "./testing/store-rig.ts";

let rig: StoreRig;
let bad: BadLine[];
beforeEach(() => {
  rig = new StoreRig();
  bad = [];
});
afterEach(() => rig.end());

const logs = (): string => join(rig.folder, "old");
const taken = (path = logs()) => importFiles(rig.path, path, { nowMs: NOW_MS, onBadLine: (line) => bad.push(line) });

function write(name: string, lines: readonly (object | string)[]): void {
  mkdirSync(join(logs(), "logs"), { recursive: true });
  const texts = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  writeFileSync(join(logs(), "logs", name), `${texts.join("\n")}\n`);
}

it("takes in the latest record of each alarm and its events, says what it skips, and changes nothing the second time", async () => {
  const old = alarmRecord("a1", { update_time: NOON + 60, title: "As it ended" });
  write("siem_alarms.json", [
    alarmRecord("a1", { update_time: NOON, title: "As it began" }),
    old,
    '{"alarm_id": "a2", "tit',
    "",
    { ...alarmRecord("a2"), networks: null, intel_hits: null, "@timestamp": "2026-11-28", perm_index: 3 },
    { alarm_id: "a3" },
  ]);
  write("siem_alarm_events.json", [
    { alarm_id: "a1", stage: 1, event_id: "e1" },
    { "@timestamp": "2026", alarm_id: "a1", stage: 1, event_id: "e1" },
    { alarm_id: "a1", stage: 2, event_id: "e1" },
    { alarm_id: "nobody", stage: 1, event_id: "e2" },
    { alarm_id: "a1", stage: "x", event_id: "e3" },
  ]);
  const counts = { files: 2, alarms: 2, knownAlarms: 0, events: 2, knownEvents: 1, strayEvents: 1 };
  expect(await taken()).toEqual(counts);
  expect(bad.map(({ file, line }) => `${file}:${line}`)).toEqual([
    "siem_alarms.json:3",
    "siem_alarms.json:6",
    "siem_alarm_events.json:5",
  ]);
  const store = await rig.store();
  expect(await store.read("detail", "a1")).toMatchObject({ title: "As it ended", events: 2, record: old });
  expect(await store.read("detail", "a2")).toMatchObject({ networks: [], intel: 0 });
  expect((await store.read("activity", "a1"))?.map(({ kind }) => kind)).toEqual(["import"]);
  expect((await store.read("events", { id: "a1", limit: 9 }))?.events[0]).toMatchObject({ stage: 1, eventId: "e1" });
  // While the console has the database open.
  expect(await taken()).toEqual({ ...counts, alarms: 0, knownAlarms: 2, events: 0, knownEvents: 3 });
});

it("leaves what the console knows better, and what an analyst said", async () => {
  const store = await rig.with(alarmRecord("a1", { update_time: NOON + 90, title: "Newer" }));
  const ns = await store.read("numbers", ["a1"]);
  await store.write("change", { ns, change: { status: "Closed" }, by: "ana", at: NOW_MS, token: "t" });
  write("siem_alarms.json", [alarmRecord("a1")]);
  expect(await taken(join(logs(), "logs", "siem_alarms.json"))).toMatchObject({ files: 1, alarms: 0, knownAlarms: 1 });
  expect(await store.read("detail", "a1")).toMatchObject({ title: "Newer", status: "Closed" });
});

it("says what is missing", async () => {
  mkdirSync(logs());
  await expect(taken()).rejects.toThrow(/there is neither siem_alarms.json nor siem_alarm_events.json in .*old/);
  await expect(taken(join(logs(), "nothing"))).rejects.toThrow(/nothing/);
});

it("a backup is whole while alarms come in, and never takes another file's place", async () => {
  const store = await rig.with(alarmRecord("a1"));
  const copy = join(rig.folder, "copy.db");
  const writing = store.write("page", { node: "n2", answer: sinceAnswer([alarmEntry(1, alarmRecord("b1"))]) });
  expect(await store.backUp(copy)).toBeGreaterThan(10_000);
  await writing;
  expect(() => backUpFile(rig.path, copy)).toThrow("copy.db is there already; name a file that isn't");
  expect(() => backUpFile(join(rig.folder, "none.db"), join(rig.folder, "x.db"))).toThrow(/nothing to back up yet/);
  expect(() => backUpFile(rig.path, join(rig.folder, "no", "x.db"))).toThrow(/can't be written/);
  await rig.close(store);
  expect(backUpFile(rig.path, join(rig.folder, "second.db"))).toBeGreaterThan(10_000);
  const restored = new StoreRig();
  try {
    backUpFile(join(rig.folder, "second.db"), restored.path);
    expect(await found(await restored.store(), "")).toEqual(["a1", "b1"]);
  } finally {
    await restored.end();
  }
});
