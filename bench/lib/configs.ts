import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isTaxonomy, pluginOf, taxonomyOf } from "./workload.ts";

export interface DirectiveSet {
  readonly count: number;
  /** Distinct events that finish stage 1, 2 and 3. */
  readonly occurrences: readonly [1, number, number];
}

/** An alarm lives for 31 events and then makes room for the next: the state of a run is the same at any time. */
export const SHORT_LIVED: DirectiveSet["occurrences"] = [1, 5, 25];
/** In any six events of a directive a stage ends, so that even a short run has alarm records. */
export const STEADY: DirectiveSet["occurrences"] = [1, 3, 6];
/** No event of a run finishes a stage but the first. */
export const LONG_LIVED: DirectiveSet["occurrences"] = [1, 1_000_000_000, 1];

const STAGE_TIMEOUT_SECONDS = 7200;
/** Directive files of a site hold hundreds of directives each. */
const PER_FILE = 500;

/** Writes the configuration of one backend into a folder. */
export function writeConfigs(folder: string, node: string, set: DirectiveSet): void {
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of makeConfigs(node, set)) writeFileSync(join(folder, name), text);
}

/** Assets, and directives of three stages keyed by the first source address, as files. */
export function makeConfigs(node: string, set: DirectiveSet): { name: string; text: string }[] {
  const files = [{ name: "assets_bench.json", text: JSON.stringify({ assets: assets() }) }];
  for (let first = 0; first < set.count; first += PER_FILE) {
    const directives = Array.from({ length: Math.min(PER_FILE, set.count - first) }, (_, i) =>
      directive(first + i, set.occurrences),
    );
    const name = `directives_${node}_${String(first).padStart(6, "0")}.json`;
    files.push({ name, text: JSON.stringify({ directives }, undefined, 1) });
  }
  return files;
}

function assets() {
  const hosts = Array.from({ length: 50 }, (_, i) => ({
    name: `server-${i}`,
    cidr: `10.20.0.${100 + i}/32`,
    value: 5,
  }));
  return [
    { name: "office", cidr: "10.0.0.0/8", value: 3 },
    { name: "lab", cidr: "192.168.0.0/16", value: 2 },
    ...hosts,
  ];
}

function directive(index: number, occurrences: DirectiveSet["occurrences"]) {
  return {
    id: 100_000 + index,
    name: `Unusual remote desktop traffic ${index} from SRC_IP`,
    kingdom: "Reconnaissance & Probing",
    category: "Network Scan",
    priority: 3,
    rules: occurrences.map((occurrence, i) => rule(index, i + 1, occurrence)),
  };
}

const RELIABILITIES = [1, 5, 8];

function rule(directive: number, stage: number, occurrence: number) {
  const { id, sids } = pluginOf(directive);
  const { product, category } = taxonomyOf(directive);
  const what = isTaxonomy(directive)
    ? { type: "TaxonomyRule", product: [product], category }
    : { type: "PluginRule", plugin_id: id, plugin_sid: sids };
  return {
    name: `Remote desktop traffic, part ${stage}`,
    stage,
    ...what,
    occurrence,
    from: stage === 1 ? "!HOME_NET" : ":1",
    to: "HOME_NET",
    port_from: "ANY",
    port_to: "ANY",
    protocol: "ANY",
    reliability: RELIABILITIES[stage - 1],
    timeout: STAGE_TIMEOUT_SECONDS,
  };
}
