// The baseline of most ratios: one thread that runs JSON.parse over events and does nothing else.

import { machineMs } from "../lib/clock.ts";
import { eventText, type Workload } from "../lib/workload.ts";
import { answerCalls } from "./answer.ts";

/** Different events, as many as a parser meets before it could know one by heart. */
const TEXTS = 2000;

const methods = { measure };

/** What `JSON.parse` of one event of the workload costs here and now. */
function measure({ workload, milliseconds }: { workload: Workload; milliseconds: number }) {
  // One flat string of one byte per character each, as a reader of a socket makes them.
  const texts = Array.from({ length: TEXTS }, (_, i) => Buffer.from(eventText(workload, i)).toString("latin1"));
  let kept: unknown;
  for (const text of texts) kept = JSON.parse(text);
  const startedMs = machineMs();
  const startedCpu = process.cpuUsage();
  let events = 0;
  while (machineMs() - startedMs < milliseconds) {
    for (const text of texts) kept = JSON.parse(text);
    events += texts.length;
  }
  const elapsedMs = machineMs() - startedMs;
  const cpu = process.cpuUsage(startedCpu);
  if (kept === undefined) throw new Error("broken invariant: nothing was parsed");
  return { perSecond: (events / elapsedMs) * 1000, cpuMicros: (cpu.user + cpu.system) / events };
}

export type JsonParseMethods = typeof methods;
answerCalls(methods);
