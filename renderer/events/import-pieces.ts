/** A part of a file of events, one event a line. */
export interface ImportPiece {
  text: string;
  /** The number of its first line (of a list: its first event) in the file, from 1. */
  first: number;
  /** Characters of the file that were read when it was cut. */
  read: number;
}

export type ImportFormat = "list" | "lines";

/**
 * Cuts the text of a file (a JSON array, or one event a line) into pieces that a request can hold, while it is read: a file
 * of gigabytes is never in memory. What is in an array is written one event a line, so that both look the same afterwards.
 */
export class PieceCutter {
  readonly #limit: number;
  readonly #emit: (piece: ImportPiece) => void;
  #format: ImportFormat | undefined;
  /** Finished lines of the piece that is gathered. */
  #lines: string[] = [];
  #size = 0;
  #first = 1;
  #read = 0;
  /** Before anything else in the file. */
  #blankLines = 0;
  /** The line or event that isn't finished: its parts, and how long they are together. */
  #parts: string[] = [];
  #partsSize = 0;
  #depth = 0;
  #inText = false;
  #escaped = false;
  #afterList = false;

  /** `limit`: bytes that a piece may have within a request's body. */
  constructor(limit: number, emit: (piece: ImportPiece) => void) {
    this.#limit = limit;
    this.#emit = emit;
  }

  get format(): ImportFormat | undefined {
    return this.#format;
  }

  push(chunk: string): void {
    this.#read += chunk.length;
    let rest = chunk;
    if (this.#format === undefined) {
      rest = rest.trimStart();
      this.#blankLines += chunk.slice(0, chunk.length - rest.length).split("\n").length - 1;
      if (rest === "") return;
      this.#format = rest.startsWith("[") ? "list" : "lines";
      if (this.#format === "list") rest = rest.slice(1);
      else this.#first += this.#blankLines;
    }
    if (this.#format === "list") this.#pushList(rest);
    else this.#pushLines(rest);
  }

  /** Hands out what is left. */
  end(): void {
    if (this.#partsSize > 0) this.#finish();
    this.#cut();
  }

  #pushLines(chunk: string): void {
    let start = 0;
    for (let end = chunk.indexOf("\n"); end !== -1; end = chunk.indexOf("\n", start)) {
      this.#take(chunk.slice(start, end));
      // An empty line is a line: the numbers of those after it depend on it.
      this.#finish();
      start = end + 1;
    }
    this.#take(chunk.slice(start));
  }

  /** Follows brackets and strings, and cuts at the commas of the outermost list. */
  #pushList(chunk: string): void {
    let start = 0;
    for (let index = 0; index < chunk.length; index++) {
      const sign = chunk[index];
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false;
        else if (sign === "\\") this.#escaped = true;
        else if (sign === '"') this.#inText = false;
        continue;
      }
      if (sign === '"') this.#inText = true;
      else if (sign === "{" || sign === "[") this.#depth++;
      else if ((sign === "]" || sign === ",") && this.#depth === 0) {
        this.#takeOfList(chunk.slice(start, index));
        if (this.#partsSize > 0) this.#finish();
        start = index + 1;
        if (sign === "]") this.#afterList = true;
      } else if (sign === "}" || sign === "]") this.#depth--;
    }
    this.#takeOfList(chunk.slice(start));
  }

  #takeOfList(text: string): void {
    // Line breaks stand only between the tokens of JSON, so a blank means the same.
    const flat = text.replace(/[\r\n]+/g, " ");
    if (this.#partsSize === 0) {
      const begun = flat.trimStart();
      // What follows the closing bracket is handed on as a line of its own: the server says what is wrong with it.
      if (begun !== "") this.#take(this.#afterList ? begun.trimEnd() : begun);
    } else this.#take(flat);
  }

  #take(text: string): void {
    if (text === "") return;
    this.#parts.push(text);
    this.#partsSize += text.length;
  }

  #finish(): void {
    const line = this.#parts.join("");
    this.#parts = [];
    this.#partsSize = 0;
    const size = bytesInBody(line);
    if (this.#size > 0 && this.#size + size > this.#limit) this.#cut();
    this.#lines.push(line);
    this.#size += size;
  }

  #cut(): void {
    if (this.#lines.length === 0) return;
    const piece = { text: this.#lines.join("\n"), first: this.#first, read: this.#read };
    this.#first += this.#lines.length;
    this.#lines = [];
    this.#size = 0;
    // Lines without anything in them are nothing to send.
    if (piece.text.trim() !== "") this.#emit(piece);
  }
}

const ENCODER = new TextEncoder();

/** What a line takes in the JSON of a request: quotes and backslashes are written as two characters there. */
function bytesInBody(line: string): number {
  return ENCODER.encode(JSON.stringify(line)).length;
}
