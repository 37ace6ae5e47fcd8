import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** A log file starts anew at this size; with the two older ones a service's logs take at most three times as much. */
const MAX_BYTES = 8 * 1024 * 1024;
const OLDER_FILES = 2;
/** How many of the last lines are kept at hand, and how much of each. */
const LAST_LINES = 200;
const LINE_MAX = 4000;

/**
 * Keeps what a service writes: in `FILE`, `FILE.1`, `FILE.2` (operation.md §2), and its last lines in memory, to be
 * shown when it fails. A full disk costs the log, not the service.
 */
export class RotatingLog {
  readonly path: string;
  readonly #maxBytes: number;
  readonly #onLine: (line: string) => void;
  readonly #last: string[] = [];
  #partial = "";
  #fd: number | undefined;
  #size = 0;

  /** @param onLine hears each whole line */
  constructor(path: string, maxBytes = MAX_BYTES, onLine: (line: string) => void = () => undefined) {
    this.#onLine = onLine;
    this.path = path;
    this.#maxBytes = maxBytes;
  }

  write(chunk: Buffer): void {
    this.#remember(chunk.toString("utf8"));
    try {
      this.#append(chunk);
    } catch {
      this.close();
    }
  }

  lastLines(count: number): string[] {
    const lines = this.#partial === "" ? this.#last : [...this.#last, this.#partial];
    return lines.slice(-count);
  }

  close(): void {
    if (this.#fd === undefined) return;
    const fd = this.#fd;
    this.#fd = undefined;
    closeSync(fd);
  }

  #append(chunk: Buffer): void {
    if (this.#fd === undefined) this.#open();
    if (this.#size > 0 && this.#size + chunk.length > this.#maxBytes) this.#rotate();
    if (this.#fd !== undefined) this.#size += writeSync(this.#fd, chunk);
  }

  #open(): void {
    mkdirSync(dirname(this.path), { recursive: true });
    this.#fd = openSync(this.path, "a");
    this.#size = statSync(this.path).size;
  }

  #rotate(): void {
    this.close();
    for (let age = OLDER_FILES; age >= 1; age--) {
      try {
        renameSync(age === 1 ? this.path : `${this.path}.${age - 1}`, `${this.path}.${age}`);
      } catch {
        // There is no file of that age yet.
      }
    }
    this.#open();
  }

  #remember(text: string): void {
    const lines = (this.#partial + text).split("\n");
    this.#partial = (lines.pop() ?? "").slice(-LINE_MAX);
    for (const line of lines) {
      const shown = line.slice(0, LINE_MAX);
      this.#last.push(shown);
      this.#onLine(shown);
    }
    if (this.#last.length > LAST_LINES) this.#last.splice(0, this.#last.length - LAST_LINES);
  }
}
