import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { alarmEntry, alarmRecord, alarmRule, eventEntry, NOON, sinceAnswer } from "./testing/records.ts";
import { found, NOW_MS, StoreRig } from "./testing/store-rig.ts";

let rig: StoreRig;
beforeEach(() => {
  rig = new StoreRig();
});
afterEach(() => rig.end());

describe("a journal", () => {
  it("becomes rows, whole alarms, events and their history", async () => {
    const store = await rig.store();
    const first = alarmRecord("a1");
    const rules = [alarmRule(1, { status: "finished" }), alarmRule(2, { status: "finished" }), alarmRule(3)];
    const later = alarmRecord("a1", { update_time: NOON + 60, risk: 8, risk_class: "High", rules });
    const entries = [eventEntry(1, "a1", 1, "e1"), eventEntry(2, "a1", 1, "e2"), alarmEntry(3, first)];
    const more = [
      eventEntry(4, "a1", 2, "e3"),
      eventEntry(5, "a1", 2, "e4"),
      alarmEntry(6, later),
      eventEntry(7, "a1", 3, "e5"),
    ];
    const page = await store.write("page", { node: "n1", answer: sinceAnswer([...entries, ...more]) });
    expect(page).toMatchObject({ next: 8, missing: 0, behind: false, taken: 7, done: true });
    const { rows, rev } = await store.read("page", { q: "", sort: "-updated", limit: 10, nowMs: NOW_MS });
    expect(rows).toEqual([
      {
        ...{ id: "a1", title: "Ping Flood", risk: 8, riskClass: "High", status: "Open", tag: "Identified Threat" },
        ...{ kingdom: "Recon", category: "Flood", created: NOON * 1000, updated: (NOON + 60) * 1000, node: "n1" },
        ...{ stage: 3, stages: 3, stageEvents: 1, stageOccurrence: 2, progress: "live" },
        ...{ src: "10.0.0.1", srcCount: 1, dst: "192.0.2.1", dstCount: 1, networks: ["10.0.0.0/8"], events: 5 },
        ...{ intel: 0, vuln: 0, customData: "", note: "", touched: false, rev },
      },
    ]);
    const detail = await store.read("detail", "a1");
    expect(detail).toMatchObject({ record: later, factors: { reliability: 4 }, missing: 0, notes: [] });
    expect(detail?.stageFacts.map(({ state, events }) => [state, events])).toEqual([
      ["finished", 2],
      ["finished", 2],
      ["current", 1],
    ]);
    const events = await store.read("events", { id: "a1", limit: 2 });
    expect([events?.total, events?.events.map(({ eventId }) => eventId)]).toEqual([5, ["e1", "e2"]]);
    const next = await store.read("events", { id: "a1", limit: 9, after: events?.next ?? 0 });
    expect(next?.events.map(({ eventId, event }) => [eventId, event?.sensor])).toEqual([
      ["e3", "fw-1"],
      ["e4", "fw-1"],
      ["e5", "fw-1"],
    ]);
    expect((await store.read("activity", "a1"))?.map(({ text }) => text)).toEqual([
      "Stage 2 finished; stage 3 began.",
      "Risk changed from 3 to 8.",
      "The alarm began with risk 3.",
    ]);
  });

  it("is taken in once, however often it comes, and news are taken in where they follow", async () => {
    const store = await rig.store();
    const entries = [alarmEntry(1, alarmRecord("a1")), eventEntry(2, "a1", 2, "e1")];
    for (const _ of [1, 2]) await store.write("page", { node: "n1", answer: sinceAnswer(entries) });
    const news = (...list: object[]) => ({ node: "n1", payloads: list.map((entry) => payload("n1", entry)) });
    expect(await store.write("news", news(entries[1] ?? {}, eventEntry(3, "a1", 2, "e2")))).toMatchObject({
      next: 4,
      taken: 1,
    });
    expect(await store.write("news", news(eventEntry(5, "a1", 2, "e4")))).toMatchObject({
      next: 4,
      behind: true,
      taken: 0,
    });
    const unread = { node: "n1", payloads: [Buffer.from("{")] };
    expect(await store.write("news", unread)).toMatchObject({ next: 4, behind: true });
    expect((await store.read("events", { id: "a1", limit: 9 }))?.total).toBe(2);
  });

  it("counts what a backend keeps no more, but not what was before the console", async () => {
    const store = await rig.store();
    const late = sinceAnswer([alarmEntry(11, alarmRecord("a1"))], { oldest: 11, gap: { from: 1, to: 10 } });
    expect(await store.write("page", { node: "n1", answer: late })).toMatchObject({ next: 12, missing: 0 });
    const gap = sinceAnswer([alarmEntry(20, alarmRecord("a2"))], { oldest: 20, gap: { from: 11, to: 19 } });
    expect(await store.write("page", { node: "n1", answer: gap })).toMatchObject({ next: 21, missing: 8 });
    expect(await found(store, "")).toEqual(["a1", "a2"]);
  });

  it("that was begun anew is read from its beginning, whether it is shorter or longer than the old one", async () => {
    const store = await rig.store();
    await store.write("page", {
      node: "n1",
      answer: sinceAnswer([1, 2, 3].map((i) => alarmEntry(i, alarmRecord(`a${i}`)))),
    });
    const shorter = sinceAnswer([alarmEntry(1, alarmRecord("b1"))], { restarted: true });
    expect(await store.write("page", { node: "n1", answer: shorter })).toMatchObject({ next: 2, done: true });
    const other = alarmEntry(1, alarmRecord("c1", { update_time: NOON + 5 }));
    const longer = sinceAnswer([other, alarmEntry(2, alarmRecord("c2"))]);
    expect(await store.write("page", { node: "n1", answer: longer })).toMatchObject({ next: 1, done: false });
    expect(await store.write("page", { node: "n1", answer: longer })).toMatchObject({ next: 3, done: true });
    expect(await found(store, "")).toEqual(["a1", "a2", "a3", "b1", "c1", "c2"]);
  });

  it("goes on behind an entry that can't be read, which counts as missing", async () => {
    const store = await rig.store();
    const strange = { ...alarmEntry(2, alarmRecord("a2")), record: { alarm_id: 7 } };
    const entries = [alarmEntry(1, alarmRecord("a1")), strange, alarmEntry(3, alarmRecord("a3"))];
    const answer = { ok: true, entries, next: 4, oldest: 1, last: 3 };
    const page = await store.write("page", { node: "n1", answer });
    expect(page).toMatchObject({ next: 4, missing: 1, taken: 2, done: true });
    expect(page.unreadable).toMatch(/^entry 2: /);
    expect(await found(store, "")).toEqual(["a1", "a3"]);
  });

  it("an older record changes nothing, and what an analyst said stays whatever the engine says", async () => {
    const store = await rig.with(alarmRecord("a1", { update_time: NOON + 60, title: "New" }), alarmRecord("a1"));
    const ns = await store.read("numbers", ["a1"]);
    const change = { status: "Closed" };
    expect(await store.write("change", { ns, change, by: "ana", at: NOW_MS, token: "t" })).toBe(1);
    const engine = alarmEntry(3, alarmRecord("a1", { update_time: NOON + 90, status: "In Progress", tag: "Other" }));
    await store.write("page", { node: "n1", answer: sinceAnswer([engine]) });
    const detail = await store.read("detail", "a1");
    expect(detail).toMatchObject({
      title: "Ping Flood",
      status: "Closed",
      tag: "Other",
      touched: true,
      engineStatus: "In Progress",
    });
  });

  it("with the origin of a risk says what it was computed from, and keeps saying so", async () => {
    const store = await rig.store();
    const origin = { directive: { id: 7, priority: 4 }, assetValue: 5 };
    const entries = [alarmEntry(1, alarmRecord("a1"), origin), alarmEntry(2, alarmRecord("a1"))];
    await store.write("page", { node: "n1", answer: sinceAnswer(entries) });
    const detail = await store.read("detail", "a1");
    expect(detail).toMatchObject({ directiveId: 7, factors: { priority: 4, reliability: 2, assetValue: 5 } });
    expect(await found(store, "directive:7")).toEqual(["a1"]);
  });

  it("tells who listens which alarms are different", async () => {
    const store = await rig.store();
    const heard: number[] = [];
    store.onChange(({ ns }) => heard.push(ns.length));
    const answer = sinceAnswer([
      ...[eventEntry(1, "a1", 1, "e1"), alarmEntry(2, alarmRecord("a1")), alarmEntry(3, alarmRecord("a2"))],
      eventEntry(4, "a1", 2, "e2"),
    ]);
    await store.write("page", { node: "n1", answer });
    await store.write("page", { node: "n1", answer: sinceAnswer([eventEntry(5, "no alarm", 1, "e3")]) });
    expect(heard).toEqual([2]);
    expect(await store.read("detail", "no alarm")).toBeUndefined();
  });
});

function payload(node: string, ...entries: object[]): Uint8Array {
  return Buffer.from(JSON.stringify({ node, entries }));
}
