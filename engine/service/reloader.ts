import type { Backlog } from "../backlog/backlog.ts";
import type { ChangeoverResult, NextDirective } from "../backlog/changeover.ts";
import { errorText } from "../base/errors.ts";
import { type ReloadAnswer, reloadRequestSchema } from "../contract/rpc.ts";
import { type DirectiveSource, parseDirective } from "../directive/load.ts";
import { type DownloadOptions, type FetchedFile, fetchChanged } from "./config-download.ts";
import { FrontendUnavailableError } from "./config-get.ts";
import { type RpcMethod, RpcRefusal, rpcMethod } from "./console-rpc.ts";
import { fittingJson } from "./fitting.ts";
import { inSlices } from "./in-slices.ts";
import { type HandedDirective, type ReadFiles, ReloadWork } from "./reload-work.ts";
import type { LoadedDirectiveFile, RunningConfig } from "./running-config.ts";
import { type StateParts, savedArrivals, saveUnloaded } from "./saved-state.ts";

/** Problems that a refusal tells; a console has shown them all before. */
const MAX_PROBLEMS_TOLD = 5;
/** Directives whose backlogs an answer tells one by one. */
const MAX_TOUCHED = 1_000;
/** Backlogs that are ended in one step, a fraction of a millisecond. */
const ENDED_AT_ONCE = 50;

export interface ReloaderParts {
  download: Omit<DownloadOptions, "signal">;
  running: RunningConfig;
  state: StateParts;
}

/** What has changed in the files, read and checked. */
interface Reading {
  /** The directive files in their order: those of before, and the changed ones. */
  files: (LoadedDirectiveFile | ChangedFile)[];
  /** Names of files that are different, new or gone. */
  changed: string[];
}
type ChangedFile = Exclude<Extract<ReadFiles, { files: unknown }>["files"][number], { same: true }>;

/**
 * Takes changed directives in while the backend runs. The files are fetched as at a start, read and checked in a thread of
 * their own and prepared in small pieces beside what is loaded; then they take over between two events. Whatever goes
 * wrong before that changes nothing.
 */
export class Reloader {
  readonly #parts: ReloaderParts;
  readonly #work = new ReloadWork();
  readonly #closing = new AbortController();
  #current: Promise<ReloadAnswer> | undefined;
  #following: Promise<ReloadAnswer> | undefined;

  constructor(parts: ReloaderParts) {
    this.#parts = parts;
  }

  /**
   * One at a time. Whoever asks while one is under way gets the next one: what is under way may have fetched the files
   * before they were changed.
   * @throws RpcRefusal when nothing was changed, with the reason
   */
  reload(by: string): Promise<ReloadAnswer> {
    const { state } = this.#parts;
    state.log.info("a reload of the configuration is asked for", { by });
    if (this.#current === undefined) return this.#begin();
    this.#following ??= this.#current
      .catch(() => undefined)
      .then(() => {
        this.#following = undefined;
        return this.#begin();
      });
    return this.#following;
  }

  /** Gives up what is under way, unless it has taken over already: then the rest of it is done. */
  async close(): Promise<void> {
    this.#closing.abort(new RpcRefusal("FAILED", "the backend is stopping; it loads the files when it starts again"));
    await this.#work.close();
    await this.#current?.catch(() => undefined);
  }

  #begin(): Promise<ReloadAnswer> {
    const reloading = this.#reload().finally(() => {
      this.#current = undefined;
    });
    this.#current = reloading;
    return reloading;
  }

  async #reload(): Promise<ReloadAnswer> {
    const { state, running } = this.#parts;
    const { signal } = this.#closing;
    const startedMs = state.clock.monotonic();
    try {
      signal.throwIfAborted();
      const { directives, ...others } = await this.#fetch();
      const restart = await this.#changedOthers(Object.values(others).flat());
      const reading = await this.#read(directives);
      const result = reading.changed.length === 0 ? undefined : await this.#takeOver(reading);
      const milliseconds = Math.round(state.clock.monotonic() - startedMs);
      const answer = answerOf(reading.changed, restart, result, running, milliseconds);
      const { directives: counts, backlogs } = answer;
      state.log.info("configuration reloaded", {
        ...{ files: answer.files.length, ...counts, milliseconds },
        ...{ "backlogs on old rules": backlogs.onOldRules, "backlogs ended": backlogs.ended },
      });
      if (restart.length > 0)
        state.log.warn("files have changed that are taken in at a start only", { files: restart.join(", ") });
      return answer;
    } catch (error) {
      const refusal = signal.aborted && signal.reason instanceof RpcRefusal ? signal.reason : error;
      state.log.warn(`the configuration was not reloaded and stays as it is: ${errorText(refusal)}`);
      throw refusal;
    }
  }

  async #fetch(): ReturnType<typeof fetchChanged> {
    const { download, running } = this.#parts;
    try {
      return await fetchChanged({ ...download, signal: this.#closing.signal }, running.hashes());
    } catch (error) {
      if (!(error instanceof FrontendUnavailableError)) throw error;
      throw new RpcRefusal("FRONTEND_UNAVAILABLE", error.message);
    }
  }

  /** Names of the assets and look-up sources that aren't what the backend runs with. */
  async #changedOthers(fetched: readonly FetchedFile[]): Promise<string[]> {
    const loaded = new Map(this.#parts.running.others.map(({ name, sha256 }) => [name, sha256]));
    const sent = fetched.flatMap(({ name, bytes }) => (bytes === undefined ? [] : [{ name, bytes }]));
    const names = new Set(fetched.map(({ name }) => name));
    const gone = [...loaded.keys()].filter((name) => !names.has(name));
    if (sent.length === 0) return gone;
    const hashes = await this.#work.digests(sent);
    return [...gone, ...sent.map(({ name }) => name).filter((name, i) => loaded.get(name) !== hashes[i])].sort();
  }

  async #read(fetched: readonly FetchedFile[]): Promise<Reading> {
    const { directives } = this.#parts.running;
    const loaded = new Map(directives.map((file) => [file.name, file]));
    const names = new Set(fetched.map(({ name }) => name));
    const gone = directives.flatMap(({ name }) => (names.has(name) ? [] : [name]));
    if (gone.length === 0 && fetched.every(({ bytes }) => bytes === undefined)) return { files: [], changed: [] };
    const read = await this.#work.read(
      fetched.map(({ name, bytes }) => {
        const file = loaded.get(name);
        const known = file && { ...knownOf(file), disabled: file.disabled };
        return { name, bytes, sha256: file?.sha256, known };
      }),
    );
    if ("problems" in read) throw refusalOf(read);
    const files = read.files.map((file) => {
      const same = "same" in file ? loaded.get(file.name) : file;
      if (same === undefined) throw new Error(`broken invariant: ${file.name} was never loaded`);
      return same;
    });
    const changed = read.files.flatMap((file) => ("same" in file ? [] : [file.name]));
    return { files, changed: [...gone, ...changed].sort() };
  }

  async #takeOver({ files }: Reading): Promise<ChangeoverResult> {
    const { running, state } = this.#parts;
    const { correlator, clock } = state;
    const { signal } = this.#closing;
    const before = await inSlices(byId(running.directives), signal);
    const loading: LoadedDirectiveFile[] = [];
    const changeover = correlator.changeoverTo(nextDirectives(files, before, loading), clock.now());
    await inSlices(changeover.steps(), signal);
    const arrivals = await savedArrivals(state, (directiveId) => changeover.isNew(directiveId));
    signal.throwIfAborted();
    // From here to the end of the turn: between two events.
    const result = correlator.changeOver(changeover, clock.now());
    arrivals.load();
    running.directives = loading;
    const { ended } = result;
    for (const { why, count, directiveId } of endedByDirective(ended)) {
      const reason = why === "removed" ? "it isn't loaded any more" : "it is called something else now";
      state.log.warn("backlogs can't go on after the reload", { "directive.id": directiveId, backlogs: count, reason });
    }
    const removed = ended.flatMap(({ backlog, why }) => (why === "removed" ? [backlog] : []));
    // The files first: a kill between the two leaves them in both places, and never in none. A stop waits for this.
    await saveUnloaded(state, groupedByDirective(removed));
    await inSlices(
      endings(() => correlator.endUnloaded(ENDED_AT_ONCE)),
      new AbortController().signal,
    );
    await arrivals.takeAway();
    return result;
  }
}

function* byId(files: readonly LoadedDirectiveFile[]): Generator<undefined, Map<number, DirectiveSource>> {
  const sources = new Map<number, DirectiveSource>();
  for (const file of files) {
    for (const source of file.sources) sources.set(source.id, source);
    yield;
  }
  return sources;
}

/** The directives of the files in their order; what they were loaded from is added to `loading`. */
function* nextDirectives(
  files: readonly (LoadedDirectiveFile | ChangedFile)[],
  before: ReadonlyMap<number, DirectiveSource>,
  loading: LoadedDirectiveFile[],
): Generator<NextDirective> {
  for (const file of files) {
    if ("sources" in file) {
      for (const { id } of file.sources) yield { id };
      loading.push(file);
      continue;
    }
    const sources: DirectiveSource[] = [];
    for (const slice of file.slices) {
      // The worker has made it for this.
      for (const [id, line, from, to, names] of JSON.parse(textOf(slice)) as HandedDirective[]) {
        const source = { id, file: file.name, line, bytes: file.bytes.subarray(from, to) };
        sources.push(source);
        const parse = (): ReturnType<typeof parseDirective> => parseDirective(source);
        const old = before.get(id);
        // The text of one that is the same is taken from the new file, so that nothing holds on to the old one.
        yield old !== undefined && Buffer.compare(old.bytes, source.bytes) === 0 ? { id, parse } : { id, parse, names };
      }
    }
    loading.push({ name: file.name, sha256: file.sha256, sources, disabled: file.disabled });
  }
}

function* endings(endSome: () => boolean): Generator<undefined, void> {
  while (endSome()) yield;
}

function knownOf({ sources }: LoadedDirectiveFile): { ids: Float64Array; lines: Float64Array } {
  return {
    ids: Float64Array.from(sources, ({ id }) => id),
    lines: Float64Array.from(sources, ({ line }) => line),
  };
}

function refusalOf({ problems, count }: { problems: readonly string[]; count: number }): RpcRefusal {
  const told = problems.slice(0, MAX_PROBLEMS_TOLD);
  const more = count > told.length ? [`and ${count - told.length} more`] : [];
  const what = count === 1 ? "a problem" : `${count} problems`;
  return new RpcRefusal("CONFIG_REFUSED", `the configuration has ${what}: ${[...told, ...more].join("; ")}`);
}

function groupedByDirective(backlogs: readonly Backlog[]): Map<number, Backlog[]> {
  return Map.groupBy(backlogs, ({ header }) => header.directiveId);
}

function endedByDirective(
  ended: ChangeoverResult["ended"],
): { directiveId: number; why: "removed" | "renamed"; count: number }[] {
  const grouped = Map.groupBy(ended, ({ backlog }) => backlog.header.directiveId);
  return Array.from(grouped, ([directiveId, all]) => ({
    ...{ directiveId, count: all.length },
    why: all[0]?.why ?? "removed",
  }));
}

function answerOf(
  files: string[],
  restart: string[],
  result: ChangeoverResult | undefined,
  running: RunningConfig,
  milliseconds: number,
): ReloadAnswer {
  const { onOldRules, ended } = result ?? { onOldRules: new Map<number, number>(), ended: [] };
  const endedOf = new Map(endedByDirective(ended).map(({ directiveId, count }) => [directiveId, count]));
  const touched = [...new Set([...onOldRules.keys(), ...endedOf.keys()])].slice(0, MAX_TOUCHED);
  const same = running.directives.reduce((sum, { sources }) => sum + sources.length, 0);
  const { changed, added, removed } = result ?? { changed: 0, added: 0, removed: 0 };
  return {
    ...{ ok: true, files, restart, milliseconds },
    directives: { same: result?.same ?? same, changed, added, removed },
    backlogs: { onOldRules: onOldRules.values().reduce((sum, each) => sum + each, 0), ended: ended.length },
    touched: touched.map((directiveId) => ({
      directiveId,
      onOldRules: onOldRules.get(directiveId) ?? 0,
      ended: endedOf.get(directiveId) ?? 0,
    })),
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** `reload`: the configuration as the frontend serves it now. */
export function reloadMethod(reloader: Pick<Reloader, "reload">): RpcMethod {
  return rpcMethod(reloadRequestSchema, async ({ by }, maxBytes) => {
    const answer = await reloader.reload(by ?? "a console that doesn't say who asks");
    const text = fittingJson(answer, maxBytes);
    if (text === undefined) throw new RpcRefusal("TOO_LARGE", "the answer is too large for the bus to carry");
    return text;
  });
}
