import { afterEach, beforeEach, expect, it } from "vitest";
import type { ConsoleStore } from "./console-store.ts";
import { alarmEntry, alarmRecord, NOON, sinceAnswer } from "./testing/records.ts";
import { found, NOW_MS, StoreRig } from "./testing/store-rig.ts";

let rig: StoreRig;
let store: ConsoleStore;
beforeEach(async () => {
  rig = new StoreRig();
  store = await rig.with(...["a1", "a2", "a3"].map((id) => alarmRecord(id)));
});
afterEach(() => rig.end());

async function change(
  ids: string[],
  to: { status?: string; tag?: string; note?: string },
  token = "t",
): Promise<number> {
  const ns = await store.read("numbers", ids);
  return store.write("change", { ns, change: to, by: "ana", at: NOW_MS, token });
}

const statuses = async (): Promise<string[]> => {
  const { rows } = await store.read("page", { q: "", sort: "id", limit: 9, nowMs: NOW_MS });
  return rows.map(({ status, tag, note }) => [status, tag, note].join("|"));
};
const texts = async (id: string): Promise<string[]> =>
  ((await store.read("activity", id)) ?? []).map(({ by, text }) => `${by}: ${text}`);

it("a change touches only what is different, and is noted with who made it", async () => {
  expect(await change(["a1", "a2"], { status: "Closed", tag: "False Positive", note: "seen" })).toBe(2);
  expect(await change(["a1", "a3"], { status: "Closed" }, "u")).toBe(1);
  expect(await statuses()).toEqual([
    "Closed|False Positive|seen",
    "Closed|False Positive|seen",
    "Closed|Identified Threat|",
  ]);
  expect((await texts("a1")).slice(0, 3)).toEqual([
    "ana: seen",
    "ana: Tag changed from Identified Threat to False Positive.",
    "ana: Status changed from Open to Closed.",
  ]);
  expect((await store.read("detail", "a1"))?.notes).toMatchObject([{ by: "ana", text: "seen" }]);
  expect(await found(store, "seen")).toEqual(["a1", "a2"]);
});

it("is taken back where nobody changed the alarm since, whatever the engine said meanwhile", async () => {
  await change(["a1"], { note: "before" }, "s");
  await change(["a1", "a2", "a3"], { status: "Closed", note: "wrong" });
  await change(["a3"], { tag: "Valid Threat" }, "u");
  const later = alarmRecord("a2", { update_time: NOON + 9, risk: 9 });
  await store.write("page", { node: "n1", answer: sinceAnswer([alarmEntry(4, later)]) });
  expect(await store.write("undo", { token: "t", by: "bo", at: NOW_MS })).toEqual({ restored: 2, skipped: 1 });
  expect(await statuses()).toEqual([
    "Open|Identified Threat|before",
    "Open|Identified Threat|",
    "Closed|Valid Threat|wrong",
  ]);
  expect(await found(store, "wrong")).toEqual(["a3"]);
  expect(await found(store, "before")).toEqual(["a1"]);
  expect((await texts("a1"))[0]).toBe("bo: The last change was taken back.");
  expect((await store.read("detail", "a2"))?.touched).toBe(false);
  expect(await store.write("undo", { token: "t", by: "bo", at: NOW_MS })).toEqual({ restored: 0, skipped: 0 });
});

it("outlives a restart, and can be taken back after it until that is forgotten", async () => {
  await change(["a1"], { status: "Closed" });
  await rig.close(store);
  store = await rig.store();
  expect((await statuses())[0]).toBe("Closed|Identified Threat|");
  await change(["a2", "a3"], { tag: "False Positive" }, `${NOW_MS + 1} x`);
  await change(["a3"], { status: "Closed" }, `${NOW_MS - 1} x`);
  await store.write("forgetUntil", NOW_MS);
  const undo = (token: string) => store.write("undo", { token, by: "bo", at: NOW_MS });
  expect(await undo(`${NOW_MS - 1} x`)).toEqual({ restored: 0, skipped: 0 });
  expect(await undo(`${NOW_MS + 1} x`)).toEqual({ restored: 1, skipped: 1 });
});

it("a deleted alarm is gone with all that belongs to it, and may come again", async () => {
  await change(["a1"], { note: "a note" });
  const gone: string[] = [];
  store.onChange(({ deleted }) => gone.push(...deleted));
  expect(await store.write("delete", await store.read("numbers", ["a1", "a2"]))).toBe(2);
  expect(gone.sort()).toEqual(["a1", "a2"]);
  for (const q of ["", "ping", "src:10.0.0.1"]) expect(await found(store, q)).toEqual(["a3"]);
  expect(await found(store, "note")).toEqual([]);
  expect(await store.read("activity", "a1")).toBeUndefined();
  await store.write("page", { node: "n1", answer: sinceAnswer([alarmEntry(4, alarmRecord("a1"))]) });
  expect(await store.read("detail", "a1")).toMatchObject({ note: "", events: 0 });
});

it("keeps views and settings", async () => {
  const view = { id: "v1", name: "Mine", screen: "alarms", search: "?q=x" };
  await store.write("putView", view);
  await store.write("putView", { ...view, id: "v0", name: "another" });
  expect((await store.read("views", undefined)).map(({ id }) => id)).toEqual(["v0", "v1"]);
  expect([await store.write("deleteView", "v0"), await store.write("deleteView", "v0")]).toEqual([true, false]);
  expect(await store.write("putSettings", { theme: "dark", density: undefined })).toMatchObject({ theme: "dark" });
  await store.write("putSettings", { density: "comfortable" });
  const settings = await store.read("settings", undefined);
  expect(settings).toMatchObject({ theme: "dark", density: "comfortable", retention: { alarmDays: 365 } });
});
