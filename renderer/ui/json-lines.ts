/*
 * JSON as coloured lines. What comes from events may be enormous: texts are cut, and so is the number of lines; copying
 * takes the whole value, never these lines.
 */

export type JsonPart = "key" | "string" | "number" | "sign" | "cut";
export interface JsonToken {
  part: JsonPart;
  text: string;
}
export interface JsonLine {
  indent: number;
  tokens: JsonToken[];
}
export interface JsonPicture {
  lines: JsonLine[];
  /** Lines that aren't shown because there are too many. */
  more: number;
}

/** Characters of a text that are shown. */
const LONGEST_TEXT = 1_000;
/** Beyond so many lines nobody reads. */
const MOST_LINES = 4_000;

export function jsonPicture(value: unknown): JsonPicture {
  const writer = new LineWriter();
  writer.value(value, 0, [], "");
  return { lines: writer.lines, more: writer.more };
}

class LineWriter {
  readonly lines: JsonLine[] = [];
  more = 0;

  /** Writes a value after `before` (its key), and `after` (a comma) behind it. */
  value(value: unknown, indent: number, before: JsonToken[], after: string): void {
    if (Array.isArray(value)) {
      const items = value.map((item: unknown) => ({ before: [], item }));
      this.#list("[", "]", items, indent, before, after);
    } else if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value).filter(([, item]) => item !== undefined);
      const items = entries.map(([key, item]: [string, unknown]) => ({ before: keyTokens(key), item }));
      this.#list("{", "}", items, indent, before, after);
    } else this.#line(indent, [...before, ...scalarTokens(value), ...signs(after)]);
  }

  #list(
    open: string,
    close: string,
    items: { before: JsonToken[]; item: unknown }[],
    indent: number,
    before: JsonToken[],
    after: string,
  ): void {
    if (items.length === 0) {
      this.#line(indent, [...before, ...signs(`${open}${close}${after}`)]);
      return;
    }
    this.#line(indent, [...before, ...signs(open)]);
    for (const [index, { before: key, item }] of items.entries()) {
      this.value(item, indent + 1, key, index === items.length - 1 ? "" : ",");
    }
    this.#line(indent, signs(`${close}${after}`));
  }

  #line(indent: number, tokens: JsonToken[]): void {
    if (this.lines.length < MOST_LINES) this.lines.push({ indent, tokens });
    else this.more += 1;
  }
}

function keyTokens(key: string): JsonToken[] {
  return [...textTokens("key", key), { part: "sign", text: ": " }];
}

function scalarTokens(value: unknown): JsonToken[] {
  if (typeof value === "string") return textTokens("string", value);
  return [{ part: "number", text: String(value) }];
}

function textTokens(part: "key" | "string", text: string): JsonToken[] {
  if (text.length <= LONGEST_TEXT) return [{ part, text: JSON.stringify(text) }];
  const shown = JSON.stringify(text.slice(0, LONGEST_TEXT).toWellFormed());
  const rest = text.length - LONGEST_TEXT;
  return [
    { part, text: shown.slice(0, -1) },
    { part: "cut", text: `… ${rest.toLocaleString("en")} more characters` },
    { part, text: '"' },
  ];
}

function signs(text: string): JsonToken[] {
  return text === "" ? [] : [{ part: "sign", text }];
}
