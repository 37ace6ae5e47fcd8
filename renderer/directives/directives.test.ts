import { expect, test } from "vitest";
import type { DirectiveRow } from "../../engine/contract/console/directives.ts";
import { importName, nameProblem } from "./files.ts";
import { countsOf, filtered, presetOf, sorted } from "./list.ts";
import { priorityOf, riskOf, rulesOf } from "./rules.ts";

const row = (id: number, more: Partial<DirectiveRow> = {}): DirectiveRow => ({
  ...{
    id,
    name: `Directive ${id}`,
    file: "directives_be-0_ssh.json",
    node: "be-0",
    kingdom: "Intrusion",
    category: "Brute",
  },
  ...{ priority: 3, stages: 2, enabled: true, highestRisk: 5, live: 0, matched24h: 1, alarms24h: 0, problems: [] },
  ...more,
});
const rows = [
  row(1, { name: "SSH brute force", lastFired: 50 }),
  row(2, { enabled: false, highestRisk: 0, matched24h: 0 }),
  row(3, { highestRisk: 0, lastFired: 90 }),
  row(4, { matched24h: 0, problems: [{ severity: "warning", text: "odd", file: "x" }] }),
];
const ids = (list: readonly DirectiveRow[]) => list.map(({ id }) => id);

test("presets pick what they say, and are counted", () => {
  expect(countsOf(rows)).toEqual({ all: 4, enabled: 3, disabled: 1, problems: 1, never: 1, silent: 1 });
  expect(ids(filtered(rows, "never", ""))).toEqual([3]);
  expect([presetOf("silent"), presetOf("nonsense"), presetOf(null)]).toEqual(["silent", "all", "all"]);
});

test("every word must occur somewhere", () => {
  expect(ids(filtered(rows, "all", "BRUTE ssh 1"))).toEqual([1]);
  expect(ids(filtered(rows, "all", "be-0 intrusion"))).toEqual([1, 2, 3, 4]);
  expect(filtered(rows, "all", "none such")).toEqual([]);
});

test("rows are sorted by a field, equals by id", () => {
  expect(ids(sorted(rows, "-fired"))).toEqual([3, 1, 2, 4]);
  expect(ids(sorted(rows, "risk"))).toEqual([2, 3, 1, 4]);
  expect(ids(sorted(rows, "-toString"))).toEqual([4, 3, 2, 1]);
});

test("a directive is read into stages that a person can compare", () => {
  const rule = { type: "PluginRule", plugin_id: 1001, plugin_sid: [1, 4], protocol: "TCP", timeout: 300 };
  const rules = rulesOf({
    priority: 4,
    rules: [
      {
        ...rule,
        stage: 2,
        name: "Again",
        from: ":1",
        to: ":1",
        port_from: "ANY",
        port_to: ":1",
        occurrence: 10,
        sticky_different: "DST_PORT",
      },
      {
        ...rule,
        stage: 1,
        name: "First",
        from: "!HOME_NET",
        to: "HOME_NET",
        port_from: "ANY",
        port_to: "22",
        occurrence: 1,
        reliability: 1,
      },
    ],
  });
  expect(
    rules.map(({ stage, name, takes, from, to, bound, different }) => [stage, name, takes, from, to, bound, different]),
  ).toEqual([
    [1, "First", "plugin 1001, sids 1, 4", "!HOME_NET", "HOME_NET port 22", undefined, undefined],
    [
      2,
      "Again",
      "plugin 1001, sids 1, 4",
      ":1",
      ":1 port :1",
      "same source, target, target port",
      "another target port each time",
    ],
  ]);
});

test("a taxonomy rule says product and category", () => {
  const [rule] = rulesOf({
    rules: [{ type: "TaxonomyRule", product: ["Zeek"], category: "Network", subcategory: ["ANY"] }],
  });
  expect(rule?.takes).toBe("Zeek, category Network");
});

test("a broken directive leaves out what isn't there", () => {
  expect(rulesOf(undefined)).toEqual([]);
  expect(rulesOf({ rules: "none" })).toEqual([]);
  expect(rulesOf({ rules: [5, null, { stage: "two" }] })).toMatchObject([{ stage: 0, name: "", occurrence: 0 }]);
  expect(priorityOf([])).toBe(0);
});

test("risk is rounded down", () => {
  expect([riskOf(3, 6, 5), riskOf(1, 1, 1), riskOf(5, 10, 5)]).toEqual([3, 0, 10]);
});

test("an imported file gets a name that a backend loads", () => {
  expect(importName("directives_be-0_web.json", ["be-0"])).toBe("directives_be-0_web.json");
  expect(importName("my rules (1).json", ["be-0", "be-1"])).toBe("directives_be-0_my-rules-1-.json");
  expect(importName("directives_be-1.json", ["be-0", "be-1"])).toBe("directives_be-1.json");
  expect(nameProblem("directives_be-2_x.json", ["be-0", "be-1"])).toBe(
    "No backend loads it: the name begins with directives_be-0_ or directives_be-1_.",
  );
  expect(nameProblem("../x.json", ["be-0"])).toBe("A directive file is called directives_NODE_NAME.json.");
});
