import { MAX_JSON_DEPTH } from "../contract/limits.ts";

/**
 * Names that one event of a large body may hold, at all levels. Each distinct name costs V8 up to 2 µs to parse,
 * so that this bounds the stall of the event loop by one event; a real event of many MiB holds long texts, not names.
 */
export const MAX_NAMES_PER_EVENT = 50_000;
/** Values that one event of a large body may hold, at all levels: up to 60 bytes of memory and 0.3 µs each. */
export const MAX_VALUES_PER_EVENT = 200_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Finds the elements of a large body, one event or an array of them, without parsing it: each can then be parsed,
 * checked and forgotten on its own, with the event loop let go in between, and a bomb (reliability.md §3) is refused
 * at its first element. `from` and `to` are the bytes of the current element. What is between brackets is only
 * counted, never judged: JSON.parse judges every element. The separators, which no JSON.parse sees, are judged here.
 */
export class ElementReader {
  readonly #bytes: Uint8Array;
  readonly #isArray: boolean;
  #position: number;
  #ended = false;
  /** Counted from 0; -1 before the first element. */
  index = -1;
  from = 0;
  to = 0;
  /** Why the body is refused, in a sentence without its subject; `undefined` while all is well. */
  fault: string | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    const start = skipBlanks(bytes, 0);
    this.#isArray = bytes[start] === OPEN_BRACKET;
    this.#position = this.#isArray ? start + 1 : start;
    if (this.#isArray) {
      const first = skipBlanks(bytes, this.#position);
      if (bytes[first] === CLOSE_BRACKET) this.fault = this.#end(first);
    }
  }

  get isArray(): boolean {
    return this.#isArray;
  }

  /** Steps to the next element; false when there is none, or a fault. */
  next(): boolean {
    if (this.#ended || this.fault !== undefined) return false;
    this.index += 1;
    this.from = this.#position;
    this.fault = this.#scan();
    return this.fault === undefined;
  }

  /** Finds the end of the element that starts at `#position`. Returns what is wrong with it, if anything is. */
  #scan(): string | undefined {
    const bytes = this.#bytes;
    const length = bytes.length;
    const outer = this.#isArray ? 1 : 0;
    let depth = outer;
    let names = 0;
    let values = 0;
    let i = this.#position;
    for (; i < length; i++) {
      const byte = bytes[i];
      if (byte === QUOTE) {
        i = skipString(bytes, i + 1);
      } else if (byte === COMMA) {
        if (depth === outer && this.#isArray) {
          this.to = i;
          this.#position = i + 1;
          return undefined;
        }
        if (++values > MAX_VALUES_PER_EVENT) return TOO_MANY_VALUES;
      } else if (byte === COLON) {
        if (++names > MAX_NAMES_PER_EVENT) return TOO_MANY_NAMES;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (++depth > MAX_JSON_DEPTH) return TOO_DEEP;
        if (++values > MAX_VALUES_PER_EVENT) return TOO_MANY_VALUES;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (depth === outer && this.#isArray) {
          this.to = i;
          return byte === CLOSE_BRACKET ? this.#end(i) : "isn't JSON: } where the array should end with ]";
        }
        depth -= 1;
      }
    }
    this.to = length;
    this.#ended = true;
    return this.#isArray ? "isn't JSON: the array doesn't end" : undefined;
  }

  #end(position: number): string | undefined {
    this.#ended = true;
    const rest = skipBlanks(this.#bytes, position + 1);
    return rest < this.#bytes.length ? "isn't JSON: something follows the end of the array" : undefined;
  }
}

const TOO_MANY_VALUES = `holds more than ${MAX_VALUES_PER_EVENT} values`;
const TOO_MANY_NAMES = `holds more than ${MAX_NAMES_PER_EVENT} fields`;
/** What is said of JSON nested deeper than engine.md §3 allows. */
export const TOO_DEEP = `is nested deeper than ${MAX_JSON_DEPTH} levels`;

/** Whether a parsed value has more than `levels` levels of objects and arrays. Stops looking below them. */
export function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  const object = value as Record<string, unknown>;
  for (const key in object) {
    const inner = object[key];
    if (typeof inner === "object" && inner !== null && deeperThan(inner, levels - 1)) return true;
  }
  return false;
}

/** From the first byte inside a string to its closing quote, or to the end when there is none. */
function skipString(bytes: Uint8Array, from: number): number {
  let i = from;
  for (; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) break;
    if (byte === BACKSLASH) i++;
  }
  return i;
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let i = from;
  for (; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
  }
  return i;
}
