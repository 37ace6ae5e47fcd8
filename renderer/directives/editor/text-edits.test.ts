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
