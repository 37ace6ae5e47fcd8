import { z } from "zod";

/** One entry of `assets_*.json` (engine.md §5): a network or host, its value, and whether its traffic is ignored. */
export const assetSchema = z.object({
  name: z
    .string()
    .meta({ description: "What people call it; a host's name stands for its address in titles. Not empty." }),
  cidr: z.string().meta({
    description: "Network or address, IPv4 or IPv6, with no bits set beyond the prefix; without a prefix it is a host.",
    examples: ["10.0.0.0/8", "192.168.0.1/32", "2001:db8::/32"],
  }),
  value: z
    .number()
    .int()
    .min(1)
    .max(255)
    .meta({ description: "How much it is worth, usually 1 to 5; a factor of the risk." }),
  whitelisted: z
    .boolean()
    .optional()
    .meta({ description: "Events whose source address is in here are ignored, and it isn't part of HOME_NET." }),
});
export type Asset = z.infer<typeof assetSchema>;

export const assetsFileSchema = z.object({ assets: z.array(assetSchema) });

const sourceSchema = z.object({
  name: z.string().meta({ description: "The operator's name for it." }),
  type: z.string().meta({ description: "What is looked up, such as IP or IP-Port; not used by the engine." }),
  enabled: z.boolean(),
  plugin: z
    .string()
    .meta({ description: "Wise for intel, Nesd for vulnerabilities; a source of any other is ignored." }),
  /** JSON inside JSON: the plugin's own configuration, as text. */
  config: z.string().meta({
    description: "The plugin's configuration, as a text that holds JSON.",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the providers' own placeholders
    examples: ['{"url":"http://wise:8081/ip/${ip}"}', '{"url":"http://nesd:8082/?ip=${ip}&port=${port}"}'],
  }),
});
export type ProviderSource = z.infer<typeof sourceSchema>;

export const intelFileSchema = z.object({ intel_sources: z.array(sourceSchema) });
export const vulnFileSchema = z.object({ vuln_sources: z.array(sourceSchema) });

/** `config` of an intel source of plugin `Wise`. */
export const wiseConfigSchema = z.object({ url: z.string() });
/** `config` of a vulnerability source of plugin `Nesd`. */
export const nesdConfigSchema = z.object({ url: z.string(), allow_low_severity: z.boolean().optional() });

/** `configs/dsiem_config.json`: what the web UI may set on an alarm. */
export const uiConfigSchema = z.object({
  status: z.array(z.string()).meta({ description: "States that an alarm may have." }),
  tags: z.array(z.string()).meta({ description: "Tags that an alarm may have." }),
});
export type UiConfig = z.infer<typeof uiConfigSchema>;
