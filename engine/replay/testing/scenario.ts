import fc from "fast-check";
import { EPOCH, eventsArbitrary, HOME, directivesArbitrary as restful } from "../../backlog/testing/scenarios.ts";
import type { Directive } from "../../contract/directive.ts";
import type { NormalizedEvent } from "../../contract/event.ts";
import type { Inventory } from "../../inventory/inventory.ts";
import { DEFAULT_REPLAY_FLAGS, type ReplayConfig } from "../replay-config.ts";
import type { ReplayRun } from "../replay-run.ts";

export function configOf(directives: readonly Directive[], inventory: Inventory = HOME): ReplayConfig {
  return {
    directives: directives.map((directive) => ({
      directive,
      source: { file: "directives_n_test.json", bytes: Buffer.from(JSON.stringify(directive)) },
    })),
    inventory,
    flags: DEFAULT_REPLAY_FLAGS,
  };
}

/** Directives whose stages time out while a recording is running. */
export const directivesArbitrary: fc.Arbitrary<readonly Directive[]> = fc
  .tuple(restful, fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 5, maxLength: 5 }))
  .map(([directives, timeouts]) =>
    directives.map((directive) => ({
      ...directive,
      rules: directive.rules.map((rule, index) => ({ ...rule, timeout: timeouts[index % timeouts.length] ?? 10 })),
    })),
  );

/** Events seconds apart, some of them late. */
export const recordingArbitrary = (most: number): fc.Arbitrary<NormalizedEvent[]> =>
  eventsArbitrary(most).map((events) =>
    events.map((event) => {
      const seconds = EPOCH + (event.seconds - EPOCH) * 7;
      return { ...event, seconds, timestamp: new Date(seconds * 1000).toISOString() };
    }),
  );

/** All that a run knows at a moment, as text, in an order that says nothing of how it came there. */
export function stateOf(run: ReplayRun): string {
  const live = [...run.correlator.snapshot().values()].flat().sort((a, b) => (a.alarm_id < b.alarm_id ? -1 : 1));
  const due = [...run.correlator.backlogs()].map(({ id, ordinal, bornMs, expiryBucket, knownCustomData }) => {
    return { id, ordinal, bornMs, expiryBucket, knownCustomData };
  });
  return JSON.stringify({
    live,
    due: due.sort((a, b) => a.ordinal - b.ordinal),
    liveBacklogs: run.correlator.liveBacklogs,
    active: run.correlator.activeDirectives,
    alarms: run.alarms(),
    figures: run.figures,
    clock: run.clockMs,
  });
}
