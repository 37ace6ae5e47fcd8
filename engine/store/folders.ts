import { closeSync, constants, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** The calls that bring a folder's names to the disk: the real ones, or a test's. */
export interface FolderCalls {
  openSync(path: string, flags: number, mode: number): number;
  closeSync(fd: number): void;
  fsyncSync(fd: number): void;
  mkdirSync(path: string, options: { recursive: true }): string | undefined;
}

const REAL_CALLS: FolderCalls = { closeSync, fsyncSync, mkdirSync, openSync };
/** The disk failed or is full; anything else means that this system doesn't let a folder be synced. */
const WORTH_ANOTHER_TRY: ReadonlySet<string> = new Set(["EIO", "ENOSPC", "EDQUOT"]);

/** Creates a folder and those above it that are missing, so that a power cut can't take any of them away. */
export function makeFolder(path: string, calls: FolderCalls = REAL_CALLS): void {
  const created = calls.mkdirSync(path, { recursive: true });
  if (created === undefined) return;
  const above = dirname(resolve(created));
  for (let folder = dirname(resolve(path)); folder.length >= above.length; folder = dirname(folder)) {
    syncFolder(folder, calls);
    if (folder === dirname(folder)) return;
  }
}

/** Brings the names in a folder to the disk, where the system lets that be done. Throws when the disk fails. */
export function syncFolder(path: string, calls: FolderCalls = REAL_CALLS): void {
  let fd: number | undefined;
  try {
    fd = calls.openSync(path, constants.O_RDONLY, 0);
    calls.fsyncSync(fd);
  } catch (error) {
    if (WORTH_ANOTHER_TRY.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    if (fd !== undefined) calls.closeSync(fd);
  }
}
