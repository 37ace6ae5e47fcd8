/*
 * The query of a list, as chips show it (the language itself is read by the server): its terms side by side, each a piece
 * of text. A query with OR at its top is one piece. Joined by blanks, the pieces mean what the query meant.
 */

export function splitTerms(query: string): string[] {
  const pieces = piecesOf(query);
  return pieces.some((piece) => piece === "OR") ? [query.trim()] : pieces.filter((piece) => piece !== "AND");
}

/** Pieces between blanks that are in no quotes and no parentheses, and that no `|` holds together. */
function piecesOf(query: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < query.length; at++) {
    const sign = query[at] ?? "";
    if (quoted && sign === "\\") {
      piece += sign + (query[++at] ?? "");
      continue;
    }
    if (sign === '"') quoted = !quoted;
    if (!quoted) depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
    if (/\s/.test(sign) && !quoted && depth <= 0) {
      if (piece !== "") pieces.push(piece);
      piece = "";
    } else {
      piece += sign;
    }
  }
  if (piece !== "") pieces.push(piece);
  return joinAlternatives(pieces);
}

function joinAlternatives(pieces: readonly string[]): string[] {
  const joined: string[] = [];
  for (const piece of pieces) {
    const before = joined.at(-1);
    if (before !== undefined && (piece.startsWith("|") || before.endsWith("|"))) {
      joined[joined.length - 1] = before + piece;
    } else {
      joined.push(piece);
    }
  }
  return joined;
}

/** A term of the simple form `-field:a|b`. */
export interface FieldTerm {
  not: boolean;
  field: string;
  operator: string;
  values: string[];
}

export function fieldTerm(piece: string): FieldTerm | undefined {
  const match = /^(-?)([a-z]+)(>=|<=|[:~<>])(.+)$/is.exec(piece);
  if (match === null) return undefined;
  const [, not = "", field = "", operator = "", rest = ""] = match;
  const values = alternatives(rest);
  return values === undefined ? undefined : { not: not === "-", field: field.toLowerCase(), operator, values };
}

/** The values between the bars, without their quotes; undefined where a quote isn't closed. */
function alternatives(text: string): string[] | undefined {
  const values: string[] = [];
  let rest = text;
  while (true) {
    const quoted = /^"((?:[^"\\]|\\.)*)"/s.exec(rest);
    const plain = /^[^|"]*/.exec(rest);
    const taken = quoted?.[0] ?? plain?.[0] ?? "";
    values.push(quoted === null ? taken : (quoted[1] ?? "").replace(/\\(.)/gs, "$1"));
    rest = rest.slice(taken.length);
    if (rest === "") return values;
    if (!rest.startsWith("|")) return undefined;
    rest = rest.slice(1);
  }
}

/** A value as the language wants it: quoted when a sign in it would mean something. */
export function quoteValue(value: string): string {
  return /^[\w./@-]+$/.test(value) && !value.startsWith("-") ? value : `"${value.replace(/[\\"*]/g, "\\$&")}"`;
}

/** An address needs no quotes, though a colon stands in one of six. */
function valueText(field: string, value: string): string {
  const isAddress = ["src", "dst", "ip"].includes(field) && /^[\da-f.:/]+$/i.test(value);
  return isAddress ? value : quoteValue(value);
}

export function writeTerm({ not, field, operator, values }: FieldTerm): string {
  return `${not ? "-" : ""}${field}${operator}${values.map((value) => valueText(field, value)).join("|")}`;
}

/** What the query says of a field's values with `field:a|b`: which it wants, and which it shuts out. */
export function valuesOf(query: string, field: string): { included: Set<string>; excluded: Set<string> } {
  const found = { included: new Set<string>(), excluded: new Set<string>() };
  for (const piece of splitTerms(query)) {
    const term = fieldTerm(piece);
    if (term?.field !== field || term.operator !== ":") continue;
    for (const value of term.values) (term.not ? found.excluded : found.included).add(value);
  }
  return found;
}

/**
 * The query with one value of a field wanted, shut out, or neither. Values that are wanted stand in one term, by `|`; each
 * that is shut out has its own.
 */
export function withValue(
  query: string,
  field: string,
  value: string,
  want: "include" | "exclude" | "neither",
): string {
  const { included, excluded } = valuesOf(query, field);
  included.delete(value);
  excluded.delete(value);
  if (want === "include") included.add(value);
  if (want === "exclude") excluded.add(value);
  const others = splitTerms(query).filter((piece) => {
    const term = fieldTerm(piece);
    return term?.field !== field || term.operator !== ":";
  });
  const wanted = included.size === 0 ? [] : [writeTerm({ not: false, field, operator: ":", values: [...included] })];
  const unwanted = [...excluded].map((each) => writeTerm({ not: true, field, operator: ":", values: [each] }));
  return joinTerms([...others.map(grouped), ...wanted, ...unwanted]);
}

/** Adds a term unless it is there. */
export function withTerm(query: string, term: string): string {
  const terms = splitTerms(query);
  return terms.includes(term) ? query : joinTerms([...terms.map(grouped), term]);
}

export function joinTerms(terms: readonly string[]): string {
  return terms.filter((term) => term.trim() !== "").join(" ");
}

/** A piece with OR at its top needs parentheses beside others. */
function grouped(piece: string): string {
  return piecesOf(piece).includes("OR") ? `(${piece})` : piece;
}
