import fc from "fast-check";
import { expect, it } from "vitest";
import { MAX_TERMS, parseQuery } from "./parse.ts";
import { printQuery } from "./print.ts";
import type { Query } from "./query.ts";
import { QueryError } from "./query-error.ts";
import { tokenize } from "./tokens.ts";
import { ALARM_VOCABULARY } from "./vocabulary.ts";

/** Pieces that mean something to the language, in any order, and anything at all between them. */
const pieces = fc.constantFrom(
  ...["(", ")", '"', "|", "-", "*", "\\", " ", "\n", " OR ", " AND ", "NOT ", ",", ":", "~", ">=", "<=", ">", "<"],
  ...["risk", "title", "status", "src", "updated", "age", "is", "id", "nothing"],
  ...["7", "10.0.0.0/8", "2001:db8::1", "now-24h", "2026-11-28", "24h", "open", "brute", "V1StGXR8_", "é", "\u{1F600}"],
);
const scrambled = fc.array(fc.oneof({ weight: 9, arbitrary: pieces }, fc.string({ maxLength: 4, unit: "binary" })), {
  maxLength: 24,
});

const value = fc
  .oneof(fc.constantFrom("Open", "a b", 'q"q', "x*y", "\\", "(", "|"), fc.string({ maxLength: 8 }))
  .map((text) => `"${text.replace(/["\\]/g, "\\$&")}"`);
const term: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(fc.constantFrom("title:", "tag:", "note~", "id:"), fc.array(value, { minLength: 1, maxLength: 3 }))
    .map(([field, values]) => field + values.join("|")),
  fc.constantFrom(
    "risk>=7",
    "risk:1|2",
    "src:10.0.0.0/8",
    "ip:::1|10.1.2.3",
    "age<24h",
    "updated>now-1d",
    "is:open|live",
    "created:2026-11-28",
  ),
  fc.constantFrom("brute", "x*y", "fe80::1", '"a b"', "V1StGXR8_", '"risk>=7"', '"-x"', "foo.bar"),
);
const sensible: fc.Arbitrary<string> = fc.letrec<{ query: string }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    term,
    fc.tuple(tie("query"), tie("query")).map((two) => two.join(" ")),
    fc.tuple(tie("query"), tie("query")).map((two) => two.join(" OR ")),
    tie("query").map((inner) => `(${inner})`),
    tie("query").map((inner) => `-(${inner})`),
    tie("query").map((inner) => `-${inner}`),
  ),
})).query;

/** Places differ between a text and its print. */
function withoutPlaces(query: Query): unknown {
  return JSON.parse(JSON.stringify(query, (key, held: unknown) => (key === "at" ? undefined : held)));
}

function read(text: string): Query | QueryError {
  try {
    return parseQuery(text, ALARM_VOCABULARY);
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
}

it("throws nothing but QueryError, with a place in the text, and what it prints is read as the same query", () => {
  let understood = 0;
  let refused = 0;
  const texts = fc.oneof(
    sensible,
    scrambled.map((list) => list.join("")),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const query = read(text);
      if (query instanceof QueryError) {
        refused += 1;
        expect(query.column).toBeGreaterThanOrEqual(0);
        expect(query.column + query.length).toBeLessThanOrEqual(text.length);
        return;
      }
      understood += 1;
      const print = printQuery(query);
      const again = parseQuery(print, ALARM_VOCABULARY);
      expect(withoutPlaces(again)).toEqual(withoutPlaces(query));
      expect(printQuery(again)).toBe(print);
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(understood, refused)).toBeGreaterThan(MAX_TERMS);
});

it("takes any text apart without losing or inventing any of it", () => {
  fc.assert(
    fc.property(
      scrambled.map((list) => list.join("")),
      (text) => {
        let end = 0;
        for (const token of tokenize(text)) {
          expect(text.slice(end, token.column).trim()).toBe("");
          expect(token.length).toBeGreaterThan(0);
          end = token.column + token.length;
        }
        expect(text.slice(end).trim()).toBe("");
      },
    ),
    { numRuns: 1000 },
  );
});
