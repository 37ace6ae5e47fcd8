import { expect, test } from "vitest";
import { RULE_FIELDS } from "./fields.ts";
import { DIRECTIVE_FORM, RULE_FORM } from "./form-fields.ts";
import { fieldText, isOn, readField } from "./form-values.ts";

test("a field shows what the text says, whatever that is", () => {
  const fields = { id: 7, name: "A", sids: [1, 4], products: ["a", "b c"], odd: { x: 1 }, none: null, disabled: true };
  const shown = ["id", "name", "sids", "products", "odd", "none", "missing", "toString"].map((name) =>
    fieldText(fields, name),
  );
  expect(shown).toEqual(["7", "A", "1, 4", "a, b c", '{"x":1}', "", "", ""]);
  expect(fieldText(undefined, "id")).toBe("");
  expect([isOn(fields, "disabled"), isOn(fields, "id"), isOn([], "disabled")]).toEqual([true, false, false]);
});

test("what is filled in becomes a value of the field's kind", () => {
  expect(readField("text", " a ", false)).toEqual({ value: " a " });
  expect(readField("number", " 12 ", false)).toEqual({ value: 12 });
  expect(readField("numbers", "1, 4,,9 ", false)).toEqual({ value: [1, 4, 9] });
  expect(readField("texts", "Zeek, Snort IDS", false)).toEqual({ value: ["Zeek", "Snort IDS"] });
  expect(readField("text", "", true)).toEqual({ value: undefined });
  expect(readField("text", "", false)).toEqual({ value: "" });
});

test("what stands for no value says why, and isn't written", () => {
  expect(readField("number", "1.5", false)).toEqual({ fault: "A whole number is expected." });
  expect(readField("number", "", false)).toEqual({ fault: "A whole number is expected." });
  expect(readField("numbers", "1, x", false)).toEqual({ fault: '"x" is no whole number.' });
});

test("every field of a rule is in the form", () => {
  const shown = new Set(RULE_FORM.map(({ name }) => name));
  // The stage is the form's own: it is moved, not typed.
  expect(RULE_FIELDS.filter((name) => !shown.has(name))).toEqual(["stage"]);
  expect(DIRECTIVE_FORM.map(({ name }) => name)).toEqual(["id", "name", "kingdom", "category", "priority"]);
});
