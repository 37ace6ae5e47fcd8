import { type FileHandle, open, stat } from "node:fs/promises";
import { basename } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { DsiemError, errorText } from "../../engine/base/errors.ts";
import type { OpenedFile } from "../../engine/contract/desktop.ts";

/** A piece of a file that a page is given at once, in bytes. */
export const PIECE_BYTES = 1024 * 1024;
const MOST_FILES = 16;
const UTF8_LONGEST = 4;

class OpenedFileError extends DsiemError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("OPENED_FILE", message, options);
  }
}

/**
 * The files that a person has opened with the desktop. A page knows them by an id of ours and can read these and no
 * others: it never names a path.
 */
export class OpenedFiles {
  readonly #paths = new Map<string, string>();
  readonly #newId: () => string;

  constructor(newId: () => string) {
    this.#newId = newId;
  }

  /** @throws OpenedFileError when there is no such file, or something else under its name. */
  async add(path: string): Promise<OpenedFile> {
    const facts = await stat(path).catch((cause: unknown) => {
      throw new OpenedFileError(`${basename(path)} can't be opened: ${errorText(cause)}`, { cause });
    });
    if (!facts.isFile()) throw new OpenedFileError(`${basename(path)} isn't a file.`);
    const [oldest] = this.#paths.keys();
    if (oldest !== undefined && this.#paths.size >= MOST_FILES) this.#paths.delete(oldest);
    const id = this.#newId();
    this.#paths.set(id, path);
    return { id, name: basename(path), bytes: facts.size };
  }

  /**
   * The text from a position on, cut between two characters; `next` is where to go on, missing at the end.
   * @throws OpenedFileError when the id isn't one of an opened file, or it can't be read any more.
   */
  async read(id: string, from: number): Promise<{ text: string; next?: number }> {
    const path = this.#paths.get(id);
    if (path === undefined) throw new OpenedFileError("This file was closed: open it again.");
    try {
      const file = await open(path, "r");
      try {
        return await readPiece(file, from);
      } finally {
        await file.close();
      }
    } catch (cause) {
      throw new OpenedFileError(`${basename(path)} can't be read: ${errorText(cause)}`, { cause });
    }
  }
}

async function readPiece(file: FileHandle, from: number): Promise<{ text: string; next?: number }> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(PIECE_BYTES), 0, PIECE_BYTES, from);
  const piece = buffer.subarray(0, bytesRead);
  if (bytesRead < PIECE_BYTES) return { text: piece.toString("utf8") };
  const decoder = new StringDecoder("utf8");
  const text = decoder.write(piece);
  // The decoder keeps the bytes of a character that isn't whole: they belong to the next piece.
  const kept = Math.min(Buffer.byteLength(decoder.end()) === 0 ? 0 : unfinished(piece), UTF8_LONGEST - 1);
  return { text, next: from + bytesRead - kept };
}

/** Bytes at the end that begin a character without finishing it. */
function unfinished(piece: Uint8Array): number {
  for (let back = 1; back < UTF8_LONGEST; back++) {
    const byte = piece.at(-back) ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back;
  }
  return 0;
}
