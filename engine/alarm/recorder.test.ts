import { afterEach, describe, expect, it } from "vitest";
import { SystemClock } from "../base/clock.ts";
import { createLogger, silentLogger } from "../base/log.ts";
import { type PendingRecord, pendingRecordSchema } from "../contract/state-change.ts";
import { Findings, Lookups } from "../enrich/lookups.ts";
import { type TestProvider, testProvider } from "../enrich/test-provider.ts";
import type { AlarmRecordWithoutHits } from "./record.ts";
import { type AlarmHits, AlarmRecorder, MAX_HITS_OF_ALARM } from "./recorder.ts";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function record(alarmId: string, risk: number): AlarmRecordWithoutHits {
  return {
    alarm_id: alarmId,
    title: "t",
    status: "Open",
    tag: "T",
    kingdom: "K",
    category: "C",
    created_time: 1,
    update_time: 2,
    risk,
    risk_class: "Low",
    rules: [],
    src_ips: [],
    dst_ips: [],
    networks: [],
  };
}

/** Records as `alarm risk terms of the intel hits`. */
function summaries(lines: readonly string[]): string[] {
  return lines.map((line) => {
    const {
      alarm_id,
      risk,
      intel_hits = [],
    } = JSON.parse(line) as {
      alarm_id: string;
      risk: number;
      intel_hits?: { term: string }[];
    };
    return [alarm_id, risk, ...intel_hits.map(({ term }) => term)].join(" ");
  });
}

interface Bench {
  recorder: AlarmRecorder;
  lines: string[];
  logged: string[];
  provider: TestProvider;
  /** Answers the look-up of an address once it was asked. */
  answer: (ip: string) => Promise<void>;
}

const HIT = '[{field:"f",len:5,value:"hit"}]';

/** A recorder with one provider whose answers wait for `answer`. */
async function bench(options: { maxWaitMs?: number; maxWaitingRecords?: number } = {}): Promise<Bench> {
  const open = new Map<string, () => void>();
  const provider = await testProvider((path, response) => open.set(path.slice(1), () => response.end(HIT)));
  cleanUps.push(() => provider.close());
  const clock = new SystemClock();
  const lines: string[] = [];
  const logged: string[] = [];
  const logger = createLogger({ level: "INFO", json: false, target: "t", clock, write: (line) => logged.push(line) });
  const lookups = new Lookups({
    intel: [{ name: "Fake", plugin: "Wise", url: `${provider.url}/\${ip}` }],
    vuln: [],
    intelPrivateIp: false,
    cacheMinutes: 10,
    clock,
    logger,
  });
  cleanUps.push(() => lookups.close());
  const recorder = new AlarmRecorder({ lookups, emit: (line) => lines.push(line), logger, ...options });
  const answer = async (ip: string): Promise<void> => {
    await until(() => open.has(ip));
    open.get(ip)?.();
  };
  return { recorder, lines, logged, provider, answer };
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("what was waited for didn't come");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function hits(): AlarmHits {
  return { backlog: 1, intel: [], vulnerabilities: [] };
}

function about(...addresses: string[]): { addresses: string[]; sockets: never[] } {
  return { addresses, sockets: [] };
}

describe("AlarmRecorder", () => {
  it("writes at once without providers, without look-ups, with nothing to ask, and from the cache", async () => {
    const lines: string[] = [];
    const clock = new SystemClock();
    const logger = createLogger({ level: "INFO", json: false, target: "t", clock, write: () => undefined });
    const plain = new AlarmRecorder({ lookups: undefined, emit: (line) => lines.push(line), logger });
    plain.submit(record("a", 1), hits(), about("45.0.0.1"));
    expect(summaries(lines)).toEqual(["a 1"]);
    await plain.idle();

    const { recorder, lines: others, answer, provider } = await bench();
    recorder.submit(record("a", 1), hits(), undefined);
    recorder.submit(record("a", 2), hits(), about("10.0.0.1"));
    expect(summaries(others)).toEqual(["a 1", "a 2"]);
    recorder.submit(record("a", 3), hits(), about("45.0.0.1"));
    await answer("45.0.0.1");
    await recorder.idle();
    recorder.submit(record("b", 1), hits(), about("45.0.0.1"));
    expect(summaries(others)).toEqual(["a 1", "a 2", "a 3 45.0.0.1", "b 1 45.0.0.1"]);
    expect(provider.asked).toHaveLength(1);
  });

  it("hands on where a record's risk comes from, also of one that waited, in this process or the one before", () => {
    const origin = { directive: { id: 7, priority: 3 }, assetValue: 5 };
    const logger = silentLogger(new SystemClock());
    const waiting: PendingRecord[] = [];
    const emitted: unknown[] = [];
    const emit = (_line: string, from: unknown): void => void emitted.push(from);
    const findings = new Findings();
    findings.addIntel(new Promise(() => {}));
    const recorder = new AlarmRecorder({
      ...{ lookups: { enabled: true, ask: () => findings }, emit, logger },
      keeper: { waits: (_id, pending) => waiting.push(pending), waitsNoMore: () => undefined, found: () => undefined },
    });
    recorder.submit(record("a", 1), hits(), about("45.0.0.1"), origin);
    recorder.submit(record("b", 1), hits(), undefined);
    recorder.flushNow();
    expect(emitted).toEqual([undefined, origin]);
    const kept = pendingRecordSchema.parse(JSON.parse(JSON.stringify(waiting[0])));
    new AlarmRecorder({ lookups: undefined, emit, logger }).resubmit([{ id: 1, record: kept }], hits);
    expect(emitted.at(-1)).toEqual(origin);
  });

  it("keeps the records of one alarm in order and lets the others go", async () => {
    const { recorder, lines, answer } = await bench();
    const alarm = hits();
    recorder.submit(record("a", 1), alarm, about("45.0.0.1"));
    recorder.submit(record("a", 2), alarm, undefined);
    recorder.submit(record("a", 3), alarm, about("45.0.0.2"));
    recorder.submit(record("a", 4), alarm, about("45.0.0.1"));
    recorder.submit(record("b", 1), hits(), undefined);
    expect(recorder.waiting).toBe(4);
    await answer("45.0.0.2");
    await until(() => summaries(lines).length === 1);
    expect(summaries(lines)).toEqual(["b 1"]);
    await answer("45.0.0.1");
    await recorder.idle();
    expect(summaries(lines)).toEqual([
      "b 1",
      "a 1 45.0.0.1",
      "a 2 45.0.0.1",
      "a 3 45.0.0.1 45.0.0.2",
      "a 4 45.0.0.1 45.0.0.2",
    ]);
    expect(alarm.intel).toHaveLength(2);
    expect(recorder.waiting).toBe(0);
  });

  it("writes what was true at submit, whatever happens to the record later", async () => {
    const { recorder, lines, answer } = await bench();
    const mine = record("a", 1);
    recorder.submit(mine, hits(), about("45.0.0.1"));
    mine.risk = 9;
    await answer("45.0.0.1");
    await recorder.idle();
    expect(summaries(lines)).toEqual(["a 1 45.0.0.1"]);
  });

  it("gives up on look-ups that take too long, and keeps what the others said", async () => {
    const { recorder, lines, answer } = await bench({ maxWaitMs: 150 });
    const began = performance.now();
    recorder.submit(record("a", 1), hits(), about("45.0.0.1", "45.0.0.2"));
    recorder.submit(record("a", 2), hits(), undefined);
    await answer("45.0.0.2");
    await recorder.idle();
    // Well before the look-ups give up by themselves.
    const elapsedMs = performance.now() - began;
    expect(elapsedMs).toBeGreaterThanOrEqual(140);
    expect(elapsedMs).toBeLessThan(5000);
    expect(summaries(lines)).toEqual(["a 1 45.0.0.2", "a 2"]);
    await answer("45.0.0.1");
    await until(() => lines.length === 2);
  });

  it("writes without waiting once too many wait, in order, and says so", async () => {
    const { recorder, lines, logged, answer } = await bench({ maxWaitingRecords: 2 });
    const alarm = hits();
    recorder.submit(record("a", 1), alarm, about("45.0.0.1"));
    recorder.submit(record("a", 2), alarm, undefined);
    recorder.submit(record("b", 1), hits(), about("45.0.0.2"));
    expect(summaries(lines)).toEqual(["b 1"]);
    recorder.submit(record("a", 3), alarm, undefined);
    expect(summaries(lines)).toEqual(["b 1", "a 1", "a 2", "a 3"]);
    await recorder.idle();
    recorder.submit(record("c", 1), hits(), about("45.0.0.1"));
    expect(logged.filter((line) => line.includes("too many alarm records wait"))).toHaveLength(1);
    expect(logged.filter((line) => line.includes("wait for their look-ups again"))).toHaveLength(1);
    await answer("45.0.0.1");
    await recorder.idle();
    expect(summaries(lines).at(-1)).toBe("c 1 45.0.0.1");
  });

  it("writes everything when the stop's time is up", async () => {
    const { recorder, lines, answer } = await bench();
    recorder.submit(record("a", 1), hits(), about("45.0.0.1"));
    recorder.submit(record("a", 2), hits(), undefined);
    recorder.submit(record("b", 1), hits(), about("45.0.0.2"));
    const idle = recorder.idle();
    recorder.flushNow();
    await idle;
    expect(summaries(lines)).toEqual(["a 1", "a 2", "b 1"]);
    await answer("45.0.0.1");
    await answer("45.0.0.2");
    expect(lines).toHaveLength(3);
  });

  it("adds each hit once, and no more than an alarm keeps", async () => {
    const { recorder, lines, answer, logged } = await bench();
    const known = { provider: "Wise", term: "45.0.0.1", result: "f: hit" };
    const alarm: AlarmHits = { backlog: 1, intel: [known], vulnerabilities: [] };
    recorder.submit(record("a", 1), alarm, about("45.0.0.1"));
    await answer("45.0.0.1");
    await recorder.idle();
    expect(summaries(lines)).toEqual(["a 1 45.0.0.1"]);
    alarm.intel = Array.from({ length: MAX_HITS_OF_ALARM }, (_, n) => ({ provider: "p", term: `${n}`, result: "r" }));
    recorder.submit(record("a", 2), alarm, about("45.0.0.1"));
    expect(alarm.intel).toHaveLength(MAX_HITS_OF_ALARM);
    expect(logged.join("")).toContain("more hits than are kept");
  });
});
