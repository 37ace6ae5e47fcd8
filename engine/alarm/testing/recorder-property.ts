import assert from "node:assert/strict";
import fc from "fast-check";
import { ManualClock } from "../../base/clock.ts";
import { silentLogger } from "../../base/log.ts";
import { type Property, property } from "../../base/testing/property.ts";
import type { AlarmRecord, Hit } from "../../contract/alarm.ts";
import { Findings } from "../../enrich/lookups.ts";
import { type AlarmHits, AlarmRecorder } from "../recorder.ts";

/** A record of one of three alarms: what it asks about, and how many of the answers come late. */
interface Submitted {
  alarm: number;
  terms: number[];
  late: number;
}

const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        alarm: fc.nat(2),
        terms: fc.uniqueArray(fc.nat(5), { maxLength: 3 }),
        late: fc.nat(3),
      }),
    },
    { weight: 2, arbitrary: fc.nat() },
  ),
  { minLength: 5, maxLength: 30 },
);

const hitOf = (term: number): Hit => ({ provider: "p", term: `t${term}`, result: "r" });

const ordered = property(
  {
    number: 6,
    name: "look-ups",
    says: "writes an alarm's records in order and with what was found by then, whenever look-ups are answered",
    cases: ["a record behind one that waits", "another alarm that goes on"],
  },
  (seen) =>
    fc.asyncProperty(steps, async (all) => {
      const lines: AlarmRecord[] = [];
      const submitted: Submitted[] = [];
      let asking: Submitted = { alarm: 0, terms: [], late: 0 };
      const open: (() => void)[] = [];
      const recorder = new AlarmRecorder({
        lookups: {
          enabled: true,
          ask: () => {
            const findings = new Findings();
            for (const [i, term] of asking.terms.entries()) {
              const { promise, resolve } = Promise.withResolvers<readonly Hit[]>();
              if (i < asking.late) open.push(() => resolve([hitOf(term)]));
              findings.addIntel(i < asking.late ? promise : [hitOf(term)]);
            }
            return findings;
          },
        },
        emit: (line) => lines.push(JSON.parse(line) as AlarmRecord),
        logger: silentLogger(new ManualClock()),
      });
      const hits = [1, 2, 3].map((backlog): AlarmHits => ({ backlog, intel: [], vulnerabilities: [] }));
      for (const step of all) {
        if (typeof step === "number") {
          open.splice(step % Math.max(1, open.length), 1)[0]?.();
          await Promise.resolve();
        } else {
          asking = step;
          submitted.push(step);
          const known = hits[step.alarm];
          if (known === undefined) throw new Error("there are three alarms");
          const waiting = recorder.waiting;
          const written = lines.length;
          recorder.submit(recordOf(step.alarm, submitted.length), known, { addresses: [], sockets: [] });
          const waits = lines.length === written;
          if (waiting > 0 && !waits) seen.note("another alarm that goes on");
          if (waits && (step.late === 0 || step.terms.length === 0)) seen.note("a record behind one that waits");
        }
      }
      for (const answer of open) answer();
      await recorder.idle();
      assert.equal(lines.length, submitted.length);
      for (const alarm of [0, 1, 2]) {
        const mine = lines.filter(({ alarm_id }) => alarm_id === `a${alarm}`);
        assert.deepEqual(mine.map(summary), expected(submitted, alarm));
      }
    }),
);

/** Of one alarm: each record with every term that it or a record before it asked about, each once. */
function expected(submitted: readonly Submitted[], alarm: number): [number, Hit[]][] {
  const terms = new Set<number>();
  return submitted.flatMap((each, i): [number, Hit[]][] => {
    if (each.alarm !== alarm) return [];
    for (const term of each.terms) terms.add(term);
    return [[i + 1, [...terms].map(hitOf)]];
  });
}

function summary({ intel_hits, risk }: AlarmRecord): [number, Hit[]] {
  return [risk, intel_hits ?? []];
}

/** Told apart by their risk. */
function recordOf(alarm: number, risk: number): Parameters<AlarmRecorder["submit"]>[0] {
  const texts = { title: "t", status: "Open", tag: "T", kingdom: "K", category: "C", risk_class: "Low" };
  const lists = { rules: [], src_ips: [], dst_ips: [], networks: [] };
  return { alarm_id: `a${alarm}`, ...texts, created_time: 1, update_time: 2, risk, ...lists };
}

export const RECORDER_PROPERTIES: readonly Property[] = [ordered];
