import { expect, test } from "vitest";
import { withoutStage, withStageAfter, withStagesSwapped } from "./stages.ts";

const rule = (stage: number, more: object = {}) => ({
  ...{ name: `Rule ${stage}`, type: "PluginRule", stage, plugin_id: 5, plugin_sid: [7], occurrence: 1 },
  ...{ from: stage === 1 ? "HOME_NET" : ":1", to: stage === 1 ? "ANY" : `:${stage - 1}` },
  ...{ port_from: "ANY", port_to: "22", protocol: "TCP", reliability: stage, timeout: 0, ...more },
});
const TEXT = JSON.stringify({ id: 1, unknown: "kept", rules: [rule(1), rule(2), rule(3)] }, undefined, 2);
const said = (text: string) =>
  JSON.parse(text).rules.map(({ name, stage, from, to }: Record<string, unknown>) => [name, stage, from, to]);

test("a stage is put in, and what stands behind it moves on with its references", () => {
  const text = withStageAfter(TEXT, 1);
  expect(said(text)).toEqual([
    ["Rule 1", 1, "HOME_NET", "ANY"],
    ["Stage 2", 2, ":1", ":1"],
    ["Rule 2", 3, ":1", ":1"],
    ["Rule 3", 4, ":1", ":3"],
  ]);
  expect(JSON.parse(text).rules[1]).toMatchObject({ plugin_id: 5, plugin_sid: [7], reliability: 3, timeout: 300 });
  expect(JSON.parse(text).unknown).toBe("kept");
});

test("a directive of one stage, or of none, gets its next", () => {
  const one = JSON.stringify({ id: 1, rules: [rule(1, { type: "TaxonomyRule", product: ["Zeek"], category: "Net" })] });
  expect(JSON.parse(withStageAfter(one, 1)).rules[1]).toMatchObject({ stage: 2, product: ["Zeek"], category: "Net" });
  expect(JSON.parse(withStageAfter('{ "rules": [] }', 0)).rules).toMatchObject([{ stage: 1, from: "ANY", timeout: 0 }]);
});

test("a stage is taken out: who referred to it says what it said", () => {
  expect(said(withoutStage(TEXT, 2))).toEqual([
    ["Rule 1", 1, "HOME_NET", "ANY"],
    ["Rule 3", 2, ":1", ":1"],
  ]);
  expect(said(withoutStage(TEXT, 1))).toEqual([
    ["Rule 2", 1, "HOME_NET", "ANY"],
    ["Rule 3", 2, "HOME_NET", ":1"],
  ]);
  expect(withoutStage(TEXT, 9)).toBe(TEXT);
});

test("neighbours change places and stay bound to one another", () => {
  expect(said(withStagesSwapped(TEXT, 1))).toEqual([
    ["Rule 2", 1, "HOME_NET", "ANY"],
    ["Rule 1", 2, ":1", ":1"],
    ["Rule 3", 3, ":2", ":1"],
  ]);
  expect(said(withStagesSwapped(TEXT, 2))).toEqual([
    ["Rule 1", 1, "HOME_NET", "ANY"],
    ["Rule 3", 2, ":1", ":1"],
    ["Rule 2", 3, ":1", ":2"],
  ]);
  expect(withStagesSwapped(TEXT, 3)).toBe(TEXT);
});
