import type { ConfigFile } from "./config-file.ts";
import { findJsonFault, skipSpace } from "./json-fault.ts";
import { configFileText, newlines, notJson, valueEnd, walkEntries } from "./json-text.ts";
import type { Problem } from "./problem.ts";

const OPEN_OBJECT = 0x7b;
const OPEN_LIST = 0x5b;

/**
 * A larger entry is refused unread: no directive and no asset is nearly as large, and parsing 100 MB of `{},{},…` would
 * take gigabytes.
 */
const MAX_ENTRY_BYTES = 4 * 1024 * 1024;

/** One entry of a file's list: its own text, a subarray of the file's bytes, and the parsed value. */
export interface ListEntry {
  /** Place in the list, from 0. */
  readonly index: number;
  /** Line of the file on which the entry starts, from 1. */
  readonly line: number;
  readonly text: Buffer;
  readonly value: unknown;
}

/**
 * Reads a configuration file of the form `{"<listName>": [entry, entry, …]}` entry by entry: each is parsed alone and
 * handed on before the next is looked at, so that a file of 100 MB never exists as one tree of objects. The result is
 * that of `JSON.parse` of the whole: the bytes between the entries are checked strictly, and a slice that isn't one
 * whole JSON value fails its own `JSON.parse`. Other fields of the file are checked to be JSON and ignored.
 *
 * Returns the problem of the file as a whole, if it has one; entries in front of a syntax error have been handed on by
 * then. `onEntry` returns false to stop reading.
 */
export function readListFile(
  file: ConfigFile,
  listName: string,
  onEntry: (entry: ListEntry) => boolean,
): Problem | undefined {
  const text = configFileText(file);
  if (!Buffer.isBuffer(text)) return text;
  const reader = new ListReader(file.name, text, listName, onEntry);
  return reader.read();
}

class ListReader {
  readonly #file: string;
  readonly #text: Buffer;
  readonly #listName: string;
  readonly #onEntry: (entry: ListEntry) => boolean;
  #stopped = false;
  #problem: Problem | undefined;
  #lists = 0;
  #entries = 0;
  /** Lines are counted once over the file, from each entry to the next. */
  #line = 1;
  #counted = 0;

  constructor(file: string, text: Buffer, listName: string, onEntry: (entry: ListEntry) => boolean) {
    this.#file = file;
    this.#text = text;
    this.#listName = listName;
    this.#onEntry = onEntry;
  }

  read(): Problem | undefined {
    const text = this.#text;
    const start = skipSpace(text, 0);
    const wanted = `expected an object of the form {"${this.#listName}": […]}`;
    if (text[start] !== OPEN_OBJECT) {
      const found = text[start] === OPEN_LIST ? "a list" : "a single value";
      return findJsonFault(text) === undefined
        ? {
            file: this.#file,
            field: this.#listName,
            line: this.#lineAt(start),
            message: `missing; ${wanted}, found ${found}`,
          }
        : notJson(this.#file, text);
    }
    const end = walkEntries(text, start, (key, at) => this.#field(key, at));
    if (this.#stopped) return undefined;
    if (end < 0 || skipSpace(text, end) !== text.length) return notJson(this.#file, text);
    if (this.#problem !== undefined) return this.#problem;
    if (this.#lists === 0) return { file: this.#file, field: this.#listName, message: `missing; ${wanted}` };
    return undefined;
  }

  #field(key: string | undefined, at: number): number {
    if (key !== this.#listName) return this.#skip(at);
    this.#lists += 1;
    const line = this.#lineAt(at);
    if (this.#lists > 1) {
      this.#problem = { file: this.#file, field: key, line, message: "stands in this file twice; keep one" };
      return this.#skip(at);
    }
    if (this.#text[at] !== OPEN_LIST) {
      this.#problem = { file: this.#file, field: key, line, message: "is not a list" };
      return this.#skip(at);
    }
    return walkEntries(this.#text, at, (_, start) => this.#entry(start));
  }

  #entry(start: number): number {
    const end = valueEnd(this.#text, start);
    if (end < 0) return -1;
    const line = this.#lineAt(start);
    if (end - start > MAX_ENTRY_BYTES) {
      const field = `${this.#listName}[${this.#entries}]`;
      this.#problem ??= { file: this.#file, field, line, message: "is larger than 4 MiB" };
      this.#entries += 1;
      return this.#skip(start);
    }
    const text = this.#text.subarray(start, end);
    let value: unknown;
    try {
      value = JSON.parse(text.toString("utf8"));
    } catch {
      return -1;
    }
    const index = this.#entries;
    this.#entries += 1;
    if (this.#onEntry({ index, line, text, value })) return end;
    this.#stopped = true;
    return -1;
  }

  /** The end of a value that nobody wants to see, but which has to be JSON all the same. */
  #skip(at: number): number {
    const end = valueEnd(this.#text, at);
    return end < 0 || findJsonFault(this.#text.subarray(at, end)) !== undefined ? -1 : end;
  }

  #lineAt(offset: number): number {
    this.#line += newlines(this.#text, this.#counted, offset);
    this.#counted = offset;
    return this.#line;
  }
}
