import { expect, it } from "vitest";
import { directive, event, rule, taxonomyRule } from "../backlog/testing/builders.ts";
import type { Directive } from "../contract/directive.ts";
import { loadDirectives } from "../directive/load.ts";
import { Inventory } from "../inventory/inventory.ts";
import { CoverageCount } from "./coverage-count.ts";
import { draftDirective } from "./draft.ts";
import { KnownCount } from "./known-count.ts";

const inventory = new Inventory([{ name: "lan", cidr: "10.0.0.0/8", value: 5, whitelisted: false }]);

function counting(...directives: Directive[]): CoverageCount {
  const covered = directives.map((each) => ({ directive: each, file: "directives_be1.json", node: "be1" }));
  return new CoverageCount(covered, inventory);
}

it("tells kinds of events that no rule names, the most frequent first, with the last of each", () => {
  const count = counting(directive([rule(1), rule(2)]));
  count.see(event(1, "a"), 1, 1000);
  count.see(event(9, "b", { title: "first" }), 2, 2000);
  count.see(event(8, "c", { title: "other" }), 3, 3000);
  count.see(event(9, "d", { title: "last" }), 4, 4000);
  count.see(event(0, "e", { plugin_id: 0, product: "p", category: "c", subcategory: "s" }), 5, 5000);
  const { events, covered, uncovered, from, to } = count.answer();
  expect({ events, covered, from, to }).toEqual({ events: 5, covered: 1, from: 1000, to: 5000 });
  expect(uncovered).toEqual([
    { is: { kind: "plugin", pluginId: 1, pluginSid: 9 }, title: "last", count: 2, last: 4000, example: 4 },
    {
      ...{ is: { kind: "taxonomy", product: "p", category: "c", subcategory: "s" }, title: expect.any(String) },
      count: 1,
      last: 5000,
      example: 5,
    },
    { is: { kind: "plugin", pluginId: 1, pluginSid: 8 }, title: "other", count: 1, last: 3000, example: 3 },
  ]);
});

it("counts an event as covered only when a rule names its subcategory, too", () => {
  const count = counting(directive([taxonomyRule(1, { subcategory: ["wanted"] }), taxonomyRule(2)]));
  const strange = counting(directive([taxonomyRule(1, { subcategory: ["wanted"] }), rule(2)]));
  const seen = event(0, "a", { plugin_id: 0, product: "p", category: "c", subcategory: "other" });
  count.see(seen, 1, 1);
  strange.see(seen, 1, 1);
  expect([count.answer().covered, strange.answer().covered]).toEqual([1, 0]);
});

it("tells rules that no event met, whatever their references", () => {
  const whole = directive([rule(1), rule(2, { from: ":1" })], { id: 1 });
  const half = directive([rule(1), rule(2, { from: "192.168.0.1" }), rule(3)], { id: 2, name: "half" });
  const count = counting(whole, half);
  count.see(event(1, "a"), 1, 1);
  count.see(event(2, "b"), 2, 2);
  expect(count.answer().directives).toEqual([
    {
      ...{ id: 2, name: "half", file: "directives_be1.json", node: "be1", matched: 1 },
      stages: [
        { stage: 1, name: "rule 1", interested: 1, matched: 1 },
        { stage: 2, name: "rule 2", interested: 1, matched: 0 },
        { stage: 3, name: "rule 3", interested: 0, matched: 0 },
      ],
    },
  ]);
});

it("tells addresses that no asset gives a value, by what they did", () => {
  const count = counting(directive([rule(1), rule(2)]));
  count.see(event(1, "a", { src_ip: "44.1.1.1", dst_ip: "10.0.0.3" }), 1, 1);
  count.see(event(1, "b", { src_ip: "44.1.1.1", dst_ip: "44.2.2.2" }), 2, 2);
  count.see(event(1, "c", { src_ip: "0.0.0.0", dst_ip: "44.1.1.1" }), 3, 3);
  expect(count.answer().addresses).toEqual([
    { ip: "44.1.1.1", asSource: 2, asTarget: 1, last: 3 },
    { ip: "44.2.2.2", asSource: 0, asTarget: 1, last: 2 },
  ]);
});

it("says how much it leaves out, and leaves nothing out when all is asked for", () => {
  const count = counting(directive([rule(1), rule(2)]));
  for (let sid = 3; sid < 603; sid++) count.see(event(sid, `e${sid}`), sid, sid);
  expect(count.answer().uncovered).toHaveLength(500);
  expect(count.answer().more).toEqual({ uncovered: 100, directives: 0, addresses: 0 });
  expect(count.answer(true).uncovered).toHaveLength(600);
});

it("learns sids, taxonomies, protocols and which fields are filled", () => {
  const known = new KnownCount();
  known.see(event(1, "a", { title: "One", protocol: "TCP", custom_data1: "x", src_port: 0 }));
  known.see(event(1, "b", { title: "One again", protocol: "UDP", src_port: 5 }));
  known.see(event(0, "c", { plugin_id: 0, product: "p", category: "c", subcategory: "s" }));
  const { plugins, taxonomies, protocols, events } = known.answer();
  expect([events, protocols]).toEqual([3, expect.arrayContaining(["TCP", "UDP"])]);
  expect(plugins).toMatchObject([{ id: 1, events: 2, sids: [{ sid: 1, title: "One", events: 2 }] }]);
  expect(plugins[0]?.filled).toMatchObject({ src_ip: 2, custom_data1: 1, src_port: 1 });
  expect(plugins[0]?.filled).not.toHaveProperty("custom_data2");
  expect(taxonomies).toMatchObject([
    { product: "p", category: "c", events: 1, subcategories: [{ name: "s", events: 1 }] },
  ]);
});

it("tells no more names than an editor can use, however many plugins are made up", () => {
  const known = new KnownCount();
  for (let i = 0; i < 30_000; i++) known.see(event(1 + (i % 1000), "a", { plugin_id: 1 + Math.floor(i / 1000) }));
  for (let i = 0; i < 10; i++)
    known.see(event(0, "b", { plugin_id: 0, product: "p", category: "c", subcategory: `${i}` }));
  const { plugins, taxonomies, events } = known.answer();
  expect(events).toBe(30_010);
  expect(plugins).toHaveLength(30);
  expect(plugins.reduce((sum, { sids }) => sum + sids.length, 0)).toBe(20_000);
  expect(taxonomies).toMatchObject([{ events: 10, subcategories: [] }]);
});

it("drafts a directive that loads as it is", () => {
  const drafts = [
    draftDirective({ is: { kind: "plugin", pluginId: 7, pluginSid: 8 }, title: 'Odd "title" [1 , 2]', id: 70 }),
    draftDirective({ is: { kind: "taxonomy", product: "p", category: "c", subcategory: "s" }, title: "", id: 71 }),
    draftDirective({ is: { kind: "taxonomy", product: "p", category: "c", subcategory: "" }, title: "t", id: 72 }),
  ];
  const loaded: Directive[] = [];
  const bytes = Buffer.from(`{"directives": [${drafts.join(",")}]}`);
  const { problems } = loadDirectives([{ name: "directives_be1.json", bytes }], (each) => loaded.push(each));
  expect(problems).toEqual([]);
  expect(loaded.map(({ id, name, rules }) => [id, name, rules[0]?.plugin_sid, rules[0]?.subcategory])).toEqual([
    [70, 'Odd "title" [1 , 2], SRC_IP to DST_IP', [8], []],
    [71, "Events that no directive looks at, SRC_IP to DST_IP", [], ["s"]],
    [72, "t, SRC_IP to DST_IP", [], []],
  ]);
  expect(drafts[0]).toContain('"plugin_sid": [8]');
});
