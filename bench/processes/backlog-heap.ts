// What a live backlog costs in memory: the correlator alone, fed with events that were read as the backend reads them.
// Run with --expose-gc.

import type { CorrelatorSink } from "../../engine/backlog/sink.ts";
import type { DirectiveSet } from "../lib/configs.ts";
import { correlatorWith, publishedEvent } from "../lib/correlator.ts";
import type { Workload } from "../lib/workload.ts";
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
  const correlator = correlatorWith(directives, SINK);
  const backlogs = workload.directives * workload.sources;
  const before = heapBytes();
  for (let sequence = 0; sequence < backlogs * eventsEach; sequence++) {
    correlator.process(publishedEvent(workload, sequence), Date.now());
  }
  const after = heapBytes();
  if (correlator.liveBacklogs !== backlogs)
    throw new Error(`${correlator.liveBacklogs} backlogs live, not ${backlogs}`);
  return { backlogs, bytesEach: (after - before) / backlogs };
}

function heapBytes(): number {
  if (globalThis.gc === undefined) throw new Error("broken invariant: started without --expose-gc");
  for (let i = 0; i < 3; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export type BacklogHeapMethods = typeof methods;
answerCalls(methods);
