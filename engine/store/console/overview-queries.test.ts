import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { alarmRecord, NOON } from "./testing/records.ts";
import { found, NOW_MS, StoreRig } from "./testing/store-rig.ts";

let rig: StoreRig;
beforeEach(() => {
  rig = new StoreRig();
});
afterEach(() => rig.end());

const ALL = { from: 0, to: NOW_MS };

it("counts open alarms under everything that the overview shows", async () => {
  const store = await rig.with(
    alarmRecord("a1", { risk: 8, risk_class: "High", src_ips: ["10.0.0.1", "10.0.0.2"], networks: ["10.0.0.0/8"] }),
    alarmRecord("a2", { src_ips: ["10.0.0.2"], networks: ["10.0.0.0/8", "10.1.0.0/16"] }),
    alarmRecord("a3", {
      title: "Scan",
      category: "Probe",
      tag: "One",
      risk: 1,
      risk_class: "Low",
      dst_ips: ["2001:db8::1"],
    }),
    alarmRecord("a4", { status: "Closed", tag: "One", src_ips: ["10.9.9.9"] }),
  );
  const figures = await store.read("overview", ALL);
  expect(figures).toMatchObject({
    byStatus: [
      { name: "Open", count: 3, high: 1, medium: 1, low: 1 },
      { name: "Closed", count: 1, high: 0, medium: 1, low: 0 },
    ],
    byTag: [
      { name: "Identified Threat", count: 2 },
      { name: "One", count: 1 },
    ],
    directives: [
      { directiveId: undefined, title: "Ping Flood", count: 2, high: 1, medium: 1 },
      { title: "Scan", count: 1, low: 1 },
    ],
    sources: [
      { name: "10.0.0.2", count: 2, high: 1, medium: 1 },
      { name: "10.0.0.1", count: 2 },
    ],
    tree: [
      { kingdom: "Recon", category: "Flood", title: "Ping Flood", count: 2, risk: 8 },
      { kingdom: "Recon", category: "Probe", title: "Scan", count: 1, risk: 1 },
    ],
  });
  expect(figures?.targets.map(({ name, count }) => [name, count])).toEqual([
    ["192.0.2.1", 2],
    ["2001:db8::1", 1],
  ]);
  expect(figures?.networks).toEqual([
    { network: "10.0.0.0/8", byRisk: [0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0] },
    { network: "10.1.0.0/16", byRisk: [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0] },
  ]);
  for (const { name, count } of figures?.sources ?? []) {
    expect(await found(store, `is:open src:${name}`)).toHaveLength(count);
  }
  expect(await store.read("overview", { from: (NOON + 1) * 1000, to: NOW_MS })).toMatchObject({
    byStatus: [],
    tree: [],
  });
});

it("counts alarms by directive", async () => {
  const at = (id: string, seconds: number) => alarmRecord(id, { update_time: NOON + seconds });
  const store = await rig.with(at("a1", 0), at("a2", 60), at("a3", 5), at("a4", 5));
  // As a backend that says so leaves it.
  const db = new DatabaseSync(rig.path);
  db.exec("UPDATE alarm SET directive = CASE id WHEN 'a3' THEN 8 WHEN 'a4' THEN -1 ELSE 7 END");
  db.close();
  expect(await store.read("alarmsByDirective", { from: 0, since: 0 })).toEqual([
    { node: "n1", directiveId: 7, alarms: 2, lastAt: (NOON + 60) * 1000 },
    { node: "n1", directiveId: 8, alarms: 1, lastAt: (NOON + 5) * 1000 },
  ]);
  expect(await store.read("alarmsByDirective", { from: 0, since: (NOON + 30) * 1000 })).toMatchObject([
    { directiveId: 7, alarms: 1 },
    { directiveId: 8, alarms: 0, lastAt: (NOON + 5) * 1000 },
  ]);
  const { directives } = (await store.read("overview", ALL)) ?? {};
  expect(directives?.map(({ directiveId, count }) => [directiveId, count])).toEqual([
    [7, 2],
    [8, 1],
    [undefined, 1],
  ]);
});

it("looks at very many alarms in steps, and stops when nobody wants to know any more", async () => {
  const records = Array.from({ length: 6_000 }, (_, i) =>
    alarmRecord(`a${i}`, { update_time: NOON + (i % 7), src_ips: [`10.0.${(i >> 8) & 255}.${i & 255}`] }),
  );
  const store = await rig.with(...records);
  expect(await store.read("overview", ALL)).toMatchObject({ byStatus: [{ count: 6_000 }], tree: [{ count: 6_000 }] });
  const gone = new AbortController();
  const asked = store.read("overview", ALL, gone.signal);
  gone.abort();
  await expect(asked).rejects.toThrow();
});

it("tells by how much more is open than was then", async () => {
  const at = (id: string, seconds: number, risk_class: "High" | "Low") =>
    alarmRecord(id, { created_time: NOON + seconds, update_time: NOON + 900, risk_class });
  const store = await rig.with(
    at("old-open", -60, "High"),
    at("old-closed-before", -60, "High"),
    at("old-closed-since", -60, "High"),
    at("old-closed-since-too", -60, "Low"),
    at("old-reopened-since", -60, "High"),
    at("old-closed-and-taken-back", -60, "Low"),
    at("new-open", 60, "Low"),
    at("new-closed", 60, "High"),
  );
  const then = NOON * 1000;
  let token = 0;
  const set = async (id: string, status: string, seconds: number): Promise<string> => {
    const ns = await store.read("numbers", [id]);
    token += 1;
    await store.write("change", { ns, change: { status }, by: "ana", at: then + seconds * 1000, token: `t${token}` });
    return `t${token}`;
  };
  await set("old-closed-before", "Closed", -30);
  await set("old-reopened-since", "Closed", -20);
  await set("old-closed-since", "In-Progress", 10);
  await set("old-closed-since", "Closed", 20);
  await set("old-closed-since-too", "Closed", 20);
  await set("old-reopened-since", "Open", 30);
  await store.write("undo", {
    token: await set("old-closed-and-taken-back", "Closed", 40),
    by: "ana",
    at: then + 45_000,
  });
  await set("new-closed", "Closed", 90);
  // High: one closed, one opened again. Low: one new, one closed.
  expect(await store.read("openSince", then)).toEqual({ high: 0, medium: 0, low: 0 });
  expect(await store.read("openSince", then + 15_000)).toEqual({ high: 0, medium: 0, low: 0 });
  expect(await store.read("openSince", then + 25_000)).toEqual({ high: 1, medium: 0, low: 1 });
  expect(await store.read("openSince", then + 61_000)).toEqual({ high: -1, medium: 0, low: 0 });
  expect(await store.read("openSince", then - 61_000)).toBeUndefined();
});
