import { nanoid } from "nanoid";
import { Correlator } from "../../engine/backlog/correlator.ts";
import type { CorrelatorSink } from "../../engine/backlog/sink.ts";
import { isFault, readPublishedEvent } from "../../engine/base/event.ts";
import type { NormalizedEvent } from "../../engine/contract/event.ts";
import { loadDirectives, parseDirective } from "../../engine/directive/load.ts";
import { Inventory, loadAssets } from "../../engine/inventory/inventory.ts";
import { type DirectiveSet, makeConfigs } from "./configs.ts";
import { eventText, type Workload } from "./workload.ts";

/** A correlator of these directives, as a backend has it. */
export function correlatorWith(directives: DirectiveSet, sink: CorrelatorSink): Correlator {
  const files = makeConfigs("node", directives).map(({ name, text }) => ({ name, bytes: Buffer.from(text) }));
  const assets = loadAssets(files.filter(({ name }) => name.startsWith("assets_")));
  const correlator = new Correlator({
    inventory: new Inventory(assets.assets),
    sink,
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

/** An event of a workload, through bytes, so that the parser gets what it gets in the backend: one flat string. */
export function publishedEvent(workload: Workload, sequence: number): NormalizedEvent {
  const payload = Buffer.from(eventText(workload, sequence));
  const event = readPublishedEvent(JSON.parse(payload.toString("utf8")));
  if (isFault(event)) throw new Error(`broken invariant: ${event.message}`);
  return event;
}
