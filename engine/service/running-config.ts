import { createHash } from "node:crypto";
import type { ConfigFile } from "../base/config-file.ts";
import type { DirectiveSource, LoadedDirectives } from "../directive/load.ts";
import type { DownloadedConfig } from "./config-download.ts";

/** A configuration file by the hash of what the frontend served. */
export interface LoadedFile {
  name: string;
  sha256: string;
}

/** A directive file and what was loaded of it, in its order. */
export interface LoadedDirectiveFile extends LoadedFile {
  sources: readonly DirectiveSource[];
  disabled: number;
}

/** The configuration that the backend runs with: what a reload compares with, and what a console is told. */
export class RunningConfig {
  directives: readonly LoadedDirectiveFile[];
  /** Assets and look-up sources, which are taken in at a start only. */
  readonly others: readonly LoadedFile[];

  constructor(files: DownloadedConfig, { sources, disabledIn }: Pick<LoadedDirectives, "sources" | "disabledIn">) {
    const byFile = Map.groupBy(sources, ({ file }) => file);
    this.directives = files.directives.map((file) => ({
      ...loadedFile(file),
      sources: byFile.get(file.name) ?? [],
      disabled: disabledIn.get(file.name) ?? 0,
    }));
    this.others = [...files.assets, ...files.intel, ...files.vuln].map(loadedFile);
  }

  files(): LoadedFile[] {
    return [...this.others, ...this.directives].map(({ name, sha256 }) => ({ name, sha256 }));
  }

  /** The hash of each file by its name. */
  hashes(): Map<string, string> {
    return new Map(this.files().map(({ name, sha256 }) => [name, sha256]));
  }
}

function loadedFile({ name, bytes }: ConfigFile): LoadedFile {
  return { name, sha256: createHash("sha256").update(bytes).digest("hex") };
}
