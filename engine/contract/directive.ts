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
const ruleSchema = z.object({
  name: z.string().meta({ description: "What this stage sees, in words." }),
  type: z.enum(["PluginRule", "TaxonomyRule"]).meta({
    description: "How events are chosen: by plugin_id and plugin_sid, or by product, category and subcategory.",
  }),
  stage: u8.meta({ description: "1 to n, without a gap; each stage has one rule." }),
  plugin_id: unsigned.optional().meta({ description: "PluginRule: the plugin whose events match, from 1." }),
  plugin_sid: z
    .array(unsigned)
    .optional()
    .meta({ description: "PluginRule: the plugin's event types that match, each from 1; not empty." }),
  product: z.array(z.string()).optional().meta({ description: "TaxonomyRule: products that match; not empty." }),
  category: z.string().optional().meta({ description: "TaxonomyRule: the category that matches." }),
  subcategory: z
    .array(z.string())
    .optional()
    .meta({ description: "TaxonomyRule: subcategories that match; any of them when empty or with ANY in it." }),
  occurrence: unsigned.meta({ description: "Distinct events that finish the stage, from 1; in stage 1 it is 1." }),
  from: z.string().meta({
    description:
      "Source address: ANY, HOME_NET, !HOME_NET, a reference such as :1 to the first event of an earlier stage, or a comma list of addresses and networks, each with ! in front to exclude it.",
    examples: ["ANY", "HOME_NET", "!HOME_NET", ":1", "10.0.0.0/8, !10.1.0.0/16"],
  }),
  to: z.string().meta({
    description: "Destination address, written like from.",
    examples: ["ANY", "HOME_NET", "!HOME_NET", ":1", "10.0.0.0/8, !10.1.0.0/16"],
  }),
  port_from: z.string().meta({
    description:
      "Source port: ANY, a reference such as :1, or a comma list of ports, each with ! in front to exclude it.",
    examples: ["ANY", ":1", "80, 443", "!22"],
  }),
  port_to: z.string().meta({
    description: "Destination port, written like port_from.",
    examples: ["ANY", ":1", "80, 443", "!22"],
  }),
  protocol: z.string().meta({
    description: "ANY, a reference such as :1, or the protocol's name, compared with upper and lower case.",
    examples: ["ANY", ":1", "TCP"],
  }),
  reliability: u8.meta({ description: "How sure the stage makes us, 0 to 10; a factor of the risk." }),
  timeout: unsigned.meta({ description: "Seconds that the stage may take." }),
  sticky_different: z
    .string()
    .optional()
    .meta({
      description: "Only events count whose value of this field is new in the stage.",
      examples: ["", ...STICKY_FIELDS],
    }),
  custom_data1: z.string().optional().meta({
    description:
      "ANY, a reference such as :1, a text (compared ignoring case; ! in front inverts), or a comma list (compared with upper and lower case).",
  }),
  custom_data2: z.string().optional().meta({ description: "Written like custom_data1." }),
  custom_data3: z.string().optional().meta({ description: "Written like custom_data1." }),
});

export const directiveSchema = z.object({
  id: unsigned.meta({ description: "Unlike that of any other directive of the node that isn't disabled." }),
  name: z.string().meta({ description: "Title of its alarms; SRC_IP and DST_IP in it are replaced. Not empty." }),
  kingdom: z.string().meta({ description: "Broadest class of its alarms; not empty." }),
  category: z.string().meta({ description: "Class of its alarms; not empty." }),
  priority: u8.meta({ description: "1 to 5; a factor of the risk." }),
  disabled: z.boolean().optional().meta({ description: "Keeps the directive in the file, but out of the engine." }),
  all_rules_always_active: z
    .boolean()
    .optional()
    .meta({ description: "Events that match a stage already finished still count for it." }),
  rules: z.array(ruleSchema).meta({ description: "One rule for each stage, at least two." }),
});

/** A `directives_*.json` file. */
export const directivesFileSchema = z.object({ directives: z.array(directiveSchema) });

/**
 * A rule with every optional field filled in, its texts kept exactly as the file spells them, because alarm records
 * print them so. Trimming and parsing happen when the rule is compiled (`engine/directive/compile.ts`).
 */
export interface Rule {
  name: string;
  type: "PluginRule" | "TaxonomyRule";
  stage: number;
  /** 0 when the file names none, as in a TaxonomyRule. */
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
