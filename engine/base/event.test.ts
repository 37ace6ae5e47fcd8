import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventSchema, type NormalizedEvent } from "../contract/event.ts";
import { type EventFault, isFault, readEvent, readPublishedEvent } from "./event.ts";
import { canonicalAddress } from "./ip.ts";
import { parseTimestamp } from "./timestamp.ts";

const MINIMAL = {
  event_id: "e1",
  timestamp: "2023-01-01T00:00:00Z",
  sensor: "s",
  title: "t",
  src_ip: "10.0.0.1",
  dst_ip: "10.0.0.2",
  plugin_id: 1001,
  plugin_sid: 1,
};
const REQUIRED = ["event_id", "timestamp", "sensor", "title", "src_ip", "dst_ip"];
const OPTIONAL_TEXTS = [
  ...["product", "category", "subcategory", "protocol", "custom_label1", "custom_data1", "custom_label2"],
  ...["custom_data2", "custom_label3", "custom_data3", "src_index_pattern"],
];

function taken(value: unknown): NormalizedEvent {
  const event = readEvent(value);
  if (isFault(event)) throw new Error(event.message);
  return event;
}

function refused(value: unknown): EventFault {
  const fault = readEvent(value);
  if (!isFault(fault)) throw new Error(`accepted ${JSON.stringify(value)}`);
  return fault;
}

describe("readEvent", () => {
  test("fills in what may be left out", () => {
    expect(taken(MINIMAL)).toEqual({
      ...MINIMAL,
      ...Object.fromEntries(OPTIONAL_TEXTS.map((field) => [field, ""])),
      src_port: 0,
      dst_port: 0,
      conn_id: 0,
      rcvd_time: 0,
      carrier: undefined,
      seconds: 1672531200,
    });
  });

  test("spells addresses and the timestamp canonically", () => {
    const event = taken({
      ...MINIMAL,
      src_ip: "2001:DB8:0::1",
      dst_ip: "::ffff:0a00:1",
      timestamp: "2023-01-01 07:00:00.5 +0700",
    });
    expect(event).toMatchObject({
      src_ip: "2001:db8::1",
      dst_ip: "::ffff:10.0.0.1",
      timestamp: "2023-01-01T00:00:00.5Z",
    });
  });

  test.each(REQUIRED)("without %s an event is malformed, and empty it is refused too", (field) => {
    const { [field]: _, ...rest } = MINIMAL as Record<string, unknown>;
    expect(refused(rest)).toEqual({ fault: "malformed", field, message: `${field} is missing` });
    const isText = ["event_id", "sensor", "title"].includes(field);
    expect(refused({ ...MINIMAL, [field]: "" })).toMatchObject({ fault: isText ? "invalid" : "malformed", field });
  });

  test.each([...REQUIRED, ...OPTIONAL_TEXTS])("%s has to be a string", (field) => {
    for (const wrong of [null, 5, true, [], {}]) {
      expect(refused({ ...MINIMAL, [field]: wrong })).toMatchObject({ fault: "malformed", field });
    }
    expect(refused({ ...MINIMAL, [field]: null }).message).toBe(`${field} must be a string, not null`);
  });

  test.each([
    ["plugin_id", Number.MAX_SAFE_INTEGER],
    ["plugin_sid", Number.MAX_SAFE_INTEGER],
    ["src_port", 65535],
    ["dst_port", 65535],
  ])("%s is a whole number up to %d", (field, max) => {
    for (const wrong of [null, "1", true, [], {}, -1, 1.5, max + 1, 1e300]) {
      expect(refused({ ...MINIMAL, [field]: wrong })).toMatchObject({ fault: "malformed", field });
    }
    expect(refused({ ...MINIMAL, [field]: -1 }).message).toBe(
      `${field} must be a whole number from 0 to ${max}, not -1`,
    );
    expect(taken({ ...MINIMAL, [field]: max })).toMatchObject({ [field]: max });
    expect(
      taken(JSON.parse(`{"product":"p","category":"c",${JSON.stringify(MINIMAL).slice(1, -1)},"${field}":1e3}`)),
    ).toMatchObject({
      [field]: 1000,
    });
  });

  test.each([null, 5, "e", true, [], [MINIMAL]])("%j is no event", (value) => {
    expect(refused(value)).toMatchObject({ fault: "malformed", field: "" });
  });

  test("what can't be read is quoted, cut short and escaped", () => {
    const { message } = refused({ ...MINIMAL, src_ip: `\u001b[2J\n${"x".repeat(500)}` });
    expect(message).toMatch(/^src_ip "\\u001b\[2J\\nx+…" is not an IPv4 or IPv6 address$/);
    expect(message.length).toBeLessThan(140);
    expect(refused({ ...MINIMAL, timestamp: "yesterday" }).message).toMatch(
      /^timestamp "yesterday" is not an RFC 3339 time/,
    );
  });

  test.each([
    ["neither pair", {}],
    ["half of A", { plugin_id: 1 }],
    ["the other half of A", { plugin_sid: 1 }],
    ["half of B", { product: "p" }],
    ["the other half of B", { category: "c", product: "" }],
    ["half of each", { plugin_id: 1, plugin_sid: 0, category: "c" }],
  ])("%s is invalid", (_name, pair) => {
    const { plugin_id: _id, plugin_sid: _sid, ...rest } = MINIMAL;
    expect(refused({ ...rest, ...pair })).toMatchObject({ fault: "invalid" });
    expect(taken({ ...rest, ...pair, product: "p", category: "c" })).toMatchObject({ product: "p", category: "c" });
  });

  test("malformed is said before invalid", () => {
    expect(refused({ ...MINIMAL, event_id: "", dst_ip: "x" })).toMatchObject({ fault: "malformed", field: "dst_ip" });
  });

  test("what the frontend sets itself is ignored at the door, whatever it holds", () => {
    for (const wrong of [5, "x", null, -1, { traceparent: "00-1-2-01" }, []]) {
      const event = taken({ ...MINIMAL, conn_id: wrong, rcvd_time: wrong, carrier: wrong });
      expect(event).toMatchObject({ conn_id: 0, rcvd_time: 0 });
      expect(event.carrier).toBeUndefined();
    }
  });

  test("unknown fields are dropped, and a key __proto__ is one of them", () => {
    const json = JSON.stringify({ ...MINIMAL, foo: { a: [1] } }).replace(
      "{",
      '{"__proto__":{"product":"p","category":"c"},',
    );
    const event = taken(JSON.parse(json));
    expect(Object.keys(event)).not.toContain("foo");
    expect(Object.hasOwn(event, "__proto__")).toBe(false);
    expect(event.product).toBe("");
    expect(refused(JSON.parse('{"__proto__":{"event_id":"e1"},"constructor":5}'))).toMatchObject({ field: "event_id" });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test("lone surrogates become U+FFFD in every string", () => {
    const bad = "a\ud800b";
    const event = taken({
      ...MINIMAL,
      ...Object.fromEntries(OPTIONAL_TEXTS.map((field) => [field, bad])),
      event_id: bad,
      sensor: bad,
      title: bad,
    });
    for (const field of ["event_id", "sensor", "title", ...OPTIONAL_TEXTS]) {
      expect(event).toMatchObject({ [field]: "a\ufffdb" });
    }
  });

  test("accepts exactly what the schema and the rules of engine.md §2 accept", () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyEvent(), (value) => {
        const verdict = readEvent(value);
        const wanted = expectedVerdict(value);
        expect(isFault(verdict) ? verdict.fault : "taken").toBe(wanted);
        if (wanted === "taken") accepted++;
        if (isFault(verdict)) expect(verdict.message).toContain(verdict.field);
      }),
      { numRuns: 1000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});

describe("readPublishedEvent", () => {
  function published(more: object): NormalizedEvent {
    const event = readPublishedEvent({ ...MINIMAL, ...more });
    if (isFault(event)) throw new Error(event.message);
    return event;
  }

  test("reads what a frontend set", () => {
    const carrier = { traceparent: "00-1-2-01", tracestate: "a=b" };
    expect(published({ conn_id: 7, rcvd_time: 1795393702068874000, carrier })).toMatchObject({
      conn_id: 7,
      rcvd_time: 1795393702068874000,
      carrier,
    });
    expect(published({ carrier: {} }).carrier).toBeUndefined();
  });

  test("reads what the contract's schema takes, too", () => {
    const event = published({ conn_id: 7, rcvd_time: 1795393702068874000 });
    expect(eventSchema.safeParse(event).error?.message).toBeUndefined();
    expect(eventSchema.safeParse({ ...event, rcvd_time: 1.5 }).success).toBe(false);
  });

  test("takes what is of a wrong type for not set", () => {
    for (const wrong of [null, "x", -1, 1.5, [], true]) {
      expect(published({ conn_id: wrong, rcvd_time: wrong, carrier: wrong })).toMatchObject({
        conn_id: 0,
        rcvd_time: 0,
      });
    }
    const carrier: unknown = JSON.parse('{"__proto__":"x","traceparent":"00","n":5}');
    const read = published({ carrier }).carrier ?? {};
    expect(Object.entries(read)).toEqual([
      ["__proto__", "x"],
      ["traceparent", "00"],
    ]);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    const large = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, "v"]));
    expect(Object.keys(published({ carrier: large }).carrier ?? {})).toHaveLength(16);
  });

  test("refuses what the door refuses", () => {
    expect(readPublishedEvent({ ...MINIMAL, src_ip: "x" })).toMatchObject({ fault: "malformed" });
  });
});

/** The rules once more, by way of the schema: what the door ignores is left out of it. */
function expectedVerdict(value: unknown): "taken" | "malformed" | "invalid" {
  const parsed = eventSchema.omit({ conn_id: true, rcvd_time: true, carrier: true }).safeParse(value);
  if (!parsed.success) return "malformed";
  const event = parsed.data;
  if (parseTimestamp(event.timestamp) === undefined) return "malformed";
  if (canonicalAddress(event.src_ip) === undefined || canonicalAddress(event.dst_ip) === undefined) return "malformed";
  if (event.event_id === "" || event.sensor === "" || event.title === "") return "invalid";
  const hasPlugin = (event.plugin_id ?? 0) > 0 && (event.plugin_sid ?? 0) > 0;
  const hasTaxonomy = (event.product ?? "") !== "" && (event.category ?? "") !== "";
  return hasPlugin || hasTaxonomy ? "taken" : "invalid";
}

/** Mostly good events of which now and then a field is missing, empty, or anything JSON can hold. */
function anyEvent(): fc.Arbitrary<unknown> {
  const anything = fc.constantFrom<unknown>(null, true, "", "x", "5", 0, -1, 1.5, 1e300, [], ["a"], {}, { a: "b" });
  const often = <T>(good: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 60, arbitrary: good }, { weight: 1, arbitrary: anything });
  const text = often(fc.constantFrom("a", "text", "é😀", "\ud800", ""));
  const address = often(fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom("::1", "10.0.0.1", "::ffff:1.2.3.4")));
  const number = often(fc.oneof(fc.constantFrom(0, 1, 65535, 65536, 2 ** 53 - 1), fc.nat(70_000)));
  const port = often(fc.oneof(fc.nat(65_535), fc.constantFrom(0, 65_535)));
  const time = often(fc.constantFrom("2023-01-01T00:00:00Z", "2023-1-1 0:0:0 UTC", "2023-01-01T00:00:00.5+07:00"));
  const required = { event_id: text, timestamp: time, sensor: text, title: text, src_ip: address, dst_ip: address };
  const optional = {
    ...Object.fromEntries(OPTIONAL_TEXTS.map((field) => [field, text])),
    plugin_id: number,
    plugin_sid: number,
    src_port: port,
    dst_port: port,
    conn_id: anything,
    rcvd_time: anything,
    carrier: anything,
    unknown: anything,
  };
  const whole = fc.tuple(fc.record(required), fc.record(optional, { requiredKeys: [] }));
  const without = fc.oneof(
    { weight: 20, arbitrary: fc.constant("") },
    { weight: 1, arbitrary: fc.constantFrom(...REQUIRED) },
  );
  return fc.tuple(whole, without).map(([[base, more], left]) => {
    const { [left]: _, ...event } = { ...base, ...more } as Record<string, unknown>;
    return event;
  });
}
