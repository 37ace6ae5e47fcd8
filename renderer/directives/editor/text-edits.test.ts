import fc from "fast-check";
import { expect, test } from "vitest";
import { RULE_FIELDS } from "./fields.ts";
import { editBetween, withItem, withSwapped, withValue } from "./text-edits.ts";

/** As people lay rules out: several fields on a line. */
const LAID_OUT = `{
  "id": 7,
  "extra":   { "kept": [1,2] },
  "rules": [
    { "name": "One", "stage": 1,
      "plugin_sid": [1, 4], "from": "ANY" },

    { "name": "Two", "stage": 2,
      "plugin_sid": [1, 4], "from": ":1" }
  ]
}`;
const COMPACT = '{"id":7,"rules":[{"stage":1,"from":"ANY"}]}';

test("a value is replaced and nothing else", () => {
  expect(withValue(LAID_OUT, ["rules", 1, "stage"], 3)).toBe(LAID_OUT.replace('"stage": 2', '"stage": 3'));
  expect(withValue(LAID_OUT, ["rules", 0, "plugin_sid"], [1, 9, 12])).toBe(LAID_OUT.replace("[1, 4]", "[1, 9, 12]"));
  expect(withValue(COMPACT, ["id"], 8)).toBe(COMPACT.replace("7", "8"));
  expect(withValue(LAID_OUT, ["id"], 7)).toBe(LAID_OUT);
});

test("a new field is put where people expect it, laid out like its neighbours", () => {
  expect(withValue(LAID_OUT, ["rules", 0, "occurrence"], 5, RULE_FIELDS)).toBe(
    LAID_OUT.replace(
      '"plugin_sid": [1, 4], "from": "ANY"',
      '"plugin_sid": [1, 4],\n      "occurrence": 5, "from": "ANY"',
    ),
  );
  expect(withValue(COMPACT, ["rules", 0, "to"], "ANY", RULE_FIELDS)).toBe(
    '{"id":7,"rules":[{"stage":1,"from":"ANY","to":"ANY"}]}',
  );
  expect(withValue(LAID_OUT, ["disabled"], true, ["id", "disabled", "rules"])).toBe(
    LAID_OUT.replace('"id": 7,', '"id": 7,\n  "disabled": true,'),
  );
  expect(withValue(COMPACT, ["name"], "A", ["name", "id"])).toBe(COMPACT.replace('{"id', '{"name": "A", "id'));
  expect(withValue("{}", ["id"], 1)).toBe('{ "id": 1 }');
});

test("a field is taken away with its comma", () => {
  expect(withValue(LAID_OUT, ["extra"], undefined)).toBe(LAID_OUT.replace('"extra":   { "kept": [1,2] },\n  ', ""));
  expect(withValue(LAID_OUT, ["rules", 1, "from"], undefined)).toBe(LAID_OUT.replace(', "from": ":1"', ""));
  expect(withValue('{ "a": 1 }', ["a"], undefined)).toBe("{  }");
  expect(withValue(LAID_OUT, ["none"], undefined)).toBe(LAID_OUT);
});

test("lists stay laid out as they were, on one line or on several", () => {
  const long = '{\n  "plugin_sid": [\n    1\n  ]\n}';
  expect(withValue(long, ["plugin_sid"], [1, 9])).toBe('{\n  "plugin_sid": [\n    1,\n    9\n  ]\n}');
  const rules = `{ "rules": [\n${long}\n] }`;
  expect(withItem(rules, ["rules"], 1, { plugin_sid: [2] })).toBe(
    `{ "rules": [\n${long},\n${long.replace("1", "2")}\n] }`,
  );
});

test("an item is put in, laid out like its neighbours; two change places", () => {
  expect(
    withItem('{\n  "rules": [\n    {\n      "stage": 1\n    }\n  ]\n}', ["rules"], 1, { stage: 2, from: ":1" }),
  ).toBe(
    '{\n  "rules": [\n    {\n      "stage": 1\n    },\n    {\n      "stage": 2,\n      "from": ":1"\n    }\n  ]\n}',
  );
  expect(withItem(COMPACT, ["rules"], 1, { stage: 2 })).toBe(
    '{"id":7,"rules":[{"stage":1,"from":"ANY"},{ "stage": 2 }]}',
  );
  expect(withItem('{ "rules": [] }', ["rules"], 0, { stage: 1 })).toBe('{ "rules": [\n  {\n    "stage": 1\n  }\n] }');
  const swapped = withSwapped(LAID_OUT, ["rules"], 0, 1);
  expect(JSON.parse(swapped).rules).toEqual(JSON.parse(LAID_OUT).rules.toReversed());
  expect(swapped.split("\n").length).toBe(LAID_OUT.split("\n").length);
});

test("a text that isn't finished is edited as far as it can be read", () => {
  const broken = LAID_OUT.replace('"from": ":1" }', '"from": }');
  expect(withValue(broken, ["id"], 9)).toBe(broken.replace('"id": 7', '"id": 9'));
  expect(withValue("", ["id"], 9)).toBe("");
});

test("an edit is what lies between two texts", () => {
  expect(editBetween("abcd", "abxd")).toEqual({ from: 2, to: 3, insert: "x" });
  expect(editBetween("aa", "aaa")).toEqual({ from: 2, to: 2, insert: "a" });
  expect(editBetween("same", "same")).toBeUndefined();
});

/** JSON as anybody may lay it out: white space wherever it may be. */
function laidOut(value: unknown, space: () => string): string {
  if (Array.isArray(value))
    return `[${space()}${value.map((item) => laidOut(item, space)).join(`${space()},${space()}`)}${space()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}${space()}:${space()}${laidOut(item, space)}`,
  );
  return `{${space()}${fields.join(`${space()},${space()}`)}${space()}}`;
}

test("however a text is laid out, a change says what it should and leaves all other words as they were", () => {
  const rule = fc.record(
    { stage: fc.nat(9), from: fc.string(), plugin_sid: fc.array(fc.nat(99)), odd: fc.jsonValue() },
    { requiredKeys: [] },
  );
  const directive = fc.record(
    { id: fc.nat(), name: fc.string(), rules: fc.array(rule, { minLength: 1 }), more: fc.jsonValue() },
    { requiredKeys: ["rules"] },
  );
  const spaces = fc.array(fc.constantFrom("", " ", "\n", "\n    ", "\t", "\r\n  "), { minLength: 7, maxLength: 7 });
  const field = fc.constantFrom("stage", "from", "plugin_sid", "timeout");
  const value = fc.oneof(fc.nat(), fc.string(), fc.array(fc.nat()), fc.constant(undefined));
  fc.assert(
    fc.property(directive, spaces, fc.nat(), field, value, (made, gaps, at, name, wanted) => {
      let turn = 0;
      const text = laidOut(made, () => gaps[turn++ % gaps.length] ?? "");
      const place = at % made.rules.length;
      const expected: unknown = JSON.parse(
        JSON.stringify({
          ...made,
          rules: made.rules.map((each, index) => (index === place ? { ...each, [name]: wanted } : each)),
        }),
      );
      const result = withValue(text, ["rules", place, name], wanted, RULE_FIELDS);
      expect(JSON.parse(result)).toEqual(expected);
      // No more is written than the value and its name, with the white space of their neighbours.
      const longest = 2 * JSON.stringify(wanted ?? "").length + name.length + 30;
      expect(editBetween(text, result)?.insert.length ?? 0).toBeLessThan(longest);
    }),
  );
});
