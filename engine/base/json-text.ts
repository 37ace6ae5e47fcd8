import { isUtf8 } from "node:buffer";
import type { ConfigFile } from "./config-file.ts";
import { findJsonFault, skipSpace } from "./json-fault.ts";
import type { Problem } from "./problem.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * The bytes of a configuration file as a Buffer over the same memory, without the byte order mark that some editors
 * put in front; or why they can't be a JSON text at all.
 */
export function configFileText(file: ConfigFile): Buffer | Problem {
  const { name, bytes } = file;
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return { file: name, message: "is UTF-16; save it as UTF-8" };
  }
  if (!isUtf8(bytes)) return { file: name, line: firstBadLine(bytes), message: "isn't UTF-8 text; save it as UTF-8" };
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  return Buffer.from(bytes.buffer, bytes.byteOffset + mark, bytes.byteLength - mark);
}

/** The whole file as one parsed value, with its text, or the one problem that prevents that. */
export function parseConfigFile(file: ConfigFile): { text: Buffer; value: unknown } | { problem: Problem } {
  const text = configFileText(file);
  if (!Buffer.isBuffer(text)) return { problem: text };
  try {
    return { text, value: JSON.parse(text.toString("utf8")) as unknown };
  } catch (error) {
    return { problem: notJson(file.name, text, error) };
  }
}

/** The problem of a file that isn't JSON: line, column, and what was expected there. */
export function notJson(name: string, text: Uint8Array, error?: unknown): Problem {
  if (skipSpace(text, 0) === text.length) return { file: name, message: "is empty; expected JSON" };
  const fault = findJsonFault(text);
  if (fault === undefined)
    return { file: name, message: `is not JSON: ${error instanceof Error ? error.message : ""}` };
  const { line, column, message } = fault;
  return { file: name, line, message: `is not JSON: line ${line}, column ${column}: ${message}` };
}

/**
 * The offset just after the JSON value that starts at `from`, found by counting brackets outside of texts; -1 when it
 * has no end. Of a text that is JSON this is exact. Of one that isn't, the slice isn't JSON either: whoever takes a
 * value by this function must hand it to `JSON.parse`.
 */
export function valueEnd(bytes: Uint8Array, from: number): number {
  const first = bytes[from];
  if (first === QUOTE) return textEnd(bytes, from);
  if (first !== OPEN_OBJECT && first !== OPEN_LIST) return scalarEnd(bytes, from);
  let depth = 0;
  for (let i = from; i < bytes.length; i++) {
    switch (bytes[i]) {
      case QUOTE:
        i = textEnd(bytes, i) - 1;
        if (i < 0) return -1;
        break;
      case OPEN_OBJECT:
      case OPEN_LIST:
        depth += 1;
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        depth -= 1;
        if (depth === 0) return i + 1;
        break;
      default:
    }
  }
  return -1;
}

function textEnd(bytes: Uint8Array, from: number): number {
  for (let i = from + 1; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) return i + 1;
    if (byte === BACKSLASH) i += 1;
  }
  return -1;
}

function scalarEnd(bytes: Uint8Array, from: number): number {
  let i = from;
  for (; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT || byte === undefined || byte <= 0x20) break;
  }
  return i === from ? -1 : i;
}

/**
 * Gets where one entry of an object (then with its name) or of a list (then `undefined`) starts, and returns where it
 * ends, usually by `valueEnd`; -1 ends the walk.
 */
type OnEntry = (key: string | undefined, start: number) => number;

/**
 * Walks over the entries of the object or list that starts at `from` without parsing them. Returns the offset after
 * its closing bracket, or -1 when the names, brackets and commas around the entries aren't as JSON wants them, or when
 * `onEntry` ended the walk.
 */
export function walkEntries(text: Buffer, from: number, onEntry: OnEntry): number {
  const isObject = text[from] === OPEN_OBJECT;
  const close = isObject ? CLOSE_OBJECT : CLOSE_LIST;
  let pos = skipSpace(text, from + 1);
  if (text[pos] === close) return pos + 1;
  for (;;) {
    let key: string | undefined;
    if (isObject) {
      if (text[pos] !== QUOTE) return -1;
      const keyEnd = textEnd(text, pos);
      key = keyEnd < 0 ? undefined : decodeKey(text, pos, keyEnd);
      if (key === undefined) return -1;
      pos = skipSpace(text, keyEnd);
      if (text[pos] !== COLON) return -1;
      pos = skipSpace(text, pos + 1);
    }
    const end = onEntry(key, pos);
    if (end < 0) return -1;
    pos = skipSpace(text, end);
    if (text[pos] === close) return pos + 1;
    if (text[pos] !== COMMA) return -1;
    pos = skipSpace(text, pos + 1);
  }
}

function decodeKey(text: Buffer, start: number, end: number): string | undefined {
  try {
    return JSON.parse(text.toString("utf8", start, end)) as string;
  } catch {
    return undefined;
  }
}

/**
 * The line of one field's value, for messages: `object` is the text of an object that starts on line `line`. A missing
 * field is on the line of the object itself. Of two fields with the same name the last counts, as for `JSON.parse`.
 */
export function fieldLine(object: Buffer, line: number, field: string): number {
  let at = 0;
  if (object[0] === OPEN_OBJECT) {
    walkEntries(object, 0, (key, start) => {
      if (key === field) at = start;
      return valueEnd(object, start);
    });
  }
  return line + newlines(object, 0, at);
}

/** Line breaks in `text` from one offset up to, and without, another. */
export function newlines(text: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    if (text[i] === 0x0a) count += 1;
  }
  return count;
}

function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
    line += 1;
  }
}
