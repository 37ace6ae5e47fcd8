import { z } from "zod";

/** One entry of `assets_*.json` (engine.md §5): a network or host, its value, and whether its traffic is ignored. */
export const assetSchema = z.object({
  name: z.string(),
  cidr: z.string(),
  value: z.number().int().min(1).max(255),
  whitelisted: z.boolean().optional(),
});
export type Asset = z.infer<typeof assetSchema>;

export const assetsFileSchema = z.object({ assets: z.array(assetSchema) });

const sourceSchema = z.object({
  name: z.string(),
  type: z.string(),
  enabled: z.boolean(),
  plugin: z.string(),
  /** JSON inside JSON: the plugin's own configuration, as text. */
  config: z.string(),
});
export type ProviderSource = z.infer<typeof sourceSchema>;

export const intelFileSchema = z.object({ intel_sources: z.array(sourceSchema) });
export const vulnFileSchema = z.object({ vuln_sources: z.array(sourceSchema) });

/** `config` of an intel source of plugin `Wise`. */
export const wiseConfigSchema = z.object({ url: z.string() });
/** `config` of a vulnerability source of plugin `Nesd`. */
export const nesdConfigSchema = z.object({ url: z.string(), allow_low_severity: z.boolean().optional() });

/** `configs/dsiem_config.json`: what the web UI may set on an alarm. */
export const uiConfigSchema = z.object({ status: z.array(z.string()), tags: z.array(z.string()) });
export type UiConfig = z.infer<typeof uiConfigSchema>;
