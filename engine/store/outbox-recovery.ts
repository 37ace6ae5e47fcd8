import { constants, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { AppendFile, FileCalls, Whereabouts } from "./append-file.ts";

const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/** A file, and from where on lines of ours may be in it. */
interface Stretch {
  path: string;
  offset: number;
}

/** What is missing of the lines that were committed for a file. */
export interface Missing {
  /** The lines, from the first that isn't whole in the file on. */
  readonly lines: Uint8Array;
  /** Bytes of the first of them that are the end of the file already. */
  readonly half: number;
  /** The file has its name only since: the lines before are in another one, which was renamed. */
  readonly isNewFile: boolean;
  /** Lines that were finished in a file that was renamed. */
  readonly finished: number;
}

/**
 * What is missing of the lines that were committed for a file (reliability.md §2): a process that was killed
 * may have written none, some or all of them, and stopped in the middle of one. What is there is recognised and left
 * alone, whatever other processes appended in between. What a power cut left unwritten within the lines is filled in
 * there, and a half line at the end of a file that has been renamed is finished there.
 *
 * The file is looked for by device and inode where the commit before left it: it may have been renamed since.
 */
export function missingLines(
  path: string,
  outbox: Uint8Array,
  from: Whereabouts | undefined,
  calls: FileCalls,
): Missing {
  if (outbox.length === 0) return { lines: outbox, half: 0, isNewFile: false, finished: 0 };
  const search = new LineSearch(outbox);
  const stretches = stretchesOf(path, from, calls);
  let half = 0;
  let finished = 0;
  for (const stretch of stretches) {
    fillHoles(stretch, search.missing, calls);
    half = search.read(stretch, calls);
    if (half > 0 && stretch.path !== path) {
      appendTo(stretch.path, search.nextLine.subarray(half), calls);
      search.found += search.nextLine.length;
      finished += 1;
      half = 0;
    }
    if (search.done) break;
  }
  const isNewFile = stretches.length !== 1 || stretches[0]?.path !== path;
  return { lines: search.missing, half, isNewFile, finished };
}

/**
 * Appends what is missing; nothing is ever truncated, because a harvester would read the file again from its beginning. A
 * half line is finished where it stands. Returns the number of lines written.
 */
export function appendMissing(file: AppendFile, { finished, half, lines }: Missing): number {
  file.take(lines.subarray(half), half > 0);
  file.write();
  file.sync();
  return finished + countLines(lines);
}

/**
 * A power cut may leave some sectors of a write and not others, also those in its middle, and what is missing reads as
 * zeros. No line holds a zero byte, so where everything else is of these lines, the holes are theirs.
 */
function fillHoles({ path, offset }: Stretch, lines: Uint8Array, calls: FileCalls): void {
  const there = Buffer.alloc(lines.length);
  const length = readAt(path, there, offset, calls);
  let anyHole = false;
  for (let i = 0; i < length; i++) {
    if (there[i] === lines[i]) continue;
    if (there[i] !== 0) return;
    anyHole = true;
  }
  if (!anyHole) return;
  const fd = calls.openSync(path, constants.O_WRONLY, 0);
  try {
    for (let at = 0; at < length; ) at += calls.writeSync(fd, lines, at, length - at, offset + at);
    calls.fdatasyncSync(fd);
  } finally {
    calls.closeSync(fd);
  }
}

/** Returns how many bytes there were: fewer than asked for at the end of the file. */
function readAt(path: string, bytes: Uint8Array, offset: number, calls: FileCalls): number {
  const fd = calls.openSync(path, constants.O_RDONLY, 0);
  try {
    let length = 0;
    while (length < bytes.length) {
      const count = calls.readSync(fd, bytes, length, bytes.length - length, offset + length);
      if (count === 0) break;
      length += count;
    }
    return length;
  } finally {
    calls.closeSync(fd);
  }
}

/** Finds the lines of the outbox, in their order, among those of a file. */
class LineSearch {
  readonly #outbox: Uint8Array;
  /** Bytes of the outbox whose lines were found. */
  found = 0;

  constructor(outbox: Uint8Array) {
    this.#outbox = outbox;
  }

  get done(): boolean {
    return this.found === this.#outbox.length;
  }

  /** The lines of the outbox that weren't found. */
  get missing(): Uint8Array {
    return this.#outbox.subarray(this.found);
  }

  get nextLine(): Uint8Array {
    return this.missing.subarray(0, this.missing.indexOf(NEWLINE) + 1);
  }

  /**
   * Goes through a stretch of a file. Returns how many bytes of the next line of the outbox stand, without a line end,
   * at its very end: 0 when what stands there is none of it.
   */
  read({ path, offset }: Stretch, calls: FileCalls): number {
    const fd = calls.openSync(path, constants.O_RDONLY, 0);
    try {
      let rest: Uint8Array = new Uint8Array(0);
      for (let at = offset; ; ) {
        const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
        const count = calls.readSync(fd, chunk, 0, CHUNK_BYTES, at);
        if (count === 0) break;
        at += count;
        rest = this.#lines(
          rest.length === 0 ? chunk.subarray(0, count) : Buffer.concat([rest, chunk.subarray(0, count)]),
        );
      }
      return rest.length > 0 && startsWith(this.missing, rest) ? rest.length : 0;
    } finally {
      calls.closeSync(fd);
    }
  }

  /** Takes the whole lines of `bytes`, and returns what is left of them. */
  #lines(bytes: Uint8Array): Uint8Array {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      if (!this.done && startsWith(this.missing, bytes.subarray(start, end + 1))) {
        this.found += end + 1 - start;
      }
      start = end + 1;
    }
    return bytes.subarray(start);
  }
}

/** Where lines of ours may be: in the file as it was, then in the one that has its name now. */
function stretchesOf(path: string, from: Whereabouts | undefined, calls: FileCalls): Stretch[] {
  const named = calls.statSync(path, { bigint: true, throwIfNoEntry: false });
  // What went to a device can't be read back.
  if (named?.isFile() === false) return [];
  if (named === undefined) {
    const moved = from === undefined ? undefined : movedTo(path, from, calls);
    return moved === undefined ? [] : [moved];
  }
  if (from === undefined) return [{ path, offset: 0 }];
  if (named.dev === from.dev && named.ino === from.ino) {
    // Shorter than it was: it was copied away and emptied.
    return [{ path, offset: named.size < from.offset ? 0 : Number(from.offset) }];
  }
  const moved = movedTo(path, from, calls);
  return moved === undefined ? [{ path, offset: 0 }] : [moved, { path, offset: 0 }];
}

function movedTo(path: string, from: Whereabouts, calls: FileCalls): Stretch | undefined {
  const folder = dirname(path);
  for (const name of namesIn(folder)) {
    const candidate = join(folder, name);
    const facts = calls.statSync(candidate, { bigint: true, throwIfNoEntry: false });
    if (facts === undefined || facts.dev !== from.dev || facts.ino !== from.ino || !facts.isFile()) continue;
    return { path: candidate, offset: facts.size < from.offset ? 0 : Number(from.offset) };
  }
  return undefined;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // The folder is new: nothing was moved within it.
    return [];
  }
}

function appendTo(path: string, bytes: Uint8Array, calls: FileCalls): void {
  const fd = calls.openSync(path, constants.O_WRONLY | constants.O_APPEND, 0);
  try {
    for (let at = 0; at < bytes.length; ) at += calls.writeSync(fd, bytes, at, bytes.length - at);
    calls.fdatasyncSync(fd);
  } finally {
    calls.closeSync(fd);
  }
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  if (start.length > bytes.length) return false;
  for (let i = 0; i < start.length; i++) if (bytes[i] !== start[i]) return false;
  return true;
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}
