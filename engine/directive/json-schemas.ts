import { z } from "zod";
import { directivesFileSchema } from "../contract/directive.ts";
import { eventSchema } from "../contract/event.ts";
import {
  assetsFileSchema,
  intelFileSchema,
  nesdConfigSchema,
  uiConfigSchema,
  vulnFileSchema,
  wiseConfigSchema,
} from "../contract/inventory.ts";

/** Name of the schema's file, its title, and the contract it comes from. */
const SCHEMAS = [
  ["assets.schema.json", "Assets of Dsiem: assets_*.json", assetsFileSchema],
  [
    "directives.schema.json",
    "Directives of Dsiem: directives_<node>.json, directives_<node>_*.json",
    directivesFileSchema,
  ],
  ["intel.schema.json", "Threat intelligence sources of Dsiem: intel_*.json", intelFileSchema],
  ["vuln.schema.json", "Vulnerability sources of Dsiem: vuln_*.json", vulnFileSchema],
  ["wise_config.schema.json", "The config text of an intel source of plugin Wise", wiseConfigSchema],
  ["nesd_config.schema.json", "The config text of a vulnerability source of plugin Nesd", nesdConfigSchema],
  ["dsiem_config.schema.json", "What the web UI offers for an alarm: dsiem_config.json", uiConfigSchema],
  ["event.schema.json", "A normalized event, as POST /events takes it", eventSchema],
] as const;

/**
 * The JSON schemas of every configuration file and of the event, by file name: what `dsiem schema` writes, for editors
 * to complete and check while one types. They say what a file's shape is; whether a directive makes sense is for
 * `dsiem validate` to say. Unknown fields are allowed, as the services ignore them.
 */
export function configJsonSchemas(): Record<string, object> {
  return Object.fromEntries(
    SCHEMAS.map(([file, title, schema]) => {
      const { $schema, ...body } = z.toJSONSchema(schema, { io: "input" });
      return [file, { $schema, title, ...body }];
    }),
  );
}
