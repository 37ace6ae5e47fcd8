import { expect, test } from "vitest";
import { problemText } from "../base/problem.ts";
import type { Directive } from "../contract/directive.ts";
import { type DirectiveSource, loadDirectives, parseDirective } from "./load.ts";

type Fields = Record<string, unknown>;

const WHY_TWO =
  "a directive with fewer than two rules will never expire: stage 1 is over with its first event, and only a stage after it can wait for more, count them and time out; add a rule of stage 2";

function rule(stage: number, fields: Fields = {}): Fields {
  return {
    name: `rule ${stage}`,
    type: "PluginRule",
    stage,
    plugin_id: 41,
    plugin_sid: [stage],
    occurrence: 1,
    from: "ANY",
    to: "HOME_NET",
    port_from: "ANY",
    port_to: "ANY",
    protocol: "ANY",
    reliability: 1,
    timeout: 60,
    ...fields,
  };
}

function taxonomy(stage: number, fields: Fields = {}): Fields {
  const { plugin_id: _, plugin_sid: __, ...rest } = rule(stage);
  return { ...rest, type: "TaxonomyRule", product: ["Firewall"], category: "Drop", ...fields };
}

function directive(fields: Fields = {}): Fields {
  const rules = [rule(1), rule(2), rule(3)];
  return { id: 7041, name: "Case", kingdom: "K", category: "C", priority: 3, rules, ...fields };
}

function file(directives: unknown, name = "directives_n.json", indent?: number) {
  const text = typeof directives === "string" ? directives : JSON.stringify({ directives }, undefined, indent);
  return { name, bytes: Buffer.from(text) };
}

function load(...files: { name: string; bytes: Buffer }[]) {
  const directives: Directive[] = [];
  const sources: DirectiveSource[] = [];
  const loaded = loadDirectives(files, (each, source) => {
    directives.push(each);
    sources.push(source);
  });
  expect(loaded.sources).toEqual(sources);
  return { ...loaded, directives, texts: loaded.problems.map(problemText) };
}

/** The problems of one directive, without the name of the file in front. */
function problemsOf(fields: Fields): string[] {
  return load(file([directive(fields)])).texts.map((text) => text.replace("directives_n.json:1: ", ""));
}

/** The same with stage 2 changed. */
function problemsOfStage2(fields: Fields): string[] {
  return problemsOf({ rules: [rule(1), rule(2, fields), rule(3)] });
}

test("hands on what is right, with every optional field filled in and texts as they were", () => {
  const { directives, problems, disabled, sources } = load(
    file([directive({ comment: "x", rules: [rule(1, { extra: 1 }), taxonomy(2, { from: "10.0.0.1 , :: " })] })]),
    file(
      [directive({ id: 2, disabled: true }), directive({ id: 3, all_rules_always_active: true })],
      "directives_n_2.json",
    ),
  );
  expect(problems).toEqual([]);
  expect(disabled).toBe(1);
  expect(sources.map(({ id, file: name }) => [id, name])).toEqual([
    [7041, "directives_n.json"],
    [3, "directives_n_2.json"],
  ]);
  expect(directives.map((each) => each.all_rules_always_active)).toEqual([false, true]);
  expect(directives[0]?.rules[1]).toEqual({
    name: "rule 2",
    type: "TaxonomyRule",
    stage: 2,
    plugin_id: 0,
    plugin_sid: [],
    product: ["Firewall"],
    category: "Drop",
    subcategory: [],
    occurrence: 1,
    from: "10.0.0.1 , :: ",
    to: "HOME_NET",
    port_from: "ANY",
    port_to: "ANY",
    protocol: "ANY",
    reliability: 1,
    timeout: 60,
    sticky_different: "",
    custom_data1: "",
    custom_data2: "",
    custom_data3: "",
  });
});

test("a directive is read again from its source", () => {
  const { directives, sources } = load(file([directive(), directive({ id: 2, name: 'Zwölf \\ "2"' })], undefined, 2));
  expect(sources.map((source) => source.line)).toEqual([3, 63]);
  expect(sources.map(parseDirective)).toEqual(directives);
});

test("rules may stand in any order", () => {
  expect(problemsOf({ rules: [rule(3, { from: ":2" }), rule(1), rule(2, { to: ":1" })] })).toEqual([]);
});

test.each<[Fields, string]>([
  [{ name: "" }, "directive 7041, name: is empty; expected a text"],
  [{ kingdom: "" }, "directive 7041, kingdom: is empty; expected a text"],
  [{ category: "" }, "directive 7041, category: is empty; expected a text"],
  [{ priority: 0 }, "directive 7041, priority: is 0; expected a whole number from 1 to 5"],
  [{ priority: 6 }, "directive 7041, priority: is 6; expected a whole number from 1 to 5"],
  [{ priority: -1 }, "directive 7041, priority: -1 is not a whole number from 1 to 5"],
  [{ priority: 300 }, "directive 7041, priority: 300 is not a whole number from 1 to 5"],
  [{ priority: "3" }, 'directive 7041, priority: "3" (a text) is not a whole number from 1 to 5'],
  [{ priority: 1.5 }, "directive 7041, priority: 1.5 is not a whole number from 1 to 5"],
  [{ priority: undefined }, "directive 7041, priority: missing; expected a whole number from 1 to 5"],
  [{ id: undefined }, 'entry "Case", id: missing; expected a whole number from 0 to 9007199254740991'],
  [{ id: "7041" }, 'entry "Case", id: "7041" (a text) is not a whole number from 0 to 9007199254740991'],
  [{ id: -1, name: "Other" }, 'entry "Other", id: -1 is not a whole number from 0 to 9007199254740991'],
  [{ name: null }, "directive 7041, name: null is not a text"],
  [{ disabled: "yes" }, 'directive 7041, disabled: "yes" (a text) is not true or false'],
  [{ all_rules_always_active: 1 }, "directive 7041, all_rules_always_active: 1 is not true or false"],
  [{ rules: undefined }, "directive 7041, rules: missing; expected a list of rules"],
  [{ rules: {} }, "directive 7041, rules: an object is not a list of rules"],
  [{ rules: [] }, `directive 7041, rules: there is no rule; ${WHY_TWO}`],
  [{ rules: [rule(1)] }, `directive 7041, rules: there is only one rule; ${WHY_TWO}`],
  [{ rules: [rule(1), 7] }, "directive 7041, rules[1]: 7 is not a rule"],
  [{ rules: [rule(1), rule(2, { stage: 0 })] }, "directive 7041, rules[1].stage: is 0; stages are counted from 1"],
  [
    { rules: [rule(1), rule(2, { stage: 256 })] },
    "directive 7041, rules[1].stage: 256 is not a whole number from 1 to 255",
  ],
  [
    { rules: [rule(1), rule(2, { stage: undefined })] },
    "directive 7041, rules[1].stage: missing; expected a whole number from 1 to 255",
  ],
  [{ rules: [rule(1), rule(1)] }, "directive 7041, stage 1, stage: two rules have stage 1; each stage has one rule"],
  [
    { rules: [rule(1), rule(3)] },
    "directive 7041, stage 3, stage: there is no stage 2 before it; stages are numbered 1, 2, 3, … without a gap",
  ],
  [
    { rules: [rule(2), rule(3)] },
    "directive 7041, stage 2, stage: there is no stage 1 before it; stages are numbered 1, 2, 3, … without a gap",
  ],
  [
    { rules: [rule(1, { occurrence: 2 }), rule(2)] },
    "directive 7041, stage 1, occurrence: is 2; in stage 1 it is 1, as the first event opens the backlog",
  ],
  [
    { rules: [taxonomy(1, { product: [] }), rule(2)] },
    "directive 7041, stage 1, product: a TaxonomyRule needs a list of product names",
  ],
  [
    { rules: [taxonomy(1, { product: undefined }), rule(2)] },
    "directive 7041, stage 1, product: a TaxonomyRule needs a list of product names",
  ],
  [
    { rules: [taxonomy(1, { category: "" }), rule(2)] },
    "directive 7041, stage 1, category: a TaxonomyRule needs a category",
  ],
  [
    { rules: [rule(1, { protocol: ":1" }), rule(2)] },
    "directive 7041, stage 1, protocol: :1 is a reference, and stage 1 has no earlier stage to refer to",
  ],
])("refuses case %#", (fields, message) => {
  expect(problemsOf(fields)).toEqual([message]);
});

test.each<[Fields, string]>([
  [{ name: undefined }, "name: missing; expected a text"],
  [{ type: undefined }, 'type: missing; expected "PluginRule" or "TaxonomyRule"'],
  [{ type: "Plugin" }, 'type: "Plugin" (a text) is not "PluginRule" or "TaxonomyRule"'],
  [{ occurrence: 0 }, "occurrence: is 0; expected a whole number from 1"],
  [{ occurrence: -1 }, "occurrence: -1 is not a whole number from 1"],
  [{ reliability: 11 }, "reliability: is 11; expected a whole number from 0 to 10"],
  [{ reliability: -1 }, "reliability: -1 is not a whole number from 0 to 10"],
  [{ timeout: -1 }, "timeout: -1 is not a whole number of seconds"],
  [{ plugin_id: 0 }, "plugin_id: a PluginRule needs a whole number from 1"],
  [{ plugin_id: undefined }, "plugin_id: a PluginRule needs a whole number from 1"],
  [{ plugin_id: 2 ** 53 }, "plugin_id: 9007199254740992 is not a whole number from 1 to 9007199254740991"],
  [{ plugin_sid: [] }, "plugin_sid: a PluginRule needs a list of whole numbers from 1"],
  [{ plugin_sid: undefined }, "plugin_sid: a PluginRule needs a list of whole numbers from 1"],
  [{ plugin_sid: [1, 0] }, "plugin_sid: 0 is not a whole number from 1"],
  [{ plugin_sid: [1, "2"] }, 'plugin_sid: "2" (a text) is not a whole number from 1 to 9007199254740991'],
  [{ plugin_sid: [2 ** 53] }, "plugin_sid: 9007199254740992 is not a whole number from 1 to 9007199254740991"],
  [{ plugin_sid: 2 }, "plugin_sid: 2 is not a list of whole numbers"],
  [{ product: "Firewall" }, 'product: "Firewall" (a text) is not a list of texts'],
  [{ subcategory: [1] }, "subcategory: 1 is not a text"],
  [{ from: 1 }, "from: 1 is not a text"],
  [{ from: "any" }, 'from: "any" isn\'t known; write ANY, HOME_NET, !HOME_NET in capitals and without blanks'],
  [{ port_to: "http" }, 'port_to: "http" is no port; expected ANY, a reference such as :1, or ports from 1 to 65535'],
  [{ to: ":2" }, "to: :2 refers to its own stage; only earlier stages can be referred to"],
  [{ port_from: ":3" }, "port_from: :3 refers to a later stage; only earlier stages can be referred to"],
  [{ protocol: ":4" }, "protocol: there is no stage 4 to refer to; the highest is 3"],
  [{ custom_data1: ":2" }, "custom_data1: :2 refers to its own stage; only earlier stages can be referred to"],
  [{ custom_data3: ":0" }, 'custom_data3: ":0" is no reference: stages are counted from 1'],
  [
    { sticky_different: "src_ip" },
    'sticky_different: "src_ip" isn\'t known; expected one of SRC_IP, DST_IP, SRC_PORT, DST_PORT, PLUGIN_SID, CUSTOM_DATA1, CUSTOM_DATA2, CUSTOM_DATA3',
  ],
])("in stage 2 refuses %j", (fields, message) => {
  expect(problemsOfStage2(fields)).toEqual([`directive 7041, stage 2, ${message}`]);
});

test("every problem of every file is reported at once, each with its line", () => {
  const spoilt = directive({
    priority: 9,
    rules: [rule(1), rule(2, { port_to: "http", reliability: 11, from: 7 }), rule(4)],
  });
  const { texts, directives } = load(
    file([directive({ id: 1 }), spoilt, 7], "directives_a.json", 1),
    file('{"directives": [\n  {"id": 5}, oops]}', "directives_b.json"),
    file([directive({ id: 1, kingdom: "" })], "directives_c.json"),
  );
  expect(texts).toEqual([
    "directives_a.json:68: directive 7041, priority: is 9; expected a whole number from 1 to 5",
    "directives_a.json:96: directive 7041, stage 2, from: 7 is not a text",
    'directives_a.json:99: directive 7041, stage 2, port_to: "http" is no port; expected ANY, a reference such as :1, or ports from 1 to 65535',
    "directives_a.json:101: directive 7041, stage 2, reliability: is 11; expected a whole number from 0 to 10",
    "directives_a.json:107: directive 7041, stage 4, stage: there is no stage 3 before it; stages are numbered 1, 2, 3, … without a gap",
    "directives_a.json:123: directives[2]: 7 is not a directive",
    "directives_b.json:2: directive 5, name: missing; expected a text",
    "directives_b.json:2: directive 5, kingdom: missing; expected a text",
    "directives_b.json:2: directive 5, category: missing; expected a text",
    "directives_b.json:2: directive 5, priority: missing; expected a whole number from 1 to 5",
    "directives_b.json:2: directive 5, rules: missing; expected a list of rules",
    'directives_b.json:2: is not JSON: line 2, column 14: expected a value, found "oops"',
    "directives_c.json:1: directive 1, kingdom: is empty; expected a text",
    "directives_c.json:1: directive 1, id: 1 is also the id of the directive at directives_a.json:3; each needs its own",
  ]);
  expect(directives.map((each) => each.id)).toEqual([1]);
});

test("disabled directives are read but not checked, and their ids are free", () => {
  const broken = directive({ id: 1, disabled: true, priority: 9, name: "", rules: [rule(1, { from: "any" })] });
  expect(load(file([broken, directive({ id: 1 }), broken])).texts).toEqual([]);
  expect(load(file([{ ...broken, priority: "9" }, directive({ id: 1 })])).texts).toEqual([
    'directives_n.json:1: directive 1, priority: "9" (a text) is not a whole number from 1 to 5',
  ]);
});

test("no directive left is a problem, and the only one", () => {
  expect(load().texts).toEqual(["directives_*.json: there is no directive file, and so no directive to load"]);
  expect(load(file([]), file([directive({ disabled: true })], "directives_n_b.json")).texts).toEqual([
    "directives_n.json, directives_n_b.json: directives: all its directives are disabled; expected at least one that isn't disabled",
  ]);
  expect(load(file([])).texts).toEqual([
    "directives_n.json: directives: there is no directive in it; expected at least one that isn't disabled",
  ]);
  expect(load(file([directive({ disabled: true, rules: 1 })])).texts).toHaveLength(1);
  expect(load(file([]), file([directive()], "directives_n_b.json")).texts).toEqual([]);
});

test("a hostile file costs a bounded report", () => {
  const { problems } = load(file(`{"directives": [${"{},".repeat(100_000)}{}]}`));
  expect(problems.length).toBeLessThan(10_010);
  expect(problems.at(-1)?.message).toContain("not read any further");
  const rules = load(file(`{"directives": [{"rules": [${"{},".repeat(100_000)}{}]}]}`));
  expect(rules.problems.length).toBeLessThan(10_050);
  const same = `${JSON.stringify(rule(2))},`;
  expect(load(file(`{"directives": [{"rules": [${same.repeat(15_000)}{}]}]}`)).problems.length).toBeLessThan(10_050);
});

test("a directive of one stage is offered a second one, which mends it", () => {
  for (const first of [rule(1, { reliability: 9 }), taxonomy(1), taxonomy(1, { subcategory: ["x"] })]) {
    const { problems } = loadDirectives([file([directive({ rules: [first] })])], () => undefined);
    expect(problems).toMatchObject([{ field: "rules", fix: { label: "Add stage 2", path: ["rules", 1] } }]);
    const second = problems[0]?.fix?.value;
    expect(second).toMatchObject({ stage: 2, from: ":1", to: ":1", type: first.type });
    const mended = loadDirectives([file([directive({ rules: [first, second] })])], () => undefined);
    expect(mended.problems).toEqual([]);
  }
  const { problems } = loadDirectives([file([directive({ rules: [rule(2)] })])], () => undefined);
  expect(problems.flatMap(({ fix }) => (fix === undefined ? [] : [fix]))).toEqual([]);
});

test("files that are known count with those that are read: ids, what is disabled, and that anything is left", () => {
  const known = { name: "directives_n.json", ids: [7041], lines: [12], disabled: 0 };
  const again = loadDirectives([known, file([directive()], "directives_n_b.json")], () => undefined);
  expect(again.problems.map(problemText)).toEqual([
    "directives_n_b.json:1: directive 7041, id: 7041 is also the id of the directive at directives_n.json:12; each needs its own",
  ]);
  const handed: number[] = [];
  const other = file([directive({ id: 1 }), directive({ id: 2, disabled: true })], "directives_n_b.json");
  const loaded = loadDirectives([known, other], ({ id }) => handed.push(id));
  expect([handed, loaded.problems, loaded.disabledIn]).toEqual([[1], [], new Map([["directives_n_b.json", 1]])]);
  expect(loadDirectives([known, file([], "directives_n_b.json")], () => undefined).problems).toEqual([]);
  const nothing = loadDirectives([{ ...known, ids: [], lines: [], disabled: 1 }], () => undefined);
  expect(nothing.problems.map(problemText)).toEqual([
    "directives_n.json: directives: all its directives are disabled; expected at least one that isn't disabled",
  ]);
});
