import { createHash } from "node:crypto";
import { type ConfigFile, nodeOfDirectiveFile } from "../base/config-file.ts";
import { unifiedDiff } from "../base/unified-diff.ts";
import type {
  AssetsReport,
  ConfigTools,
  DirectivesReport,
  LintFacts,
  ProvidersReport,
} from "../console/config/config-tools.ts";
import type { ConfigProblem } from "../contract/console/directives.ts";
import { withCopy, withEnabled } from "../directive/edit.ts";
import { changedDirectives, directiveText, inspectDirectives } from "../directive/inspect.ts";
import { lintDirectives } from "../directive/lint/lint.ts";
import { inspectProviders } from "../enrich/inspect.ts";
import { printConfigFile } from "../ingest/config-work.ts";
import { loadAssets } from "../inventory/inventory.ts";
import { overlapWarnings } from "../inventory/overlaps.ts";
import { riskOf } from "../match/risk.ts";
import { type JobResult, JobThread, serveJobs } from "./job-thread.ts";

/** Up to so many bytes are worked on at once, in the event loop: a few milliseconds. */
const INLINE_BYTES = 128 * 1024;
const ROLE = "config-tools";

/** What comes of each job, by its kind. */
const JOBS = {
  directives: ({ files }: { files: readonly ConfigFile[] }): DirectivesReport => inspectDirectives(files),
  lint: ({ files, facts, only }: LintInput): ConfigProblem[] => lintDirectives(files, facts, only),
  assets: ({ files }: { files: readonly ConfigFile[] }): AssetsReport => assetsReport(files),
  providers: ({ files }: { files: readonly ConfigFile[] }): ProvidersReport => inspectProviders(files),
  text: ({ files: [file], id }: { files: readonly ConfigFile[]; id: number }): string | undefined =>
    file && directiveText(file, id),
  enable: ({ files: [file], ids, enabled }: EnableInput): Uint8Array | undefined =>
    file && withEnabled(file, new Set(ids), enabled),
  copy: ({ files: [file], id, newId }: CopyInput): Uint8Array | undefined => file && withCopy(file, id, newId),
  changed: ({ files: [before, after] }: { files: readonly ConfigFile[] }): number[] =>
    before && after ? changedDirectives(before, after) : [],
  difference: ({ files: [before, after] }: { files: readonly ConfigFile[] }): string =>
    before && after ? unifiedDiff(textOf(before), textOf(after), before.name) : "",
  digests: ({ files }: { files: readonly ConfigFile[] }): Record<string, string> =>
    Object.fromEntries(files.map((file) => [file.name, digestOf(file)])),
} as const;
type Jobs = typeof JOBS;
type JobKind = keyof Jobs;

interface LintInput {
  files: readonly ConfigFile[];
  facts: LintFacts;
  only: string | undefined;
}
interface EnableInput {
  files: readonly ConfigFile[];
  ids: readonly number[];
  enabled: boolean;
}
interface CopyInput {
  files: readonly ConfigFile[];
  id: number;
  newId: number;
}

/** The engine's own loaders, for the console; large files are worked on in a thread. */
export class ThreadedConfigTools implements ConfigTools {
  readonly #thread = new JobThread(import.meta.url, ROLE);

  inspectDirectives(files: readonly ConfigFile[]): Promise<DirectivesReport> {
    return this.#run("directives", { files });
  }

  lint(files: readonly ConfigFile[], facts: LintFacts, only?: string): Promise<ConfigProblem[]> {
    return this.#run("lint", { files, facts, only });
  }

  inspectAssets(files: readonly ConfigFile[]): Promise<AssetsReport> {
    return this.#run("assets", { files });
  }

  inspectProviders(files: readonly ConfigFile[]): Promise<ProvidersReport> {
    return this.#run("providers", { files });
  }

  directiveText(file: ConfigFile, id: number): Promise<string | undefined> {
    return this.#run("text", { files: [file], id });
  }

  async withEnabled(file: ConfigFile, ids: readonly number[], enabled: boolean): Promise<Uint8Array> {
    return (await this.#run("enable", { files: [file], ids, enabled })) ?? file.bytes;
  }

  withCopy(file: ConfigFile, id: number, newId: number): Promise<Uint8Array | undefined> {
    return this.#run("copy", { files: [file], id, newId });
  }

  changedDirectives(before: ConfigFile, after: ConfigFile): Promise<number[]> {
    return this.#run("changed", { files: [before, after] });
  }

  difference(name: string, before: Uint8Array, after: Uint8Array): Promise<string> {
    const files = [before, after].map((bytes) => ({ name, bytes }));
    return this.#run("difference", { files });
  }

  digests(files: readonly ConfigFile[]): Promise<Record<string, string>> {
    return this.#run("digests", { files });
  }

  nodeOf(name: string): string | undefined {
    return nodeOfDirectiveFile(name);
  }

  riskOf(priority: number, reliability: number, assetValue: number): number {
    return riskOf(priority, reliability, assetValue);
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }

  async #run<K extends JobKind>(kind: K, input: Parameters<Jobs[K]>[0]): Promise<ReturnType<Jobs[K]>> {
    const bytes = input.files.reduce((sum, file) => sum + file.bytes.length, 0);
    const job = JOBS[kind] as (input: Parameters<Jobs[K]>[0]) => ReturnType<Jobs[K]>;
    return bytes <= INLINE_BYTES ? job(input) : ((await this.#thread.run(kind, input)) as ReturnType<Jobs[K]>);
  }
}

function assetsReport(files: readonly ConfigFile[]): AssetsReport {
  const rows = files.flatMap((file) =>
    // A file without an entry is in order as long as another has one.
    loadAssets([file]).assets.map((asset, index) => ({ ...asset, file: file.name, index })),
  );
  const warnings = overlapWarnings(rows);
  return {
    assets: rows.map((row, i) => ({ ...row, warnings: warnings[i] ?? [] })),
    highestValue: rows.reduce((highest, { value }) => Math.max(highest, value), 0),
    problems: loadAssets(files).problems,
  };
}

/** Of the file as it is served (`GET /config/…`), as it stands where it can't be printed. */
function digestOf(file: ConfigFile): string {
  const printed = printConfigFile(file);
  return "printed" in printed ? printed.sha256 : createHash("sha256").update(file.bytes).digest("hex");
}

function textOf({ bytes }: ConfigFile): string {
  return Buffer.from(bytes).toString("utf8");
}

const asJob =
  (job: (input: never) => unknown) =>
  (input: never): JobResult => ({ result: job(input) });
serveJobs(ROLE, Object.fromEntries(Object.entries(JOBS).map(([kind, job]) => [kind, asJob(job)])));
