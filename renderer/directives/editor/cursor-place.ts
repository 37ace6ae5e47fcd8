import type { JsonPath } from "./json-node.ts";

/** Where in a JSON text somebody is typing. It depends only on what stands before, since what follows isn't finished. */
export interface CursorPlace {
  /** The way to the object or list around. */
  path: JsonPath;
  /** A value's field; in a list undefined. */
  expects: "key" | "value" | "nothing";
  field: string | undefined;
  /** Where the word that is being typed begins, with its quote. */
  from: number;
  /** What is typed of it, without the quote. */
  typed: string;
  quoted: boolean;
}

interface Level {
  kind: "object" | "list";
  key: string | undefined;
  index: number;
  /** What may stand here now. */
  state: "key" | "colon" | "value" | "done";
}

export function cursorPlace(text: string, offset: number): CursorPlace {
  const levels: Level[] = [];
  let at = 0;
  while (at < offset) {
    const sign = text.charAt(at);
    const top = levels.at(-1);
    if (sign === '"') {
      const end = textEnd(text, at, offset);
      if (end === undefined) return placeOf(levels, at, text.slice(at + 1, offset), true);
      finish(top, text.slice(at, end));
      at = end;
      continue;
    }
    if (/[\w.+-]/.test(sign)) {
      const end = at + (/^[\w.+-]+/.exec(text.slice(at, offset))?.[0].length ?? 1);
      if (end >= offset) return placeOf(levels, at, text.slice(at, offset), false);
      finish(top, "");
      at = end;
      continue;
    }
    if (sign === "{") levels.push({ kind: "object", key: undefined, index: 0, state: "key" });
    else if (sign === "[") levels.push({ kind: "list", key: undefined, index: 0, state: "value" });
    else if (sign === "}" || sign === "]") {
      levels.pop();
      finish(levels.at(-1), "");
    } else if (sign === ":" && top !== undefined) top.state = "value";
    else if (sign === "," && top !== undefined) {
      top.index += 1;
      top.state = top.kind === "object" ? "key" : "value";
      if (top.kind === "object") top.key = undefined;
    }
    at += 1;
  }
  return placeOf(levels, offset, "", false);
}

/** A word is complete: it was a name, or a value. */
function finish(level: Level | undefined, word: string): void {
  if (level === undefined) return;
  if (level.state === "key") {
    level.key = unquoted(word);
    level.state = "colon";
  } else level.state = "done";
}

function placeOf(levels: readonly Level[], from: number, typed: string, quoted: boolean): CursorPlace {
  const top = levels.at(-1);
  const path = levels.slice(0, -1).map(({ kind, key, index }) => (kind === "list" ? index : (key ?? "")));
  const expects = top?.state === "key" ? "key" : top?.state === "value" ? "value" : "nothing";
  return {
    path,
    expects,
    field: top?.kind === "object" && expects === "value" ? top.key : undefined,
    from,
    typed,
    quoted,
  };
}

function textEnd(text: string, from: number, limit: number): number | undefined {
  for (let at = from + 1; at < limit; at += 1) {
    const sign = text.charAt(at);
    if (sign === "\\") at += 1;
    else if (sign === '"') return at + 1;
    // A text ends with its line at the latest: the next line's quote opens another.
    else if (sign === "\n") return at;
  }
  return undefined;
}

function unquoted(word: string): string {
  try {
    const value: unknown = JSON.parse(word);
    return typeof value === "string" ? value : "";
  } catch {
    return word.replaceAll('"', "");
  }
}
