// What a live backlog costs in memory: the correlator alone, fed with events that were read as the backend reads them.
// Run with --expose-gc.

import { nanoid } from "nanoid";
import { Correlator } from "../../engine/backlog/correlator.ts";
import type { CorrelatorSink } from "../../engine/backlog/sink.ts";
import { isFault, readPublishedEvent } from "../../engine/base/event.ts";
import { loadDirectives, parseDirective } from "../../engine/directive/load.ts";
import { Inventory, loadAssets } from "../../engine/inventory/inventory.ts";
import { type DirectiveSet, makeConfigs } from "../lib/configs.ts";
import { eventText, type Workload } from "../lib/workload.ts";
import { answerCalls } from "./answer.ts";

const methods = { measure };

const SINK: CorrelatorSink = {
  backlogCreated: () => undefined,
  eventRecorded: () => undefined,
  stickySeen: () => undefined,
  eventDiscarded: () => undefined,
  stageFinished: () => undefined,
  recordDue: () => undefined,
  backlogRemoved: () => undefined,
};

/** Bytes of heap for each live backlog, with so many events recorded in each. */
function measure(params: { workload: Workload; directives: DirectiveSet; eventsEach: number }) {
  const { workload, directives, eventsEach } = params;
  const correlator = correlatorOf(directives);
  const backlogs = workload.directives * workload.sources;
  const before = heapBytes();
  for (let sequence = 0; sequence < backlogs * eventsEach; sequence++) {
    // Through bytes, so that the parser gets what it gets in the backend: one flat string.
    const payload = Buffer.from(eventText(workload, sequence));
    const event = readPublishedEvent(JSON.parse(payload.toString("utf8")));
    if (isFault(event)) throw new Error(`broken invariant: ${event.message}`);
    correlator.process(event, Date.now());
  }
  const after = heapBytes();
  if (correlator.liveBacklogs !== backlogs)
    throw new Error(`${correlator.liveBacklogs} backlogs live, not ${backlogs}`);
  return { backlogs, bytesEach: (after - before) / backlogs };
}

function correlatorOf(directives: DirectiveSet): Correlator {
  const files = makeConfigs("node", directives).map(({ name, text }) => ({ name, bytes: Buffer.from(text) }));
  const assets = loadAssets(files.filter(({ name }) => name.startsWith("assets_")));
  const correlator = new Correlator({
    inventory: new Inventory(assets.assets),
    sink: SINK,
    newAlarmId: () => nanoid(9),
    medRiskMin: 3,
    medRiskMax: 6,
    status: "Open",
    tag: "Identified Threat",
    minAlarmLifetimeSeconds: 0,
    idleDirectivesMs: 600_000,
  });
  const directiveFiles = files.filter(({ name }) => name.startsWith("directives_"));
  const loaded = loadDirectives(directiveFiles, (directive, source) => {
    correlator.addDirective(directive, () => parseDirective(source));
  });
  const problem = assets.problems[0] ?? loaded.problems[0];
  if (problem !== undefined) throw new Error(`broken invariant: ${problem.file}: ${problem.message}`);
  return correlator;
}

function heapBytes(): number {
  if (globalThis.gc === undefined) throw new Error("broken invariant: started without --expose-gc");
  for (let i = 0; i < 3; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export type BacklogHeapMethods = typeof methods;
answerCalls(methods);
