import fc from "fast-check";
import { expect, it } from "vitest";
import type { AlarmRecordWithoutHits } from "../alarm/record.ts";
import { type ChangeLog, ChangeWriter } from "../backlog/changes.ts";
import { Correlator } from "../backlog/correlator.ts";
import { directivesArbitrary, EPOCH, eventsArbitrary, HOME } from "../backlog/testing/scenarios.ts";
import { ManualClock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import type { Directive, Rule } from "../contract/directive.ts";
import { type StateChange, stateChangeSchema } from "../contract/state-change.ts";
import { AlarmSink } from "./alarm-sink.ts";

const NOW_MS = EPOCH * 1000;
const RUNS = Number(process.env.DSIEM_PROPERTY_RUNS ?? 300);

/** What a state database would hold: the lines of what lives, and the rules. */
class Kept implements ChangeLog {
  lines: string[] = [];
  readonly rulesByHash = new Map<string, readonly Rule[]>();
  readonly #cleans: boolean;

  constructor(cleans: boolean) {
    this.#cleans = cleans;
  }

  change(line: string): void {
    this.lines.push(line);
  }

  began(): void {}

  ended(ordinal: number): void {
    if (this.#cleans) this.lines = this.lines.filter((line) => !line.startsWith(`[${ordinal},`));
  }

  rules(hash: string, text: string): void {
    this.rulesByHash.set(hash, JSON.parse(text) as Rule[]);
  }

  changes(): StateChange[] {
    return this.lines.map((line) => stateChangeSchema.parse(JSON.parse(line)));
  }
}

interface Output {
  events: string[];
  records: AlarmRecordWithoutHits[];
  ids: number;
}

function backendOf(directives: readonly Directive[], output: Output, kept: Kept): Correlator {
  const correlator = new Correlator({
    inventory: HOME,
    sink: new AlarmSink({
      recorder: { submit: (record) => output.records.push(record) },
      appendEventLine: (line) => output.events.push(line),
      looksUp: false,
      changes: new ChangeWriter(kept, (text) => text),
      log: silentLogger(new ManualClock()),
    }),
    newAlarmId: () => {
      output.ids += 1;
      return `id${output.ids}`;
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

it("a correlator that is killed after any event goes on from its changes as if nothing had been (property 2)", () => {
  fc.assert(
    fc.property(
      directivesArbitrary,
      eventsArbitrary(50),
      fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
      fc.array(fc.nat(), { maxLength: 3 }),
      fc.boolean(),
      (directives, events, kills, closes, cleans) => {
        const whole: Output = { events: [], records: [], ids: 0 };
        const uninterrupted = backendOf(directives, whole, new Kept(false));
        const parts: Output = { events: [], records: [], ids: 0 };
        const kept = new Kept(cleans);
        let running = backendOf(directives, parts, kept);
        const killedAt = new Set(kills.map((kill) => kill % events.length));
        const closedAt = new Set(closes.map((close) => close % events.length));
        events.forEach((event, index) => {
          for (const correlator of [uninterrupted, running]) {
            correlator.process(event, NOW_MS);
            const [oldest] = correlator.backlogs();
            // Somebody closes one by hand.
            if (oldest !== undefined && closedAt.has(index)) correlator.close(oldest, NOW_MS);
          }
          if (!killedAt.has(index)) return;
          const before = running.snapshot();
          running = backendOf(directives, parts, kept);
          const { left, reasons } = running.rebuild(kept.changes(), kept.rulesByHash, () => true, NOW_MS);
          expect([left, reasons]).toEqual([[], []]);
          expect(running.snapshot()).toEqual(before);
        });
        expect(parts).toEqual(whole);
        expect(running.snapshot()).toEqual(uninterrupted.snapshot());
      },
    ),
    { numRuns: RUNS },
  );
});
