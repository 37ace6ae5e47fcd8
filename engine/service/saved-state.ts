import { join } from "node:path";
import type { AlarmHits, AlarmRecorder } from "../alarm/recorder.ts";
import type { Backlog } from "../backlog/backlog.ts";
import type { ChangeWriter } from "../backlog/changes.ts";
import type { Correlator } from "../backlog/correlator.ts";
import { saveBacklog } from "../backlog/saved.ts";
import type { Clock } from "../base/clock.ts";
import { errorText } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { stateFolder } from "../base/state-folder.ts";
import { within } from "../base/within.ts";
import type { Rule } from "../contract/directive.ts";
import type { SavedBacklog } from "../contract/saved-backlog.ts";
import type { PendingRecord, StateChange } from "../contract/state-change.ts";
import { readSavedBacklogs, removeSavedBacklogs, type SavedFile, writeSavedBacklogs } from "../store/saved-backlogs.ts";
import type { SavedFileNote, StoredState } from "../store/state-database.ts";
import type { StateStore } from "../store/state-store.ts";
import type { BackendConfig } from "./config.ts";

/** What was taken over has to be durable before its files go; a disk that takes longer keeps them, in milliseconds. */
const DURABLE_WITHIN_MS = 5000;
/** The same at a stop, which has to leave time for what follows (operation.md §6). */
const SAVED_WITHIN_MS = 1000;

export interface StateParts {
  config: BackendConfig;
  correlator: Correlator;
  recorder: Pick<AlarmRecorder, "resubmit">;
  store: Pick<StateStore, "flush" | "keepsState" | "noteSavedFiles" | "savedFiles" | "takeStored">;
  /** Absent where no state is kept. */
  changes: ChangeWriter | undefined;
  clock: Clock;
  log: Logger;
}

/**
 * Puts the backlogs of before back: from the state database, and from the compatible files of the directives loaded
 * here where those are newer, because another engine ran since (reliability.md §2). What was taken over is committed,
 * and only then are the files taken away; what can't be used is moved to the quarantine folder with a log line each
 * (engine.md §9). With `--reload-backlogs=false` nothing of before is used and no file touched.
 */
export async function restoreState(parts: StateParts): Promise<void> {
  const { config, correlator, log, store } = parts;
  const stored = store.takeStored();
  const isLoaded = (directiveId: number): boolean => correlator.hasDirective(directiveId);
  const read = config.reloadBacklogs ? await readFiles(parts, isLoaded) : [];
  const files = read ?? [];
  // What can't be read says nothing: neither that another engine ran, nor that it took the files.
  const origin = read === undefined ? NOTHING_NEWER : originOf(files, store.savedFiles);
  if (stored !== undefined) {
    rebuild(parts, stored, (directiveId) => config.reloadBacklogs && !origin.notFromState.has(directiveId));
  }
  for (const file of origin.toLoad) load(parts, file);
  if (stored !== undefined) resubmit(parts, stored);
  // What the notes say of directives that aren't loaded here stays as it is.
  if (files.length > 0) await takeAway(parts, files, ({ directiveId }) => !isLoaded(directiveId));
  if (correlator.liveBacklogs > 0) {
    log.info("saved backlogs loaded", { files: origin.toLoad.length, backlogs: correlator.liveBacklogs });
  }
}

/**
 * Saves the live backlogs in the compatible form, one file for each directive that has any (engine.md §9), and notes
 * what the files hold. What can't be saved is logged, and then the answer is false.
 *
 * Not before the state is as far: a process that is killed between the two leaves files that win at the next start, and
 * what they were ahead of the state would have no lines in the alarm files, and come again over the bus.
 */
export async function saveBacklogs(
  { config, correlator, store, log }: StateParts,
  durableWithinMs = SAVED_WITHIN_MS,
): Promise<boolean> {
  if (store.keepsState && !(await within(durableWithinMs, store.flush()))) {
    log.error("the state isn't on the disk, so the saved backlogs are left out; the next start goes on from the state");
    return false;
  }
  const saved = correlator.snapshot();
  const folder = savedFolder(config);
  try {
    const { failures, hashes } = await writeSavedBacklogs(folder, saved);
    for (const failure of failures) {
      log.error("backlogs could not be saved", { "directive.id": failure.directiveId, reason: failure.message });
    }
    if (store.keepsState) {
      // Of a file that was taken over and couldn't be removed, too, it has to be known that it says nothing any more.
      const still = store.savedFiles.filter(
        ({ directiveId, taken }) => !hashes.has(directiveId) && (taken || !correlator.hasDirective(directiveId)),
      );
      const notes = [...hashes].map(([directiveId, hash]) => ({ directiveId, hash, taken: false }));
      store.noteSavedFiles([...still, ...notes]);
    }
    log.info("backlogs saved", { directives: saved.size - failures.length, backlogs: correlator.liveBacklogs });
    return failures.length === 0;
  } catch (error) {
    log.error("backlogs could not be saved", { folder, reason: errorText(error) });
    return false;
  }
}

/**
 * For a reload, what a stop does for directives that the next start doesn't load: their backlogs go to the compatible
 * files, for another node or for the day on which they come back. Logged, and never a reason for the reload to fail.
 */
export async function saveUnloaded(
  { config, store, log }: StateParts,
  backlogs: ReadonlyMap<number, readonly Backlog[]>,
): Promise<void> {
  if (!config.reloadBacklogs || backlogs.size === 0) return;
  const folder = savedFolder(config);
  try {
    if (store.keepsState && !(await within(DURABLE_WITHIN_MS, store.flush())))
      throw new Error("the disk takes too long");
    const saved = new Map(Array.from(backlogs, ([directiveId, each]) => [directiveId, savedOneByOne(each)]));
    const { failures, hashes } = await writeSavedBacklogs(folder, saved);
    for (const { directiveId, message } of failures) {
      log.error("backlogs could not be saved", { "directive.id": directiveId, reason: message });
    }
    if (!store.keepsState) return;
    const notes = Array.from(hashes, ([directiveId, hash]) => ({ directiveId, hash, taken: false }));
    store.noteSavedFiles([...store.savedFiles.filter(({ directiveId }) => !hashes.has(directiveId)), ...notes]);
  } catch (error) {
    log.error("backlogs could not be saved", { folder, reason: errorText(error) });
  }
}

function* savedOneByOne(backlogs: readonly Backlog[]): Generator<SavedBacklog> {
  for (const backlog of backlogs) yield saveBacklog(backlog);
}

/** The saved files of directives that a reload brings: read before, loaded in the same turn as they, and then taken away. */
export interface SavedArrivals {
  load(): void;
  takeAway(): Promise<void>;
}

/** @param isNew whether a directive comes new with the reload. */
export async function savedArrivals(
  parts: StateParts,
  isNew: (directiveId: number) => boolean,
): Promise<SavedArrivals> {
  const files = (parts.config.reloadBacklogs ? await readFiles(parts, isNew) : undefined) ?? [];
  const read = new Set(files.map(({ directiveId }) => directiveId));
  const { toLoad } = originOf(
    files,
    parts.store.savedFiles.filter(({ directiveId }) => read.has(directiveId)),
  );
  return {
    load: () => {
      for (const file of toLoad) load(parts, file);
    },
    takeAway: async () => {
      if (files.length > 0) await takeAway(parts, files, ({ directiveId }) => !read.has(directiveId));
    },
  };
}

/** Which of the two holds the truth about a directive. */
interface Origin {
  /** Files that another engine wrote, or that no state knows of. */
  toLoad: SavedFile[];
  /** Directives about which the state database has nothing to say any more. */
  notFromState: Set<number>;
}

const NOTHING_NEWER: Origin = { toLoad: [], notFromState: new Set() };

function originOf(files: readonly SavedFile[], notes: readonly SavedFileNote[]): Origin {
  const noteOf = new Map(notes.map((note) => [note.directiveId, note]));
  const present = new Set(files.map((file) => file.directiveId));
  // The same file as was written at the stop, or one that was taken over and could not be removed: the state goes on.
  const toLoad = files.filter((file) => file.hash === "" || noteOf.get(file.directiveId)?.hash !== file.hash);
  const notFromState = new Set(toLoad.filter(saysAnything).map((file) => file.directiveId));
  for (const note of notes) {
    // Whoever took the file went on from it, and knows better.
    if (!note.taken && !present.has(note.directiveId)) notFromState.add(note.directiveId);
  }
  return { toLoad, notFromState };
}

/** A file of which nothing can be used, damaged or unreadable, is no reason to give up what the state knows. */
function saysAnything({ backlogs, unusable }: SavedFile): boolean {
  return backlogs.length > 0 || unusable.length === 0;
}

/**
 * A folder that can't be read is an error in the log, and the answer `undefined`: alarms to come are worth more than the
 * backlogs of before.
 */
async function readFiles(
  { config, log }: StateParts,
  isWanted: (directiveId: number) => boolean,
): Promise<SavedFile[] | undefined> {
  const folder = savedFolder(config);
  try {
    return await readSavedBacklogs(folder, isWanted);
  } catch (error) {
    log.error("the saved backlogs can't be read", { folder, reason: errorText(error) });
    return undefined;
  }
}

function rebuild(parts: StateParts, stored: StoredState, wanted: (directiveId: number) => boolean): void {
  const { changes, clock, correlator, log } = parts;
  const rules = new Map(stored.rules.map(([hash, text]) => [hash, JSON.parse(text) as Rule[]]));
  const { left, reasons } = correlator.rebuild(changesOf(stored.changes), rules, wanted, clock.now());
  for (const ordinal of left) changes?.removed(ordinal);
  for (const reason of reasons) log.warn("backlogs of before can't go on", { reason });
}

/** Their checksums say that these are the bytes that were written, so they aren't held against the schema again. */
function* changesOf(rows: readonly Uint8Array[]): Generator<StateChange> {
  for (const row of rows) {
    const text = Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString("utf8");
    yield* JSON.parse(`[${text.replaceAll("\n", ",")}]`) as StateChange[];
  }
}

function load({ changes, clock, correlator, log }: StateParts, file: SavedFile): void {
  const refused = correlator.restore(file.directiveId, file.backlogs, clock.now(), (backlog, saved) =>
    changes?.imported(backlog, saved),
  );
  file.unusable.push(...refused);
  for (const reason of file.unusable) {
    log.warn("a saved backlog can't be used and is set aside", { "directive.id": file.directiveId, reason });
  }
}

/** Records that waited for look-ups wait for them again, with what was found for their alarm before. */
function resubmit({ correlator, recorder }: StateParts, stored: StoredState): void {
  if (stored.pending.length === 0) return;
  const hits = new Map<string, AlarmHits>();
  const waited = stored.pending.map(([id, text]) => ({ id, record: JSON.parse(text) as PendingRecord }));
  const wanted = new Set(waited.map(({ record }) => record.alarm_id));
  for (const backlog of correlator.backlogs()) {
    if (!wanted.has(backlog.id)) continue;
    backlog.hits ??= { backlog: backlog.ordinal, intel: [], vulnerabilities: [] };
    hits.set(backlog.id, backlog.hits);
  }
  recorder.resubmit(waited, ({ alarm_id, intel, vulnerabilities }) => {
    let known = hits.get(alarm_id);
    if (known === undefined) {
      known = { backlog: 0, intel, vulnerabilities };
      hits.set(alarm_id, known);
    }
    return known;
  });
}

/** `stays`: of the notes about files that aren't among these, which still count. */
async function takeAway(
  { clock, config, log, store }: StateParts,
  files: readonly SavedFile[],
  stays: (note: SavedFileNote) => boolean,
): Promise<void> {
  if (store.keepsState) {
    const taken = files.map(({ directiveId, hash }) => ({ directiveId, hash, taken: true }));
    const others = store.savedFiles.filter(stays);
    store.noteSavedFiles([...others, ...taken]);
    if (!(await within(DURABLE_WITHIN_MS, store.flush()))) {
      log.error("what was taken over isn't on the disk yet; the files of saved backlogs stay where they are");
      return;
    }
  }
  const quarantine = join(stateFolder(config.dataDir), "quarantine");
  for (const failure of await removeSavedBacklogs(savedFolder(config), files, quarantine, clock.now())) {
    log.warn("a file of saved backlogs can't be removed", {
      "directive.id": failure.directiveId,
      reason: failure.message,
    });
  }
}

function savedFolder(config: BackendConfig): string {
  return join(config.dataDir, "logs", "backlogs");
}
