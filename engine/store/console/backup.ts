import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { errorText } from "../../base/errors.ts";
import { ConsoleStoreError, openReader } from "./open-database.ts";

/**
 * Writes a consistent copy of the database, which may be written to meanwhile, and brings it to the disk. Returns its
 * size in bytes.
 * @throws ConsoleStoreError; a file that is there already is never written over
 */
export function backUp(db: DatabaseSync, file: string): number {
  if (existsSync(file)) throw new ConsoleStoreError(`${file} is there already; name a file that isn't`);
  const part = `${file}.part`;
  try {
    rmSync(part, { force: true });
    // Made before SQLite does, so that it is its owner's only: there are all alarms in it.
    closeSync(openSync(part, "wx", 0o600));
    db.prepare("VACUUM INTO ?").run(part);
    const written = openSync(part, "r+");
    fsyncSync(written);
    closeSync(written);
    renameSync(part, file);
    return statSync(file).size;
  } catch (error) {
    rmSync(part, { force: true });
    throw new ConsoleStoreError(`the backup ${file} can't be written: ${errorText(error)}`, error);
  }
}

/** The same for whoever doesn't have the database open. */
export function backUpFile(path: string, file: string): number {
  if (!existsSync(path)) throw new ConsoleStoreError(`there is no console's database ${path}: nothing to back up yet`);
  const db = openReader(path);
  try {
    return backUp(db, file);
  } finally {
    db.close();
  }
}
