import { isAscii } from "node:buffer";
import { errorText } from "../base/errors.ts";
import { isFault, readEvent } from "../base/event.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { isBetween, objectEnd, UNCLOSED } from "./object-end.ts";

const LINE_FEED = 10;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** An event that is longer isn't one: the door takes none of that size. */
const MAX_EVENT_BYTES = 1024 * 1024;

export interface EventReaderTarget {
  /** The event's own text is in these bytes, from one place to another; they are valid until this returns. */
  event: (event: NormalizedEvent, line: number, bytes: Uint8Array, from: number, to: number) => void;
  /** Whether one line, in braces, has been dealt with already, so that it is neither parsed nor checked. */
  skim?: (bytes: Uint8Array) => boolean;
  /** A line that isn't JSON, or an event that the door would refuse; `bytes` are its own text. */
  problem: (line: number, text: string, bytes: Uint8Array) => void;
}

/** What is being read. */
interface Piece {
  readonly bytes: Buffer;
  /** The same, where every byte is a character of its own: places are the same in both, and a part of it is had for nothing. */
  readonly text: string | undefined;
  /** The next backslash at or behind the place that was asked about last; beyond the end when there is none. */
  backslash: number;
}

/** Longer pieces aren't made a text of as a whole. */
const LONGEST_TEXT = 256 * 1024 * 1024;

/**
 * Finds the events in bytes that come piece by piece: a JSON array (pretty-printed or not), NDJSON, arrays in lines, objects
 * among each other. What isn't readable is told with its line and left out, and reading goes on behind it. Holds no more
 * than one event of what went before.
 */
export class EventReader {
  readonly #target: EventReaderTarget;
  #carry: Buffer = Buffer.alloc(0);
  #line = 1;
  #started = false;
  /** What was found in the line at hand isn't one object: its objects are found one by one. */
  #severalInLine = false;
  /** Most lines aren't parsed. */
  #skims = false;

  constructor(target: EventReaderTarget) {
    this.#target = target;
  }

  push(chunk: Uint8Array): void {
    const fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const bytes = this.#carry.length === 0 ? fresh : Buffer.concat([this.#carry, fresh]);
    const from = this.#started ? 0 : markEnd(bytes);
    if (bytes.length > 2) this.#started = true;
    // A copy, because whoever pushes may use the chunk again.
    this.#carry = Buffer.from(bytes.subarray(this.#read(this.#pieceOf(bytes), from, false)));
  }

  end(): void {
    this.#read(this.#pieceOf(this.#carry), this.#started ? 0 : markEnd(this.#carry), true);
    this.#carry = Buffer.alloc(0);
  }

  /** Reads as far as the bytes go; returns where what isn't complete yet begins. */
  #read(piece: Piece, from: number, isLast: boolean): number {
    const { bytes } = piece;
    let at = from;
    while (at < bytes.length) {
      const byte = bytes[at];
      if (byte === LINE_FEED) {
        this.#line += 1;
        this.#severalInLine = false;
        at += 1;
      } else if (isBetween(byte)) {
        at += 1;
      } else {
        const next = byte === OPEN_BRACE ? this.#object(piece, at, isLast) : this.#garbage(bytes, at, isLast);
        if (next < 0) return at;
        at = next;
      }
    }
    return at;
  }

  /** From a brace on: where it goes on, or -1 when more bytes are needed. */
  #object(piece: Piece, at: number, isLast: boolean): number {
    const { bytes } = piece;
    if (!this.#severalInLine) {
      const end = wholeLine(piece, at, isLast);
      if (end >= 0 && this.#target.skim?.(bytes.subarray(at, end)) === true) {
        this.#skims = true;
        return end;
      }
      const value = end < 0 ? undefined : parsed(piece, at, end);
      if (value !== undefined) {
        this.#value(value, piece, at, end);
        return end;
      }
      this.#severalInLine = true;
    }
    const end = objectEnd(bytes, at);
    if (end === UNCLOSED) {
      if (!isLast && bytes.length - at <= MAX_EVENT_BYTES) return -1;
      return this.#broken(bytes, at, nextLine(bytes, at));
    }
    if (end < 0) return this.#broken(bytes, at, -end);
    const value = parsed(piece, at, end);
    if (value === undefined) this.#notJson(bytes.subarray(at, end));
    else this.#value(value, piece, at, end);
    this.#line += newlinesIn(bytes.subarray(at, end));
    return end;
  }

  #value(value: unknown, piece: Piece, from: number, to: number): void {
    const event = readEvent(value, !hasBackslash(piece, from, to));
    if (!isFault(event)) this.#target.event(event, this.#line, piece.bytes, from, to);
    else this.#target.problem(this.#line, `isn't an event: ${event.message}`, piece.bytes.subarray(from, to));
  }

  /** An object that doesn't end: what follows from `next` on is read as if it hadn't been. */
  #broken(bytes: Buffer, at: number, next: number): number {
    this.#notJson(bytes.subarray(at, Math.min(next, at + MAX_EVENT_BYTES)));
    this.#line += newlinesIn(bytes.subarray(at, next));
    this.#severalInLine = false;
    return next;
  }

  /** What can't begin an event, up to the end of its line. */
  #garbage(bytes: Buffer, at: number, isLast: boolean): number {
    const end = bytes.indexOf(LINE_FEED, at);
    if (end < 0 && !isLast && bytes.length - at <= MAX_EVENT_BYTES) return -1;
    const to = end < 0 ? bytes.length : end;
    this.#notJson(bytes.subarray(at, to));
    return to;
  }

  #pieceOf(bytes: Buffer): Piece {
    const isText = !this.#skims && bytes.length <= LONGEST_TEXT && isAscii(bytes);
    return { bytes, text: isText ? bytes.toString("latin1") : undefined, backslash: -1 };
  }

  #notJson(text: Buffer): void {
    this.#target.problem(this.#line, `isn't JSON: ${whyNot(text)}`, text);
  }
}

function hasBackslash(piece: Piece, from: number, to: number): boolean {
  if (piece.backslash < from) {
    const found = piece.bytes.indexOf(BACKSLASH, from);
    piece.backslash = found < 0 ? piece.bytes.length : found;
  }
  return piece.backslash < to;
}

/** Behind a byte order mark. */
function markEnd(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** The end of the object when it seems to be all that is left of its line, else -1. */
function wholeLine({ bytes, text }: Piece, at: number, isLast: boolean): number {
  const newline = text === undefined ? bytes.indexOf(LINE_FEED, at) : text.indexOf("\n", at);
  if (newline < 0 && !isLast) return -1;
  let end = newline < 0 ? bytes.length : newline;
  while (end > at && isBetween(bytes[end - 1])) end -= 1;
  return bytes[end - 1] === CLOSE_BRACE ? end : -1;
}

function parsed({ bytes, text }: Piece, from: number, to: number): unknown {
  try {
    return JSON.parse(text === undefined ? bytes.toString("utf8", from, to) : text.slice(from, to));
  } catch {
    return undefined;
  }
}

function whyNot(text: Buffer): string {
  try {
    JSON.parse(text.toString("utf8"));
    return "it has no object";
  } catch (error) {
    return errorText(error);
  }
}

function nextLine(bytes: Buffer, at: number): number {
  const newline = bytes.indexOf(LINE_FEED, at);
  return newline < 0 ? bytes.length : newline;
}

function newlinesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) count += 1;
  return count;
}
