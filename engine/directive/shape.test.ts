import fc from "fast-check";
import { expect, test } from "vitest";
import { directiveSchema } from "../contract/directive.ts";
import { type FieldFault, readDraft } from "./shape.ts";

const RULE = {
  name: "r",
  type: "PluginRule",
  stage: 1,
  plugin_id: 1,
  plugin_sid: [1, 2],
  product: ["p"],
  category: "c",
  subcategory: [],
  occurrence: 1,
  from: "ANY",
  to: "ANY",
  port_from: "ANY",
  port_to: "ANY",
  protocol: "ANY",
  reliability: 1,
  timeout: 60,
  sticky_different: "",
  custom_data1: "",
  custom_data2: "",
  custom_data3: "",
  note: "ignored",
};
const DIRECTIVE = {
  id: 1,
  name: "d",
  kingdom: "k",
  category: "c",
  priority: 3,
  disabled: false,
  all_rules_always_active: true,
  rules: [RULE],
};

const anything = fc.oneof(
  fc.constantFrom(null, true, "", "TaxonomyRule", -1, 0, 1, 1.5, 255, 256, 2 ** 53 - 1, 2 ** 53, 1e300, [], {}),
  fc.constantFrom(["x"], [1], ["1"], [1, null], [-1], [1.5], [2 ** 53], [RULE]),
);

/** The object with some fields taken out and others replaced by whatever JSON can hold. */
function spoilt(object: Record<string, unknown>): fc.Arbitrary<Record<string, unknown>> {
  const change = fc.record({ field: fc.constantFrom(...Object.keys(object)), drop: fc.boolean(), value: anything });
  return fc.array(change, { maxLength: 3 }).map((changes) => {
    const copy: Record<string, unknown> = { ...object };
    for (const { field, drop, value } of changes) {
      if (drop) delete copy[field];
      else copy[field] = value;
    }
    return copy;
  });
}

test("finds a fault exactly where the contract's schema does", () => {
  const rule = fc.oneof({ weight: 9, arbitrary: spoilt(RULE) }, { weight: 1, arbitrary: anything });
  const directive = fc
    .tuple(spoilt(DIRECTIVE), fc.array(rule, { maxLength: 3 }), fc.boolean())
    .map(([fields, rules, keep]) => (keep ? fields : { ...fields, rules }));
  fc.assert(
    fc.property(directive, (value) => {
      const faults: FieldFault[] = [];
      readDraft(value, faults);
      const found = faults.map(({ rule: at, field }) =>
        at === undefined ? field : `rules.${at}${field && `.${field}`}`,
      );
      const issues = directiveSchema.safeParse(value).error?.issues ?? [];
      // The schema names the faulty entry of a list of numbers or texts, we the list.
      const wanted = issues.map(({ path }) => path.slice(0, path[0] === "rules" ? 3 : 1).join("."));
      expect(new Set(found)).toEqual(new Set(wanted));
    }),
    { numRuns: 3000 },
  );
});
