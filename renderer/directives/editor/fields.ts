/* The fields of a directive in the order in which people write them, and which of them may refer to earlier stages. */

export const DIRECTIVE_FIELDS = [
  "id",
  "name",
  "kingdom",
  "category",
  "priority",
  "disabled",
  "all_rules_always_active",
  "rules",
] as const;

export const RULE_FIELDS = [
  "name",
  "type",
  "stage",
  "plugin_id",
  "plugin_sid",
  "product",
  "category",
  "subcategory",
  "occurrence",
  "from",
  "to",
  "port_from",
  "port_to",
  "protocol",
  "reliability",
  "timeout",
  "sticky_different",
  "custom_data1",
  "custom_data2",
  "custom_data3",
] as const;

/** They take a reference such as `:1`: "as in the first event of stage 1". */
export const REFERRING_FIELDS = [
  "from",
  "to",
  "port_from",
  "port_to",
  "protocol",
  "custom_data1",
  "custom_data2",
  "custom_data3",
] as const;

/** The names in the order for the place of a change: of a rule, or of the directive. */
export function orderAt(path: readonly (string | number)[]): readonly string[] {
  return path[0] === "rules" ? RULE_FIELDS : DIRECTIVE_FIELDS;
}
