import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { DsiemError, errorText } from "./errors.ts";

/** One event of an input file as it stands there, or why a line holds none. Lines are counted from 1. */
export type InputItem = { line: number; text: string } | { line: number; problem: string };

/** A file whose first line isn't complete JSON is read whole up to this many characters, else line by line. */
const WHOLE_FILE_MAX = 256 * 1024 * 1024;

/**
 * The events of a JSON array (pretty-printed or not), a single JSON object, or NDJSON, whose lines may be arrays too.
 * Events keep their own spelling, since large numbers would not survive being parsed and written again.
 * @throws DsiemError when the stream can't be read
 */
export async function* readEventInput(stream: Readable): AsyncGenerator<InputItem> {
  const held: string[] = [];
  let heldCharacters = 0;
  let mode: "unknown" | "whole" | "lines" = "unknown";
  let line = 0;
  for await (const raw of textLines(stream)) {
    line += 1;
    const text = line === 1 ? raw.replace(/^\uFEFF/, "") : raw;
    if (mode === "unknown" && text.trim() !== "") mode = isJson(text) || !/^\s*[[{]/.test(text) ? "lines" : "whole";
    if (mode === "lines") {
      yield* lineItems(text, line);
      continue;
    }
    held.push(text);
    heldCharacters += text.length + 1;
    if (heldCharacters > WHOLE_FILE_MAX) {
      yield* held.splice(0).flatMap((heldLine, index) => [...lineItems(heldLine, index + 1)]);
      mode = "lines";
    }
  }
  if (mode === "whole") yield* wholeItems(held);
}

async function* textLines(stream: Readable): AsyncGenerator<string> {
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  let failure: unknown;
  // Not every version of Node passes the errors of the stream on to the loop.
  stream.on("error", (error: Error) => {
    failure = error;
    lines.close();
  });
  try {
    yield* lines;
  } catch (error) {
    failure ??= error;
  }
  if (failure === undefined) return;
  throw new DsiemError("INPUT", `the events can't be read: ${errorText(failure)}`, { cause: failure });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function* lineItems(text: string, line: number): Generator<InputItem> {
  if (text.trim() === "") return;
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) yield* splitArray(text, line);
    else yield { line, text };
  } catch (error) {
    yield { line, problem: `isn't JSON: ${errorText(error)}` };
  }
}

function* wholeItems(lines: readonly string[]): Generator<InputItem> {
  const text = lines.join("\n");
  if (!isJson(text)) {
    // Then it is NDJSON after all, with a bad first line.
    for (const [index, line] of lines.entries()) yield* lineItems(line, index + 1);
  } else if (text.trimStart().startsWith("[")) yield* splitArray(text, 1);
  else yield { line: lines.findIndex((line) => line.trim() !== "") + 1, text };
}

/** The elements of a valid JSON array, each with the line it starts on. */
function* splitArray(text: string, firstLine: number): Generator<InputItem> {
  let line = firstLine;
  let depth = 0;
  let inString = false;
  let start = -1;
  let startLine = firstLine;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === "\n") line += 1;
    if (inString) {
      if (c === "\\") i += 1;
      else if (c === '"') inString = false;
      continue;
    }
    const closes = c === "]" || c === "}";
    if (depth === 1 && start >= 0 && (c === "," || c === "]")) {
      yield { line: startLine, text: text.slice(start, i).trimEnd() };
      start = -1;
    } else if (depth === 1 && start < 0 && !/[\s,\]]/.test(c)) {
      start = i;
      startLine = line;
    }
    if (c === '"') inString = true;
    else if (c === "[" || c === "{") depth += 1;
    else if (closes) depth -= 1;
  }
}
