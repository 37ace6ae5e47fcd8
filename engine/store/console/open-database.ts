import { closeSync, existsSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DsiemError, errorText } from "../../base/errors.ts";
import { makeFolder } from "../folders.ts";
import { MIGRATIONS, SCHEMA_VERSION } from "./schema.ts";

/** How long a connection waits for another one's lock: a reader for a checkpoint, `dsiem import` for the console. */
const LOCK_WAIT_MS = 5000;
/** In KiB: what a connection keeps of the file in memory. */
const CACHE_KIB = 64 * 1024;

/** The console's database can't be used; the message says why and what to do. */
export class ConsoleStoreError extends DsiemError {
  constructor(message: string, cause?: unknown) {
    super("CONSOLE_STORE", message, { cause });
  }
}

/**
 * Opens console.db for writing, creates it, or brings it up to this program's version, of which a copy is kept beside it.
 * @throws ConsoleStoreError
 */
export function openWriter(path: string): DatabaseSync {
  return opened(path, () => {
    makeFolder(dirname(path));
    // Made before SQLite does, so that it is its owner's only; the files beside it get the same rights.
    closeSync(openSync(path, "a", 0o600));
    const db = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
    try {
      // Of effect only before the first table: what retention frees can be given back step by step.
      db.exec("PRAGMA auto_vacuum = INCREMENTAL");
      db.exec("PRAGMA journal_mode = WAL");
      // What the engine tells can be asked for again; a transaction of an analyst's is made FULL for itself.
      db.exec("PRAGMA synchronous = NORMAL");
      db.exec("PRAGMA wal_autocheckpoint = 4000");
      db.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
      migrate(db, path);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** @throws ConsoleStoreError */
export function openReader(path: string): DatabaseSync {
  return opened(path, () => {
    const db = new DatabaseSync(path, { readOnly: true, timeout: LOCK_WAIT_MS });
    db.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
    db.exec("PRAGMA temp_store = MEMORY");
    return db;
  });
}

function opened(path: string, open: () => DatabaseSync): DatabaseSync {
  try {
    return open();
  } catch (error) {
    if (error instanceof ConsoleStoreError) throw error;
    const remedy =
      "is its folder writable and the disk not full? If the file is damaged, move it away or put a backup there";
    throw new ConsoleStoreError(`the console's database ${path} can't be used: ${errorText(error)}; ${remedy}`, error);
  }
}

function migrate(db: DatabaseSync, path: string): void {
  const version = Number(db.prepare("PRAGMA user_version").get()?.user_version ?? 0);
  if (version === SCHEMA_VERSION) return;
  if (version > SCHEMA_VERSION) {
    throw new ConsoleStoreError(
      `${path} was written by a newer version of Dsiem Console (its schema is ${version}, this one knows ` +
        `${SCHEMA_VERSION}): start the newer version again, or move the file away to begin anew`,
    );
  }
  if (version !== 0) keepCopy(db, path, version);
  db.exec("BEGIN IMMEDIATE");
  try {
    for (const { to, sql } of MIGRATIONS) if (to > version) db.exec(sql);
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

/** A copy of before an earlier try, which may have been cut short, is never written over. */
function keepCopy(db: DatabaseSync, path: string, version: number): void {
  let copy = `${path}.v${version}`;
  for (let i = 2; existsSync(copy); i++) copy = `${path}.v${version}-${i}`;
  db.prepare("VACUUM INTO ?").run(copy);
}
