/*
 * A directive is edited alone and saved into its file, of which everything else stays byte for byte as it is. It is shown
 * without the indentation that its place in the file gives it.
 */

/** What is edited, and where in its file it belongs. */
export interface EditedFile {
  kind: "directive" | "file";
  fileName: string;
  /** As it is saved; empty for one that isn't there yet. */
  fileText: string;
  /** Which version of the file that is, as the server names it; empty for one that isn't there yet. */
  version: string;
  /** The part that the edited text takes the place of; empty for a new directive. */
  from: number;
  to: number;
  /** What is written around it: a new entry of a list needs its comma. */
  before: string;
  after: string;
  /** What all lines but the first begin with in the file. */
  indent: string;
  lineEnd: "\n" | "\r\n";
  /** The saved text as it is shown; empty for a new directive. */
  text: string;
}

/** A file as the server has it. */
interface SavedFile {
  name: string;
  text: string;
  version: string;
}

/** A whole file. */
export function wholeFile({ name, text, version }: SavedFile): EditedFile {
  const place = { from: 0, to: text.length, before: "", after: "", indent: "", lineEnd: lineEndOf(text) };
  return { kind: "file", fileName: name, fileText: text, version, ...place, text: unified(text) };
}

/** A directive of a file by its id; undefined when the file has none. `said`: its text, as the server reads it. */
export function directiveInFile(file: SavedFile, id: number, said?: string): EditedFile | undefined {
  const { name: fileName, text: fileText, version } = file;
  for (const { from, to } of entriesOf(fileText).spans) {
    const own = fileText.slice(from, to);
    if (own !== said && idOf(own) !== id) continue;
    const lineEnd = lineEndOf(own.includes("\n") ? own : fileText);
    const lines = unified(own).split("\n");
    const indent = sharedIndent(fileText.slice(fileText.lastIndexOf("\n", from - 1) + 1, from), lines);
    const text = lines
      .map((line, index) => (index === 0 ? line : line.slice(line === "" ? 0 : indent.length)))
      .join("\n");
    return { kind: "directive", fileName, fileText, version, from, to, before: "", after: "", indent, lineEnd, text };
  }
  return undefined;
}

/** The place of a new directive: behind the last of its file, or in a file of its own. */
export function newInFile({ name: fileName, text: fileText, version }: SavedFile): EditedFile {
  const lineEnd = lineEndOf(fileText);
  const base = { kind: "directive" as const, fileName, fileText, version, indent: "    ", lineEnd, text: "" };
  const { spans, list } = entriesOf(fileText);
  const last = spans.at(-1);
  if (last !== undefined) {
    const space = /\s*$/.exec(fileText.slice(0, last.from))?.[0] ?? "";
    const indent = space.includes("\n") ? space.slice(space.lastIndexOf("\n") + 1) : "";
    return { ...base, from: last.to, to: last.to, before: `,${space === "" ? lineEnd : space}`, after: "", indent };
  }
  if (list === undefined) {
    const before = `{${lineEnd}  "directives": [${lineEnd}    `;
    return { ...base, from: 0, to: fileText.length, before, after: `${lineEnd}  ]${lineEnd}}${lineEnd}` };
  }
  return { ...base, ...list, before: `[${lineEnd}    `, after: `${lineEnd}  ]` };
}

/** The whole file with this text in the place of what is edited. */
export function fileWith(edited: EditedFile, text: string): string {
  const { fileText, from, to, before, after, indent, lineEnd } = edited;
  if (text === edited.text && before === "") return fileText;
  if (indent === "" && lineEnd === "\n")
    return `${fileText.slice(0, from)}${before}${text}${after}${fileText.slice(to)}`;
  const lines = text.split("\n").map((line, index) => (index === 0 || line === "" ? line : `${indent}${line}`));
  return `${fileText.slice(0, from)}${before}${lines.join(lineEnd)}${after}${fileText.slice(to)}`;
}

/** Lines of the file above the first of the edited text. */
export function linesAbove({ fileText, from, before }: EditedFile): number {
  return fileText.slice(0, from).split("\n").length + before.split("\n").length - 2;
}

function lineEndOf(text: string): "\n" | "\r\n" {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

/** Lines as the editor counts them. */
function unified(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}

/** What may be taken off each line and put back again without changing any. */
function sharedIndent(before: string, lines: readonly string[]): string {
  const indent = /^[ \t]*/.exec(before)?.[0] ?? "";
  const rest = lines.slice(1);
  const isSafe = rest.every((line) => (line.trim() === "" ? line === "" : line.startsWith(indent)));
  return isSafe ? indent : "";
}

function idOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
  } catch {
    return undefined;
  }
}

interface Span {
  from: number;
  to: number;
}

/** Where the entries of a file's list `directives` stand, and the list itself; as far as the file can be read. */
function entriesOf(text: string): { spans: Span[]; list: Span | undefined } {
  let at = skipSpace(text, text.startsWith("\uFEFF") ? 1 : 0);
  if (text[at] !== "{") return { spans: [], list: undefined };
  at = skipSpace(text, at + 1);
  while (text[at] === '"') {
    const keyEnd = valueEnd(text, at);
    const key = text.slice(at, keyEnd);
    at = skipSpace(text, skipSpace(text, keyEnd) + 1);
    if (key === '"directives"' && text[at] === "[")
      return { spans: itemsOf(text, at), list: { from: at, to: valueEnd(text, at) } };
    at = skipSpace(text, valueEnd(text, at));
    if (text[at] !== ",") break;
    at = skipSpace(text, at + 1);
  }
  return { spans: [], list: undefined };
}

function itemsOf(text: string, list: number): Span[] {
  const spans: Span[] = [];
  let at = skipSpace(text, list + 1);
  while (at < text.length && text[at] !== "]") {
    const to = valueEnd(text, at);
    spans.push({ from: at, to });
    at = skipSpace(text, to);
    if (text[at] !== ",") break;
    at = skipSpace(text, at + 1);
  }
  return spans;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\r\n".includes(text.charAt(at))) at += 1;
  return at;
}

/** Where the value ends that begins here, found by counting brackets outside of texts. */
function valueEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === '"') {
      at = textEnd(text, at);
      if (depth === 0) return at + 1;
    } else if (sign === "{" || sign === "[") depth += 1;
    else if (sign === "}" || sign === "]") {
      depth -= 1;
      if (depth <= 0) return depth < 0 ? at : at + 1;
    } else if (depth === 0 && (sign === "," || " \t\r\n".includes(sign))) return at;
  }
  return text.length;
}

/** The closing quote of a text. */
function textEnd(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
  return Math.min(at, text.length);
}
