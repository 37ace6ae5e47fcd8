import { expect, test } from "vitest";
import { type ImportPiece, PieceCutter } from "./import-pieces.ts";

/** Cuts a text that arrives in chunks of the given length. */
function cut(text: string, limit = 1_000_000, chunk = 7): ImportPiece[] {
  const pieces: ImportPiece[] = [];
  const cutter = new PieceCutter(limit, (piece) => pieces.push(piece));
  for (let start = 0; start < text.length; start += chunk) cutter.push(text.slice(start, start + chunk));
  cutter.end();
  return pieces;
}

const events = Array.from({ length: 20 }, (_, index) => ({
  event_id: `e${index}`,
  title: 'a "quoted", [odd] {title}\\',
  nested: { list: [1, [2]] },
}));

const parsed = (pieces: ImportPiece[]): unknown[] =>
  pieces.flatMap((piece) => piece.text.split("\n").map((line): unknown => JSON.parse(line)));

test.each([1, 2, 3, 7, 64, 100_000])("a list gives its events whichever way it is read (%d at a time)", (chunk) => {
  expect(parsed(cut(JSON.stringify(events), 1_000_000, chunk))).toEqual(events);
  expect(parsed(cut(`\n\t ${JSON.stringify(events, null, 2)}\n`, 300, chunk))).toEqual(events);
});

test.each([1, 3, 100_000])("lines stay lines (%d at a time)", (chunk) => {
  const text = events.map((event) => JSON.stringify(event)).join("\n");
  expect(parsed(cut(text, 1_000_000, chunk))).toEqual(events);
  expect(parsed(cut(`${text}\n`, 400, chunk))).toEqual(events);
});

test("pieces keep to the limit and know where they begin", () => {
  const pieces = cut(events.map((event) => JSON.stringify(event)).join("\n"), 400);
  expect(pieces.length).toBeGreaterThan(3);
  let next = 1;
  for (const piece of pieces) {
    expect(piece.first).toBe(next);
    next += piece.text.split("\n").length;
    expect(new TextEncoder().encode(JSON.stringify(piece.text)).length).toBeLessThan(400 + 2 * 20);
  }
  expect(next).toBe(events.length + 1);
});

test("an empty line counts as a line", () => {
  const [first] = cut('{"a":1}\n\n{"b":2}\n');
  expect(first?.text).toBe('{"a":1}\n\n{"b":2}');
  const [, second] = cut('{"a":1}\n\n{"b":2}\n', 10);
  expect(second).toMatchObject({ text: '{"b":2}', first: 3 });
  expect(cut('\n\n{"a":1}')[0]?.first).toBe(3);
});

test("an event larger than a piece is handed on alone: the server says what is wrong with it", () => {
  const large = JSON.stringify({ event_id: "x".repeat(500) });
  expect(cut(`{"a":1}\n${large}\n{"b":2}`, 100).map(({ text }) => text)).toEqual(['{"a":1}', large, '{"b":2}']);
});

test("empty files give nothing, broken ones are handed on", () => {
  expect(cut("")).toEqual([]);
  expect(cut("  \n \n")).toEqual([]);
  expect(cut("[]")).toEqual([]);
  expect(cut('[{"a":1},{"b":').map(({ text }) => text)).toEqual(['{"a":1}\n{"b":']);
  expect(cut("not json").map(({ text }) => text)).toEqual(["not json"]);
  expect(cut('[{"a":1}] x').map(({ text }) => text)).toEqual(['{"a":1}\nx']);
});
