import type { ConfigFile } from "../base/config-file.ts";
import { DsiemError } from "../base/errors.ts";
import { type Problem, problemText } from "../base/problem.ts";
import type { Directive } from "../contract/directive.ts";
import { type DirectiveSource, loadDirectives } from "../directive/load.ts";
import { Inventory, loadAssets } from "../inventory/inventory.ts";

/** What of a backend's flags decides what events do. */
export interface ReplayFlags {
  medRiskMin: number;
  medRiskMax: number;
  minAlarmLifetimeSeconds: number;
  /** Of new alarms. */
  status: string;
  tag: string;
}

/** The backend's own defaults (engine.md §10). */
export const DEFAULT_REPLAY_FLAGS: ReplayFlags = {
  medRiskMin: 3,
  medRiskMax: 6,
  minAlarmLifetimeSeconds: 0,
  status: "Open",
  tag: "Identified Threat",
};

/** A loaded directive, and its own text in the file. */
export interface ReplayDirective {
  readonly directive: Directive;
  readonly source: Pick<DirectiveSource, "file" | "bytes">;
}

/** With what events are replayed. */
export interface ReplayConfig {
  readonly directives: readonly ReplayDirective[];
  readonly inventory: Inventory;
  readonly flags: ReplayFlags;
}

export interface ReplayFiles {
  readonly directives: readonly ConfigFile[];
  readonly assets: readonly ConfigFile[];
  /** Only these directives; all when left out. */
  readonly only?: readonly number[] | undefined;
  /** There may be no directive, or only disabled ones: then nothing happens. */
  readonly mayBeEmpty?: boolean;
}

/** Problems that the message of an error lists. */
const SHOWN_PROBLEMS = 10;

/** Files that no backend would start with; the message has the loaders' own sentences. */
class ReplayConfigError extends DsiemError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const shown = problems.slice(0, SHOWN_PROBLEMS).map(problemText);
    const more = problems.length - shown.length;
    super("REPLAY_CONFIG", [...shown, ...(more > 0 ? [`and ${more} more problems`] : [])].join("\n"));
    this.problems = problems;
  }
}

/**
 * Loads directives and assets as a backend does.
 * @throws ReplayConfigError when anything is wrong with them
 */
export function loadReplayConfig(files: ReplayFiles, flags: ReplayFlags): ReplayConfig {
  const only = files.only === undefined ? undefined : new Set(files.only);
  const directives: ReplayDirective[] = [];
  const loaded = loadDirectives(files.directives, (directive, source) => {
    if (only !== undefined && !only.has(directive.id)) return;
    directives.push({ directive, source });
  });
  const { assets, problems: assetProblems } = loadAssets(files.assets);
  // With nothing but disabled ones, or no file, the loader has this one problem.
  const isEmpty = loaded.sources.length === 0 && (files.directives.length === 0 || loaded.disabled > 0);
  const tolerated = files.mayBeEmpty === true && isEmpty && loaded.problems.length === 1;
  const problems = [...(tolerated ? [] : loaded.problems), ...assetProblems];
  if (problems.length > 0) throw new ReplayConfigError(problems);
  return { directives, inventory: new Inventory(assets), flags };
}
