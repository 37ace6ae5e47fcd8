import type { FieldKind } from "./form-values.ts";

/** A field of the form: how it is called there, and how its text is read. */
export interface FormField {
  name: string;
  title: string;
  kind: FieldKind;
  /** Left empty it is left out of the text. */
  optional?: true;
  wide?: true;
  /** Words, not something for machines. */
  prose?: true;
  /** Which type of rule has it; both when left out. */
  of?: "PluginRule" | "TaxonomyRule";
  /** One of a few. */
  choices?: "type" | "sticky" | "priority";
}

export const DIRECTIVE_FORM: readonly FormField[] = [
  { name: "id", title: "Id", kind: "number" },
  { name: "name", title: "Name", kind: "text", prose: true, wide: true },
  { name: "kingdom", title: "Kingdom", kind: "text", prose: true },
  { name: "category", title: "Category", kind: "text", prose: true },
  { name: "priority", title: "Priority", kind: "number", choices: "priority" },
];

export const RULE_FORM: readonly FormField[] = [
  { name: "name", title: "Name", kind: "text", prose: true, wide: true },
  { name: "type", title: "Looks at", kind: "text", choices: "type" },
  { name: "plugin_id", title: "Plugin", kind: "number", of: "PluginRule" },
  { name: "plugin_sid", title: "Sids", kind: "numbers", of: "PluginRule", wide: true },
  { name: "product", title: "Products", kind: "texts", of: "TaxonomyRule" },
  { name: "category", title: "Category", kind: "text", of: "TaxonomyRule" },
  { name: "subcategory", title: "Subcategories", kind: "texts", of: "TaxonomyRule", optional: true },
  { name: "from", title: "From", kind: "text" },
  { name: "port_from", title: "Source port", kind: "text" },
  { name: "to", title: "To", kind: "text" },
  { name: "port_to", title: "Target port", kind: "text" },
  { name: "protocol", title: "Protocol", kind: "text" },
  { name: "occurrence", title: "Events", kind: "number" },
  { name: "timeout", title: "Within (seconds)", kind: "number" },
  { name: "reliability", title: "Reliability", kind: "number" },
  { name: "sticky_different", title: "Must differ", kind: "text", optional: true, choices: "sticky" },
  { name: "custom_data1", title: "Custom data 1", kind: "text", optional: true },
  { name: "custom_data2", title: "Custom data 2", kind: "text", optional: true },
  { name: "custom_data3", title: "Custom data 3", kind: "text", optional: true },
];
