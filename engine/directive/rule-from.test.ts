import { expect, test } from "vitest";
import { ruleFrom } from "./rule-from.ts";

const SAVED = {
  name: "rule",
  stage: 2,
  occurrence: 3,
  from: ":1",
  to: "10.0.0.1",
  plugin_id: 41,
  plugin_sid: [2],
  type: "PluginRule",
  port_from: "ANY",
  port_to: "ANY",
  protocol: "ANY",
  reliability: 5,
  timeout: 60,
  start_time: 12,
  saved_event_ids: ["a"],
};

test("the rule of a saved backlog is a rule like any other", () => {
  expect(ruleFrom(SAVED, 3)).toMatchObject({ name: "rule", stage: 2, from: ":1", plugin_sid: [2], custom_data1: "" });
  expect(ruleFrom(SAVED, 3)).not.toHaveProperty("saved_event_ids");
});

test("what can't be used is named", () => {
  expect(ruleFrom(7, 3)).toBe("it isn't an object");
  expect(ruleFrom({ ...SAVED, from: ":3", reliability: "5" }, 3)).toBe(
    'reliability "5" (a text) is not a whole number from 0 to 10; from :3 refers to a later stage; only earlier stages can be referred to',
  );
});
