import { parentPort } from "node:worker_threads";
import type { ConfigFile } from "../base/config-file.ts";
import { errorText } from "../base/errors.ts";
import { workerRole } from "../base/worker-role.ts";
import type { DryRunAnswer } from "../contract/console/directives.ts";
import { type EventRange, newestEvents, oldestEvents } from "../store/events/read-events.ts";
import { compareRuns } from "./dry-run.ts";
import { explainThen, type ThenAnswer } from "./explain-then.ts";
import { loadReplayConfig, type ReplayConfig, type ReplayFlags } from "./replay-config.ts";

export const RETAINED_ROLE = "replay of retained events";
/** What `startWorkerRole` is given: this module, or the one file that it was built into. */
export const RETAINED_MODULE = import.meta.url;

/** The same events with two sets of directives. */
export interface DryRunInput {
  does: "dry run";
  /** Of the retained events. */
  folder: string;
  /** When they came in, milliseconds since the epoch. */
  from?: number | undefined;
  to?: number | undefined;
  edited: readonly ConfigFile[];
  /** None when the file is new. */
  saved: readonly ConfigFile[];
  assets: readonly ConfigFile[];
  flags: ReplayFlags;
}

/** What a retained event did when it came. */
export interface ExplainThenInput {
  does: "explain";
  folder: string;
  retained: number;
  directive?: number | undefined;
  nodes: readonly { node: string; directives: readonly ConfigFile[] }[];
  assets: readonly ConfigFile[];
  flags: ReplayFlags;
}

export type RetainedWork = DryRunInput | ExplainThenInput;
export type RetainedNews =
  | { kind: "progress"; done: number; total: number }
  | { kind: "dry run"; answer: DryRunAnswer }
  | { kind: "explained"; answer: ThenAnswer | undefined }
  | { kind: "failed"; message: string };

const started = workerRole(RETAINED_ROLE);
if (started !== undefined && parentPort !== null) {
  const port = parentPort;
  const tell = (news: RetainedNews): void => port.postMessage(news);
  try {
    work(started.data as RetainedWork, tell);
  } catch (error) {
    tell({ kind: "failed", message: errorText(error) });
  }
}

function work(input: RetainedWork, tell: (news: RetainedNews) => void): void {
  if (input.does === "dry run") tell({ kind: "dry run", answer: dryRun(input, tell) });
  else tell({ kind: "explained", answer: explained(input) });
}

function dryRun({ folder, from, to, edited, saved, assets, flags }: DryRunInput, tell: (news: RetainedNews) => void) {
  const load = (directives: readonly ConfigFile[]): ReplayConfig =>
    loadReplayConfig({ directives, assets, mayBeEmpty: true }, flags);
  const range: EventRange = { from, to };
  const [oldest] = oldestEvents(folder, range);
  const [newest] = newestEvents(folder, range);
  const total = oldest === undefined || newest === undefined ? 0 : newest.id - oldest.id + 1;
  return compareRuns(load(edited), load(saved), payloadsOf(folder, range), (done) =>
    tell({ kind: "progress", done, total }),
  );
}

function* payloadsOf(folder: string, range: EventRange): Generator<Uint8Array> {
  for (const { payload } of oldestEvents(folder, range)) yield payload;
}

function explained({ folder, retained, directive, nodes, assets, flags }: ExplainThenInput): ThenAnswer | undefined {
  return explainThen({
    retained,
    directive,
    nodes: nodes.map(({ node, directives }) => ({
      node,
      config: loadReplayConfig({ directives, assets, mayBeEmpty: true }, flags),
    })),
    events: (range) => oldestEvents(folder, range),
  });
}
