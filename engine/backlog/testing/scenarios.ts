import fc from "fast-check";
import type { Directive, Rule, StickyField } from "../../contract/directive.ts";
import type { NormalizedEvent } from "../../contract/event.ts";
import { Inventory } from "../../inventory/inventory.ts";
import { Correlator } from "../correlator.ts";
import type { CorrelatorSink } from "../sink.ts";

/** Random directives and events over so few values that they keep meeting each other. For tests. */

export const HOME = new Inventory([
  { name: "lan", cidr: "10.0.0.0/8", value: 3 },
  { name: "server", cidr: "10.0.0.1", value: 9 },
  { name: "six", cidr: "2001:db8::/32", value: 5 },
]);

const ADDRESSES = ["10.0.0.1", "10.0.0.1", "10.0.0.2", "44.1.1.1", "2001:db8::1"];
const PORTS = [0, 80, 443];
const PROTOCOLS = ["TCP", "UDP"];
/** The last one is long enough not to be written down twice for a backlog. */
const TEXTS = ["", "a", "A", "b,c", "/a/path/that/comes/again/and/again"];
const SIDS = [1, 2, 3];

/** 2023-11-14T22:13:20Z, from which the seconds of random events are counted. */
export const EPOCH = 1_700_000_000;

const eventArbitrary: fc.Arbitrary<Omit<NormalizedEvent, "event_id" | "timestamp">> = fc.record({
  sensor: fc.constant("s"),
  title: fc.constant("t"),
  src_ip: fc.constantFrom(...ADDRESSES),
  dst_ip: fc.constantFrom(...ADDRESSES),
  plugin_id: fc.constantFrom(0, 1, 1, 1, 1),
  plugin_sid: fc.constantFrom(...SIDS),
  product: fc.constantFrom("", "p", "q"),
  category: fc.constantFrom("", "c"),
  subcategory: fc.constantFrom("", "x", "y"),
  protocol: fc.constantFrom(...PROTOCOLS, "TCP", "TCP"),
  src_port: fc.constantFrom(...PORTS),
  dst_port: fc.constantFrom(...PORTS),
  custom_label1: fc.constant(""),
  custom_data1: fc.constantFrom(...TEXTS),
  custom_label2: fc.constantFrom("", "l"),
  custom_data2: fc.constantFrom(...TEXTS),
  custom_label3: fc.constant(""),
  custom_data3: fc.constantFrom("", "z"),
  src_index_pattern: fc.constant(""),
  conn_id: fc.constant(0),
  rcvd_time: fc.constant(0),
  carrier: fc.constant(undefined),
  seconds: fc.integer({ min: 0, max: 5 }),
});

/** Events with ids of which one in a few is repeated. */
export const eventsArbitrary = (most: number): fc.Arbitrary<NormalizedEvent[]> =>
  fc
    .array(fc.tuple(eventArbitrary, fc.integer({ min: 0, max: 3 })), {
      minLength: most / 2,
      maxLength: most,
      size: "max",
    })
    .map((all) =>
      all.map(([event, repeat], i) => {
        // Time goes on with the events, but not evenly: now and then one is older than those before it.
        const seconds = EPOCH + Math.floor(i / 4) + event.seconds;
        return {
          ...event,
          event_id: repeat === 0 && i > 0 ? `e${i - 1}` : `e${i}`,
          timestamp: new Date(seconds * 1000).toISOString(),
          seconds,
        };
      }),
    );

/** Mostly the first: a rule that demands something of every field hardly ever matches. */
function often(usual: string, ...others: string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

interface RuleDraft {
  taxonomy: boolean;
  sids: number[];
  from: string;
  to: string;
  portFrom: string;
  portTo: string;
  protocol: string;
  custom1: string;
  custom2: string;
  sticky: StickyField | "";
  occurrence: number;
  reliability: number;
}

/** `:n` for a stage that is already over at `stage`, or what else was drawn. */
function referring(stage: number, referred: number, otherwise: string): string {
  return stage > 1 && referred > 0 ? `:${1 + ((referred - 1) % (stage - 1))}` : otherwise;
}

const draftArbitrary = (stage: number): fc.Arbitrary<RuleDraft> => {
  const reference = fc.integer({ min: -3, max: 3 });
  return fc.record({
    taxonomy: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    sids: fc.uniqueArray(fc.constantFrom(...SIDS), { minLength: 2, maxLength: 3 }),
    from: fc
      .tuple(reference, often("ANY", "HOME_NET", "!HOME_NET", "10.0.0.0/16, !44.1.1.1", "!10.0.0.1"))
      .map(([n, text]) => referring(stage, n, text)),
    to: fc
      .tuple(reference, often("ANY", "HOME_NET", "2001:db8::/48, 10.0.0.1"))
      .map(([n, text]) => referring(stage, n, text)),
    portFrom: fc.tuple(reference, often("ANY", "80, 443")).map(([n, text]) => referring(stage, n - 2, text)),
    portTo: fc.tuple(reference, often("ANY", "!80")).map(([n, text]) => referring(stage, n - 2, text)),
    protocol: fc.tuple(reference, often("ANY", "", "TCP")).map(([n, text]) => referring(stage, n - 2, text)),
    custom1: fc.tuple(reference, often("", "ANY", "a", "!a", "a,b")).map(([n, text]) => referring(stage, n - 2, text)),
    custom2: fc.tuple(reference, fc.constantFrom("", "ANY")).map(([n, text]) => referring(stage, n - 2, text)),
    sticky: fc.constantFrom("", "", "", "SRC_IP", "DST_PORT", "PLUGIN_SID", "CUSTOM_DATA1"),
    occurrence: stage === 1 ? fc.constant(1) : fc.integer({ min: 1, max: 3 }),
    reliability: fc.integer({ min: 0, max: 10 }),
  });
};

function ruleOf(draft: RuleDraft, stage: number): Rule {
  return {
    name: `rule ${stage}`,
    type: draft.taxonomy ? "TaxonomyRule" : "PluginRule",
    stage,
    plugin_id: draft.taxonomy ? 0 : 1,
    plugin_sid: draft.taxonomy ? [] : draft.sids,
    product: draft.taxonomy ? ["p", " q"] : [],
    category: draft.taxonomy ? "c" : "",
    subcategory: draft.taxonomy && draft.sids.length > 2 ? ["x"] : [],
    occurrence: draft.occurrence,
    from: draft.from,
    to: draft.to,
    port_from: draft.portFrom,
    port_to: draft.portTo,
    protocol: draft.protocol,
    reliability: draft.reliability,
    timeout: 600,
    sticky_different: draft.sticky,
    custom_data1: draft.custom1,
    custom_data2: draft.custom2,
    custom_data3: "",
  };
}

const directiveArbitrary: fc.Arbitrary<Omit<Directive, "id">> = fc
  .integer({ min: 2, max: 4 })
  .chain((stages) =>
    fc.record({
      drafts: fc.tuple(...Array.from({ length: stages }, (_, i) => draftArbitrary(i + 1))),
      priority: fc.integer({ min: 1, max: 5 }),
      always: fc.boolean(),
      reversed: fc.boolean(),
      name: fc.constantFrom("plain", "SRC_IP to DST_IP"),
    }),
  )
  .map(({ drafts, priority, always, reversed, name }) => {
    const rules = drafts.map((draft, i) => ruleOf(draft, i + 1));
    return {
      name,
      kingdom: "k",
      category: "c",
      priority,
      all_rules_always_active: always,
      rules: reversed ? rules.reverse() : rules,
    };
  });

export const directivesArbitrary: fc.Arbitrary<Directive[]> = fc
  .array(directiveArbitrary, { minLength: 1, maxLength: 3 })
  .map((all) => all.map((directive, i) => ({ ...directive, id: i + 1 })));

/** A sink that notes every change in one line. */
export function tracingSink(trace: string[]): CorrelatorSink {
  return {
    backlogCreated: (backlog, event) =>
      trace.push(`created ${backlog.id} of ${backlog.header.directiveId} by ${event.event_id}`),
    eventRecorded: (backlog, stage, event) => trace.push(`recorded ${event.event_id} at ${stage} of ${backlog.id}`),
    stickySeen: () => undefined,
    eventDiscarded: (backlog, event) => trace.push(`discarded ${event.event_id} by ${backlog.id}`),
    stageFinished: (backlog, stage) => trace.push(`finished ${stage} of ${backlog.id} risk ${backlog.risk}`),
    recordDue: (backlog, lookUp) =>
      trace.push(`record ${backlog.id} risk ${backlog.risk} ${lookUp ? "with" : "without"} look-ups`),
    backlogRemoved: (backlog, why) => trace.push(`removed ${backlog.id}: ${why}`),
  };
}

/** A correlator of these directives whose ids count up from `id1`. */
export function correlatorOf(
  directives: readonly Directive[],
  trace: string[],
  options: { firstId?: number; inventory?: Inventory } = {},
): Correlator {
  let created = options.firstId ?? 0;
  const correlator = new Correlator({
    inventory: options.inventory ?? HOME,
    sink: tracingSink(trace),
    newAlarmId: () => {
      created += 1;
      return `id${created}`;
    },
    medRiskMin: 3,
    medRiskMax: 6,
    status: "Open",
    tag: "Identified Threat",
    minAlarmLifetimeSeconds: 0,
    idleDirectivesMs: 600_000,
  });
  for (const directive of directives) correlator.addDirective(directive, () => directive);
  return correlator;
}
