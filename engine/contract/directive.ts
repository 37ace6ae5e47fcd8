import { z } from "zod";

/** The values `sticky_different` may take (engine.md §6); "" means that it isn't used. */
export const STICKY_FIELDS = [
  "SRC_IP",
  "DST_IP",
  "SRC_PORT",
  "DST_PORT",
  "PLUGIN_SID",
  "CUSTOM_DATA1",
  "CUSTOM_DATA2",
  "CUSTOM_DATA3",
] as const;
export type StickyField = (typeof STICKY_FIELDS)[number];

const u8 = z.number().int().min(0).max(255);
const unsigned = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/**
 * One staged rule as a directive file spells it (engine.md §6). The schema covers shape and types only; what a rule
 * must mean (stages without a gap, references to earlier stages, …) is checked by `engine/directive`, which reports
 * every problem with its place.
 */
export const ruleSchema = z.object({
  name: z.string(),
  type: z.enum(["PluginRule", "TaxonomyRule"]),
  stage: u8,
  plugin_id: unsigned.optional(),
  plugin_sid: z.array(unsigned).optional(),
  product: z.array(z.string()).optional(),
  category: z.string().optional(),
  subcategory: z.array(z.string()).optional(),
  occurrence: unsigned,
  from: z.string(),
  to: z.string(),
  port_from: z.string(),
  port_to: z.string(),
  protocol: z.string(),
  reliability: u8,
  /** Seconds that the stage may take. */
  timeout: unsigned,
  sticky_different: z.string().optional(),
  custom_data1: z.string().optional(),
  custom_data2: z.string().optional(),
  custom_data3: z.string().optional(),
});
export type RuleInput = z.infer<typeof ruleSchema>;

export const directiveSchema = z.object({
  id: unsigned,
  name: z.string(),
  kingdom: z.string(),
  category: z.string(),
  priority: u8,
  disabled: z.boolean().optional(),
  all_rules_always_active: z.boolean().optional(),
  rules: z.array(ruleSchema),
});
export type DirectiveInput = z.infer<typeof directiveSchema>;

/** A `directives_*.json` file. */
export const directivesFileSchema = z.object({ directives: z.array(directiveSchema) });

/**
 * A rule with every optional field filled in, its texts kept exactly as the file spells them, because alarm records
 * print them so. Trimming and parsing happen when the rule is compiled (`engine/match`).
 */
export interface Rule {
  name: string;
  type: "PluginRule" | "TaxonomyRule";
  stage: number;
  /** 0 in a TaxonomyRule. */
  plugin_id: number;
  plugin_sid: readonly number[];
  product: readonly string[];
  category: string;
  subcategory: readonly string[];
  occurrence: number;
  from: string;
  to: string;
  port_from: string;
  port_to: string;
  protocol: string;
  reliability: number;
  timeout: number;
  sticky_different: StickyField | "";
  custom_data1: string;
  custom_data2: string;
  custom_data3: string;
}

/** A validated directive, rules in the order of the file (not necessarily of the stages). */
export interface Directive {
  id: number;
  name: string;
  kingdom: string;
  category: string;
  priority: number;
  all_rules_always_active: boolean;
  rules: readonly Rule[];
}
