import { errorText } from "../base/errors.ts";
import type { AppendFile } from "./append-file.ts";
import type { JournalPage } from "./journal-table.ts";
import { ALARM_EVENTS_FILE, ALARMS_FILE, type StartFacts, type StateFiles } from "./open-state.ts";
import type { StateCommit, StateDatabase } from "./state-database.ts";
import { StateCorruptError } from "./state-errors.ts";

/** Lines for both files, and everything that has to become durable together with them. */
export interface StateBatch {
  kind: "batch";
  seq: number;
  events: Uint8Array;
  alarms: Uint8Array;
  /** Absent where no state is kept. */
  commit: Omit<StateCommit, "outbox"> | undefined;
}

export interface SinceRequest {
  kind: "since";
  id: number;
  seq: number;
  maxBytes: number;
}

export type StateRequest = StateBatch | SinceRequest | { kind: "close" };

export type StateReport =
  | ({ kind: "ready" } & StartFacts)
  | { kind: "failed"; message: string }
  /** Everything of the batch is durable, and every line of it is in its file. */
  | { kind: "written"; seq: number }
  /** A file can't be written; the batch is kept and tried again. Sent once per change of state. */
  | { kind: "trouble"; file: string; message: string }
  | { kind: "recovered"; file: string }
  | { kind: "page"; id: number; page: JournalPage | undefined }
  /** The journal can't be read at present. */
  | { kind: "no page"; id: number; message: string }
  | { kind: "closed" };

/** First and longest pause before a failed step is tried again, in milliseconds. */
export const FIRST_RETRY_MS = 50;
export const MAX_RETRY_MS = 2000;
/** After so long without a batch, what the last one left to be said is committed by itself, in milliseconds. */
const SETTLE_AFTER_MS = 100;

/**
 * The cycle of reliability.md §2, one batch at a time and in this order, each step tried again for as long as it takes:
 *
 * 1. commit the changes, the bus position, and the lines of the batch as the outbox
 * 2. append those lines to their files
 * 3. bring the files to the disk
 * 4. note how far the files go, and empty the outbox: that rides on the next batch's commit, and costs none of its own
 * 5. report the batch, which is then acknowledged to the bus
 *
 * Nothing leaves before step 1, so that a replay can't double it; and from step 1 on a killed process's successor
 * finishes what it finds. Without a database steps 2 and 5 are all there is.
 */
export class StateCycle {
  readonly #events: AppendFile;
  readonly #alarms: AppendFile;
  readonly #database: StateDatabase | undefined;
  readonly #report: (report: StateReport) => void;
  #batch: StateBatch | undefined;
  #committed = false;
  #retryMs = FIRST_RETRY_MS;
  #timer: NodeJS.Timeout | undefined;
  /** Paths that could not be written when last tried. */
  readonly #troubled = new Set<string>();

  constructor(files: StateFiles, database: StateDatabase | undefined, report: (report: StateReport) => void) {
    this.#events = files.events;
    this.#alarms = files.alarms;
    this.#database = database;
    this.#report = report;
  }

  /** Takes a batch; the one before must have been reported as written. */
  take(batch: StateBatch): void {
    if (this.#batch !== undefined) throw new Error("broken invariant: a batch before the last one was written");
    this.#batch = batch;
    this.#committed = false;
    this.#try();
  }

  /** Re-creates files that were renamed or unlinked while there was nothing to write. */
  look(): void {
    if (this.#batch !== undefined) return;
    for (const file of [this.#events, this.#alarms]) this.#attempt(file.path, () => file.ensureCurrent());
  }

  since({ id, maxBytes, seq }: SinceRequest): void {
    let page: JournalPage | undefined;
    try {
      page = this.#database?.journal.since(seq, maxBytes);
    } catch (error) {
      // Whoever asks can ask again; what the journal can't answer must not end what it is a journal of.
      this.#report({ kind: "no page", id, message: errorText(error) });
      return;
    }
    this.#report({ kind: "page", id, page });
  }

  close(): void {
    clearTimeout(this.#timer);
    const database = this.#database;
    if (database !== undefined) {
      // What can't be said now is found out by the next start.
      if (this.#batch === undefined) this.#attempt(database.path, () => database.commit(undefined));
      this.#attempt(database.path, () => database.close());
    }
    for (const file of [this.#events, this.#alarms]) file.close();
    this.#report({ kind: "closed" });
  }

  #try(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    clearTimeout(this.#timer);
    if (!this.#step(batch)) {
      this.#timer = setTimeout(() => this.#try(), this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS);
      return;
    }
    this.#retryMs = FIRST_RETRY_MS;
    this.#batch = undefined;
    this.#report({ kind: "written", seq: batch.seq });
    if (this.#database?.hasDeliveries === true) this.#timer = setTimeout(() => this.#settle(), SETTLE_AFTER_MS);
  }

  /** True when every step is done. */
  #step(batch: StateBatch): boolean {
    if (!this.#committed) {
      if (!this.#commit(batch)) return false;
      this.#committed = true;
      // Events first: an alarm's line then never stands there without the events that led to it.
      this.#events.take(batch.events);
      this.#alarms.take(batch.alarms);
    }
    let done = true;
    for (const file of [this.#events, this.#alarms]) {
      const written = this.#attempt(file.path, () => {
        file.write();
        if (this.#database !== undefined) file.sync();
      });
      if (!written) done = false;
    }
    return done && this.#noteDeliveries(batch);
  }

  #commit({ alarms, commit, events }: StateBatch): boolean {
    const database = this.#database;
    if (database === undefined || commit === undefined) return true;
    const outbox = [
      { file: ALARM_EVENTS_FILE, bytes: events },
      { file: ALARMS_FILE, bytes: alarms },
    ];
    // Lines are looked for where the commit says, so a file that was rotated away has to be noticed before it.
    const current = this.#noteIfRotated(ALARM_EVENTS_FILE, this.#events, database);
    if (!this.#noteIfRotated(ALARMS_FILE, this.#alarms, database) || !current) return false;
    return this.#attempt(database.path, () => database.commit({ ...commit, outbox }));
  }

  #noteIfRotated(name: string, file: AppendFile, database: StateDatabase): boolean {
    return this.#attempt(file.path, () => {
      if (file.ensureCurrent()) database.delivered(name, file.whereabouts());
    });
  }

  #noteDeliveries({ alarms, events }: StateBatch): boolean {
    const database = this.#database;
    if (database === undefined) return true;
    const note = (name: string, file: AppendFile, bytes: Uint8Array): boolean =>
      bytes.length === 0 || this.#attempt(file.path, () => database.delivered(name, file.whereabouts()));
    const eventsNoted = note(ALARM_EVENTS_FILE, this.#events, events);
    return note(ALARMS_FILE, this.#alarms, alarms) && eventsNoted;
  }

  #settle(): void {
    const database = this.#database;
    if (database === undefined || this.#batch !== undefined) return;
    this.#attempt(database.path, () => database.commit(undefined));
  }

  #attempt(path: string, work: () => void): boolean {
    try {
      work();
    } catch (error) {
      // A database that is damaged doesn't get better: the process ends, and its successor sets it aside.
      if (error instanceof StateCorruptError) throw error;
      if (!this.#troubled.has(path)) {
        this.#troubled.add(path);
        this.#report({ kind: "trouble", file: path, message: errorText(error) });
      }
      return false;
    }
    if (this.#troubled.delete(path)) this.#report({ kind: "recovered", file: path });
    return true;
  }
}
