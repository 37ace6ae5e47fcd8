import { describe, expect, test } from "vitest";
import { backlogFilter } from "./backlog-fields.ts";
import type { LiveRow } from "./live-rows.ts";
import { arrange, compareBy, sortOf } from "./order.ts";
import { NOW, row } from "./testing/password-spray.ts";

const live = (id: string, more: Parameters<typeof row>[0] = {}): LiveRow => ({
  row: row({ id, ...more }),
  ended: undefined,
  version: 1,
});
const ids = (rows: readonly LiveRow[]): string[] => rows.map((each) => each.row.id);

describe("the order of backlogs", () => {
  const rows = [
    live("a", { deadline: 30, risk: 2 }),
    live("b", { deadline: 10, risk: 9 }),
    live("c", { deadline: 20 }),
  ];

  test("is by deadline, or as asked, and the same for equal values", () => {
    expect(ids(arrange(rows, compareBy("deadline"), undefined).rows)).toEqual(["b", "c", "a"]);
    expect(ids(arrange(rows, compareBy("-risk"), undefined).rows)).toEqual(["b", "a", "c"]);
    const equal = [live("z"), live("y")];
    expect(ids(arrange(equal, compareBy("-title"), undefined).rows)).toEqual(["y", "z"]);
  });

  test("stands still while it is held: what is new waits, what moved is counted, what left leaves", () => {
    const arranged = arrange([...rows, live("d", { deadline: 1 })], compareBy("deadline"), ["a", "b", "x", "c"]);
    expect(ids(arranged.rows)).toEqual(["a", "b", "c"]);
    expect(arranged).toMatchObject({ added: 1, moved: 1 });
  });

  test("from an address that makes no sense is the usual one", () => {
    expect(sortOf("-risk")).toBe("-risk");
    expect(sortOf("nonsense")).toBe("deadline");
    expect(sortOf(null)).toBe("deadline");
  });
});

describe("a filter of backlogs", () => {
  test.each([
    ["", true],
    ["spray", true],
    ["directive:10063", true],
    ["src:10.20.0.0/16 -dst:10.30.2.10", false],
    ["ip:10.30.2.0/24 next>=4", true],
    ["missing:1 is:close", true],
    ["is:alarm", false],
    ["risk>0", false],
    ['node:be-0 title~"dc-01"', true],
  ])("%j: %s", (text, fits) => {
    const filter = backlogFilter(text);
    expect(filter.ok && filter.fits(row(), NOW)).toBe(fits);
  });

  test("a risk that isn't worked out fits no comparison", () => {
    const { nextRisk: _nextRisk, ...unknown } = row();
    const filter = backlogFilter("next>=0");
    expect(filter.ok && filter.fits(unknown, NOW)).toBe(false);
  });

  test("what can't be read says where", () => {
    expect(backlogFilter("title:x nonsense:1")).toMatchObject({ ok: false, column: 8 });
  });
});
