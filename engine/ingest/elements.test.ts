import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deeperThan, ElementReader, MAX_NAMES_PER_EVENT, MAX_VALUES_PER_EVENT } from "./elements.ts";

/** The elements' texts, or the fault that ended the reading. */
function elementsOf(text: string): string[] | string {
  const bytes = Buffer.from(text);
  const reader = new ElementReader(bytes);
  const elements: string[] = [];
  while (reader.next()) elements.push(bytes.toString("utf8", reader.from, reader.to));
  return reader.fault ?? elements;
}

/** What reading element by element makes of a text: the value, or `undefined` when it is refused. */
function parsedByElements(text: string): unknown {
  const bytes = Buffer.from(text);
  const reader = new ElementReader(bytes);
  const values: unknown[] = [];
  try {
    while (reader.next()) values.push(JSON.parse(bytes.toString("utf8", reader.from, reader.to)));
  } catch {
    return undefined;
  }
  if (reader.fault !== undefined) return undefined;
  return reader.isArray ? values : values[0];
}

function parsedWhole(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe("ElementReader", () => {
  test("finds the elements of an array, and takes anything else as one element", () => {
    expect(elementsOf(' [ {"a":"],["} , [1,2] ,"x\\"," ] ')).toEqual([' {"a":"],["} ', " [1,2] ", '"x\\"," ']);
    expect(elementsOf("[ ]")).toEqual([]);
    expect(elementsOf(' {"a":[1,{"b":2}]} ')).toEqual([' {"a":[1,{"b":2}]} '.slice(1)]);
  });

  test("judges what stands between the elements", () => {
    for (const text of ["[1", "[", '["a', "[1}", "[] x", "[1] x", "[1],", "[1]]", '[{"a":1}']) {
      expect(typeof elementsOf(text), text).toBe("string");
    }
  });

  test("makes of every text what JSON.parse makes of it", () => {
    const token = fc.constantFrom("[", "]", "{", "}", ",", ":", '"a"', '"', "\\", "1", " ", "\n", "null", "-", '"b":2');
    const soup = fc.array(token, { maxLength: 14 }).map((tokens) => tokens.join(""));
    const json = fc.jsonValue({ maxDepth: 5 }).map((value) => JSON.stringify(value));
    const cut = fc
      .tuple(json, fc.nat(200), fc.nat(3))
      .map(([text, at, count]) => text.slice(0, at) + text.slice(at + count));
    fc.assert(
      fc.property(
        fc.oneof(
          soup,
          soup.map((text) => `[${text}]`),
          json,
          json.map((text) => ` [${text} ,${text}] `),
          cut,
        ),
        (text) => {
          expect(parsedByElements(text)).toEqual(parsedWhole(text));
        },
      ),
      { numRuns: 5000 },
    );
  });

  test("refuses what is nested too deep, counting the array around the events", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    expect(elementsOf(nested(64))).toHaveLength(1);
    expect(elementsOf(nested(65))).toContain("nested deeper");
    expect(elementsOf(`{"a":${nested(63)}}`)).toHaveLength(1);
    expect(elementsOf(`{"a":${nested(64)}}`)).toContain("nested deeper");
    expect(elementsOf("[".repeat(100_000))).toContain("nested deeper");
  });

  test("refuses an event with too many names or values, and counts each event alone", () => {
    const names = (count: number) => `{${Array.from({ length: count }, (_, i) => `"n${i}":1`).join()}}`;
    expect(elementsOf(names(MAX_NAMES_PER_EVENT + 1))).toContain("fields");
    expect(elementsOf(`[${names(MAX_NAMES_PER_EVENT)},${names(MAX_NAMES_PER_EVENT)}]`)).toHaveLength(2);
    expect(elementsOf(`{"a":[${"{},".repeat(MAX_VALUES_PER_EVENT)}1]}`)).toContain("values");
  });
});

describe("deeperThan", () => {
  test("counts levels of objects and arrays", () => {
    expect(deeperThan("x", 0)).toBe(false);
    expect(deeperThan(null, 0)).toBe(false);
    expect(deeperThan([], 0)).toBe(true);
    expect(deeperThan({ a: [{ b: [] }], c: 1 }, 4)).toBe(false);
    expect(deeperThan({ a: [{ b: [] }], c: 1 }, 3)).toBe(true);
  });
});
