import assert from "node:assert/strict";
import { isIP } from "node:net";
import fc from "fast-check";
import { z } from "zod";
import { type Property, property } from "../../base/testing/property.ts";
import type { Directive } from "../../contract/directive.ts";
import type { NormalizedEvent } from "../../contract/event.ts";
import { type SavedBacklog, savedBacklogFileSchema } from "../../contract/saved-backlog.ts";
import type { Correlator } from "../correlator.ts";
import { correlatorOf, directivesArbitrary, EPOCH, eventsArbitrary } from "./scenarios.ts";

const NOW_MS = EPOCH * 1000;

const count = z.number().int().nonnegative();
const texts = z.array(z.string());
const address = z.string().refine((text) => isIP(text) !== 0, "not an address");
/** As Rust reads a `SocketAddr`: IPv6 in brackets, and a port of 16 bits. */
const socket = z.string().refine((text) => {
  const [, six, four, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  return isIP(six ?? "") + isIP(four ?? "") === (six === undefined ? 4 : 6) && Number(port) <= 65535;
}, "not an address and port");

/**
 * The types that Dsiem-rs reads `logs/backlogs/{directive_id}.json` into, as its own files show them
 * (shared/conformance/saved-by-rs, compat.md §2): what it always writes it also demands.
 */
const rule = z.strictObject({
  name: z.string(),
  stage: count.max(255),
  occurrence: count,
  from: z.string(),
  to: z.string(),
  plugin_id: count,
  plugin_sid: z.array(count).optional(),
  product: texts.optional(),
  category: z.string().optional(),
  subcategory: texts.optional(),
  type: z.enum(["PluginRule", "TaxonomyRule"]),
  port_from: z.string(),
  port_to: z.string(),
  protocol: z.string(),
  reliability: count.max(255),
  timeout: count,
  start_time: count.optional(),
  end_time: count.optional(),
  status: z.literal("finished").optional(),
  sticky_different: z.string().optional(),
  custom_data1: z.string().optional(),
  custom_data2: z.string().optional(),
  custom_data3: z.string().optional(),
  saved_event_ids: texts.optional(),
  saved_sticky_diffdata: z.strictObject({ sdiff_string: texts, sdiff_int: z.array(count) }).optional(),
});
export const ofDsiemRs = z.array(
  z.strictObject({
    alarm_id: z.string().min(1),
    title: z.string(),
    status: z.string(),
    tag: z.string(),
    kingdom: z.string(),
    category: z.string(),
    created_time: count,
    update_time: count,
    risk: count,
    risk_class: z.string(),
    rules: z.array(rule).min(1),
    src_ips: z.array(address),
    dst_ips: z.array(address),
    networks: texts,
    custom_data: z.array(z.strictObject({ label: z.string(), content: z.string() })).optional(),
    saved_src_socketaddr: z.array(socket),
    saved_dst_socketaddr: z.array(socket),
  }),
);

/** The one thing that we add, which Dsiem-rs passes over (engine.md §9). */
function withoutFirstEvents(text: string): string {
  return JSON.stringify(JSON.parse(text, (key, value) => (key === "saved_first_event" ? undefined : value)));
}

function played(directives: readonly Directive[], events: readonly NormalizedEvent[]): Correlator {
  const correlator = correlatorOf(directives, []);
  for (const event of events) correlator.process(event, NOW_MS);
  return correlator;
}

const readable = property(
  {
    number: 13,
    name: "saved-for-rs",
    says: "saves backlogs in the form that Dsiem-rs reads",
    cases: ["a saved backlog", "sticky values", "an IPv6 socket"],
  },
  (seen) =>
    fc.property(directivesArbitrary, eventsArbitrary(40), (directives, events) => {
      for (const saved of played(directives, events).snapshot().values()) {
        const text = withoutFirstEvents(JSON.stringify(saved));
        const read = ofDsiemRs.parse(JSON.parse(text));
        for (const { rules } of read) {
          seen.note("a saved backlog");
          assert.deepEqual(new Set(rules.map(({ stage }) => stage)), new Set(rules.map((_, i) => i + 1)));
          assert.ok(rules.some(({ status }) => status === undefined));
        }
        if (text.includes("saved_sticky_diffdata")) seen.note("sticky values");
        if (text.includes('"[2001:')) seen.note("an IPv6 socket");
      }
    }),
);

const loaded = property(
  {
    number: 13,
    name: "saved-by-rs",
    says: "loads what Dsiem-rs would have saved in its place, and saves the same again",
    cases: ["a loaded backlog"],
  },
  (seen) =>
    fc.property(directivesArbitrary, eventsArbitrary(40), (directives, events) => {
      const theirs = new Map<number, SavedBacklog[]>();
      for (const [id, saved] of played(directives, events).snapshot()) {
        const file: unknown = JSON.parse(withoutFirstEvents(JSON.stringify(saved)));
        theirs.set(id, savedBacklogFileSchema.parse(file));
      }
      const again = correlatorOf(directives, []);
      for (const [id, saved] of theirs) {
        assert.deepEqual(again.restore(id, saved, NOW_MS), []);
        for (let i = 0; i < saved.length; i++) seen.note("a loaded backlog");
      }
      assert.deepEqual(JSON.parse(JSON.stringify([...again.snapshot()])), JSON.parse(JSON.stringify([...theirs])));
    }),
);

export const SAVED_PROPERTIES: readonly Property[] = [readable, loaded];
