import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_JSON_DEPTH } from "../contract/limits.ts";
import { findJsonFault } from "./json-fault.ts";

function faultOf(text: string): string | undefined {
  const fault = findJsonFault(Buffer.from(text));
  return fault && `${fault.line}:${fault.column} ${fault.message}`;
}

test.each([
  ['{"directives": [ oops ]}', '1:18 expected a value, found "oops"'],
  ["{oops", '1:2 expected a field name in double quotes or "}", found "oops"'],
  ["{", '1:2 expected a field name in double quotes or "}", found the end of the file'],
  ['{"a":1', '1:7 expected a comma or "}", found the end of the file'],
  ['{"a":1,}', '1:8 expected another field name in double quotes (no comma may stand before "}"), found "}"'],
  ["[1,\n 2,\n]", '3:1 expected another entry (no comma may stand before "]"), found "]"'],
  ['{"a" 1}', '1:6 expected ":" after the field name, found "1"'],
  ["{'a':1}", '1:2 expected a field name in double quotes or "}", found "\'"'],
  ['["a" "b"]', '1:6 expected a comma or "]", found a double quote'],
  ['["a\nb"]', "1:4 expected a closing quote or an escape such as \\n, found a line break"],
  ['["a', "1:4 expected the closing quote of a text, found the end of the file"],
  ['["\\x"]', '1:3 expected an escape that JSON knows, such as \\" or \\\\ or \\u0041, found "\\\\"'],
  ["[01]", '1:2 expected a number without leading zeros, found "01"'],
  ["[1.]", '1:4 expected a digit, found "]"'],
  ["[-]", '1:3 expected a digit, found "]"'],
  ["[1e]", '1:4 expected a digit, found "]"'],
  ["[truely]", '1:2 expected a value, found "truely"'],
  ["[NaN]", '1:2 expected a value, found "NaN"'],
  ['{"é": ü}', '1:7 expected a value, found "ü"'],
  ["{} x", '1:4 expected the end of the file, found "x"'],
  ["", "1:1 expected a value, found the end of the file"],
])("finds the fault of %s", (text, fault) => {
  expect(faultOf(text)).toBe(fault);
});

test("nesting is bounded", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  expect(faultOf(nested(MAX_JSON_DEPTH))).toBeUndefined();
  expect(faultOf(nested(MAX_JSON_DEPTH + 1))).toContain("at most 64 brackets inside each other");
  expect(faultOf("[".repeat(1_000_000))).toContain("1:65 ");
});

/** JSON with one place damaged: a character replaced, put in, or everything from there cut off. */
const damaged = fc
  .record({
    text: fc.json({ maxDepth: 4 }),
    at: fc.nat(),
    by: fc.constantFrom(
      "",
      '"',
      ",",
      ":",
      "{",
      "}",
      "[",
      "]",
      "\\",
      "0",
      "-",
      ".",
      "e",
      "\n",
      "\t",
      " ",
      "t",
      "null",
      "\u0001",
    ),
    how: fc.constantFrom("replace", "insert", "cut", "keep"),
  })
  .map(({ text, at, by, how }) => {
    const place = at % (text.length + 1);
    if (how === "keep") return text;
    if (how === "cut") return text.slice(0, place);
    return text.slice(0, place) + by + text.slice(how === "replace" ? place + 1 : place);
  });

test("has a fault exactly when JSON.parse refuses the text", () => {
  fc.assert(
    fc.property(damaged, (text) => {
      expect(findJsonFault(Buffer.from(text)) === undefined).toBe(parses(text));
    }),
    { numRuns: 3000 },
  );
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
