import type { ConfigFile } from "../../base/config-file.ts";
import type { Problem } from "../../base/problem.ts";
import type { KnownAnswer } from "../../contract/console/coverage.ts";
import type { AssetRow, ConfigProblem, ProviderRow } from "../../contract/console/directives.ts";

/** A directive of a file, as far as a list shows it, whether or not it is in order. */
export interface ListedDirective {
  id: number;
  name: string;
  kingdom: string;
  category: string;
  priority: number;
  stages: number;
  /** The highest of its rules. */
  reliability: number;
  enabled: boolean;
  file: string;
  line: number;
}

/** What directives are held against besides themselves. */
export interface LintFacts {
  /** The highest value of any asset; 0 when there is none. */
  highestValue: number;
  /** What the events seen say; `undefined` when none were looked at. */
  known: KnownAnswer | undefined;
}

/** What the directive files of one node hold, and all that keeps a backend from loading them. */
export interface DirectivesReport {
  directives: ListedDirective[];
  problems: Problem[];
}

export interface AssetsReport {
  assets: AssetRow[];
  /** The highest value of any; 0 when there is none. */
  highestValue: number;
  problems: Problem[];
}

/** A source of the provider files, before anything is known of what it does. */
export type ListedProvider = Omit<ProviderRow, "lookups" | "errors" | "cacheHits" | "latencyMs">;
export interface ProvidersReport {
  providers: ListedProvider[];
  problems: Problem[];
}

/**
 * What the engine itself makes of configuration files, and the small changes that are made in their texts. The work may
 * take seconds for files of 50 MB and is done in a thread of its own. Bytes stay the caller's.
 */
export interface ConfigTools {
  inspectDirectives(files: readonly ConfigFile[]): Promise<DirectivesReport>;
  /**
   * What is odd about directives that are valid; the files are those of one node, and `only` names the one whose findings
   * are wanted.
   */
  lint(files: readonly ConfigFile[], facts: LintFacts, only?: string): Promise<ConfigProblem[]>;
  inspectAssets(files: readonly ConfigFile[]): Promise<AssetsReport>;
  inspectProviders(files: readonly ConfigFile[]): Promise<ProvidersReport>;
  directiveText(file: ConfigFile, id: number): Promise<string | undefined>;
  withEnabled(file: ConfigFile, ids: readonly number[], enabled: boolean): Promise<Uint8Array>;
  withCopy(file: ConfigFile, id: number, newId: number): Promise<Uint8Array | undefined>;
  /** Ids of the directives that say something else afterwards, or aren't there any more. */
  changedDirectives(before: ConfigFile, after: ConfigFile): Promise<number[]>;
  /** Lines of a unified difference; empty when the texts are the same. */
  difference(name: string, before: Uint8Array, after: Uint8Array): Promise<string>;
  /** By name, the hash of each file as `GET /config/…` serves it, which is what a backend loads. */
  digests(files: readonly ConfigFile[]): Promise<Record<string, string>>;
  /** The node that loads a directive file; `undefined` when its name says none. */
  nodeOf(name: string): string | undefined;
  riskOf(priority: number, reliability: number, assetValue: number): number;
}

/** A problem of the loaders as the console tells it: each keeps a backend from starting. */
export function configProblem({ file, directiveId, stage, entry, field, line, message, fix }: Problem): ConfigProblem {
  return {
    severity: "error",
    text: entry === undefined ? message : `${JSON.stringify(entry)}: ${message}`,
    file,
    ...(directiveId !== undefined && { directiveId }),
    ...(stage !== undefined && { stage }),
    ...(field !== undefined && { field }),
    ...(line !== undefined && { line }),
    ...(fix !== undefined && { fix }),
  };
}
