import { afterAll, beforeAll, expect, it } from "vitest";
import { ALARM_FACETS, ALARM_SORT_FIELDS } from "../../contract/console/alarms.ts";
import type { ConsoleStore } from "./console-store.ts";
import { alarmEntry, alarmRecord, NOON, sinceAnswer } from "./testing/records.ts";
import { NOW_MS, StoreRig } from "./testing/store-rig.ts";

const ALARMS = 60;
const rig = new StoreRig();
let store: ConsoleStore;

beforeAll(async () => {
  store = await rig.store();
  const entries = Array.from({ length: ALARMS }, (_, i) =>
    alarmEntry(
      i + 1,
      alarmRecord(`a${String(i).padStart(2, "0")}`, {
        ...{ title: `Title ${i % 7}`, status: ["Open", "Closed", "in progress"][i % 3] ?? "", tag: `T${i % 2}` },
        ...{
          risk: i % 5,
          risk_class: ["", "Low", "Medium", "High"][i % 4] ?? "",
          networks: i % 2 ? ["lan"] : ["lan", "dmz"],
        },
        // Pairs of the same second: what comes after what must still be certain.
        update_time: NOON - 3600 + Math.floor(i / 2) * 60,
      }),
      i % 6 === 0 ? {} : { directive: { id: i % 6, priority: 1 } },
    ),
  );
  await store.write("page", { node: "n1", answer: sinceAnswer(entries) });
});
afterAll(() => rig.end());

it.each(ALARM_SORT_FIELDS.flatMap((field) => [field, `-${field}`]))(
  "pages by %s have each alarm once, in order",
  async (sort) => {
    const ids: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = await store.read("page", { q: "", sort, limit: 7, cursor, nowMs: NOW_MS });
      ids.push(...page.rows.map(({ id }) => id));
      cursor = page.next;
      pages += 1;
    } while (cursor !== undefined);
    expect([pages, ids.length, new Set(ids).size]).toEqual([9, ALARMS, ALARMS]);
    const all = await store.read("page", { q: "", sort, limit: 100, nowMs: NOW_MS });
    expect(ids).toEqual(all.rows.map(({ id }) => id));
    const matching = await store.read("matching", { q: "", sort, nowMs: NOW_MS });
    const rows = new Map((await store.read("among", { ns: [...matching] })).map(({ n, id }) => [n, id]));
    expect([...matching].map((n) => rows.get(n))).toEqual(ids);
    const values = all.rows.map((row) => ({
      ...row,
      source: row.src,
      target: row.dst,
      directive: row.directiveId ?? -1,
    }));
    const name = sort.replace("-", "") as "risk";
    const inOrder = values.map((row) => (typeof row[name] === "string" ? String(row[name]).toLowerCase() : row[name]));
    const sorted = inOrder.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expect(inOrder).toEqual(sort.startsWith("-") ? sorted.reverse() : sorted);
  },
);

it("a cursor that can't be read begins anew", async () => {
  for (const cursor of ["", "x", Buffer.from("[{},1]").toString("base64url")]) {
    const page = await store.read("page", { q: "", sort: "id", limit: 1, cursor, nowMs: NOW_MS });
    expect(page.rows[0]?.id).toBe("a00");
  }
});

it("counts total, facets and a histogram, each facet without what the query says of its own field", async () => {
  const counts = await store.read("counts", {
    ...{ q: "is:open tag:T1 risk>=1", nowMs: NOW_MS, facets: ALARM_FACETS, buckets: 6 },
    ...{ from: (NOON - 3600) * 1000, to: (NOON - 1) * 1000 },
  });
  const alarms = Array.from({ length: ALARMS }, (_, i) => i);
  const open = (i: number): boolean => i % 3 !== 1;
  const tally = (keep: (i: number) => boolean, name: (i: number) => string): Record<string, number> => {
    const found: Record<string, number> = {};
    for (const i of alarms.filter(keep)) found[name(i)] = (found[name(i)] ?? 0) + 1;
    return found;
  };
  const facet = (field: string): Record<string, number> =>
    Object.fromEntries(
      counts?.facets.find((each) => each.field === field)?.values.map((each) => [each.value, each.count]) ?? [],
    );
  const found = alarms.filter((i) => open(i) && i % 2 === 1 && i % 5 >= 1);
  expect(counts?.total).toBe(found.length);
  expect(counts?.facets.map(({ field }) => field)).toEqual([...ALARM_FACETS]);
  expect(facet("tag")).toEqual(
    tally(
      (i) => open(i) && i % 5 >= 1,
      (i) => `T${i % 2}`,
    ),
  );
  expect(facet("risk")).toEqual(
    tally(
      (i) => open(i) && i % 2 === 1,
      (i) => String(i % 5),
    ),
  );
  expect(facet("status")).toEqual(
    tally(
      (i) => i % 2 === 1 && i % 5 >= 1,
      (i) => ["Open", "Closed", "in progress"][i % 3] ?? "",
    ),
  );
  expect(facet("network")).toEqual({ lan: found.length });
  expect(facet("directive")).toEqual(
    tally(
      (i) => open(i) && i % 2 === 1 && i % 5 >= 1 && i % 6 > 0,
      (i) => String(i % 6),
    ),
  );
  const { byRisk = [], counts: bars = [], stepSeconds } = counts?.histogram ?? {};
  expect([stepSeconds, bars.length, bars.reduce((sum, each) => sum + each, 0)]).toEqual([600, 6, found.length]);
  expect(byRisk.map((each) => each.reduce((sum, count) => sum + count, 0))).toEqual(
    [0, 1, 2, 3].map((level) => found.filter((i) => i % 4 === level).length),
  );
});

it("a count that nobody wants any more ends", async () => {
  const gone = new AbortController();
  const counting = store.read("counts", { q: "", nowMs: NOW_MS, facets: ALARM_FACETS, buckets: 0 }, gone.signal);
  gone.abort(new Error("gone"));
  await expect(counting).rejects.toThrow("gone");
  expect((await store.read("page", { q: "", sort: "id", limit: 1, nowMs: NOW_MS })).rows).toHaveLength(1);
});
