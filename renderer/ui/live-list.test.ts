import { describe, expect, it } from "vitest";
import { LiveList } from "./live-list.ts";

interface Row {
  id: string;
  at: number;
}
const row = (id: string, at: number): Row => ({ id, at });
function listOf(rows: Row[], more = false, most = 100): LiveList<Row> {
  const list = new LiveList<Row>({ idOf: ({ id }) => id, compare: (a, b) => b.at - a.at, most });
  list.reset(rows, more);
  return list;
}
const ids = (list: LiveList<Row>) => list.view.rows.map(({ id }) => id).join("");

describe("a list that nobody holds", () => {
  it("keeps its rows in order", () => {
    const list = listOf([row("a", 3), row("b", 2), row("c", 1)]);
    list.apply({ rows: [row("c", 9), row("d", 2.5)], gone: ["b"] });
    expect(ids(list)).toBe("cad");
    expect(list.view.fresh).toEqual(new Set(["d"]));
    expect([list.view.added, list.view.moved]).toEqual([0, 0]);
  });
  it("doesn't take in what belongs behind its loaded end", () => {
    const list = listOf([row("a", 3), row("b", 2)], true);
    list.apply({ rows: [row("z", 1), row("y", 2.5)], gone: [] });
    expect(ids(list)).toBe("ayb");
    list.append([row("z", 1)], false);
    expect(ids(list)).toBe("aybz");
  });
  it("never grows beyond its bound, and says that there is more", () => {
    const list = listOf([], false, 10);
    for (let at = 0; at < 1_000; at++) list.apply({ rows: [row(`r${at}`, at)], gone: [] });
    expect(list.view.rows.length).toBeLessThanOrEqual(10);
    expect(list.view.rows[0]).toEqual(row("r999", 999));
    expect(list.view.more).toBe(true);
    expect(list.view.fresh.size).toBeLessThanOrEqual(10);
  });
});

describe("a held list", () => {
  it("patches values in place and counts what is new and what moved", () => {
    const list = listOf([row("a", 3), row("b", 2), row("c", 1)]);
    list.hold(true);
    list.apply({ rows: [row("c", 9), row("d", 10), row("a", 3.5)], gone: [] });
    expect(ids(list)).toBe("abc");
    expect(list.view.rows[2]).toEqual(row("c", 9));
    expect([list.view.added, list.view.moved]).toEqual([1, 1]);
  });
  it("finds the place of a row that comes at once among those that are in theirs", () => {
    const list = listOf([row("a", 10), row("b", 9), row("c", 8)]);
    list.hold(true);
    list.apply({ rows: [row("a", 5)], gone: [] });
    list.apply({ rows: [row("d", 8.5)], gone: [] }, "now");
    expect(ids(list)).toBe("abdc");
    list.hold(false);
    expect(ids(list)).toBe("bdca");
  });
  it("puts everything in its place when asked, and goes on holding", () => {
    const list = listOf([row("a", 3), row("b", 2), row("c", 1)]);
    list.hold(true);
    list.apply({ rows: [row("c", 9), row("d", 10)], gone: ["b"] });
    expect(list.view.gone).toEqual(new Set(["b"]));
    list.applyWaiting();
    expect(ids(list)).toBe("dca");
    expect([list.view.added, list.view.moved, list.view.gone.size]).toEqual([0, 0, 0]);
    list.apply({ rows: [row("a", 20)], gone: [] });
    expect(ids(list)).toBe("dca");
  });
  it("is let go with what waited", () => {
    const list = listOf([row("a", 3)]);
    list.hold(true);
    list.apply({ rows: [row("d", 10)], gone: [] });
    list.hold(false);
    expect(ids(list)).toBe("da");
  });
  it("lets the person's own changes take effect at once", () => {
    const list = listOf([row("a", 3), row("b", 2), row("c", 1)]);
    list.hold(true);
    list.apply({ rows: [row("x", 99)], gone: [] });
    list.apply({ rows: [], gone: ["b"] }, "now");
    expect(ids(list)).toBe("ac");
    expect(list.view.added).toBe(1);
  });
  it("takes a new snapshot as a change, and knows what has gone meanwhile", () => {
    const list = listOf([row("a", 3), row("b", 2), row("c", 1)], true);
    list.hold(true);
    list.refresh([row("n", 5), row("a", 3)], true);
    expect(ids(list)).toBe("abc");
    expect(list.view.added).toBe(1);
    expect(list.view.gone.size).toBe(0);
    list.refresh([row("n", 5), row("b", 2)], true);
    expect(list.view.gone).toEqual(new Set(["a"]));
  });
  it("bounds what waits", () => {
    const list = listOf([row("a", 0)], false, 10);
    list.hold(true);
    for (let at = 1; at < 1_000; at++) list.apply({ rows: [row(`r${at}`, at)], gone: [] });
    expect(list.view.added).toBeLessThanOrEqual(11);
    list.hold(false);
    expect(list.view.rows[0]).toEqual(row("r999", 999));
  });
});

it("gives the same rows as sorting everything, whatever comes in which order", () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const list = listOf([], false, 10_000);
  const all = new Map<string, Row>();
  for (let turn = 0; turn < 300; turn++) {
    list.hold(random(3) === 0);
    const rows = Array.from({ length: random(4) }, () => row(`r${random(60)}`, random(1_000)));
    const changed = new Map(rows.map((each) => [each.id, each]));
    const gone = Array.from({ length: random(2) }, () => `r${random(60)}`).filter((id) => !changed.has(id));
    for (const each of changed.values()) all.set(each.id, each);
    for (const id of gone) all.delete(id);
    list.apply({ rows: [...changed.values()], gone });
  }
  list.hold(true);
  list.hold(false);
  const sorted = [...all.values()].sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
  expect(list.view.rows).toEqual(sorted);
});
