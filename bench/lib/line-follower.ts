import { openSync, readSync } from "node:fs";

const NEWLINE = 0x0a;
const READ_BYTES = 1024 * 1024;

/** Reads a file of lines as it grows. No line may be longer than a mebibyte. */
export class LineFollower {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(READ_BYTES);
  /** Bytes of an unfinished line at the buffer's start. */
  #kept = 0;
  #offset = 0;

  constructor(path: string) {
    this.#fd = openSync(path, "r");
  }

  /** The lines that have come since, without their ends. */
  *read(): Generator<string> {
    for (;;) {
      const room = this.#buffer.length - this.#kept;
      const length = readSync(this.#fd, this.#buffer, this.#kept, room, this.#offset);
      if (length === 0) return;
      this.#offset += length;
      const end = this.#kept + length;
      let at = 0;
      for (let newline = this.#buffer.indexOf(NEWLINE); newline >= 0 && newline < end; ) {
        yield this.#buffer.toString("utf8", at, newline);
        at = newline + 1;
        newline = this.#buffer.indexOf(NEWLINE, at);
      }
      this.#buffer.copyWithin(0, at, end);
      this.#kept = end - at;
    }
  }
}
