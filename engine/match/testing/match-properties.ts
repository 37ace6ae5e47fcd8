import assert from "node:assert/strict";
import fc from "fast-check";
import { addressText, parseAddress } from "../../base/ip.ts";
import { type Property, property } from "../../base/testing/property.ts";
import { parseAddressCondition, parseCustomCondition, parsePortCondition } from "../../directive/conditions.ts";
import { Inventory } from "../../inventory/inventory.ts";
import { addressPasses, customPasses, portPasses } from "../checks.ts";
import { riskOf } from "../risk.ts";

const NOWHERE = new Inventory([]);
/** Both must come up, so that the properties say something. */
const VERDICTS = ["a match", "no match"] as const;

const verdictName = (verdict: boolean): string => VERDICTS[verdict ? 0 : 1];

interface Item {
  negated: boolean;
  text: string;
  matches: boolean;
}

/** engine.md §7.3 read aloud. */
function naive(items: readonly Item[]): boolean {
  let tentative = false;
  for (const { negated, matches } of items) {
    if (negated && matches) return false;
    if (!negated && matches) return true;
    if (negated && !matches) tentative = true;
  }
  return tentative;
}

function listText(items: readonly Item[], blanks: readonly string[]): string {
  return items
    .map(({ negated, text }, i) => `${blanks[2 * i] ?? ""}${negated ? "!" : ""}${text}${blanks[2 * i + 1] ?? ""}`)
    .join(",");
}

const blanks = fc.array(fc.constantFrom("", " ", "  "), { minLength: 12, maxLength: 12 });
const negated = fc.boolean();

/** An IPv4 or IPv6 address as its bits, most significant first. */
type Bits = readonly number[];
/** Few different bits, so that addresses share prefixes. */
const bit = fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) });
const bitsOf = (length: number): fc.Arbitrary<Bits> => fc.array(bit, { minLength: length, maxLength: length });
const anyBits = fc.oneof(bitsOf(32), bitsOf(128));

/** The address written out in full, as nobody's RFC 5952 would. */
function spelled(bits: Bits): string {
  const size = bits.length === 32 ? 8 : 16;
  const groups: number[] = [];
  for (let i = 0; i < bits.length; i += size) groups.push(Number.parseInt(bits.slice(i, i + size).join(""), 2));
  return bits.length === 32
    ? groups.join(".")
    : groups.map((group) => group.toString(16).toUpperCase().padStart(4, "0")).join(":");
}

const network = fc
  .tuple(anyBits, fc.nat({ max: 128 }))
  .map(([bits, length]) => ({ bits, prefix: length % (bits.length + 1) }))
  .map(({ bits, prefix }) => ({ bits: bits.map((each, i) => (i < prefix ? each : 0)), prefix }));

const addressList = property(
  {
    number: 10,
    name: "address-list",
    says: "judges a list of addresses as a naive evaluator on bits does, however rule and event are spelled",
    cases: VERDICTS,
  },
  (seen) => {
    const entries = fc.array(fc.tuple(negated, network), { minLength: 1, maxLength: 6 });
    return fc.property(entries, anyBits, blanks, (list, event, space) => {
      const items = list.map(([not, { bits, prefix }]) => ({
        negated: not,
        text: `${spelled(bits)}/${prefix}`,
        matches: bits.length === event.length && bits.slice(0, prefix).every((each, i) => each === event[i]),
      }));
      const condition = parseAddressCondition(listText(items, space));
      if ("error" in condition) throw new Error(condition.error);
      const address = parseAddress(spelled(event));
      if (address === undefined) throw new Error(`${spelled(event)} isn't read`);
      const verdict = addressPasses(condition, NOWHERE.facts(addressText(address)));
      assert.equal(verdict, naive(items));
      seen.note(verdictName(verdict));
    });
  },
);

const portList = property(
  {
    number: 10,
    name: "port-list",
    says: "judges a list of ports as a naive evaluator on their text does",
    cases: VERDICTS,
  },
  (seen) => {
    const port = fc.constantFrom(1, 8, 80, 443, 8080, 65535);
    const entries = fc.array(fc.tuple(negated, port), { minLength: 1, maxLength: 6 });
    return fc.property(entries, fc.oneof(port, fc.nat({ max: 65535 })), blanks, (list, event, space) => {
      const items = list.map(([not, each]) => ({
        negated: not,
        text: String(each),
        matches: String(each) === String(event),
      }));
      const condition = parsePortCondition(listText(items, space));
      if ("error" in condition) throw new Error(condition.error);
      const verdict = portPasses(condition, event);
      assert.equal(verdict, naive(items));
      seen.note(verdictName(verdict));
    });
  },
);

const customList = property(
  {
    number: 10,
    name: "custom-data-list",
    says: "minds the case of custom data in a list, and not in a single text",
    cases: VERDICTS,
  },
  (seen) => {
    const text = fc.constantFrom("a", "A", "b", "ab", "É", "é", "1");
    const entries = fc.array(fc.tuple(negated, text), { minLength: 1, maxLength: 6 });
    return fc.property(entries, fc.oneof(text, fc.constant("")), blanks, (list, event, space) => {
      const isList = list.length > 1;
      const items = list.map(([not, each]) => ({
        negated: not,
        text: each,
        matches: isList ? each === event : each.toLowerCase() === event.toLowerCase(),
      }));
      const condition = parseCustomCondition(isList ? listText(items, space) : listText(items, []));
      if ("error" in condition) throw new Error(condition.error);
      const verdict = customPasses(condition, event);
      assert.equal(verdict, naive(items));
      seen.note(verdictName(verdict));
    });
  },
);

const exactRisk = property(
  { number: 11, name: "risk", says: "computes the risk as exact integer arithmetic does" },
  () =>
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 10 }),
      fc.integer({ min: 0, max: 255 }),
      (priority, reliability, value) => {
        const exact = (BigInt(priority) * BigInt(reliability) * BigInt(value)) / 25n;
        assert.equal(riskOf(priority, reliability, value), Number(exact));
      },
    ),
);

export const MATCH_PROPERTIES: readonly Property[] = [addressList, portList, customList, exactRisk];
