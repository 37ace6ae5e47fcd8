import { expect, test } from "vitest";
import type { AssetRow } from "../../engine/contract/console/directives.ts";
import { contains, networkOf } from "./cidr.ts";
import { changedText, entryProblem, isAssetFileName } from "./edit.ts";
import { linesWith, treeLines } from "./tree.ts";

const isIn = (outer: string, inner: string): boolean | undefined => {
  const [a, b] = [networkOf(outer), networkOf(inner)];
  return a === undefined || b === undefined ? undefined : contains(a, b);
};

test("networks of both versions know what lies in them", () => {
  expect(isIn("10.0.0.0/8", "10.30.8.14")).toBe(true);
  expect(isIn("10.30.8.14", "10.0.0.0/8")).toBe(false);
  expect(isIn("fd00:30:8::/64", "fd00:30:8:0:1::2")).toBe(true);
  expect(isIn("fd00:30:8::/64", "fd00:30:9::1")).toBe(false);
  expect(isIn("0.0.0.0/0", "::1")).toBe(false);
  expect(isIn("::/0", "2001:db8::1")).toBe(true);
});

test("what is no network is none", () => {
  const wrong = [
    "",
    "10.0.0",
    "10.0.0.256",
    "10.0.0.0/33",
    "10.0.0.0/8/1",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7::8:9",
    "g::1",
    "::/129",
  ];
  expect(wrong.filter((text) => networkOf(text) !== undefined)).toEqual([]);
});

const row = (name: string, cidr: string): AssetRow => ({
  name,
  cidr,
  value: 1,
  file: "assets_x.json",
  index: 0,
  warnings: [],
});
const rows = [
  row("fin-db-01", "10.30.8.14/32"),
  row("Office", "10.20.0.0/16"),
  row("Data centre", "10.30.0.0/16"),
  row("broken", "10.30"),
  row("Finance", "10.30.8.0/24"),
  row("Centre again", "10.30.0.0/16"),
  row("All", "10.0.0.0/8"),
];

test("entries stand below the smallest that contains them, equals side by side", () => {
  const lines = treeLines(rows).map(({ row: { name }, depth, inside }) => [name, depth, inside]);
  expect(lines).toEqual([
    ["All", 0, 5],
    ["Office", 1, 0],
    ["Data centre", 1, 0],
    ["Centre again", 1, 2],
    ["Finance", 2, 1],
    ["fin-db-01", 3, 0],
    ["broken", 0, 0],
  ]);
});

test("a found entry brings along what contains it; an address finds its networks", () => {
  const lines = treeLines(rows);
  const names = (text: string) => linesWith(lines, text).map(({ row: { name } }) => name);
  expect(names("finance")).toEqual(["All", "Centre again", "Finance"]);
  expect(names("10.20.1.1")).toEqual(["All", "Office"]);
  expect(names("nothing")).toEqual([]);
  expect(names(" ")).toHaveLength(rows.length);
});

const FILE = JSON.stringify({
  comment: "ours",
  assets: [{ name: "Office", cidr: "10.20.0.0/16", value: 2, owner: "IT" }],
});
const entry = { name: "Lab", cidr: "10.9.0.0/16", value: 1, whitelisted: true };

test("entries are added, changed and removed, and what the page doesn't know stays", () => {
  expect(JSON.parse(changedText(FILE, { kind: "put", index: undefined, entry }))).toEqual({
    comment: "ours",
    assets: [{ name: "Office", cidr: "10.20.0.0/16", value: 2, owner: "IT" }, entry],
  });
  const changed = changedText(FILE, { kind: "put", index: 0, entry: { ...entry, whitelisted: false } });
  expect(JSON.parse(changed).assets).toEqual([{ name: "Lab", cidr: "10.9.0.0/16", value: 1, owner: "IT" }]);
  expect(JSON.parse(changedText(FILE, { kind: "remove", index: 0 })).assets).toEqual([]);
  expect(JSON.parse(changedText("", { kind: "put", index: undefined, entry }))).toEqual({ assets: [entry] });
});

test("a file that can't be read isn't written over", () => {
  expect(() => changedText("{", { kind: "remove", index: 0 })).toThrow("isn't JSON");
  expect(() => changedText("[]", { kind: "remove", index: 0 })).toThrow("isn't an object");
  expect(() => changedText('{"assets": 5}', { kind: "remove", index: 0 })).toThrow("aren't a list");
});

test("a form says what is wrong with it", () => {
  expect(entryProblem("Lab", "3")).toBeUndefined();
  expect(entryProblem(" ", "3")).toBe("The name is empty.");
  expect(["0", "256", "1.5", "", "-1"].every((value) => entryProblem("Lab", value)?.startsWith("The value"))).toBe(
    true,
  );
  expect([isAssetFileName("assets_main.json"), isAssetFileName("../assets_x.json")]).toEqual([true, false]);
});
