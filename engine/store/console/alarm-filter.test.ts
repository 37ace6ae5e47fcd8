import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConsoleStore } from "./console-store.ts";
import { alarmEntry, alarmRecord, alarmRule, eventEntry, NOON, sinceAnswer } from "./testing/records.ts";
import { found, NOW_MS, StoreRig } from "./testing/store-rig.ts";

const rig = new StoreRig();
let store: ConsoleStore;

beforeAll(async () => {
  store = await rig.store();
  const done = [1, 2, 3].map((stage) => alarmRule(stage, { status: "finished" }));
  const short = [alarmRule(1, { status: "finished" }), alarmRule(2, { status: "timeout", protocol: "UDP" })];
  const entries = [
    eventEntry(1, "a1", 1, "e1"),
    alarmEntry(2, alarmRecord("a1", { custom_data: [{ label: "user", content: "root" }] })),
    alarmEntry(
      3,
      alarmRecord("a2", {
        title: "Brute Force é",
        risk: 8,
        risk_class: "High",
        rules: done,
        update_time: NOON - 86_400,
      }),
    ),
    alarmEntry(
      4,
      alarmRecord("a3", { src_ips: ["2001:db8::1", "10.9.9.9"], networks: ["10.0.0.0/8", "lan"], rules: short }),
    ),
    alarmEntry(5, alarmRecord("a4", { status: "Closed", tag: "False Positive", kingdom: "Access", networks: [] })),
  ];
  await store.write("page", { node: "n1", answer: sinceAnswer(entries) });
  const ns = await store.read("numbers", ["a3"]);
  await store.write("change", { ns, change: { note: "called the owner" }, by: "ana", at: NOW_MS, token: "t" });
});
afterAll(() => rig.end());

describe("a query finds", () => {
  it.each<[string | undefined, string]>([
    [undefined, "a1 a2 a3"],
    ["", "a1 a2 a3 a4"],
    ["is:closed", "a4"],
    ["-is:closed risk>=7", "a2"],
    ["is:complete|timeout", "a2 a3"],
    ["is:live", "a1 a4"],
    ["is:new", "a1 a2 a4"],
    ["status:open", "a1 a2 a3"],
    ["status:cl*|nothing", "a4"],
    ['tag:"False Positive"', "a4"],
    ["-tag~false", "a1 a2 a3"],
    ["kingdom:access", "a4"],
    ["title:ping*", "a1 a3 a4"],
    ["title~BRUTE", "a2"],
    ["title~É", "a2"],
    ["title~br", "a2"],
    ["brute", "a2"],
    ["é", "a2"],
    ["force*é", "a2"],
    ["root", "a1"],
    ["custom~user*root", "a1"],
    ["false", "a4"],
    ["owner", "a3"],
    ["note~called", "a3"],
    ["src:10.0.0.0/8", "a1 a2 a3 a4"],
    ["src:10.9.0.0/16", "a3"],
    ["src:2001:db8::/32", "a3"],
    ["-ip:2001:db8::/32|10.9.9.9", "a1 a2 a4"],
    ["dst:192.0.2.1 src:10.9.9.9", "a3"],
    ["network:lan", "a3"],
    ["network:10.0.0.0/8", "a1 a2 a3"],
    ["port:80", "a1"],
    ["port>1000", "a1"],
    ["protocol:icmp|udp", "a1 a3"],
    ["sensor:FW-1", "a1"],
    ["plugin:1001 sid:53", "a1 a2 a4"],
    ["events>0", "a1"],
    ["stage:2 stages:3", "a1 a4"],
    ["age<24h", "a1 a3 a4"],
    ["updated:2026-11-27", "a2"],
    ["updated>2026-11-27", "a1 a3 a4"],
    ["created>=2026-11-28T12:00", "a1 a2 a3 a4"],
    ["id:a1|a4|zzzz", "a1 a4"],
    ["id:a*", "a1 a2 a3 a4"],
    ["node:n1 (owner OR root)", "a1 a3"],
  ])("%s: %s", async (q, ids) => {
    expect((await found(store, q)).join(" ")).toBe(ids);
  });

  it("the same in each way it is asked: page, total, counts, matching", async () => {
    for (const q of ["", "ping", "src:10.0.0.0/8", "title~o", "-is:closed", "port:80"]) {
      const ids = await found(store, q);
      const query = { q, nowMs: NOW_MS };
      expect(await store.read("total", query)).toBe(ids.length);
      expect((await store.read("matching", { ...query, sort: "-risk" })).length).toBe(ids.length);
      expect((await store.read("counts", { ...query, facets: ["risk"], buckets: 0 }))?.total).toBe(ids.length);
    }
  });
});
