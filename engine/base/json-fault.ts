import { MAX_JSON_DEPTH } from "../contract/limits.ts";

/** Where a text stops being JSON, and what would have been right there. */
interface JsonFault {
  /** Counted from 1. */
  line: number;
  /** In characters, counted from 1. */
  column: number;
  /** `expected a comma or "]", found "oops"` */
  message: string;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const WORDS = ["true", "false", "null"].map((word) => new TextEncoder().encode(word));

/**
 * Finds the first place where these bytes (UTF-8, without a byte order mark) aren't strict JSON; `undefined` when they
 * are. `JSON.parse` can say *that* a text is no JSON, but often not where, and never in words for the person who
 * edited the file; so a file that failed to parse is read once more by this function. It builds nothing: its memory
 * doesn't grow with the text, and JSON nested deeper than `MAX_JSON_DEPTH` is a fault.
 */
export function findJsonFault(bytes: Uint8Array): JsonFault | undefined {
  const reader = new StrictReader(bytes);
  return reader.read() ? undefined : reader.fault();
}

class StrictReader {
  readonly #bytes: Uint8Array;
  #pos = 0;
  /** Set when something is wrong at `#pos`. */
  #expected = "";
  /** For each open bracket, whether it is an object's. */
  readonly #open: boolean[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  fault(): JsonFault {
    const bytes = this.#bytes;
    let line = 1;
    let lineStart = 0;
    for (let i = 0; i < this.#pos; i++) {
      if (bytes[i] !== 0x0a) continue;
      line += 1;
      lineStart = i + 1;
    }
    return {
      line,
      column: [...decode(bytes.subarray(lineStart, this.#pos))].length + 1,
      message: `expected ${this.#expected}, found ${this.#found()}`,
    };
  }

  /** False when there is a fault. A loop over an explicit stack: nesting is the file's, the call stack is ours. */
  read(): boolean {
    let afterValue = false;
    for (;;) {
      this.#space();
      if (!afterValue) {
        const byte = this.#bytes[this.#pos];
        if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
          const entered = this.#enter(byte === OPEN_OBJECT);
          if (entered === undefined) return false;
          afterValue = entered === "empty";
          continue;
        }
        if (!this.#scalar()) return false;
        afterValue = true;
        continue;
      }
      const inObject = this.#open.at(-1);
      if (inObject === undefined) return this.#pos === this.#bytes.length || this.#fail("the end of the file");
      const byte = this.#bytes[this.#pos];
      if (byte === COMMA) {
        this.#pos += 1;
        if (inObject && !this.#key('another field name in double quotes (no comma may stand before "}")')) return false;
        afterValue = false;
      } else if (byte === (inObject ? CLOSE_OBJECT : CLOSE_LIST)) {
        this.#open.pop();
        this.#pos += 1;
      } else {
        return this.#fail(inObject ? 'a comma or "}"' : 'a comma or "]"');
      }
    }
  }

  #enter(isObject: boolean): "empty" | "entered" | undefined {
    if (this.#open.length === MAX_JSON_DEPTH) {
      this.#fail(`at most ${MAX_JSON_DEPTH} brackets inside each other`);
      return undefined;
    }
    this.#pos += 1;
    this.#space();
    if (this.#bytes[this.#pos] === (isObject ? CLOSE_OBJECT : CLOSE_LIST)) {
      this.#pos += 1;
      return "empty";
    }
    this.#open.push(isObject);
    if (isObject && !this.#key('a field name in double quotes or "}"')) return undefined;
    return "entered";
  }

  #key(expected: string): boolean {
    this.#space();
    if (this.#bytes[this.#pos] !== QUOTE) return this.#fail(expected);
    if (!this.#string()) return false;
    this.#space();
    if (this.#bytes[this.#pos] !== COLON) return this.#fail('":" after the field name');
    this.#pos += 1;
    return true;
  }

  #scalar(): boolean {
    const byte = this.#bytes[this.#pos];
    if (byte === QUOTE) return this.#string();
    if (byte === MINUS || isDigit(byte)) return this.#number();
    for (const word of WORDS) {
      if (byte !== word[0]) continue;
      const end = this.#pos + word.length;
      if (!word.every((each, i) => this.#bytes[this.#pos + i] === each) || isWordByte(this.#bytes[end])) break;
      this.#pos = end;
      return true;
    }
    const first = this.#open.at(-1) === false && this.#bytes[this.#pos] === CLOSE_LIST;
    return this.#fail(first ? 'another entry (no comma may stand before "]")' : "a value");
  }

  #string(): boolean {
    const bytes = this.#bytes;
    const start = this.#pos;
    let i = start + 1;
    for (;;) {
      const byte = bytes[i];
      if (byte === QUOTE) {
        this.#pos = i + 1;
        return true;
      }
      if (byte === undefined || byte < 0x20) {
        this.#pos = byte === undefined ? bytes.length : i;
        return this.#fail(
          byte === undefined ? "the closing quote of a text" : "a closing quote or an escape such as \\n",
        );
      }
      if (byte === BACKSLASH) {
        const length = escapeLength(bytes, i);
        if (length === 0) {
          this.#pos = i;
          return this.#fail('an escape that JSON knows, such as \\" or \\\\ or \\u0041');
        }
        i += length;
      } else {
        i += 1;
      }
    }
  }

  #number(): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#pos] === MINUS) this.#pos += 1;
    const start = this.#pos;
    if (!this.#digits()) return false;
    if (bytes[start] === ZERO && this.#pos > start + 1) {
      this.#pos = start;
      return this.#fail("a number without leading zeros");
    }
    if (bytes[this.#pos] === DOT) {
      this.#pos += 1;
      if (!this.#digits()) return false;
    }
    if (bytes[this.#pos] === 0x65 || bytes[this.#pos] === 0x45) {
      this.#pos += 1;
      if (bytes[this.#pos] === MINUS || bytes[this.#pos] === 0x2b) this.#pos += 1;
      if (!this.#digits()) return false;
    }
    return true;
  }

  #digits(): boolean {
    if (!isDigit(this.#bytes[this.#pos])) return this.#fail("a digit");
    while (isDigit(this.#bytes[this.#pos])) this.#pos += 1;
    return true;
  }

  #space(): void {
    this.#pos = skipSpace(this.#bytes, this.#pos);
  }

  #fail(expected: string): false {
    this.#expected = expected;
    return false;
  }

  #found(): string {
    const bytes = this.#bytes;
    if (this.#pos >= bytes.length) return "the end of the file";
    let end = this.#pos;
    while (end < bytes.length && end - this.#pos < 12 && isWordByte(bytes[end])) end += 1;
    // A word, or one whole character: the bytes that follow in UTF-8 start with the bits 10.
    if (end === this.#pos) end += 1;
    while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end += 1;
    const text = decode(bytes.subarray(this.#pos, end));
    if (text === "\n" || text === "\r") return "a line break";
    if (text === "\t") return "a tabulator";
    return text === '"' ? "a double quote" : JSON.stringify(text);
  }
}

/** The offset of the next byte that is no JSON white space. */
export function skipSpace(bytes: Uint8Array, from: number): number {
  let i = from;
  for (;;) {
    const byte = bytes[i];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return i;
    i += 1;
  }
}

/** Length of the escape that starts at `i`; 0 when it is none. */
function escapeLength(bytes: Uint8Array, i: number): number {
  switch (bytes[i + 1]) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // the slash
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return 2;
    case 0x75: // u
      return [2, 3, 4, 5].every((k) => isHex(bytes[i + k])) ? 6 : 0;
    default:
      return 0;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x7a) || byte === 0x5f || byte >= 0x80;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
