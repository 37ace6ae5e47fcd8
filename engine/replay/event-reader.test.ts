import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { event } from "../backlog/testing/builders.ts";
import { EventReader } from "./event-reader.ts";
import { objectEnd } from "./object-end.ts";

function wire(id: string, more: object = {}): object {
  const { seconds: _, carrier: __, ...sent } = event(1, id);
  return { ...sent, ...more };
}

/** What is found in the text, pushed in pieces of so many bytes. */
function read(text: string | Uint8Array, pieceBytes = 1_000_000): { events: string[]; problems: string[] } {
  const found = { events: [] as string[], problems: [] as string[] };
  const reader = new EventReader({
    event: ({ event_id }, line, bytes, from, to) => {
      expect(JSON.parse(Buffer.from(bytes.subarray(from, to)).toString("utf8"))).toMatchObject({ event_id });
      found.events.push(`${line} ${event_id}`);
    },
    problem: (line, problem) => found.problems.push(`${line} ${problem}`),
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  reader.end();
  return found;
}

const THREE = [wire("a"), wire("b", { title: 'br{ace "quoted" \\' }), wire("c", { carrier: { x: "}" } })];
const SPELLINGS = {
  NDJSON: `${THREE.map((each) => JSON.stringify(each)).join("\n")}\n`,
  "NDJSON with Windows' line ends and a byte order mark": `\uFEFF${THREE.map((each) => JSON.stringify(each)).join("\r\n")}`,
  "a JSON array in one line": JSON.stringify(THREE),
  "a JSON array, pretty-printed": JSON.stringify(THREE, undefined, 2),
  "lines of arrays": `[${JSON.stringify(THREE[0])}]\n[${JSON.stringify(THREE[1])},${JSON.stringify(THREE[2])}]`,
  "objects among each other": `${JSON.stringify(THREE[0])}${JSON.stringify(THREE[1], undefined, 4)}  ${JSON.stringify(THREE[2])}`,
};

describe("the reader of events", () => {
  it.each(Object.entries(SPELLINGS))("reads %s, in whatever pieces it comes", (_, text) => {
    for (const pieceBytes of [1, 7, 100, 100_000]) {
      const { events, problems } = read(text, pieceBytes);
      expect(events.map((each) => each.split(" ")[1])).toEqual(["a", "b", "c"]);
      expect(problems).toEqual([]);
    }
  });

  it("says on which line each event and each fault is, and goes on behind it", () => {
    const [a, b, c] = THREE.map((each) => JSON.stringify(each));
    const torn = JSON.stringify(wire("torn")).slice(0, 150);
    const text = [a, "", "not json", torn, b, '{"event_id":"x"}', '{"a":1,}', "[", c, "]", '"text"'].join("\n");
    for (const pieceBytes of [3, 100_000]) {
      const { events, problems } = read(text, pieceBytes);
      expect(events).toEqual(["1 a", "5 b", "9 c"]);
      expect(problems).toEqual([
        expect.stringMatching(/^3 isn't JSON: Unexpected token/),
        expect.stringMatching(/^4 isn't JSON: /),
        "6 isn't an event: timestamp is missing",
        expect.stringMatching(/^7 isn't JSON: Expected double-quoted property name/),
        expect.stringMatching(/^11 isn't JSON: it has no object/),
      ]);
    }
  });

  it("lets nothing of a torn line take what follows with it, wherever it was torn", () => {
    const line = JSON.stringify(THREE[1]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: line.length - 1 }), fc.integer({ min: 1, max: 200 }), (length, piece) => {
        const { events, problems } = read(`${line.slice(0, length)}\n${SPELLINGS.NDJSON}`, piece);
        expect(events).toEqual(["2 a", "3 b", "4 c"]);
        expect(problems).toHaveLength(1);
      }),
    );
  });

  it("looks through what follows a torn line once, and not anew for each of them", () => {
    for (const next of ['{"b":2}', '[{"b":2}]', ', {"b":2}']) {
      const torn = '{"a":[';
      expect(objectEnd(Buffer.from(`${torn}\n${next}\n`), 0)).toBe(-torn.length);
    }
  });

  it("holds no more than one event of what it was given", () => {
    const { events, problems } = read(`{"a":"${"x".repeat(3_000_000)}\n${SPELLINGS.NDJSON}`, 65_536);
    expect(events).toEqual(["2 a", "3 b", "4 c"]);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.every((each) => each.startsWith("1 "))).toBe(true);
  });

  it.each(["plain", "with an umlaut: ü"])("knows where each event is in what was pushed, %s", (title) => {
    const texts = THREE.map((each) => JSON.stringify({ ...each, title }));
    const spans: string[] = [];
    const reader = new EventReader({
      event: (_event, _line, bytes, from, to) => spans.push(Buffer.from(bytes.subarray(from, to)).toString("utf8")),
      problem: () => expect.unreachable(),
    });
    reader.push(Buffer.from(` ${texts.join("\n, ")}`));
    reader.end();
    expect(spans).toEqual(texts);
  });

  it("leaves lines out that have been dealt with", () => {
    const skimmed: string[] = [];
    const read: string[] = [];
    const reader = new EventReader({
      skim: (bytes) => {
        const isOurs = Buffer.from(bytes).includes('"b"');
        if (isOurs) skimmed.push(Buffer.from(bytes).toString("utf8"));
        return isOurs;
      },
      event: ({ event_id }, line) => read.push(`${line} ${event_id}`),
      problem: () => expect.unreachable(),
    });
    reader.push(Buffer.from(SPELLINGS.NDJSON));
    reader.end();
    expect(skimmed).toEqual([JSON.stringify(THREE[1])]);
    expect(read).toEqual(["1 a", "3 c"]);
  });

  it("takes bytes that aren't text as what they are", () => {
    const { events } = read(Buffer.concat([Buffer.from([0xff, 0xfe, 10]), Buffer.from(SPELLINGS.NDJSON)]));
    expect(events).toHaveLength(3);
  });
});
