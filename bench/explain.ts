import { Correlator } from "../engine/backlog/correlator.ts";
import { isFault, readPublishedEvent } from "../engine/base/event.ts";
import type { NormalizedEvent } from "../engine/contract/event.ts";
import { loadDirectives, parseDirective } from "../engine/directive/load.ts";
import { explainEvent } from "../engine/explain/explain.ts";
import { Inventory } from "../engine/inventory/inventory.ts";
import { asMs, asRatio, type Bench, type Row, rowAtMost, rowForInformation } from "./lib/bench.ts";
import { mean, median } from "./lib/figures.ts";

const DIRECTIVES = 1_000;
/** Backlogs of each that live, one of which takes the event. */
const BACKLOGS = 5;
const WARM_UP = 20;
/** A figure of a run is the median of so many explanations. */
const EXPLANATIONS = 15;
const PARSED = 20_000;
const NOW_MS = 1_767_225_600_000;

/** What it costs to say why an event does something, or doesn't, against 1,000 directives that all concern it. */
export const explain: Bench = {
  name: "explain",
  async run({ options }) {
    const live = correlator();
    for (let host = 0; host < BACKLOGS; host++) live.process(eventOf(1, host, `first-${host}`), NOW_MS);
    const cold = correlator();
    const parses: number[] = [];
    const lives: number[] = [];
    const colds: number[] = [];
    const strangers: number[] = [];
    for (let run = 0; run < options.runs; run++) {
      const before = parseMs();
      lives.push(explainMs(live, eventOf(2, 1, "second")));
      colds.push(explainMs(cold, eventOf(2, 1, "second")));
      strangers.push(explainMs(live, eventOf(9, 1, "strange")));
      parses.push(mean([before, parseMs()]));
    }
    return rows(parses, lives, colds, strangers);
  },
};

function rows(
  parses: readonly number[],
  lives: readonly number[],
  colds: readonly number[],
  strangers: readonly number[],
): Row[] {
  const bench = explain.name;
  const parse = median(parses) * 1_000;
  return [
    rowAtMost(
      {
        ...{
          bench,
          measure: "one event against 1,000 directives that it concerns, 5 backlogs of each alive",
          values: lives,
          format: asMs,
        },
        detail: `JSON.parse of the event: ${parse.toFixed(2)} µs`,
      },
      50,
    ),
    rowAtMost({ bench, measure: "… none of them in memory yet", values: colds, format: asMs }, 50),
    rowAtMost(
      { bench, measure: "… none of them interested, all in the same plugin", values: strangers, format: asMs },
      50,
    ),
    rowForInformation({
      ...{ bench, measure: "for each directive, in what JSON.parse of the event costs", format: asRatio },
      values: lives.map((ms, i) => ms / DIRECTIVES / (parses[i] ?? Number.NaN)),
    }),
  ];
}

/** Milliseconds of one explanation. */
function explainMs(target: Correlator, event: NormalizedEvent): number {
  for (let i = 0; i < WARM_UP; i++) explainEvent(target, event);
  const times = Array.from({ length: EXPLANATIONS }, () => {
    const began = performance.now();
    explainEvent(target, event);
    return performance.now() - began;
  });
  return median(times);
}

/** Milliseconds of one `JSON.parse` of the event. */
function parseMs(): number {
  const text = JSON.stringify(rawEvent(2, 1, "second"));
  const began = performance.now();
  for (let i = 0; i < PARSED; i++) JSON.parse(text);
  return (performance.now() - began) / PARSED;
}

function correlator(): Correlator {
  const made = new Correlator({
    inventory: new Inventory([{ name: "office", cidr: "10.0.0.0/8", value: 3 }]),
    sink: {
      backlogCreated: () => undefined,
      eventRecorded: () => undefined,
      stickySeen: () => undefined,
      eventDiscarded: () => undefined,
      stageFinished: () => undefined,
      recordDue: () => undefined,
      backlogRemoved: () => undefined,
    },
    newAlarmId: idsFrom(1),
    medRiskMin: 3,
    medRiskMax: 6,
    status: "Open",
    tag: "Identified Threat",
    minAlarmLifetimeSeconds: 0,
    idleDirectivesMs: 600_000,
  });
  const directives = Array.from({ length: DIRECTIVES }, (_, i) => directive(100_000 + i));
  const file = { name: "directives_node.json", bytes: Buffer.from(JSON.stringify({ directives })) };
  const { problems } = loadDirectives([file], (each, source) => made.addDirective(each, () => parseDirective(source)));
  const [problem] = problems;
  if (problem !== undefined) throw new Error(`broken invariant: ${problem.message}`);
  return made;
}

function idsFrom(first: number): () => string {
  let next = first;
  return () => {
    next += 1;
    return `id${next}`;
  };
}

function directive(id: number) {
  return {
    ...{
      id,
      name: `Logins of SRC_IP, ${id}`,
      kingdom: "Reconnaissance & Probing",
      category: "Misc Activity",
      priority: 3,
    },
    rules: [1, 2, 3].map((stage) => ({
      ...{ name: `Logins, part ${stage}`, stage, type: "PluginRule", plugin_id: 1512, plugin_sid: [stage] },
      ...{ occurrence: stage === 1 ? 1 : 15, from: stage === 1 ? "ANY" : ":1", to: "HOME_NET", port_from: "ANY" },
      ...{ port_to: "ANY", protocol: "ANY", reliability: stage * 3, timeout: 7200 },
      ...(stage === 2 && { sticky_different: "CUSTOM_DATA1" }),
    })),
  };
}

function rawEvent(sid: number, host: number, id: string) {
  return {
    ...{ event_id: id, timestamp: "2026-01-01T00:00:00.000Z", sensor: "dc-02", title: "Login failed" },
    ...{ src_ip: `10.20.11.${host}`, dst_ip: "10.30.2.11", src_port: 51_204, dst_port: 445, protocol: "TCP" },
    ...{ plugin_id: 1512, plugin_sid: sid, custom_label1: "user", custom_data1: "svc_backup", conn_id: 1 },
  };
}

function eventOf(sid: number, host: number, id: string): NormalizedEvent {
  const event = readPublishedEvent(rawEvent(sid, host, id));
  if (isFault(event)) throw new Error(`broken invariant: ${event.message}`);
  return event;
}
