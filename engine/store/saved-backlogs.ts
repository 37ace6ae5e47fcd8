import { createHash, type Hash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorText } from "../base/errors.ts";
import { type SavedBacklog, savedBacklogSchema } from "../contract/saved-backlog.ts";
import { makeFolder, syncFolder } from "./folders.ts";

/** What one `{directive_id}.json` held. */
export interface SavedFile {
  directiveId: number;
  /** Of its bytes; empty when it can't be read. */
  hash: string;
  backlogs: SavedBacklog[];
  /** Why something in it can't be used, one sentence each: of the whole file, or of single backlogs. */
  unusable: string[];
}

/** What couldn't be written or moved away, and why. */
export interface SavedFileFailure {
  directiveId: number;
  message: string;
}

const FILE_NAME = /^(0|[1-9][0-9]{0,15})\.json$/;
/** Files written at the same time: their fsyncs then share the disk's work. */
const WRITES_AT_ONCE = 16;
/** A file of many backlogs is written in pieces of about this many characters, never as one text. */
const PIECE_CHARACTERS = 1024 * 1024;

/**
 * Reads the files of the wanted directives in `logs/backlogs` (engine.md §9), written by us or by Dsiem-rs; other
 * files, and names that are no directive's, are left alone. A backlog that doesn't fit the schema costs itself only; a
 * file that is no list of them, cut off for example, yields none. Nothing is removed: see `removeSavedBacklogs`.
 */
export async function readSavedBacklogs(
  folder: string,
  wanted: (directiveId: number) => boolean,
): Promise<SavedFile[]> {
  const files: SavedFile[] = [];
  for (const name of await namesIn(folder)) {
    const directiveId = directiveIdOf(name);
    if (directiveId !== undefined && wanted(directiveId)) files.push(await readSavedFile(folder, directiveId));
  }
  return files.sort((a, b) => a.directiveId - b.directiveId);
}

/**
 * Takes files that were read out of `logs/backlogs`: usable ones are deleted, those with something unusable in them
 * moved to the quarantine folder (reliability.md §2), under a name with the time. Returns what couldn't be taken away.
 */
export async function removeSavedBacklogs(
  folder: string,
  files: readonly SavedFile[],
  quarantineFolder: string,
  nowMs: number,
): Promise<SavedFileFailure[]> {
  const failures: SavedFileFailure[] = [];
  for (const { directiveId, unusable } of files) {
    const path = join(folder, `${directiveId}.json`);
    try {
      if (unusable.length === 0) {
        await rm(path);
      } else {
        makeFolder(quarantineFolder);
        await rename(path, join(quarantineFolder, `${directiveId}.${Math.floor(nowMs)}.json`));
      }
    } catch (error) {
      failures.push({ directiveId, message: errorText(error) });
    }
  }
  return failures;
}

/** What was written of the saved backlogs. */
export interface SavedResult {
  /** The hash of each file, by directive. */
  hashes: Map<number, string>;
  failures: SavedFileFailure[];
}

/**
 * Writes `{directive_id}.json` for each directive that has backlogs, as Dsiem-rs does: a pretty-printed list, and no
 * file for an empty one. Each is written beside its name, synced, and renamed into place, so that a file is there
 * whole or as it was before; a symbolic link of that name is replaced and never followed. What can't be written is
 * told; the other files are.
 */
export async function writeSavedBacklogs(
  folder: string,
  saved: ReadonlyMap<number, Iterable<SavedBacklog>>,
): Promise<SavedResult> {
  const result: SavedResult = { hashes: new Map(), failures: [] };
  if (saved.size === 0) return result;
  makeFolder(folder);
  const queue = saved.entries();
  const writer = async (): Promise<void> => {
    for (const [directiveId, backlogs] of queue) {
      try {
        const hash = await writeSavedFile(folder, directiveId, backlogs);
        if (hash !== undefined) result.hashes.set(directiveId, hash);
      } catch (error) {
        result.failures.push({ directiveId, message: errorText(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(WRITES_AT_ONCE, saved.size) }, writer));
  syncFolder(folder);
  return result;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function directiveIdOf(name: string): number | undefined {
  const id = Number(FILE_NAME.exec(name)?.[1]);
  return Number.isSafeInteger(id) ? id : undefined;
}

async function readSavedFile(folder: string, directiveId: number): Promise<SavedFile> {
  const file: SavedFile = { directiveId, hash: "", backlogs: [], unusable: [] };
  let content: unknown;
  try {
    const bytes = await bytesOf(join(folder, `${directiveId}.json`));
    file.hash = createHash("sha256").update(bytes).digest("hex");
    content = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    file.unusable.push(`the file can't be read: ${errorText(error)}`);
    return file;
  }
  if (!Array.isArray(content)) {
    file.unusable.push("the file is not a list of backlogs");
    return file;
  }
  for (const [index, entry] of content.entries()) {
    const read = savedBacklogSchema.safeParse(entry);
    if (read.success) {
      file.backlogs.push(read.data);
      continue;
    }
    const issue = read.error.issues[0];
    const place = issue === undefined || issue.path.length === 0 ? "it" : `its ${issue.path.join(".")}`;
    file.unusable.push(`backlog number ${index + 1} can't be used: ${place} is missing or not of the right kind`);
  }
  return file;
}

async function bytesOf(path: string): Promise<Buffer> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) throw new Error("it is not a file");
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Returns the file's hash, or `undefined` when there was nothing to write. */
async function writeSavedFile(
  folder: string,
  directiveId: number,
  backlogs: Iterable<SavedBacklog>,
): Promise<string | undefined> {
  const pieces = piecesOf(backlogs);
  const first = pieces.next();
  if (first.done === true) return undefined;
  const hash = createHash("sha256");
  const temporary = join(folder, `.${directiveId}.json.tmp`);
  // A process that was killed here may have left one; what it holds was never anybody's state.
  await rm(temporary, { force: true });
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(temporary, flags, 0o666);
  try {
    await writeWhole(handle, first.value, hash);
    for (const piece of pieces) await writeWhole(handle, piece, hash);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await rm(temporary, { force: true });
    throw error;
  }
  await handle.close();
  await rename(temporary, join(folder, `${directiveId}.json`));
  return hash.digest("hex");
}

/** The text of a file, in pieces; none when there is no backlog. */
function* piecesOf(backlogs: Iterable<SavedBacklog>): Generator<string, undefined> {
  let piece = "[\n";
  let any = false;
  for (const backlog of backlogs) {
    const text = JSON.stringify(backlog, undefined, 2).replaceAll("\n", "\n  ");
    piece += `${any ? ",\n" : ""}  ${text}`;
    any = true;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = "";
  }
  if (any) yield `${piece}\n]\n`;
}

async function writeWhole(handle: FileHandle, text: string, hash: Hash): Promise<void> {
  const bytes = Buffer.from(text);
  hash.update(bytes);
  let written = 0;
  while (written < bytes.length) {
    written += (await handle.write(bytes, written, bytes.length - written)).bytesWritten;
  }
}
