import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressText, parseAddress } from "../base/ip.ts";
import { parseAddressCondition, parseCustomCondition, parsePortCondition } from "../directive/conditions.ts";
import { Inventory } from "../inventory/inventory.ts";
import { addressPasses, customPasses, portPasses } from "./checks.ts";

const RUNS = Number(process.env.DSIEM_PROPERTY_RUNS ?? 2000);
const NOWHERE = new Inventory([]);

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

describe("list logic", () => {
  it("on addresses is that of a naive evaluator on bits, however rule and event are spelled (property 10)", () => {
    const entries = fc.array(fc.tuple(negated, network), { minLength: 1, maxLength: 6 });
    let accepted = 0;
    fc.assert(
      fc.property(entries, anyBits, blanks, (list, event, space) => {
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
        expect(verdict).toBe(naive(items));
        if (verdict) accepted += 1;
      }),
      { numRuns: RUNS },
    );
    // Both verdicts came up, so that the property says something.
    expect(accepted).toBeGreaterThan(RUNS / 10);
    expect(accepted).toBeLessThan(RUNS);
  });

  it("on ports is that of a naive evaluator on their text", () => {
    const port = fc.constantFrom(1, 8, 80, 443, 8080, 65535);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(negated, port), { minLength: 1, maxLength: 6 }),
        fc.oneof(port, fc.nat({ max: 65535 })),
        blanks,
        (list, event, space) => {
          const items = list.map(([not, each]) => ({
            negated: not,
            text: String(each),
            matches: String(each) === String(event),
          }));
          const condition = parsePortCondition(listText(items, space));
          if ("error" in condition) throw new Error(condition.error);
          expect(portPasses(condition, event)).toBe(naive(items));
        },
      ),
      { numRuns: RUNS },
    );
  });

  it("on custom data minds the case in a list, and not in a single text", () => {
    const text = fc.constantFrom("a", "A", "b", "ab", "É", "é", "1");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(negated, text), { minLength: 1, maxLength: 6 }),
        fc.oneof(text, fc.constant("")),
        blanks,
        (list, event, space) => {
          const isList = list.length > 1;
          const items = list.map(([not, each]) => ({
            negated: not,
            text: each,
            matches: isList ? each === event : each.toLowerCase() === event.toLowerCase(),
          }));
          const condition = parseCustomCondition(isList ? listText(items, space) : listText(items, []));
          if ("error" in condition) throw new Error(condition.error);
          expect(customPasses(condition, event)).toBe(naive(items));
        },
      ),
      { numRuns: RUNS },
    );
  });
});
