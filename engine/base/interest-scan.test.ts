import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isFault, readEvent } from "./event.ts";
import { eventJson } from "./event-json.ts";
import { InterestKeys, SCAN_EXACT, SCAN_GARBAGE, SCAN_UNSURE, scanInterest, taxonomyHash } from "./interest-scan.ts";

interface Scanned {
  verdict: number;
  pluginId: number;
  pluginSid: number;
  taxonomyHash: number;
}

function scan(json: string | Uint8Array): Scanned {
  const keys = new InterestKeys();
  const verdict = scanInterest(typeof json === "string" ? Buffer.from(json) : json, keys);
  return { verdict, ...keys };
}

/** The keys by way of a parse; `undefined` where a value isn't of the type that the scan reads. */
function parsedKeys(json: string): Scanned | undefined {
  const event: unknown = JSON.parse(json);
  if (typeof event !== "object" || event === null) return undefined;
  const { plugin_id = 0, plugin_sid = 0, product = "", category = "" } = event as Record<string, unknown>;
  if (typeof plugin_id !== "number" || typeof plugin_sid !== "number") return undefined;
  if (typeof product !== "string" || typeof category !== "string") return undefined;
  const hash = taxonomyHash(product, category);
  return { verdict: SCAN_EXACT, pluginId: plugin_id, pluginSid: plugin_sid, taxonomyHash: hash };
}

/** Whether the documentation of SCAN_UNSURE allows it for this JSON object, judged from its members as spelt. */
function mayBeUnsure(members: readonly Member[]): boolean {
  return members.some(({ key, value }) => {
    if (key.includes("\\")) return true;
    if (key === '"product"' || key === '"category"') return !value.startsWith('"') || value.includes("\\");
    return (key === '"plugin_id"' || key === '"plugin_sid"') && !/^[0-9]{1,15}$/.test(value);
  });
}

interface Member {
  key: string;
  value: string;
}

const space = fc.constantFrom("", "", "", " ", "\n", "\t\r ", "  ");

/** JSON spellings of a text: as JSON.stringify gives it, or with some letters escaped that need not be. */
function spelt(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(texts, fc.infiniteStream(fc.integer({ min: 0, max: 19 }))).map(([text, dice]) => {
    let json = "";
    for (const letter of text) {
      const roll = dice.next().value;
      const isSimple = letter.length === 1 && letter.isWellFormed();
      if (roll === 0 && isSimple) json += `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
      else json += letter === "/" && roll < 5 ? "\\/" : JSON.stringify(letter).slice(1, -1);
    }
    return `"${json}"`;
  });
}

const names = fc.constantFrom("plugin_id", "plugin_sid", "product", "category");
const nearNames = fc.constantFrom(
  "plugin_ix",
  "plugin_sie",
  "Product",
  "categorx",
  "protocol",
  "plugin_id ",
  "",
  "a",
  "__proto__",
);
const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('"', "\\", "{", "}", "[", "]", ",", ":", "/", "a", "é", "😀", "\u0000"),
    maxLength: 12,
  }),
  fc.constantFrom("IDS", "Network Scan", "", '"plugin_id":7', "plugin_id", '{"product":"x"}'),
);
const numbers = fc.oneof(
  fc.nat().map(String),
  fc.maxSafeNat().map(String),
  fc.constantFrom(
    "0",
    "-0",
    "-5",
    "1.0",
    "1001.0",
    "1e3",
    "1E+2",
    "0.5",
    "123456789012345",
    "1234567890123456",
    "9007199254740993",
  ),
);
const scalars = fc.oneof(spelt(texts), numbers, fc.constantFrom("true", "false", "null"));
const nested = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 3, depthSize: "small" }, scalars, tie("object"), tie("array")),
  object: fc
    .array(fc.tuple(space, fc.oneof(spelt(names), spelt(texts)), space, tie("value"), space), { maxLength: 4 })
    .map((all) => `{${all.map(([a, key, b, value, c]) => `${a}${key}${b}:${value}${c}`).join(",")}}`),
  array: fc
    .array(fc.tuple(space, tie("value"), space), { maxLength: 4 })
    .map((all) => `[${all.map((each) => each.join("")).join(",")}]`),
})).value;

const member = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ key: names.map((name) => `"${name}"`), value: fc.oneof(scalars, numbers, spelt(texts)) }),
  },
  { weight: 2, arbitrary: fc.record({ key: fc.oneof(spelt(names), spelt(nearNames), spelt(texts)), value: nested }) },
  { weight: 1, arbitrary: fc.record({ key: names.map((name) => `"${name}"`), value: nested }) },
);
const objects = fc.array(fc.tuple(space, member, space, space, space), { maxLength: 8 });

describe("scanInterest", () => {
  test("gives what JSON.parse gives, or is unsure where it may be, over hostile spellings", () => {
    let exact = 0;
    fc.assert(
      fc.property(objects, space, space, fc.nat(5), (parts, before, after, offset) => {
        const inside = parts.map(([a, { key, value }, b, c, d]) => `${a}${key}${b}:${c}${value}${d}`).join(",");
        const json = `${before}{${inside}}${after}`;
        // Somewhere in a larger buffer, as an event is that came off a socket.
        const bytes = Buffer.from(`${"}".repeat(offset)}${json},"plugin_id":9}`).subarray(
          offset,
          offset + Buffer.byteLength(json),
        );
        const scanned = scan(bytes);
        if (scanned.verdict === SCAN_EXACT) {
          exact++;
          expect([json, scanned]).toEqual([json, parsedKeys(json)]);
        } else {
          expect([json, scanned.verdict]).toEqual([json, SCAN_UNSURE]);
          expect([json, mayBeUnsure(parts.map(([, each]) => each))]).toEqual([json, true]);
        }
      }),
      { numRuns: 1000 },
    );
    expect(exact).toBeGreaterThan(100);
  });

  test("never says exact keys that differ, whatever is done to the bytes of an event", () => {
    const json =
      '{"event_id":"e\\"1","plugin_id":1001,"plugin_sid":2,"x":{"plugin_id":[7]},"product":"p","category":"c"}';
    const edit = fc.tuple(
      fc.nat(json.length),
      fc.nat(3),
      fc.constantFrom("", '"', "\\", "{", "}", "[", "]", ",", ":", " ", "0", "e", "é"),
    );
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const broken = edits.reduce(
          (text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length),
          json,
        );
        const scanned = scan(broken);
        let parsed: Scanned | undefined;
        try {
          parsed = parsedKeys(broken);
        } catch {
          return;
        }
        if (scanned.verdict === SCAN_EXACT) expect([broken, scanned]).toEqual([broken, parsed]);
        expect(scanned.verdict).not.toBe(SCAN_GARBAGE);
      }),
      { numRuns: 1000 },
    );
  });

  test("finishes on any bytes", () => {
    const byte = fc.oneof(fc.constantFrom(...Buffer.from('{}[]",:\\ 5plugin_id')), fc.nat(255));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), fc.boolean(), (inner, framed) => {
        const { verdict } = scan(Uint8Array.from(framed ? [123, ...inner, 125] : inner));
        expect([SCAN_GARBAGE, SCAN_EXACT, SCAN_UNSURE]).toContain(verdict);
      }),
      { numRuns: 1000 },
    );
  });

  test("ordinary events are exact: our own writing, and with blanks as others write", () => {
    const sent = {
      event_id: "0a7a1f3e-6f3b-4a6e-9f0a-2f6f3f1c9b55",
      timestamp: "2026-11-23T00:28:22.068874Z",
      sensor: "suricata",
      title: 'ET "SCAN" \\ Größe',
      src_ip: "192.168.12.31",
      dst_ip: "203.0.113.77",
      plugin_id: 1001,
      plugin_sid: 2003068,
      product: "Intrusion Detection System",
      category: "Разведка",
      src_port: 51234,
      custom_data1: '{"plugin_id":5}',
    };
    const expected: Scanned = {
      verdict: SCAN_EXACT,
      pluginId: 1001,
      pluginSid: 2003068,
      taxonomyHash: taxonomyHash("Intrusion Detection System", "Разведка"),
    };
    const event = readEvent(sent);
    if (isFault(event)) throw new Error(event.message);
    expect(scan(eventJson(event, 5, "1795393702068874000", { traceparent: "00-1-2-01" }))).toEqual(expected);
    const logstash = `{ ${Object.entries(sent)
      .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
      .join(
        ", ",
      )}, "@version": "1", "tags": ["a", {"product": "no"}], "carrier": {}, "ok": true, "n": -1.5e3, "x": null }\n`;
    expect(scan(logstash)).toEqual(expected);
    expect(scan(JSON.stringify(sent, null, 2))).toEqual(expected);
  });

  test("of keys that come twice the last counts", () => {
    const json =
      '{"plugin_id":1,"product":"a","plugin_id":2,"category":"b","product":"c","plugin_sid":3,"plugin_sid":0}';
    expect(scan(json)).toEqual({
      verdict: SCAN_EXACT,
      pluginId: 2,
      pluginSid: 0,
      taxonomyHash: taxonomyHash("c", "b"),
    });
    expect(scan('{"product":"a","category":"b","product":""}').taxonomyHash).toBe(0);
  });

  test.each([
    ["{}", SCAN_EXACT],
    [" \t\r\n{ }\n", SCAN_EXACT],
    ['{"plugin_id":123456789012345}', SCAN_EXACT],
    ["", SCAN_GARBAGE],
    ["{", SCAN_GARBAGE],
    ["}", SCAN_GARBAGE],
    ["   ", SCAN_GARBAGE],
    ["[{}]", SCAN_GARBAGE],
    ["5", SCAN_GARBAGE],
    ["\ufeff{}", SCAN_GARBAGE],
    ["\u00a0{}", SCAN_GARBAGE],
    ["{} x", SCAN_GARBAGE],
    ["{}{}", SCAN_UNSURE],
    ['{"a":1,}', SCAN_UNSURE],
    ['{"a"}', SCAN_UNSURE],
    ['{"a":{"b":1}', SCAN_UNSURE],
    ['{"a":["}', SCAN_UNSURE],
    ['{"a":"}', SCAN_UNSURE],
    ['{"a":"\\"}', SCAN_UNSURE],
    ['{"a":"\\}', SCAN_UNSURE],
    ['{"a}', SCAN_UNSURE],
    ['{"a":1 "b":2}', SCAN_UNSURE],
    ['{"plugin\\u005fid":1}', SCAN_UNSURE],
    ['{"plugin_id":1234567890123456}', SCAN_UNSURE],
    ['{"plugin_id":1.0}', SCAN_UNSURE],
    ['{"plugin_sid":"1"}', SCAN_UNSURE],
    ['{"plugin_id":{}}', SCAN_UNSURE],
    ['{"product":5}', SCAN_UNSURE],
    ['{"category":null}', SCAN_UNSURE],
    ['{"category":["c"]}', SCAN_UNSURE],
    ['{"product":"a\\/b"}', SCAN_UNSURE],
  ])("%j", (json, verdict) => {
    expect(scan(json).verdict).toBe(verdict);
  });

  test("leaves the keys alone unless it is sure", () => {
    const keys = new InterestKeys();
    scanInterest(Buffer.from('{"plugin_id":1}'), keys);
    scanInterest(Buffer.from('{"plugin_id":2,"plugin_sid":"x"}'), keys);
    scanInterest(Buffer.from("nothing"), keys);
    expect(keys.pluginId).toBe(1);
  });
});

describe("taxonomyHash", () => {
  test("is 0 unless both are there, and tells where one ends", () => {
    expect(taxonomyHash("", "c")).toBe(0);
    expect(taxonomyHash("p", "")).toBe(0);
    expect(taxonomyHash("ab", "c")).not.toBe(taxonomyHash("a", "bc"));
    expect(taxonomyHash("a", "b")).not.toBe(taxonomyHash("b", "a"));
    expect(taxonomyHash("a", "b")).toBeGreaterThan(0);
  });
});
