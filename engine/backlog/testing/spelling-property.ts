import assert from "node:assert/strict";
import fc from "fast-check";
import { isFault, readEvent } from "../../base/event.ts";
import { eventJson } from "../../base/event-json.ts";
import { type Property, property } from "../../base/testing/property.ts";
import type { NormalizedEvent } from "../../contract/event.ts";
import { correlatorOf, directivesArbitrary, EPOCH, eventsArbitrary } from "./scenarios.ts";

const NOW_MS = EPOCH * 1000;

/** Ways to write an IPv6 address that RFC 5952 forbids to writers and demands of readers. */
const SPELLINGS: readonly ((groups: readonly number[]) => string)[] = [
  (groups) => groups.map((group) => group.toString(16)).join(":"),
  (groups) => groups.map((group) => group.toString(16).toUpperCase().padStart(4, "0")).join(":"),
  (groups) => {
    const [high = 0, low = 0] = groups.slice(6);
    const bytes = [high >> 8, high & 255, low >> 8, low & 255];
    return `${groups
      .slice(0, 6)
      .map((group) => group.toString(16))
      .join(":")}:${bytes.join(".")}`;
  },
  (groups) => {
    // A "::" in place of one single zero group.
    const zero = groups.indexOf(0);
    const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
    return zero < 0 ? text(groups) : `${text(groups.slice(0, zero))}::${text(groups.slice(zero + 1))}`;
  },
];

/** IPv4 has a single spelling that is accepted. */
function respelled(address: string, style: number): string {
  const spelling = SPELLINGS[style % SPELLINGS.length];
  if (!address.includes(":") || spelling === undefined) return address;
  const [before = "", after = ""] = address.split("::");
  const left = before.split(":").filter(Boolean);
  const right = after.split(":").filter(Boolean);
  const zeros = new Array<string>(8 - left.length - right.length).fill("0");
  return spelling([...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16)));
}

/** As somebody sends it, who spells addresses in that style. */
function sent(event: NormalizedEvent, style: number | undefined): NormalizedEvent {
  const { seconds, carrier, conn_id, rcvd_time, ...fields } = event;
  const [src_ip, dst_ip] =
    style === undefined
      ? [event.src_ip, event.dst_ip]
      : [respelled(event.src_ip, style), respelled(event.dst_ip, style + 1)];
  const read = readEvent({ ...fields, src_ip, dst_ip });
  if (isFault(read)) throw new Error(read.message);
  return read;
}

const spelling = property(
  {
    number: 10,
    name: "spelling",
    says: "does and publishes the same however the addresses of events and rules are spelled",
    cases: ["an address spelled in another way"],
  },
  (seen) => {
    const styles = fc.array(fc.nat(3), { minLength: 40, maxLength: 40, size: "max" });
    return fc.property(directivesArbitrary, eventsArbitrary(40), styles, (directives, events, chosen) => {
      const plain: string[] = [];
      const other: string[] = [];
      const correlator = correlatorOf(directives, plain);
      const style = chosen[0] ?? 0;
      const sameDirectives = directives.map((directive) => ({
        ...directive,
        rules: directive.rules.map((rule) => ({
          ...rule,
          to: rule.to.replace("2001:db8::/", `${respelled("2001:db8::", style)}/`),
        })),
      }));
      const same = correlatorOf(sameDirectives, other);
      for (const [i, event] of events.entries()) {
        // What is neither a plugin's event nor one of a product is refused at the door.
        if (event.plugin_id === 0 && (event.product === "" || event.category === "")) continue;
        const [one, two] = [sent(event, undefined), sent(event, chosen[i] ?? 0)];
        if (event.src_ip.includes(":")) seen.note("an address spelled in another way");
        assert.equal(eventJson(two, 1, "0"), eventJson(one, 1, "0"));
        correlator.process(one, NOW_MS);
        same.process(two, NOW_MS);
      }
      assert.deepEqual(other, plain);
    });
  },
);

export const SPELLING_PROPERTIES: readonly Property[] = [spelling];
