import { expect, test } from "vitest";
import { z } from "zod";
import { directiveSchema } from "../../../engine/contract/directive.ts";
import { cursorPlace } from "./cursor-place.ts";
import { hoverAt } from "./hover.ts";
import { isSchema, NO_SCHEMA } from "./schema.ts";
import { type Knowledge, suggestionsAt } from "./suggestions.ts";

const made: unknown = z.toJSONSchema(directiveSchema, { io: "input" });
const knowledge: Knowledge = {
  schema: isSchema(made) ? made : NO_SCHEMA,
  known: {
    plugins: [
      {
        id: 1001,
        events: 40,
        sids: [
          { sid: 4, title: "SSH failed", events: 30 },
          { sid: 5, title: "SSH ok", events: 10 },
        ],
        filled: {},
      },
    ],
    taxonomies: [
      { product: "Zeek", category: "Net", subcategories: [{ name: "Scan", events: 3 }], events: 3, filled: {} },
    ],
    protocols: ["TCP", "SCTP"],
    events: 43,
  },
};
/** The text around `|`, where somebody types. */
const at = (marked: string) => [marked.replace("|", ""), marked.indexOf("|")] as const;
const labels = (marked: string) => suggestionsAt(...at(marked), knowledge)?.options.map(({ label }) => label);

test("where somebody types is known whatever follows", () => {
  expect(cursorPlace(...at('{"rules": [{"stage": 1}, {"sticky_different": "DST_|'))).toEqual({
    path: ["rules", 1],
    expects: "value",
    field: "sticky_different",
    from: 46,
    typed: "DST_",
    quoted: true,
  });
  expect(cursorPlace(...at('{"rules": [{"plugin_sid": [1, |'))).toMatchObject({
    path: ["rules", 0, "plugin_sid"],
    expects: "value",
    field: undefined,
  });
  expect(cursorPlace(...at('{"id": 1, "na|'))).toMatchObject({ path: [], expects: "key", typed: "na" });
  expect(cursorPlace(...at('{"id": 1 |'))).toMatchObject({ expects: "nothing" });
});

test("names are those that aren't there yet, with what they mean", () => {
  const found = suggestionsAt(...at('{"id": 1, | "name": "x"}'), knowledge);
  expect(found?.options.map(({ label }) => label)).toEqual([
    "kingdom",
    "category",
    "priority",
    "disabled",
    "all_rules_always_active",
    "rules",
  ]);
  expect(found?.options[2]).toMatchObject({ insert: '"priority"', detail: "1 to 5; a factor of the risk." });
  const rule = suggestionsAt(...at('{"rules": [{"type": "TaxonomyRule", "|"}]}'), knowledge);
  expect(rule?.options.find(({ label }) => label === "plugin_id")?.unlikely).toBe(true);
  expect(rule?.options.some(({ label }) => label === "type")).toBe(false);
});

test("values: sticky fields, references to earlier stages, what events were seen", () => {
  expect(labels('{"rules": [{"sticky_different": "|"}]}')).toContain("DST_PORT");
  expect(labels('{"rules": [{"stage": 3, "from": "|"}]}')?.slice(0, 4)).toEqual([":1", ":2", "HOME_NET", "!HOME_NET"]);
  expect(labels('{"rules": [{"stage": 1, "protocol": |}]}')).toEqual(["TCP", "SCTP", "UDP", "ICMP", "ANY", ":1"]);
  expect(labels('{"rules": [{"plugin_id": 1001, "plugin_sid": [4, |]}]}')).toEqual(["5"]);
  expect(labels('{"rules": [{"plugin_id": |}]}')).toEqual(["1001"]);
  expect(labels('{"rules": [{"product": ["Zeek"], "category": "|"}]}')).toEqual(["Net"]);
  expect(labels('{"rules": [{"product": ["Zeek"], "category": "Net", "subcategory": ["|"]}]}')).toEqual([
    "Scan",
    "ANY",
  ]);
  expect(labels('{"directives": [{"rules": [{"type": "|"}]}]}')).toEqual(["PluginRule", "TaxonomyRule"]);
  expect(labels('{"disabled": |}')).toEqual(["true", "false"]);
  expect(labels('{"id": 1|}')).toBeUndefined();
});

test("nothing of the events is known: the schema still is", () => {
  const found = suggestionsAt(...at('{"rules": [{"type": "|"}]}'), { ...knowledge, known: undefined });
  expect(found?.options.map(({ label }) => label)).toEqual(["PluginRule", "TaxonomyRule"]);
});

test("hovering says what a field means, and what its value does", () => {
  const say = (marked: string) => hoverAt(...at(marked), knowledge)?.text;
  expect(say('{"prio|rity": 3}')).toBe("1 to 5; a factor of the risk.");
  expect(say('{"rules": [{"from": ":|1"}]}')).toMatch(/^As in the first event of stage 1\.\nSource address/);
  expect(say('{"rules": [{"sticky_different": "DST_|PORT"}]}')).toMatch(/^another target port each time/);
  expect(say('{"rules": [{"plugin_id": 1001, "plugin_sid": [|4]}]}')).toMatch(/^SSH failed: 30 events\./);
  expect(say('{"unknown": |3}')).toBeUndefined();
});
