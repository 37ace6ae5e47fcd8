import fc from "fast-check";
import { expect, test } from "vitest";
import { problemText } from "../base/problem.ts";
import { assetSchema } from "../contract/inventory.ts";
import { loadAssets } from "./load.ts";

type Fields = Record<string, unknown>;
const GOOD = { name: "home", cidr: "10.0.0.0/8", value: 2 };

function file(assets: unknown, name = "assets_a.json") {
  return { name, bytes: Buffer.from(typeof assets === "string" ? assets : JSON.stringify({ assets })) };
}

function problemsOf(...assets: unknown[]): string[] {
  return loadAssets([file(assets)]).problems.map((each) => problemText(each).replace("assets_a.json:1: ", ""));
}

test("reads assets in the order of the files", () => {
  const { assets, problems } = loadAssets([
    file([GOOD, { ...GOOD, name: "guest", whitelisted: true, comment: "unknown fields are ignored" }]),
    file([], "assets_b.json"),
    file([{ name: "host", cidr: "2001:db8::1", value: 255 }], "assets_c.json"),
  ]);
  expect(problems).toEqual([]);
  expect(assets).toEqual([
    { ...GOOD, whitelisted: false },
    { ...GOOD, name: "guest", whitelisted: true },
    { name: "host", cidr: "2001:db8::1", value: 255, whitelisted: false },
  ]);
});

test.each<[unknown, string]>([
  [{ ...GOOD, value: 0 }, 'entry "home", value: 0 is not a whole number from 1 to 255'],
  [{ ...GOOD, value: 256 }, 'entry "home", value: 256 is not a whole number from 1 to 255'],
  [{ ...GOOD, value: "2" }, 'entry "home", value: "2" (a text) is not a whole number from 1 to 255'],
  [{ ...GOOD, value: undefined }, 'entry "home", value: missing; expected a whole number from 1 to 255'],
  [{ ...GOOD, name: "" }, "assets[0].name: is empty; expected a text"],
  [{ ...GOOD, name: undefined }, "assets[0].name: missing; expected a text"],
  [{ ...GOOD, cidr: undefined }, 'entry "home", cidr: missing; expected an address or a network such as "10.0.0.0/8"'],
  [{ ...GOOD, whitelisted: "no" }, 'entry "home", whitelisted: "no" (a text) is not true or false'],
  [7, "assets[0]: 7 is not an asset"],
])("%j: %s", (asset, message) => {
  expect(problemsOf(asset)).toEqual([message]);
});

test.each(["192.168.0.1/16", "2001:db8::1/64", "10.0.0.0/33", "ten/8", "", "10.0.0.0/", "10.0.0/8", " 10.0.0.0/8"])(
  "the network %j is refused",
  (cidr) => {
    expect(problemsOf({ ...GOOD, cidr })).toEqual([expect.stringMatching(/^entry "home", cidr: ./)]);
  },
);

test("every problem of every file is reported at once, each with its line", () => {
  const text =
    '{"assets": [\n  {"name": "a",\n   "value": 0,\n   "cidr": "x"},\n  {"name": "", "cidr": "::/0", "value": 1}\n]}';
  const { problems } = loadAssets([file(text), file("{", "assets_b.json"), file({}, "assets_c.json")]);
  expect(problems.map((each) => [each.file, each.line, each.entry, each.field])).toEqual([
    ["assets_a.json", 4, "a", "cidr"],
    ["assets_a.json", 3, "a", "value"],
    ["assets_a.json", 5, undefined, "assets[1].name"],
    ["assets_b.json", 1, undefined, undefined],
    ["assets_c.json", 1, undefined, "assets"],
  ]);
});

test("one of several files may be empty, all of them may not", () => {
  expect(loadAssets([file([]), file([GOOD], "assets_b.json")]).problems).toEqual([]);
  expect(loadAssets([file([]), file([], "assets_b.json")]).problems.map(problemText)).toEqual([
    "assets_a.json, assets_b.json: assets: there is no asset in it; expected at least one",
  ]);
  expect(loadAssets([]).problems.map(problemText)).toEqual([
    "assets_*.json: there is no asset file, and so no asset to load",
  ]);
});

test("finds a fault of type exactly where the contract's schema does", () => {
  const anything = fc.constantFrom(undefined, null, true, "x", 0, 1, 255, 256, 1.5, -1, "", [], {});
  const asset = fc
    .record({ field: fc.constantFrom("name", "value", "whitelisted"), value: anything })
    .map(({ field, value }): Fields => ({ ...GOOD, [field]: value }));
  fc.assert(
    fc.property(asset, (value) => {
      const isFine = problemsOf(value).length === 0;
      expect(isFine).toBe(assetSchema.safeParse(value).success && value.name !== "");
    }),
  );
});
