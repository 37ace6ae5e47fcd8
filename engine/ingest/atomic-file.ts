import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, lstat, open, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A file to be written. */
export interface FileToWrite {
  path: string;
  bytes: Uint8Array | string;
  mode?: number | undefined;
}

/**
 * Replaces a file, or makes it: readers see the old content or the new one, whole, also after a power loss. A symbolic
 * link of that name is replaced, never followed. The mode follows the umask. Throws the file system's error.
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array | string, mode?: number): Promise<void> {
  const temporary = await writeBeside({ path, bytes, mode });
  try {
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Replaces several files of one folder, or none: whatever takes room or can be refused is done before the first is
 * replaced, and when one can't be, those before it are put back. A reader in between may see some of them new, others
 * old. Throws the file system's error.
 */
export async function writeFilesAtomically(files: readonly FileToWrite[]): Promise<void> {
  const staged: { path: string; temporary: string; kept: string | undefined }[] = [];
  let placed = 0;
  try {
    for (const file of files) {
      const temporary = await writeBeside(file);
      const one = { path: file.path, temporary, kept: undefined as string | undefined };
      staged.push(one);
      one.kept = await keepBeside(file.path);
    }
    for (const { path, temporary } of staged) {
      await rename(temporary, path);
      placed += 1;
    }
  } catch (error) {
    for (const { path, kept } of staged.slice(0, placed).reverse()) {
      await (kept === undefined ? unlink(path) : rename(kept, path)).catch(() => undefined);
    }
    throw error;
  } finally {
    const leftovers = staged.flatMap(({ temporary, kept }) => [temporary, ...(kept === undefined ? [] : [kept])]);
    await Promise.all(leftovers.map((path) => unlink(path).catch(() => undefined)));
    for (const folder of new Set(files.map(({ path }) => dirname(path)))) await syncFolder(folder);
  }
}

async function writeBeside({ path, bytes, mode = 0o666 }: FileToWrite): Promise<string> {
  const temporary = besideName(path);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0), mode);
  try {
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  return temporary;
}

/** Another name of the file that is there, or a copy where the file system has no such thing; `undefined` when there is none. */
async function keepBeside(path: string): Promise<string | undefined> {
  const kept = besideName(path);
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined || stats.isDirectory()) return undefined;
  await link(path, kept).catch(() => copyFile(path, kept, constants.COPYFILE_EXCL));
  return kept;
}

/** Hidden, and without the ending .json: such a file is neither listed nor served, should one be left over. */
function besideName(path: string): string {
  return join(dirname(path), `.dsiem-${randomUUID()}.tmp`);
}

/** Makes a rename or removal in a folder survive a power loss, where the system lets folders be synced. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => undefined);
  if (handle === undefined) return;
  try {
    await handle.sync();
  } catch {
    // Windows and some network file systems refuse to sync a folder; the rename itself is done.
  } finally {
    await handle.close();
  }
}
