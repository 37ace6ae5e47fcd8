import { expect, it } from "vitest";
import type { AlarmRow } from "../../engine/contract/console/alarms.ts";
import { ALARM_SORT_FIELDS } from "../../engine/contract/console/alarms.ts";
import { compareBy } from "./order.ts";

const row = (id: string, more: Partial<AlarmRow> = {}): AlarmRow => ({
  ...{ id, title: "t", risk: 1, riskClass: "Low", status: "Open", tag: "x", kingdom: "", category: "", created: 0 },
  ...{ updated: 0, node: "be", stage: 1, stages: 2, stageEvents: 0, stageOccurrence: 1, progress: "live" },
  ...{ src: "", srcCount: 0, dst: "", dstCount: 0, networks: [], events: 0, intel: 0, vuln: 0, customData: "" },
  ...{ note: "", touched: false, rev: 1, ...more },
});
const sorted = (sort: string, rows: AlarmRow[]) => rows.toSorted(compareBy(sort)).map(({ id }) => id);

it("puts rows where the server would", () => {
  const rows = [
    row("a", { risk: 1, updated: 5 }),
    row("b", { risk: 9, updated: 4 }),
    row("c", { risk: 5, updated: 9 }),
  ];
  expect(sorted("-risk", rows)).toEqual(["b", "c", "a"]);
  expect(sorted("-updated", rows)).toEqual(["c", "a", "b"]);
  expect(sorted("updated", rows)).toEqual(["b", "a", "c"]);
});
it("orders equal rows by when they were created, in the same direction", () => {
  const rows = [row("old", { created: 1 }), row("young", { created: 2 })];
  expect(sorted("-risk", rows)).toEqual(["young", "old"]);
  expect(sorted("risk", rows)).toEqual(["old", "young"]);
});
it("compares words without their case, as the server does", () => {
  const titled = [row("c", { title: "Scan" }), row("b", { title: "ping" }), row("a", { title: "Brute" })];
  expect(sorted("title", titled)).toEqual(["a", "b", "c"]);
  expect(sorted("tag", [row("b", { tag: "b" }), row("a", { tag: "A" }), row("c", { tag: "C" })])).toEqual([
    "a",
    "b",
    "c",
  ]);
});
it("knows every field that the API sorts by", () => {
  const one = row("1", { directiveId: 1 });
  const other: AlarmRow = {
    ...row("2"),
    ...{ title: "u", risk: 2, status: "P", tag: "y", kingdom: "k", category: "c", created: 0, updated: 1, stage: 2 },
    ...{ src: "s", dst: "d", events: 1, directiveId: 2 },
  };
  for (const field of ALARM_SORT_FIELDS.filter((each) => each !== "created")) {
    expect([field, Math.sign(compareBy(field)(one, other))]).toEqual([field, -1]);
  }
});
