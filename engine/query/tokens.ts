import { parseCidr } from "../base/ip.ts";
import type { Pattern } from "./pattern.ts";
import type { Span } from "./query-error.ts";

export const OPERATORS = [">=", "<=", ":", "~", ">", "<"] as const;
export type Operator = (typeof OPERATORS)[number];

/** A piece of a query. `word` stands alone, `value` behind an operator; between two tokens there are only blanks. */
export type Token =
  | ({ readonly kind: "open" | "close" | "minus" | "bar" | "or" | "and" } & Span)
  | ({ readonly kind: "field"; readonly name: string } & Span)
  | ({ readonly kind: "operator"; readonly operator: Operator } & Span)
  | ({
      readonly kind: "word" | "value";
      readonly pattern: Pattern;
      /** In quotation marks, and whether there is a second one. */
      readonly quoted: "no" | "closed" | "unclosed";
    } & Span);

const FIELD = /([A-Za-z_][A-Za-z0-9_]*)(>=|<=|[:~<>])/y;
const BLANKS = /\s+/y;
const BARE = /[^\s"()|]+/y;
const KEYWORDS: ReadonlyMap<string, "or" | "and" | "minus"> = new Map([
  ["OR", "or"],
  ["AND", "and"],
  ["NOT", "minus"],
]);

/** Takes any text apart, whatever it is; what makes no sense is the parser's to say. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const before = tokens.at(-1)?.kind;
    const blanks = matchAt(BLANKS, text, at);
    if (blanks !== undefined) {
      at += blanks[0].length;
      continue;
    }
    const isValue = isBehindOperator(tokens, at) || (before === "bar" && tokens.length > 1);
    const taken = isValue ? valueAt(text, at, "value") : termAt(text, at);
    for (const token of taken) {
      tokens.push(token);
      at += token.length;
    }
  }
  return tokens;
}

/** Only what touches its operator is its value: `title: x` lacks one. */
function isBehindOperator(tokens: readonly Token[], at: number): boolean {
  const last = tokens.at(-1);
  return last?.kind === "operator" && last.column + last.length === at;
}

function termAt(text: string, at: number): readonly Token[] {
  if (text[at] === "-") return [{ kind: "minus", column: at, length: 1 }];
  const bare = matchAt(BARE, text, at)?.[0];
  if (bare === undefined) return valueAt(text, at, "word");
  const keyword = KEYWORDS.get(bare);
  if (keyword !== undefined) return [{ kind: keyword, column: at, length: bare.length }];
  const field = matchAt(FIELD, text, at);
  // An IPv6 address may begin like a field, as fe80::1 does.
  if (field === undefined || "text" in parseCidr(bare)) return valueAt(text, at, "word");
  const [, name = "", sign] = field;
  const operator = OPERATORS.find((each) => each === sign) ?? ":";
  return [
    { kind: "field", name, column: at, length: name.length },
    { kind: "operator", operator, column: at + name.length, length: operator.length },
  ];
}

/** A text in quotation marks, one without, or the sign that stands in its place. */
function valueAt(text: string, at: number, kind: "word" | "value"): readonly Token[] {
  switch (text[at]) {
    case "(":
      return [{ kind: "open", column: at, length: 1 }];
    case ")":
      return [{ kind: "close", column: at, length: 1 }];
    case "|":
      return [{ kind: "bar", column: at, length: 1 }];
    case '"':
      return [quotedAt(text, at, kind)];
    default: {
      const bare = matchAt(BARE, text, at)?.[0] ?? "";
      const [first = "", ...rest] = bare.split("*");
      return [{ kind, pattern: { parts: [first, ...rest] }, quoted: "no", column: at, length: bare.length }];
    }
  }
}

/** A backslash takes the meaning from a quotation mark, a `*` and another backslash; before anything else it is itself. */
function quotedAt(text: string, at: number, kind: "word" | "value"): Token {
  const parts: [string, ...string[]] = [""];
  const add = (piece: string): void => {
    parts[parts.length - 1] += piece;
  };
  let index = at + 1;
  for (; index < text.length && text[index] !== '"'; index++) {
    const char = text.charAt(index);
    const next = text.charAt(index + 1);
    if (char === "\\" && (next === '"' || next === "*" || next === "\\")) {
      add(next);
      index++;
    } else if (char === "*") parts.push("");
    else add(char);
  }
  const isClosed = index < text.length;
  const length = (isClosed ? index + 1 : text.length) - at;
  return { kind, pattern: { parts }, quoted: isClosed ? "closed" : "unclosed", column: at, length };
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | undefined {
  sticky.lastIndex = at;
  return sticky.exec(text) ?? undefined;
}
