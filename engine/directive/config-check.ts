import { type ConfigFile, nodeOfDirectiveFile } from "../base/config-file.ts";
import { isObject, isTextList, notTextList, notWhatIsExpected } from "../base/expected.ts";
import { fieldLine, parseConfigFile } from "../base/json-text.ts";
import type { Problem } from "../base/problem.ts";
import { CONFIG_FILE_NAME } from "../contract/limits.ts";
import { loadProviders } from "../enrich/load.ts";
import { loadAssets } from "../inventory/inventory.ts";
import { loadDirectives } from "./load.ts";

const UI_CONFIG_FILE = "dsiem_config.json";
/** Files of providers hold a handful of sources and are parsed as a whole; a posted one that is larger is refused unread. */
const MAX_PROVIDER_FILE_BYTES = 4 * 1024 * 1024;

/**
 * Checks one configuration file on its own, by the prefix of its name, as `POST /config/:filename` and
 * `dsiem validate FILE` do (engine.md §3). It is held to what the backend asks of the whole (§5–§7), so a file without
 * an entry, or of which nothing would be loaded, is refused, and so is any other prefix.
 */
export function checkConfigFile(file: ConfigFile): Problem[] {
  if (file.name.startsWith("assets_")) return loadAssets([file]).problems;
  if (file.name.startsWith("directives_")) return loadDirectives([file], () => undefined).problems;
  if (isProviderFile(file.name)) {
    if (file.bytes.length > MAX_PROVIDER_FILE_BYTES) return [{ file: file.name, message: "is larger than 4 MiB" }];
    const { problems, entries } = loadProviders([file]);
    if (problems.length > 0 || entries > 0) return problems;
    return [{ file: file.name, message: "there is no source in it; expected at least one" }];
  }
  const message = "no configuration file has such a name; expected assets_…, directives_…, intel_… or vuln_….json";
  return [{ file: file.name, message }];
}

/**
 * The directive files of one node, in alphabetical order: `directives_<node>.json` and `directives_<node>_*.json` and
 * no others (MUST DIFFER: in Dsiem-rs, be1 also takes the files of be10; engine.md §10).
 */
export function directiveFilesForNode(names: readonly string[], node: string): string[] {
  const stem = `directives_${node}`;
  return names
    .filter((name) => name === `${stem}.json` || (name.startsWith(`${stem}_`) && name.endsWith(".json")))
    .sort();
}

interface NodeSummary {
  readonly name: string;
  readonly files: readonly string[];
  /** Directives without a problem that the node would load. */
  readonly directives: number;
  readonly disabled: number;
}

/** What a whole folder of configuration files holds, and everything that is wrong with it. */
export interface FolderReport {
  readonly problems: readonly Problem[];
  readonly nodes: readonly NodeSummary[];
  readonly assets: number;
  /** Enabled sources of known plugins. */
  readonly intelSources: number;
  readonly vulnSources: number;
  /** Names of files that no service reads. */
  readonly ignored: readonly string[];
}

/**
 * Checks a folder as a whole, as its services would load it: assets and sources together, and directives node by node,
 * the nodes being those that the names of the directive files name (operation.md §2).
 */
export function checkConfigFolder(files: readonly ConfigFile[]): FolderReport {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const json = sorted.filter((file) => file.name.endsWith(".json"));
  const directiveFiles = json.filter((file) => file.name.startsWith("directives_"));
  const { assets, problems: assetProblems } = loadAssets(json.filter((file) => file.name.startsWith("assets_")));
  const providers = loadProviders(json.filter((file) => isProviderFile(file.name)));
  const problems = [...assetProblems, ...providers.problems];
  const nodes: NodeSummary[] = [];
  for (const node of new Set(directiveFiles.map((file) => nodeOfDirectiveFile(file.name)))) {
    if (node === undefined) continue;
    const own = directiveFiles.filter((file) => nodeOfDirectiveFile(file.name) === node);
    const loaded = loadDirectives(own, () => undefined);
    problems.push(...loaded.problems);
    const names = own.map((file) => file.name);
    nodes.push({ name: node, files: names, directives: loaded.sources.length, disabled: loaded.disabled });
  }
  for (const { name } of directiveFiles) {
    if (nodeOfDirectiveFile(name) === undefined) problems.push({ file: name, message: nodeless() });
  }
  for (const { name } of json) {
    if (isKnown(name) && !CONFIG_FILE_NAME.test(name)) {
      problems.push({ file: name, message: "no service takes a file of this name: use only letters, digits, - and _" });
    }
  }
  if (directiveFiles.length === 0) problems.push(...loadDirectives([], () => undefined).problems);
  for (const file of json) {
    if (file.name === UI_CONFIG_FILE) problems.push(...checkUiConfig(file));
  }
  return {
    problems,
    nodes,
    assets: assets.length,
    intelSources: providers.intel.length,
    vulnSources: providers.vuln.length,
    ignored: sorted.filter((file) => !isKnown(file.name)).map((file) => file.name),
  };
}

function isProviderFile(name: string): boolean {
  return name.startsWith("intel_") || name.startsWith("vuln_");
}

function isKnown(name: string): boolean {
  if (!name.endsWith(".json")) return false;
  return (
    name === UI_CONFIG_FILE || name.startsWith("assets_") || name.startsWith("directives_") || isProviderFile(name)
  );
}

function nodeless(): string {
  return "its name says no node, so no backend would load it; expected directives_<node>.json or directives_<node>_….json";
}

/** `{"status":[…],"tags":[…]}`: what the web UI offers for an alarm (engine.md §3). */
function checkUiConfig(file: ConfigFile): Problem[] {
  const parsed = parseConfigFile(file);
  if ("problem" in parsed) return [parsed.problem];
  const { text, value } = parsed;
  if (!isObject(value))
    return [{ file: file.name, message: notWhatIsExpected(value, "an object with status and tags") }];
  return (["status", "tags"] as const)
    .filter((field) => !isTextList(value[field]))
    .map((field) => ({
      file: file.name,
      field,
      line: fieldLine(text, 1, field),
      message: notTextList(value[field]),
    }));
}
