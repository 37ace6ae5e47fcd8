const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const BLANK = 0x20;
/** Several times the largest file that is stored; within what a backend takes. */
const MAX_PRINTED_BYTES = 384 * 1024 * 1024;

/**
 * Indents the bytes of a JSON document by two blanks, as `JSON.stringify(…, null, 2)` does, without parsing it: every
 * number and name stays spelled as the file spells it, which a parse would not keep (integers above 2^53). The bytes
 * must be JSON; the caller has had them parsed. `undefined` when that takes more than `mostBytes`: a file of 100 MiB
 * of deeply nested numbers is 6 GiB, nearly all of them blanks.
 */
export function prettyJson(bytes: Uint8Array, mostBytes: number = MAX_PRINTED_BYTES): Buffer | undefined {
  const printer = new Printer(Math.max(256, bytes.length + (bytes.length >> 1)), mostBytes);
  let depth = 0;
  for (let i = 0; i < bytes.length && !printer.full; i++) {
    const byte = bytes[i] ?? 0;
    switch (byte) {
      case QUOTE: {
        const end = stringEnd(bytes, i);
        printer.copy(bytes, i, end);
        i = end - 1;
        break;
      }
      case 0x7b: // {
      case 0x5b: // [
        printer.put(byte);
        if (isClose(bytes[nextVisible(bytes, i + 1)])) {
          i = nextVisible(bytes, i + 1);
          printer.put(bytes[i] ?? 0);
        } else {
          depth += 1;
          printer.newLine(depth);
        }
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1;
        printer.newLine(depth);
        printer.put(byte);
        break;
      case 0x2c: // ,
        printer.put(byte);
        printer.newLine(depth);
        break;
      case 0x3a: // :
        printer.put(byte);
        printer.put(BLANK);
        break;
      case BLANK:
      case NEWLINE:
      case 0x0d:
      case 0x09:
        break;
      default:
        printer.put(byte);
    }
  }
  return printer.full ? undefined : printer.bytes();
}

/** Bytes that grow as they are written, up to a bound; what comes beyond it isn't written. */
class Printer {
  #bytes: Buffer<ArrayBuffer>;
  readonly #mostBytes: number;
  #length = 0;
  /** Whether the bound was met. */
  full = false;

  constructor(size: number, mostBytes: number) {
    this.#mostBytes = mostBytes;
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(size, mostBytes));
  }

  put(byte: number): void {
    if (!this.#hasRoom(1)) return;
    this.#bytes[this.#length++] = byte;
  }

  copy(from: Uint8Array, start: number, end: number): void {
    if (!this.#hasRoom(end - start)) return;
    for (let i = start; i < end; i++) this.#bytes[this.#length++] = from[i] ?? 0;
  }

  newLine(depth: number): void {
    const count = 1 + 2 * depth;
    if (!this.#hasRoom(count)) return;
    this.#bytes[this.#length++] = NEWLINE;
    for (let i = 1; i < count; i++) this.#bytes[this.#length++] = BLANK;
  }

  /** Everything written, in memory of exactly that size: printed files are kept for a while. */
  bytes(): Buffer {
    return Buffer.from(this.#bytes.buffer.transfer(this.#length));
  }

  #hasRoom(count: number): boolean {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return true;
    if (needed > this.#mostBytes) {
      this.full = true;
      return false;
    }
    const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(this.#bytes.length * 2, needed), this.#mostBytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
    return true;
  }
}

/** Position after the closing quote of the string that starts at `start`. */
function stringEnd(bytes: Uint8Array, start: number): number {
  let i = start + 1;
  while (i < bytes.length && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
  return Math.min(i + 1, bytes.length);
}

function nextVisible(bytes: Uint8Array, from: number): number {
  let i = from;
  while (bytes[i] === BLANK || bytes[i] === NEWLINE || bytes[i] === 0x0d || bytes[i] === 0x09) i++;
  return i;
}

function isClose(byte: number | undefined): boolean {
  return byte === 0x7d || byte === 0x5d;
}
