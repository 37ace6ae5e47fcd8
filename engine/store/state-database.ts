import { closeSync, existsSync, openSync, readSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { errorText } from "../base/errors.ts";
import type { Whereabouts } from "./append-file.ts";
import { ChangeTable } from "./change-table.ts";
import { makeFolder } from "./folders.ts";
import { JournalTable } from "./journal-table.ts";
import { StateCorruptError, StateLockedError, StateTooNewError } from "./state-errors.ts";

/** Of the tables below; a database of a later version is refused. */
const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE change(id INTEGER PRIMARY KEY, crc INTEGER NOT NULL, bytes BLOB NOT NULL);
  CREATE TABLE ruleset(hash TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE pending(id INTEGER PRIMARY KEY, text TEXT NOT NULL);
  CREATE TABLE outbox(id INTEGER PRIMARY KEY, file TEXT NOT NULL, crc INTEGER NOT NULL, bytes BLOB NOT NULL);
  CREATE TABLE file(name TEXT PRIMARY KEY, dev TEXT NOT NULL, ino TEXT NOT NULL, offset TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE position(one INTEGER PRIMARY KEY CHECK (one = 1), stream TEXT NOT NULL, sequence INTEGER NOT NULL);
  CREATE TABLE saved_file(directive INTEGER PRIMARY KEY, hash TEXT NOT NULL, taken INTEGER NOT NULL);
  CREATE TABLE journal(first INTEGER PRIMARY KEY, count INTEGER NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL);
  CREATE TABLE journal_size(one INTEGER PRIMARY KEY CHECK (one = 1), bytes INTEGER NOT NULL);
`;

/** What SQLite answers when another process holds the file. */
const SQLITE_BUSY = 5;
/**
 * … and when it is damaged: it makes nothing of a statement, though all of ours are fixed; it finds damage; it is no
 * database.
 */
const SQLITE_DAMAGED: ReadonlySet<number> = new Set([1, 11, 26]);
/** How long a process of the same node that is just ending is waited for, in milliseconds. */
const LOCK_WAIT_MS = 1000;
/**
 * A database up to this size is checked as a whole at each start. A larger one holds a long journal, of which a start needs
 * nothing, and reading all of it could take longer than a start may; the state's own rows have their checksums.
 */
const CHECKED_WHOLE_BYTES = 256 * 1024 * 1024;
/** Pages of the write-ahead log after which SQLite moves them into the database: 2 MiB, a few milliseconds of work. */
const CHECKPOINT_PAGES = 500;

/** The bus position that a state stands for, in terms that outlive the process (see `Bus.streamPosition`). */
export interface StoredPosition {
  readonly stream: string;
  readonly sequence: number;
}

/** The compatible file of a directive (reliability.md §2). */
export interface SavedFileNote {
  readonly directiveId: number;
  readonly hash: string;
  /** Its backlogs were taken over, so that the file has nothing more to say; else they were written to it at a stop. */
  readonly taken: boolean;
}

/** What one commit makes durable, all of it or nothing. */
export interface StateCommit {
  /** Lines of contract/state-change.ts, without a line end behind the last. */
  changes: Uint8Array;
  began: readonly number[];
  ended: readonly number[];
  rules: readonly (readonly [hash: string, text: string])[];
  waits: readonly (readonly [id: number, text: string])[];
  waitsNoMore: readonly number[];
  /** By name of the file: the lines that are then appended to it. */
  outbox: readonly { file: string; bytes: Uint8Array }[];
  position: StoredPosition | undefined;
  /** Replaces all earlier notes. */
  savedFiles: readonly SavedFileNote[] | undefined;
  journal: { first: number; count: number; at: number; bytes: Uint8Array } | undefined;
}

/** Everything that a start needs of what was committed before. */
export interface StoredState {
  /** Texts of change lines, oldest first. */
  changes: Uint8Array[];
  rules: [hash: string, text: string][];
  pending: [id: number, text: string][];
  position: StoredPosition | undefined;
  savedFiles: SavedFileNote[];
  /** The number that the next entry of the journal gets. */
  journalNext: number;
}

/**
 * The state of one backend on disk (reliability.md §2): one connection, in one thread, which holds the database's
 * lock for as long as it is open. The lock is the system's, so it ends with the process, however that ends.
 */
export class StateDatabase {
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #changes: ChangeTable;
  readonly journal: JournalTable;
  readonly #put: Record<
    "rules" | "waits" | "waitsNoMore" | "outbox" | "delivered" | "position" | "file" | "saved",
    StatementSync
  >;
  /** Outbox rows up to this one are in their files; the next commit deletes them. */
  #delivered = 0;
  readonly #deliveredFiles = new Map<string, Whereabouts | undefined>();
  #lastOutboxId = 0;

  /**
   * @throws StateLockedError when another process holds it, StateCorruptError when it can't be used, StateTooNewError,
   * and what the system says
   */
  static open(path: string): StateDatabase {
    makeFolder(dirname(path));
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
      prepare(db, path);
      return new StateDatabase(db, path);
    } catch (error) {
      closeQuietly(db);
      throw asStateError(error, path);
    }
  }

  private constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.path = path;
    this.#changes = new ChangeTable(db);
    this.journal = new JournalTable(db);
    this.#put = {
      rules: db.prepare("INSERT OR IGNORE INTO ruleset(hash, text) VALUES(?, ?)"),
      waits: db.prepare("INSERT INTO pending(id, text) VALUES(?, ?)"),
      waitsNoMore: db.prepare("DELETE FROM pending WHERE id = ?"),
      outbox: db.prepare("INSERT INTO outbox(id, file, crc, bytes) VALUES(?, ?, ?, ?)"),
      delivered: db.prepare("DELETE FROM outbox WHERE id <= ?"),
      position: db.prepare("INSERT OR REPLACE INTO position(one, stream, sequence) VALUES(1, ?, ?)"),
      file: db.prepare("INSERT OR REPLACE INTO file(name, dev, ino, offset) VALUES(?, ?, ?, ?)"),
      saved: db.prepare("INSERT INTO saved_file(directive, hash, taken) VALUES(?, ?, ?)"),
    };
  }

  /** Reads everything back. @throws StateCorruptError when what is read isn't what was written */
  load(): StoredState {
    const db = this.#db;
    try {
      const changes = this.#changes.load();
      const position = db.prepare("SELECT stream, sequence FROM position").get();
      const savedFiles = db.prepare("SELECT directive, hash, taken FROM saved_file ORDER BY directive").all();
      return {
        changes,
        rules: db
          .prepare("SELECT hash, text FROM ruleset")
          .all()
          .map(({ hash, text }) => [String(hash), String(text)]),
        pending: db
          .prepare("SELECT id, text FROM pending ORDER BY id")
          .all()
          .map(({ id, text }) => [Number(id), String(text)]),
        position:
          position === undefined ? undefined : { stream: String(position.stream), sequence: Number(position.sequence) },
        savedFiles: savedFiles.map(({ directive, hash, taken }) => ({
          directiveId: Number(directive),
          hash: String(hash),
          taken: taken === 1,
        })),
        journalNext: this.journal.next,
      };
    } catch (error) {
      throw asStateError(error, this.path);
    }
  }

  /** Lines that were committed for a file and aren't known to be in it; and where they were to go. */
  undelivered(file: string): { bytes: Uint8Array; from: Whereabouts | undefined } {
    const rows = this.#db.prepare("SELECT id, crc, bytes FROM outbox WHERE file = ? ORDER BY id").all(file);
    const pieces = rows.map(({ id, crc, bytes }) => {
      if (!(bytes instanceof Uint8Array) || crc32(bytes) !== crc) {
        throw new StateCorruptError(this.path, `row ${id} of its outbox isn't what was written`);
      }
      this.#lastOutboxId = Math.max(this.#lastOutboxId, Number(id));
      return bytes;
    });
    const at = this.#db.prepare("SELECT dev, ino, offset FROM file WHERE name = ?").get(file);
    const from =
      at === undefined
        ? undefined
        : { dev: BigInt(String(at.dev)), ino: BigInt(String(at.ino)), offset: BigInt(String(at.offset)) };
    return { bytes: Buffer.concat(pieces), from };
  }

  /** From now on these lines are all that the outbox has for a file, and they are looked for from there on. */
  goOnIn(file: string, lines: Uint8Array, from: Whereabouts): void {
    const db = this.#db;
    db.exec("BEGIN IMMEDIATE");
    try {
      db.prepare("DELETE FROM outbox WHERE file = ?").run(file);
      // Numbered by SQLite: the rows of another file may not have been looked at yet.
      const { lastInsertRowid } = this.#put.outbox.run(null, file, crc32(lines), lines);
      this.#lastOutboxId = Math.max(this.#lastOutboxId, Number(lastInsertRowid));
      this.#put.file.run(file, String(from.dev), String(from.ino), String(from.offset));
      db.exec("COMMIT");
    } catch (error) {
      rollBackQuietly(db);
      throw asStateError(error, this.path);
    }
  }

  /**
   * Everything of the outbox for this file is in it, before this place (a device has none); the next commit says so.
   * To be called once for each file that had lines, after all of them have theirs.
   */
  delivered(file: string, at: Whereabouts | undefined): void {
    this.#delivered = this.#lastOutboxId;
    this.#deliveredFiles.set(file, at);
  }

  /** Whether `delivered` was called since the last commit. */
  get hasDeliveries(): boolean {
    return this.#deliveredFiles.size > 0;
  }

  /** Durable once this returns; when it throws, nothing is, and the same commit can be tried again. */
  commit(commit: StateCommit | undefined): void {
    const db = this.#db;
    const outboxId = this.#lastOutboxId;
    db.exec("BEGIN IMMEDIATE");
    try {
      this.#writeDeliveries();
      if (commit !== undefined) this.#write(commit);
      db.exec("COMMIT");
    } catch (error) {
      this.#lastOutboxId = outboxId;
      this.#changes.rolledBack();
      this.journal.rolledBack();
      rollBackQuietly(db);
      throw this.#commitError(error);
    }
    this.#changes.committed(commit?.began ?? [], commit?.ended ?? []);
    this.journal.committed();
    this.#deliveredFiles.clear();
  }

  /**
   * While the disk fails SQLite may take what it can't read for damage. It is believed only where the file can be read
   * and a check finds damage, too; else the commit failed for want of a disk, and is worth another try.
   */
  #commitError(error: unknown): unknown {
    const said = asStateError(error, this.path);
    if (!(said instanceof StateCorruptError)) return said;
    try {
      readFirstBytes(this.path);
      return wholeness(this.#db) === "ok" ? error : said;
    } catch (failure) {
      return asStateError(failure, this.path) instanceof StateCorruptError ? said : error;
    }
  }

  /** Moves what is in the write-ahead log into the database, and closes it. */
  close(): void {
    try {
      this.#db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } finally {
      this.abandon();
    }
  }

  /** Closes it as it is, after a failure that is worth more than another one. */
  abandon(): void {
    closeQuietly(this.#db);
  }

  #writeDeliveries(): void {
    if (this.#deliveredFiles.size === 0) return;
    this.#put.delivered.run(this.#delivered);
    for (const [name, at] of this.#deliveredFiles) {
      if (at !== undefined) this.#put.file.run(name, String(at.dev), String(at.ino), String(at.offset));
    }
  }

  #write(commit: StateCommit): void {
    const put = this.#put;
    for (const [hash, text] of commit.rules) put.rules.run(hash, text);
    this.#changes.append(commit.changes);
    for (const id of commit.waitsNoMore) put.waitsNoMore.run(id);
    for (const [id, text] of commit.waits) put.waits.run(id, text);
    for (const { file, bytes } of commit.outbox) {
      if (bytes.length === 0) continue;
      this.#lastOutboxId += 1;
      put.outbox.run(this.#lastOutboxId, file, crc32(bytes), bytes);
    }
    if (commit.position !== undefined) put.position.run(commit.position.stream, commit.position.sequence);
    if (commit.savedFiles !== undefined) {
      this.#db.exec("DELETE FROM saved_file");
      for (const { directiveId, hash, taken } of commit.savedFiles) put.saved.run(directiveId, hash, taken ? 1 : 0);
    }
    if (commit.journal !== undefined) this.journal.append(commit.journal);
  }
}

/** Moves a damaged database out of the way; returns where to. */
export function quarantineDatabase(path: string, nowMs: number): string {
  const folder = join(dirname(path), "quarantine");
  makeFolder(folder);
  const name = path.slice(dirname(path).length + 1);
  const target = join(folder, `${name}.${Math.floor(nowMs)}`);
  // The database first: SQLite discards a log that it finds alone, but would take the database without its log for whole.
  for (const ending of ["", "-wal", "-shm", "-journal"]) {
    if (existsSync(path + ending)) renameSync(path + ending, target + ending);
  }
  return target;
}

function prepare(db: DatabaseSync, path: string): void {
  // Exclusive: taken with the first transaction and kept, which also spares the shared-memory file.
  db.exec("PRAGMA locking_mode = EXCLUSIVE");
  db.exec("PRAGMA journal_mode = WAL");
  db.exec("PRAGMA synchronous = FULL");
  db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  db.exec("BEGIN IMMEDIATE");
  try {
    const version = Number(db.prepare("PRAGMA user_version").get()?.user_version ?? 0);
    if (version > SCHEMA_VERSION) throw new StateTooNewError(path, version, SCHEMA_VERSION);
    if (version === 0) db.exec(`${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION};`);
    db.exec("COMMIT");
  } catch (error) {
    rollBackQuietly(db);
    throw error;
  }
  const size = db.prepare("SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()").get();
  if (Number(size?.bytes) > CHECKED_WHOLE_BYTES) return;
  const found = wholeness(db);
  if (found !== "ok") throw new StateCorruptError(path, found);
}

/** What SQLite's own check finds first: `ok` when the database is whole. */
function wholeness(db: DatabaseSync): string {
  return String(db.prepare("PRAGMA quick_check(1)").get()?.quick_check);
}

function readFirstBytes(path: string): void {
  const fd = openSync(path, "r");
  try {
    readSync(fd, new Uint8Array(1), 0, 1, 0);
  } finally {
    closeSync(fd);
  }
}

function asStateError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !("errcode" in error)) return error;
  // The extended codes carry the plain one in their low byte.
  const code = Number(error.errcode) & 0xff;
  if (code === SQLITE_BUSY) return new StateLockedError(path);
  if (SQLITE_DAMAGED.has(code)) return new StateCorruptError(path, errorText(error), error);
  return error;
}

function rollBackQuietly(db: DatabaseSync): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // After some errors SQLite has rolled back by itself.
  }
}

function closeQuietly(db: DatabaseSync | undefined): void {
  try {
    db?.close();
  } catch {
    // What was committed is on the disk; there is nothing left to save.
  }
}
