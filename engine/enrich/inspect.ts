import type { ConfigFile } from "../base/config-file.ts";
import { isObject } from "../base/expected.ts";
import type { Problem } from "../base/problem.ts";
import { loadProviders } from "./load.ts";

/** A source of a provider file, enabled or not, of whatever plugin. */
export interface InspectedProvider {
  kind: "intel" | "vuln";
  name: string;
  plugin: string;
  /** Without a password; empty when it can't be read. */
  url: string;
  enabled: boolean;
  file: string;
  /** Why it isn't asked. */
  problem?: string;
}

/** What asks sources of each kind. */
const PLUGINS = { intel: "Wise", vuln: "Nesd" } as const;

/** All sources of these files, and everything that is wrong with them. */
export function inspectProviders(files: readonly ConfigFile[]): {
  providers: InspectedProvider[];
  problems: Problem[];
} {
  const { problems } = loadProviders(files);
  const providers = files.flatMap((file) => {
    const kind = file.name.startsWith("intel_") ? "intel" : "vuln";
    return entriesOf(file, `${kind}_sources`).map((entry) => providerOf(entry, kind, file.name, problems));
  });
  return { providers, problems };
}

function providerOf(
  entry: Record<string, unknown>,
  kind: "intel" | "vuln",
  file: string,
  problems: readonly Problem[],
): InspectedProvider {
  const name = textOf(entry.name);
  const plugin = textOf(entry.plugin);
  const enabled = entry.enabled === true;
  const fault = problems.find((problem) => problem.file === file && problem.entry === name)?.message;
  const unknown = `no plugin ${JSON.stringify(plugin)} is known, so it is never asked; ${PLUGINS[kind]} is`;
  const problem = fault ?? (enabled && plugin !== PLUGINS[kind] ? unknown : undefined);
  return { kind, name, plugin, url: urlOf(entry.config), enabled, file, ...(problem !== undefined && { problem }) };
}

function entriesOf(file: ConfigFile, list: string): Record<string, unknown>[] {
  const content = parsed(Buffer.from(file.bytes).toString("utf8"));
  const entries = isObject(content) ? content[list] : undefined;
  return Array.isArray(entries) ? entries.filter(isObject) : [];
}

function urlOf(config: unknown): string {
  const content = typeof config === "string" ? parsed(config) : undefined;
  const url = isObject(content) ? textOf(content.url) : "";
  return url.replace(/^([a-z]+:\/\/[^/@:]*):[^/@]*@/i, "$1:…@");
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
