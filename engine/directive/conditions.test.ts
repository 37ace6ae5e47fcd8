import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ConditionFault,
  parseAddressCondition,
  parseCustomCondition,
  parsePortCondition,
  parseProtocolCondition,
} from "./conditions.ts";

/** The condition in one line: what kind it is, and its items as a file would spell them. */
function spelled(condition: object): unknown {
  if ("error" in condition) return `fault: ${(condition as ConditionFault).error}`;
  if (!("items" in condition)) return condition;
  const items = condition.items as { negated: boolean; cidr?: { text: string }; port?: number; text?: string }[];
  return items.map((item) => `${item.negated ? "!" : ""}${item.cidr?.text ?? item.port ?? item.text}`);
}

test.each([
  ["ANY", { kind: "any" }],
  ["HOME_NET", { kind: "home" }],
  ["!HOME_NET", { kind: "not-home" }],
  [":1", { kind: "reference", stage: 1 }],
  [":12", { kind: "reference", stage: 12 }],
  ["10.0.0.0/8, !10.1.0.0/16,\t2001:DB8::/32 ", ["10.0.0.0/8", "!10.1.0.0/16", "2001:db8::/32"]],
  ["! 10.0.0.0/8", ["!10.0.0.0/8"]],
])("reads the address condition %j", (text, expected) => {
  expect(spelled(parseAddressCondition(text))).toEqual(expected);
});

test("a leading :: is an address, not a reference (MUST DIFFER)", () => {
  for (const text of ["::1", "::", "::ffff:10.0.0.1", "!::1", "10.0.0.1, ::1"]) {
    expect(parseAddressCondition(text)).toMatchObject({ kind: "list" });
  }
});

test.each([
  ["", /is empty/],
  ["any", /"any" isn't known; write ANY, HOME_NET, !HOME_NET in capitals/],
  [" ANY", /isn't known/],
  ["home_net", /isn't known/],
  ["!ANY", /would match nothing/],
  ["ANY, 10.0.0.1", /ANY can't stand in a list/],
  ["HOME_NET,10.0.0.1", /HOME_NET can't stand in a list/],
  ["10.0.0.1,", /empty entry/],
  ["10.0.0.1, !", /empty entry/],
  ["!", /empty entry/],
  ["!!10.0.0.1", /"!10.0.0.1" is not an IPv4 or IPv6 address; expected ANY/],
  ["10.0.0.1;10.0.0.2", /is not an IPv4/],
  ["10.0.0.1/24", /10.0.0.0\/24; expected ANY/],
  ["10.0.0.0/33", /from 0 to 32/],
  ["server.example", /"server.example" is not an IPv4 or IPv6 address; expected ANY/],
  [":", /is no reference/],
  [":x", /is no reference/],
  [": 1", /is no reference/],
  [":0", /stages are counted from 1/],
  [":01", /must not start with a zero/],
  [":1,:2", /stands alone/],
  ["10.0.0.1, :1", /a reference stands alone/],
  ["!:1", /a reference stands alone/],
])("refuses the address condition %j", (text, message) => {
  expect(spelled(parseAddressCondition(text))).toMatch(message);
});

test.each([
  ["ANY", { kind: "any" }],
  [":3", { kind: "reference", stage: 3 }],
  ["80, 443 ,!22", ["80", "443", "!22"]],
  ["65535", ["65535"]],
])("reads the port condition %j", (text, expected) => {
  expect(spelled(parsePortCondition(text))).toEqual(expected);
});

test.each([
  "",
  "0",
  "65536",
  "-1",
  "+1",
  "080",
  "http",
  "80,",
  "80;443",
  "1-100",
  "any",
  "ANY,80",
  "8o",
  "1e2",
  "::1",
  ":01",
])("refuses the port condition %j", (text) => {
  expect(spelled(parsePortCondition(text))).toMatch(/^fault: /);
});

test.each([
  ["", { kind: "any" }],
  ["ANY", { kind: "any" }],
  ["any", { kind: "equals", text: "any" }],
  ["TCP", { kind: "equals", text: "TCP" }],
  [":2", { kind: "reference", stage: 2 }],
  [":x", { kind: "equals", text: ":x" }],
  [": 1", { kind: "equals", text: ": 1" }],
  [":1,:2", { kind: "equals", text: ":1,:2" }],
])("reads the protocol %j", (text, expected) => {
  expect(parseProtocolCondition(text)).toEqual(expected);
});

test.each([
  ["", { kind: "any" }],
  ["ANY", { kind: "any" }],
  [":2", { kind: "reference", stage: 2 }],
  [":", { kind: "equals-ignoring-case", negated: false, text: ":" }],
  ["Admin", { kind: "equals-ignoring-case", negated: false, text: "admin" }],
  ["!Admin", { kind: "equals-ignoring-case", negated: true, text: "admin" }],
  ["Root, !Admin,", ["Root", "!Admin", ""]],
  [":1,x", [":1", "x"]],
])("reads the custom data condition %j", (text, expected) => {
  expect(spelled(parseCustomCondition(text))).toEqual(expected);
});

test("colon and digits that name no stage are refused everywhere", () => {
  for (const text of [":0", ":01", ":007"]) {
    for (const parse of [parseAddressCondition, parsePortCondition, parseProtocolCondition, parseCustomCondition]) {
      expect(parse(text)).toHaveProperty("error");
    }
  }
});

const blanks = fc.constantFrom("", " ", "\t", "  ");
const octet = fc.integer({ min: 0, max: 255 });
const network = fc.oneof(
  fc.tuple(octet, octet, octet, octet).map((octets) => `${octets.join(".")}/32`),
  fc.tuple(octet, octet).map((octets) => `${octets.join(".")}.0.0/16`),
  fc.integer({ min: 1, max: 0xffff }).map((word) => `2001:db8:${word.toString(16)}::/48`),
);

/** Items of a list, and the list as somebody might write it. */
function written<T>(value: fc.Arbitrary<T>) {
  const item = fc.record({ value, negated: fc.boolean(), before: blanks, after: blanks });
  return fc.array(item, { minLength: 1, maxLength: 8 }).map((items) => ({
    items: items.map((each) => ({ value: each.value, negated: each.negated })),
    text: items.map((each) => `${each.before}${each.negated ? "!" : ""}${each.value}${each.after}`).join(","),
  }));
}

test("a list of addresses is read as it was written", () => {
  fc.assert(
    fc.property(written(network), ({ items, text }) => {
      const expected = items.map((item) => `${item.negated ? "!" : ""}${item.value}`);
      const read = spelled(parseAddressCondition(text)) as string[];
      expect(read.map((each) => (each.includes("/") ? each : `${each}/32`))).toEqual(expected);
    }),
  );
});

test("a list of ports is read as it was written", () => {
  fc.assert(
    fc.property(written(fc.integer({ min: 1, max: 65535 })), ({ items, text }) => {
      const list = items.map(({ value, negated }) => ({ port: value, negated }));
      expect(parsePortCondition(text)).toEqual({ kind: "list", items: list });
    }),
  );
});

test("no text makes the parsers throw", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(":", "!", ",", ".", "/", "1", "0", "f", " ", "A") }), (text) => {
      for (const parse of [parseAddressCondition, parsePortCondition, parseProtocolCondition, parseCustomCondition]) {
        expect(parse(text)).toBeTypeOf("object");
      }
    }),
  );
});
