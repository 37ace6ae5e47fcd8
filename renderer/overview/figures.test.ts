import { expect, test } from "vitest";
import { readRange } from "../ui/time-range.ts";
import { attentionInOrder, branchesOf, comparison, heatRows, perSecond } from "./figures.ts";
import { rangeQuery, rangeStart } from "./range.ts";

test("a figure is compared in words", () => {
  expect(comparison(9, 6, "24 h ago")).toBe("3 more than 24 h ago");
  expect(comparison(6, 1206, "7 d ago")).toBe("1,200 fewer than 7 d ago");
  expect(comparison(6, 6, "when the range begins")).toBe("as many as when the range begins");
  expect(comparison(6, undefined, "24 h ago")).toBeUndefined();
});

test("what is worst needs attention first, and equals keep their order", () => {
  const item = (kind: string, level: "bad" | "warn" | "note") => ({
    kind,
    level,
    title: "",
    text: "",
    href: "/health",
  });
  const items = [item("a", "note"), item("b", "warn"), item("c", "bad"), item("d", "warn")];
  expect(attentionInOrder(items).map(({ kind }) => kind)).toEqual(["c", "b", "d", "a"]);
});

test("titles are gathered by category and kingdom, with sums and a query for each", () => {
  const leaf = { count: 1, high: 0, medium: 0, low: 1, risk: 1 };
  const tree = branchesOf([
    { ...leaf, kingdom: "Recon", category: "Scan", title: "Port scan", q: "directive:1" },
    {
      ...leaf,
      kingdom: "Intrusion",
      category: "Brute force",
      title: 'Login "root"',
      high: 1,
      low: 0,
      q: "directive:2",
    },
    { ...leaf, kingdom: "Intrusion", category: "Web", title: "Shell", count: 4, low: 4, q: "directive:3" },
  ]);
  expect(tree.map(({ name, count, high, q }) => [name, count, high, q])).toEqual([
    ["Intrusion", 5, 1, 'is:open kingdom:"Intrusion"'],
    ["Recon", 1, 0, 'is:open kingdom:"Recon"'],
  ]);
  expect(tree[0]?.children.map(({ name, q }) => [name, q])).toEqual([
    ["Brute force", 'is:open kingdom:"Intrusion" category:"Brute force"'],
    ["Web", 'is:open kingdom:"Intrusion" category:"Web"'],
  ]);
  expect(tree[0]?.children[0]?.children.map(({ name, q, children }) => [name, q, children])).toEqual([
    ['Login "root"', "directive:2", []],
  ]);
});

test("networks are ordered by their highest risk, cells tinted by thresholds", () => {
  const counts = (...pairs: [number, number][]) => {
    const byRisk = new Array<number>(11).fill(0);
    for (const [risk, count] of pairs) byRisk[risk] = count;
    return byRisk;
  };
  const rows = heatRows(
    [
      { network: "10.0.0.0/8", byRisk: counts([0, 7], [2, 400]), q: "network:10.0.0.0/8" },
      { network: "172.16.4.0/24", value: 4, byRisk: counts([3, 12], [8, 2]), q: "network:172.16.4.0/24" },
    ],
    [3, 6],
  );
  expect(rows.map(({ network, highest, total }) => [network, highest, total])).toEqual([
    ["172.16.4.0/24", 8, 14],
    ["10.0.0.0/8", 2, 407],
  ]);
  expect(rows[0]?.cells.map(({ heat }) => heat)).toEqual([0, 0, 3, 0, 0, 0, 0, 1, 0, 0]);
  expect(rows[0]?.cells[7]).toMatchObject({ riskClass: "high", label: "2 alarms of risk 8" });
  expect(rows[1]?.cells[1]?.heat).toBe(4);
});

test("events of a step become events a second", () => {
  expect(perSecond({ from: 0, stepSeconds: 60, counts: [60, 0, 90] })).toEqual([1, 0, 1.5]);
});

test("a range is asked for as the server knows it, and compared in words", () => {
  expect(["90m", "1000-2000", "all"].map((text) => rangeQuery(readRange(text)))).toEqual([
    { lastSeconds: 5400 },
    { from: 1000, to: 2000 },
    {},
  ]);
  expect(["90m", "24h", "7d", "1000-2000", "all"].map((text) => rangeStart(readRange(text)))).toEqual([
    "90 min ago",
    "24 h ago",
    "7 d ago",
    "when the range begins",
    undefined,
  ]);
});
