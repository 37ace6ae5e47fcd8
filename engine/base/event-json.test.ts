import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NormalizedEvent } from "../contract/event.ts";
import { isFault, readEvent, readPublishedEvent } from "./event.ts";
import { eventJson, rcvdTimeText } from "./event-json.ts";

const NOW = "1795393702068874000";
const MINIMAL = {
  event_id: "e1",
  timestamp: "2023-01-01T07:00:00+07:00",
  sensor: "s",
  title: "t",
  src_ip: "10.0.0.1",
  dst_ip: "::FFFF:a00:2",
  plugin_id: 1001,
  plugin_sid: 4294967296,
};
/** Every text field that a client sets, after the required ones. */
const TEXTS = [
  ...["product", "category", "subcategory", "protocol", "custom_label1", "custom_data1", "custom_label2"],
  ...["custom_data2", "custom_label3", "custom_data3", "src_index_pattern"],
];

function read(value: unknown, escapeFree = false): NormalizedEvent {
  const event = readEvent(value, escapeFree);
  if (isFault(event)) throw new Error(event.message);
  return event;
}

/** The field names of a JSON object as they are written, duplicates included. */
function writtenKeys(json: string): string[] {
  const keys: string[] = [];
  JSON.parse(json, (key, value: unknown) => {
    keys.push(key);
    return value;
  });
  return keys;
}

describe("eventJson", () => {
  test("writes known fields only, and leaves empty ones out", () => {
    const json = eventJson(read({ ...MINIMAL, product: "", src_port: 0, unknown: { a: [1] } }), 12, NOW);
    expect(json).toBe(
      '{"event_id":"e1","timestamp":"2023-01-01T00:00:00Z","sensor":"s","title":"t","src_ip":"10.0.0.1",' +
        '"dst_ip":"::ffff:10.0.0.2","conn_id":12,"plugin_id":1001,"plugin_sid":4294967296,' +
        `"rcvd_time":${NOW},"carrier":{}}`,
    );
  });

  test("satisfies the expressions of the recorded suite", () => {
    const json = eventJson(read(MINIMAL), 1, rcvdTimeText(1795393702068.874), { traceparent: "00-1-2-01" });
    expect(json).toMatch(/"event_id": ?"e1"/);
    expect(json).toMatch(/"rcvd_time": ?[0-9]{19}[,}]/);
    expect(json).toMatch(/"conn_id": ?[1-9][0-9]*[,}]/);
    expect(json).toMatch(/"carrier": ?\{"traceparent":"00-1-2-01"\}\}$/);
    expect(json).toMatch(/"plugin_sid": ?4294967296[,}]/);
  });

  test("writes integers as such, however they were spelt", () => {
    const json = `{${JSON.stringify(MINIMAL).slice(1, -1)},"plugin_id":1e3,"plugin_sid":9007199254740991.0,"src_port":80.0}`;
    const written = eventJson(read(JSON.parse(json)), Number.MAX_SAFE_INTEGER, NOW);
    expect(written).toContain(
      '"conn_id":9007199254740991,"plugin_id":1000,"plugin_sid":9007199254740991,"src_port":80,',
    );
  });

  test("comes back as it went, byte for byte UTF-8, with every key once and no lone surrogate", () => {
    const anyText = fc.oneof(
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.string({
        unit: fc.constantFrom('"', "\\", "\n", "\u0000", "\u001f", "\u007f", "\u2028", "é", "😀", "\ud800", "a"),
        maxLength: 8,
      }),
      fc.constantFrom("", "plain", "with blanks"),
    );
    const port = fc.nat(65_535);
    const plugin = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
    const fields = fc.record({
      ...Object.fromEntries(TEXTS.map((field) => [field, anyText])),
      src_port: port,
      dst_port: port,
    });
    const carrier = fc.option(fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }), { nil: undefined });
    fc.assert(
      fc.property(
        fields,
        plugin,
        plugin,
        anyText,
        fc.maxSafeNat(),
        carrier,
        (more, plugin_id, plugin_sid, id, connId, trace) => {
          const sent = JSON.stringify({ ...MINIMAL, ...more, event_id: `e${id}`, plugin_id, plugin_sid });
          const escapeFree = !sent.includes("\\");
          const event = read(JSON.parse(sent), escapeFree);
          const json = eventJson(event, connId, NOW, trace, escapeFree);
          expect(json).toBe(eventJson(read(JSON.parse(sent)), connId, NOW, trace));
          expect(json.isWellFormed()).toBe(true);
          expect(json.toLowerCase()).not.toMatch(/(?<!\\)(\\\\)*\\ud[89a-f]/);
          const keys = writtenKeys(json);
          expect(new Set(keys.filter((key) => !Object.hasOwn(trace ?? {}, key))).size).toBe(
            keys.filter((key) => !Object.hasOwn(trace ?? {}, key)).length,
          );
          const back = readPublishedEvent(JSON.parse(Buffer.from(json).toString("utf8")));
          const { carrier: read_, ...rest } = back as NormalizedEvent;
          const { carrier: none, ...wanted } = event;
          expect(rest).toEqual({ ...wanted, conn_id: connId, rcvd_time: Number(NOW) });
          expect(none).toBeUndefined();
          expect(read_ ?? {}).toEqual(trace ?? {});
        },
      ),
      { numRuns: 200 },
    );
  });

  test("a text without a backslash needs no escape in what it was parsed to, whatever else it holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), (text) => {
        const json = `"${text}"`;
        let value: unknown;
        try {
          value = JSON.parse(Buffer.from(json).toString("utf8"));
        } catch {
          return;
        }
        if (json.includes("\\") || typeof value !== "string") return;
        expect(JSON.stringify(value)).toBe(`"${value}"`);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("rcvdTimeText", () => {
  test("is nanoseconds in 19 digits", () => {
    expect(rcvdTimeText(1795393702068)).toBe("1795393702068000000");
    expect(rcvdTimeText(1795393702068.5)).toBe("1795393702068500000");
    expect(rcvdTimeText(1000000000000.001)).toMatch(/^1000000000000000[0-9]{3}$/);
  });

  test("is always an integer that JSON takes, off by less than a microsecond", () => {
    fc.assert(
      fc.property(fc.double({ min: -10, max: 9e12, noNaN: true }), (nowMs) => {
        const text = rcvdTimeText(nowMs);
        expect(text).toMatch(/^(0|[1-9][0-9]*)$/);
        expect(Number.isInteger(JSON.parse(text))).toBe(true);
        if (nowMs >= 1) expect(Math.abs(Number(text) / 1e6 - nowMs)).toBeLessThan(0.002);
      }),
    );
  });
});
