import fc from "fast-check";
import { expect, test } from "vitest";
import { readListFile } from "./json-list.ts";
import { fieldLine, parseConfigFile } from "./json-text.ts";
import { problemText } from "./problem.ts";

function read(bytes: string | Uint8Array, stopAfter = Number.POSITIVE_INFINITY) {
  const entries: { index: number; line: number; text: string; value: unknown }[] = [];
  const file = { name: "list.json", bytes: typeof bytes === "string" ? Buffer.from(bytes) : bytes };
  const problem = readListFile(file, "items", ({ text, ...entry }) => {
    entries.push({ ...entry, text: text.toString() });
    return entries.length < stopAfter;
  });
  return { entries, problem: problem && problemText(problem) };
}

test("hands on each entry with its place, its line and its own text", () => {
  const { entries, problem } = read('{\n "note": {"items": [7]},\n "items": [\n  {"a": 1},\n  2, [\n 3 ]\n ]\n}\n');
  expect(problem).toBeUndefined();
  expect(entries).toEqual([
    { index: 0, line: 4, text: '{"a": 1}', value: { a: 1 } },
    { index: 1, line: 5, text: "2", value: 2 },
    { index: 2, line: 5, text: "[\n 3 ]", value: [3] },
  ]);
});

test("an escaped name is the same name, and a byte order mark is no fault", () => {
  expect(read('\ufeff{"\\u0069tems": [1]}').entries).toHaveLength(1);
});

test("stops when it is told to", () => {
  expect(read('{"items": [1, 2, oops', 2)).toMatchObject({ entries: [{ value: 1 }, { value: 2 }], problem: undefined });
});

test.each([
  ["", "list.json: is empty; expected JSON"],
  [" \n", "list.json: is empty; expected JSON"],
  ["[1]", 'list.json:1: items: missing; expected an object of the form {"items": […]}, found a list'],
  ["7", 'list.json:1: items: missing; expected an object of the form {"items": […]}, found a single value'],
  ['{"item": []}', 'list.json: items: missing; expected an object of the form {"items": […]}'],
  ['{\n"items": {}}', "list.json:2: items: is not a list"],
  ['{"items": [],\n"items": [1]}', "list.json:2: items: stands in this file twice; keep one"],
  ['{"items": []} x', 'list.json:1: is not JSON: line 1, column 15: expected the end of the file, found "x"'],
  ['{"items": [1 2]}', 'list.json:1: is not JSON: line 1, column 14: expected a comma or "]", found "2"'],
  ['{"items": [{"a": [}]}', 'list.json:1: is not JSON: line 1, column 19: expected a value, found "}"'],
  ['{"items": [], "x": [tru]}', 'list.json:1: is not JSON: line 1, column 21: expected a value, found "tru"'],
  ['{"items": [], "x": "a\\q"}', /column 22: expected an escape/],
  [
    '{"items": [\n{"a": 1}',
    'list.json:2: is not JSON: line 2, column 9: expected a comma or "]", found the end of the file',
  ],
])("says what is wrong with %j", (text, message) => {
  const { problem } = read(text);
  if (typeof message === "string") expect(problem).toBe(message);
  else expect(problem).toMatch(message);
});

test("an entry that is much too large is refused unread", () => {
  const { entries, problem } = read(`{"items": [1,\n[${"0,".repeat(2_200_000)}0], 3]}`);
  expect(entries.map((entry) => [entry.index, entry.value])).toEqual([
    [0, 1],
    [2, 3],
  ]);
  expect(problem).toBe("list.json:2: items[1]: is larger than 4 MiB");
});

test("other encodings are named", () => {
  expect(read(Buffer.from('\ufeff{"items": []}', "utf16le")).problem).toBe("list.json: is UTF-16; save it as UTF-8");
  expect(read(Buffer.from('{"items":\n["\xfc"]}', "latin1")).problem).toBe(
    "list.json:2: isn't UTF-8 text; save it as UTF-8",
  );
});

/** Objects with an `items` list somewhere among other fields, written with and without line breaks. */
const listFile = fc
  .record({
    before: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 }),
    items: fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 6 }),
    after: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 }),
    indent: fc.constantFrom(0, 2, "\t", "\r\n "),
  })
  .map(({ before, items, after, indent }) =>
    JSON.stringify({ ...without(before), items, ...without(after) }, undefined, indent === "\r\n " ? 1 : indent),
  );

function without(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== "items"));
}

test("split and parsed entry by entry is what JSON.parse makes of the whole", () => {
  fc.assert(
    fc.property(listFile, (text) => {
      const { entries, problem } = read(text);
      expect(problem).toBeUndefined();
      expect(entries.map((entry) => entry.value)).toEqual((JSON.parse(text) as { items: unknown[] }).items);
      for (const { text: own, line } of entries) expect(text.split("\n")[line - 1]).toContain(own.split("\n")[0]);
    }),
    { numRuns: 500 },
  );
});

test("a damaged file is refused exactly when JSON.parse refuses it", () => {
  const damage = fc.constantFrom("", '"', ",", ":", "{", "}", "[", "]", "\\", "0", " ", "\n", "x");
  fc.assert(
    fc.property(listFile, fc.nat(), damage, (text, at, by) => {
      const place = at % text.length;
      const spoilt = text.slice(0, place) + by + text.slice(place + 1);
      const parsed = parseConfigFile({ name: "list.json", bytes: Buffer.from(spoilt) });
      const { entries, problem } = read(spoilt);
      if ("problem" in parsed) expect(problem).toBe(problemText(parsed.problem));
      else if (problem === undefined) {
        expect(entries.map((entry) => entry.value)).toEqual((parsed.value as { items: unknown[] }).items);
      } else expect(problem).toMatch(/items: (missing|is not a list|stands in this file twice)/);
    }),
    { numRuns: 3000 },
  );
});

test("the line of a field is that of its last value; of a missing one, that of the object", () => {
  const object = Buffer.from('{\n"a": {"b": 1},\n"b": 2,\n"b":\n3}');
  expect(fieldLine(object, 10, "a")).toBe(11);
  expect(fieldLine(object, 10, "b")).toBe(14);
  expect(fieldLine(object, 10, "c")).toBe(10);
});
