import { CONFIG_FILE_NAME } from "../contract/limits.ts";

/** A configuration file as it was downloaded or posted: its name (such as `intel_wise.json`) and its bytes. */
export interface ConfigFile {
  name: string;
  bytes: Uint8Array;
}

/** The part of a directive file's name that says which node loads it; `undefined` when it names none. */
export function nodeOfDirectiveFile(name: string): string | undefined {
  return /^directives_([^_]+)(?:_.*)?\.json$/.exec(name)?.[1];
}

/** The nodes that directive files are named for, each once, in order: each gets a backend (operation.md §2). */
export function nodesOf(configNames: readonly string[]): string[] {
  const served = configNames.filter((name) => CONFIG_FILE_NAME.test(name));
  return [...new Set(served.map(nodeOfDirectiveFile).filter((node) => node !== undefined))].sort();
}
