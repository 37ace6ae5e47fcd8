import { describe, expect, it } from "vitest";
import { Correlator } from "../backlog/correlator.ts";
import { directive, event, rule } from "../backlog/testing/builders.ts";
import { ManualClock } from "../base/clock.ts";
import { createLogger, type LogLevel, SAMPLED_PER_SECOND } from "../base/log.ts";
import type { AlarmRecord } from "../contract/alarm.ts";
import type { Directive } from "../contract/directive.ts";
import type { AlarmOrigin } from "../contract/journal.ts";
import { Inventory } from "../inventory/inventory.ts";
import { AlarmSink } from "./alarm-sink.ts";

const NOW_MS = 1_700_000_000_000;

interface Submitted {
  record: Omit<AlarmRecord, "intel_hits" | "vulnerabilities">;
  hits: object;
  lookups: { addresses: readonly string[]; sockets: readonly { ip: string; port: number }[] } | undefined;
  origin: AlarmOrigin | undefined;
}

interface Options {
  looksUp?: boolean;
  level?: LogLevel;
  journalEvent?: (alarmId: string) => void;
}

function running(given: Directive, options: Options = {}) {
  const lines: string[] = [];
  const events: string[] = [];
  const submitted: Submitted[] = [];
  const { looksUp = true, level = "INFO", journalEvent } = options;
  const sink = new AlarmSink({
    recorder: { submit: (record, hits, lookups, origin) => submitted.push({ record, hits, lookups, origin }) },
    appendEventLine: (line) => events.push(line),
    looksUp,
    journalEvent,
    log: createLogger({ level, json: true, target: "t", clock: new ManualClock(), write: (line) => lines.push(line) }),
  });
  let created = 0;
  const correlator = new Correlator({
    inventory: new Inventory([{ name: "lan", cidr: "10.0.0.0/8", value: 5 }]),
    sink,
    newAlarmId: () => `id${++created}`,
    medRiskMin: 3,
    medRiskMax: 6,
    status: "Open",
    tag: "Identified Threat",
    minAlarmLifetimeSeconds: 0,
    idleDirectivesMs: 600_000,
  });
  correlator.addDirective(given, () => given);
  const logged = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line).fields);
  return { correlator, events, submitted, logged };
}

const GIVEN = directive([rule(1, { reliability: 1 }), rule(2), rule(3, { reliability: 10 })], { id: 70 });

describe("the log", () => {
  it("has the texts that people search for, with the fields that follow an event (compat.md §3)", () => {
    const { correlator, logged } = running(GIVEN);
    correlator.process(event(1, "a", { conn_id: 11 }), NOW_MS);
    correlator.process(event(2, "b", { conn_id: 12 }), NOW_MS);
    correlator.process(event(3, "c", { conn_id: 13, seconds: 1_600_000_000 }), NOW_MS);
    correlator.process(event(3, "d", { conn_id: 14 }), NOW_MS);
    const ids = (event_id: string, conn: number): object => ({
      "event.id": event_id,
      "directive.id": 70,
      "backlog.id": "id1",
      "conn.id": conn,
    });
    expect(logged()).toEqual([
      { message: "new backlog created", ...ids("a", 11) },
      { message: "risk changed from 0 to 1", ...ids("a", 11) },
      { message: "stage increased to 2", ...ids("a", 11) },
      { message: "risk changed from 1 to 5", ...ids("b", 12) },
      { message: "stage increased to 3", ...ids("b", 12) },
      { message: "discarded out of order event", ...ids("c", 13) },
      { message: "risk changed from 5 to 10", ...ids("d", 14) },
      { message: "backlog complete", "directive.id": 70, "backlog.id": "id1" },
    ]);
  });

  it("says when a backlog expires", () => {
    const { correlator, logged } = running(GIVEN);
    correlator.process(event(1, "a"), NOW_MS);
    correlator.expire(NOW_MS + 3_600_000);
    expect(logged().at(-1)).toEqual({ message: "backlog expired", "directive.id": 70, "backlog.id": "id1" });
  });

  it("is silent about a risk that stays", () => {
    const { correlator, logged } = running(directive([rule(1), rule(2)]));
    correlator.process(event(1, "a"), NOW_MS);
    correlator.process(event(2, "b"), NOW_MS);
    expect(logged().filter(({ message }) => String(message).startsWith("risk"))).toHaveLength(1);
  });

  it("never grows with the events, nor do the alarms suffer from that", () => {
    const { correlator, logged, events } = running(directive([rule(1), rule(2)]));
    for (let i = 0; i < 1000; i++) correlator.process(event(1, `e${i}`), NOW_MS);
    expect(logged()).toHaveLength(3 * SAMPLED_PER_SECOND);
    expect(events).toHaveLength(1000);
  });

  it("is silent below its level", () => {
    const { correlator, logged, submitted } = running(GIVEN, { level: "WARN" });
    correlator.process(event(1, "a"), NOW_MS);
    expect(logged()).toEqual([]);
    expect(submitted).toHaveLength(1);
  });
});

describe("the records", () => {
  it("are submitted with look-ups at the end of a stage, and without when a backlog expires", () => {
    const { correlator, events, submitted } = running(GIVEN);
    correlator.process(event(1, 'a"\n', { src_ip: "10.0.0.2", src_port: 0, dst_ip: "2001:db8::1" }), NOW_MS);
    correlator.expire(NOW_MS + 3_600_000);
    expect(events).toEqual(['{"alarm_id":"id1","stage":1,"event_id":"a\\"\\n"}\n']);
    expect(submitted.map((each) => each.lookups)).toEqual([
      {
        addresses: ["10.0.0.2", "2001:db8::1"],
        sockets: [
          { ip: "10.0.0.2", port: 0 },
          { ip: "2001:db8::1", port: 80 },
        ],
      },
      undefined,
    ]);
    // What is found belongs to the alarm, whichever of its records asked.
    expect(submitted[0]?.hits).toBe(submitted[1]?.hits);
    expect(submitted[1]?.record.rules[1]?.status).toBe("timeout");
  });

  it("go with their origin where a journal is kept", () => {
    const journal: string[] = [];
    const { correlator, submitted } = running(GIVEN, { journalEvent: (alarmId) => journal.push(alarmId) });
    correlator.process(event(1, "a"), NOW_MS);
    expect(journal).toEqual(["id1"]);
    const { header } = [...correlator.backlogs()][0] ?? {};
    expect(submitted[0]?.origin).toEqual({ directive: { id: 70, priority: header?.priority }, assetValue: 5 });
    const { correlator: other, submitted: plain } = running(GIVEN);
    other.process(event(1, "a"), NOW_MS);
    expect(plain[0]?.origin).toBeUndefined();
  });

  it("ask nobody where no provider is enabled", () => {
    const { correlator, submitted } = running(GIVEN, { looksUp: false });
    correlator.process(event(1, "a"), NOW_MS);
    expect(submitted.map((each) => each.lookups)).toEqual([undefined]);
  });

  it("keep the hits of a loaded backlog, also where no provider is enabled", () => {
    const hit = { provider: "Wise", term: "10.0.0.2", result: "x: y" };
    const before = running(GIVEN);
    before.correlator.process(event(1, "a"), NOW_MS);
    const saved = (before.correlator.snapshot().get(70) ?? []).map((each) => ({ ...each, intel_hits: [hit] }));
    const { correlator, submitted } = running(GIVEN, { looksUp: false });
    correlator.restore(70, saved, NOW_MS);
    correlator.process(event(2, "b"), NOW_MS);
    expect(submitted[0]?.hits).toEqual({ backlog: 1, intel: [hit], vulnerabilities: [] });
  });

  it("aren't submitted while the risk is 0, and their time of creation is that of the first", () => {
    const { correlator, events, submitted } = running(directive([rule(1, { reliability: 0 }), rule(2), rule(3)]));
    correlator.process(event(1, "a"), NOW_MS);
    expect(submitted).toEqual([]);
    correlator.process(event(2, "b"), NOW_MS + 7_000);
    correlator.process(event(3, "c"), NOW_MS + 9_000);
    expect(events).toHaveLength(3);
    expect(submitted.map(({ record }) => [record.created_time, record.update_time])).toEqual([
      [NOW_MS / 1000 + 7, NOW_MS / 1000 + 7],
      [NOW_MS / 1000 + 7, NOW_MS / 1000 + 9],
    ]);
  });
});
