import type { ConfigFile } from "../base/config-file.ts";
import { errorText } from "../base/errors.ts";
import type { Problem } from "../base/problem.ts";
import { urlProblem } from "./provider-url.ts";

/** An enabled intel source of plugin `Wise`, asked about addresses (engine.md §8). */
export interface IntelSource {
  /** The operator's name for it. Records carry the plugin's name instead. */
  name: string;
  plugin: "Wise";
  /** The first `${ip}` in it is replaced. */
  url: string;
}

/** An enabled vulnerability source of plugin `Nesd`, asked about an address and a port (engine.md §8). */
export interface VulnSource {
  name: string;
  plugin: "Nesd";
  /** The first `${ip}` and the first `${port}` in it are replaced. */
  url: string;
  allowLowSeverity: boolean;
}

export interface LoadedProviders {
  intel: IntelSource[];
  vuln: VulnSource[];
  /** Everything that is wrong, in all files; empty when they may be used. */
  problems: Problem[];
  /** Sources in all files, enabled or not: an empty list may be loaded, but not be posted (engine.md §3). */
  entries: number;
}

/**
 * Reads the `intel_*.json` and `vuln_*.json` among the given files (engine.md §5) and returns the enabled sources of
 * known plugins. A source that is disabled or of an unknown plugin is passed over, its `config` unread.
 */
export function loadProviders(files: readonly ConfigFile[]): LoadedProviders {
  const loaded: LoadedProviders = { intel: [], vuln: [], problems: [], entries: 0 };
  for (const file of files) {
    const name = file.name.slice(file.name.lastIndexOf("/") + 1);
    if (name.startsWith("intel_")) loadFile(file, "intel_sources", loaded, addIntel);
    else if (name.startsWith("vuln_")) loadFile(file, "vuln_sources", loaded, addVuln);
  }
  return loaded;
}

interface Entry {
  name: string;
  plugin: string;
  config: string;
}

/** Says what is wrong with one entry. */
type Report = (field: string | undefined, message: string) => void;

function loadFile(
  file: ConfigFile,
  key: "intel_sources" | "vuln_sources",
  loaded: LoadedProviders,
  add: (loaded: LoadedProviders, entry: Entry, report: Report) => void,
): void {
  const sources = sourcesOf(file, key);
  if (typeof sources === "string") {
    loaded.problems.push({ file: file.name, message: sources });
    return;
  }
  for (const [index, source] of sources.entries()) {
    loaded.entries += 1;
    const name = objectOf(source)?.name;
    const place = typeof name === "string" && name !== "" ? name : `number ${index + 1}`;
    const report: Report = (field, message) => {
      loaded.problems.push({ file: file.name, entry: place, ...(field === undefined ? {} : { field }), message });
    };
    const entry = entryOf(source, report);
    if (entry !== undefined) add(loaded, entry, report);
  }
}

/** The list of sources in a file, or a sentence saying why there is none. */
function sourcesOf(file: ConfigFile, key: string): readonly unknown[] | string {
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(file.bytes));
  } catch (error) {
    return error instanceof SyntaxError
      ? `this is not JSON: ${error.message}`
      : "this is not JSON: it holds bytes that are not UTF-8";
  }
  const sources = objectOf(content)?.[key];
  if (sources === undefined) return `"${key}" is missing; the file must be {"${key}": [ … ]}`;
  return Array.isArray(sources) ? sources : `"${key}" must be a list`;
}

const TEXT_FIELDS = ["name", "type", "plugin", "config"] as const;

/** The entry when its five fields are there, of the right type, and it is enabled; else what is wrong is reported. */
function entryOf(source: unknown, report: Report): Entry | undefined {
  const fields = objectOf(source);
  if (fields === undefined) {
    report(undefined, "a source must be an object with name, type, enabled, plugin and config");
    return undefined;
  }
  let sound = true;
  const wrong = (field: string, message: string): void => {
    sound = false;
    report(field, message);
  };
  for (const field of TEXT_FIELDS) {
    const value = fields[field];
    if (value === undefined) wrong(field, `${field} is missing; a source has name, type, enabled, plugin and config`);
    else if (typeof value !== "string") {
      wrong(field, field === "config" ? "config must be text that holds JSON, in quotes" : `${field} must be text`);
    }
  }
  const enabled = fields.enabled;
  if (enabled === undefined) wrong("enabled", "enabled is missing; it says true or false");
  else if (typeof enabled !== "boolean") wrong("enabled", "enabled must be true or false, without quotes");
  if (!sound || enabled !== true) return undefined;
  return { name: String(fields.name), plugin: String(fields.plugin), config: String(fields.config) };
}

function addIntel(loaded: LoadedProviders, entry: Entry, report: Report): void {
  if (entry.plugin !== "Wise") return;
  const config = configOf(entry, report);
  const url = config && urlOf(config, report);
  if (url !== undefined) loaded.intel.push({ name: entry.name, plugin: "Wise", url });
}

function addVuln(loaded: LoadedProviders, entry: Entry, report: Report): void {
  if (entry.plugin !== "Nesd") return;
  const config = configOf(entry, report);
  if (config === undefined) return;
  const url = urlOf(config, report);
  const allowLowSeverity = config.allow_low_severity ?? false;
  if (typeof allowLowSeverity !== "boolean") {
    report("config", "allow_low_severity in the config must be true or false, without quotes");
  } else if (url !== undefined) {
    loaded.vuln.push({ name: entry.name, plugin: "Nesd", url, allowLowSeverity });
  }
}

/** The plugin's own configuration: JSON inside the JSON. */
function configOf(entry: Entry, report: Report): Record<string, unknown> | undefined {
  let config: unknown;
  try {
    config = JSON.parse(entry.config);
  } catch (error) {
    report("config", `the config of plugin ${entry.plugin} is not JSON: ${errorText(error)}`);
    return undefined;
  }
  const fields = objectOf(config);
  if (fields === undefined) report("config", `the config of plugin ${entry.plugin} must be an object with a url`);
  return fields;
}

function urlOf(config: Record<string, unknown>, report: Report): string | undefined {
  const url = config.url;
  if (url === undefined) {
    report("config", 'the config has no url; it must be {"url": "http://…"}');
    return undefined;
  }
  const problem = typeof url === "string" ? urlProblem(url) : "the url in the config must be text";
  if (problem === undefined) return String(url);
  report("config", problem);
  return undefined;
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
