import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { directive, event, rule } from "../backlog/testing/builders.ts";
import { ManualClock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import { MemoryBus } from "../bus/memory.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { journalNewsSchema } from "../contract/journal.ts";
import { sinceAnswerSchema } from "../contract/rpc.ts";
import { alarmsSubject, outcomesSubject, rpcSubject, SUBJECT_OVERLOAD } from "../contract/subjects.ts";
import { runBackend } from "./backend.ts";
import type { BackendConfig } from "./config.ts";
import { runFrontend } from "./frontend.ts";
import type { RunningFrontend, RunningService } from "./running.ts";

let folder = "";
let bus: MemoryBus;
let frontend: RunningFrontend;
let lines: string[] = [];
const running: RunningService[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dsiem-backend-"));
  mkdirSync(join(folder, "configs"));
  configure("assets_a.json", { assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 5 }] });
  configure("directives_be1.json", {
    directives: [directive([rule(1), rule(2), rule(3)], { id: 7, name: "Scan by SRC_IP" })],
  });
  bus = new MemoryBus(silentLogger(new ManualClock()));
  frontend = await runFrontend(
    {
      address: "127.0.0.1",
      port: 0,
      node: "fe",
      maxEps: 0,
      minEps: 0,
      bus: { kind: "link", token: "t" },
      maxQueue: 100,
      writableConfig: false,
      status: ["Open"],
      tags: ["One"],
      dataDir: folder,
      log: { level: "ERROR", json: false },
      telemetry: { tracing: false, metrics: false, endpoint: "" },
    },
    { openBus: () => new MemoryBus(silentLogger(new ManualClock())) },
  );
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()));
  await frontend.stop();
  lines = [];
  rmSync(folder, { recursive: true, force: true });
});

function configure(name: string, content: object): void {
  writeFileSync(join(folder, "configs", name), JSON.stringify(content));
}

function configOf(change: Partial<BackendConfig> = {}): BackendConfig {
  return {
    frontend: `http://127.0.0.1:${frontend.port}`,
    node: "be1",
    minAlarmLifetimeMinutes: 0,
    status: ["Open"],
    tags: ["Identified Threat"],
    medRiskMin: 3,
    medRiskMax: 6,
    maxEps: 1000,
    bus: { kind: "link", token: "t" },
    cacheMinutes: 10,
    maxQueue: 1000,
    holdDurationSeconds: 60,
    maxDelaySeconds: 180,
    intelPrivateIp: false,
    reloadBacklogs: true,
    state: true,
    journal: false,
    preloadDirectives: false,
    idleDirectivesMinutes: 10,
    dataDir: folder,
    log: { level: "INFO", json: true },
    telemetry: { tracing: false, metrics: false, endpoint: "" },
    ...change,
  };
}

async function start(
  change: Partial<BackendConfig> = {},
  openBus: () => MemoryBus = () => bus,
): Promise<RunningService> {
  const backend = await runBackend(configOf(change), undefined, { write: (line) => lines.push(line), openBus });
  running.push(backend);
  return backend;
}

/** Publishes as a frontend does. */
function publish(...events: (string | NormalizedEvent)[]): void {
  const payloads = events.map((each) => {
    if (typeof each === "string") return Buffer.from(each);
    const { seconds, carrier, ...fields } = each;
    return Buffer.from(JSON.stringify(fields));
  });
  bus.publishEvents(payloads, () => undefined);
}

/** Events of now, so that no backlog expires meanwhile. */
function now(sid: number, id: string, change: Partial<NormalizedEvent> = {}): NormalizedEvent {
  return event(sid, id, { seconds: Math.floor(Date.now() / 1000), ...change });
}

function written(name: string): string[] {
  return readFileSync(join(folder, "logs", name), "utf8")
    .split("\n")
    .slice(0, -1);
}

function fieldsOf(message: string): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line).fields).filter((fields) => fields.message === message);
}

describe("a backend", () => {
  it("writes what waits before it stops, saves its backlogs, and goes on with them", async () => {
    const first = await start();
    publish(now(1, "a"), now(9, "of no interest"), "garbage", now(2, "b"));
    await first.stop();
    expect(await first.done).toBe(0);
    expect(bus.acked).toBe(4);
    expect(readdirSync(join(folder, "logs", "backlogs"))).toEqual(["7.json"]);
    expect(fieldsOf("backend has stopped")).toMatchObject([
      { received: 4, malformed: 1, uninteresting: 1, correlated: 2, dropped: 0 },
    ]);

    bus = new MemoryBus(silentLogger(new ManualClock()));
    const second = await start();
    expect(readdirSync(join(folder, "logs", "backlogs"))).toEqual([]);
    publish(now(3, "c"));
    await second.stop();
    const alarm = /"alarm_id":"([\w-]{9})"/.exec(written("siem_alarms.json")[0] ?? "")?.[1];
    expect(written("siem_alarm_events.json").map((line) => JSON.parse(line))).toEqual(
      ["a", "b", "c"].map((id, i) => ({ alarm_id: alarm, stage: i + 1, event_id: id })),
    );
    const records = written("siem_alarms.json").map((line) => JSON.parse(line));
    expect(records.map((record) => [record.alarm_id, record.title, record.risk])).toEqual(
      [5, 5, 5].map((risk) => [alarm, "Scan by 10.0.0.2", risk]),
    );
    expect(readdirSync(join(folder, "logs", "backlogs"))).toEqual([]);
  });

  it("has its files, empty, before it takes an event", async () => {
    let there: boolean[] = [];
    const looking = new MemoryBus(silentLogger(new ManualClock()));
    const subscribe = looking.subscribeEvents.bind(looking);
    looking.subscribeEvents = (listener) => {
      const names = ["siem_alarms.json", "siem_alarm_events.json"];
      there = names.map((name) => existsSync(join(folder, "logs", name)) && written(name).length === 0);
      return subscribe(listener);
    };
    await start({}, () => looking);
    expect(there).toEqual([true, true]);
  });

  it("signals overload when what it consumes is late, once, and takes it back when it stops", async () => {
    const signals: string[] = [];
    bus.subscribe(SUBJECT_OVERLOAD, (payload) => signals.push(Buffer.from(payload).toString()));
    const backend = await start({ maxDelaySeconds: 5 });
    const late = (Date.now() - 6000) * 1e6;
    publish(
      now(1, "fresh", { rcvd_time: Date.now() * 1e6 }),
      now(9, "late, but consumed by nobody", { rcvd_time: late }),
    );
    publish(now(2, "late", { rcvd_time: late }), now(3, "late as well", { rcvd_time: late }));
    await backend.stop();
    expect(signals).toEqual(["true", "false"]);
    expect(fieldsOf("overload = true signal sent to frontend")).toHaveLength(1);
    expect(fieldsOf("overload = false signal sent to frontend")).toHaveLength(1);
  });

  it("reports at its start, under the watchdog's target", async () => {
    await start();
    const report = lines.map((line) => JSON.parse(line)).find((line) => line.fields.message === "watchdog report");
    expect(report).toMatchObject({
      target: "dsiem::watchdog",
      fields: { eps: 0, queue_length: 0, directives_ttl: 1, directives_active: 0, backlogs: 0, backlogs_timedout: 0 },
    });
  });

  it("leaves the backlogs of others alone when it isn't to reload", async () => {
    mkdirSync(join(folder, "logs", "backlogs"), { recursive: true });
    writeFileSync(join(folder, "logs", "backlogs", "7.json"), "[]");
    const backend = await start({ reloadBacklogs: false });
    publish(now(1, "a"));
    await backend.stop();
    expect(readFileSync(join(folder, "logs", "backlogs", "7.json"), "utf8")).toBe("[]");
  });
});

describe("what a console asks of a backend", () => {
  const ask = async (method: string, request: object = {}) => {
    const answer = await bus.request(rpcSubject("be1"), Buffer.from(JSON.stringify({ method, ...request })), 5000);
    return JSON.parse(Buffer.from(answer).toString());
  };
  /** What is published for the console, by subject. */
  const consoleTraffic = () => {
    const heard: [string, string][] = [];
    for (const subject of [outcomesSubject("be1"), alarmsSubject("be1")]) {
      bus.subscribe(subject, (payload) => heard.push([subject, Buffer.from(payload).toString()]));
    }
    return heard;
  };
  const until = async (holds: () => boolean): Promise<void> => {
    const deadline = performance.now() + 5000;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error("it never came to that");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  it("is answered, from its journal on the disk too, and told as it goes on", async () => {
    const heard = consoleTraffic();
    await start({ journal: true });
    publish(now(1, "a"), now(2, "b"));
    await until(() => existsSync(join(folder, "logs", "siem_alarms.json")) && written("siem_alarms.json").length === 2);
    const { backlogs } = await ask("backlogs");
    expect(backlogs).toMatchObject([{ directiveId: 7, title: "Scan by 10.0.0.2", stage: 3, risk: 5 }]);
    const [{ id }] = backlogs;
    expect((await ask("backlog", { id })).backlog.stageViews).toHaveLength(3);
    const page = sinceAnswerSchema.parse(await ask("since", { seq: 1 }));
    expect(page.entries.map(({ seq, kind }) => [seq, kind])).toEqual([
      [1, "event"],
      [2, "alarm"],
      [3, "event"],
      [4, "alarm"],
    ]);
    expect(heard).toEqual([]);

    await ask("follow", { seconds: 20 });
    await ask("watch", { seconds: 20 });
    publish(now(3, "c", { conn_id: 17 }));
    await until(() => heard.length === 2);
    const told = new Map(heard.map(([subject, text]) => [subject, JSON.parse(text)]));
    expect(journalNewsSchema.parse(told.get(alarmsSubject("be1"))).entries).toMatchObject([
      { seq: 5, kind: "event", alarm_id: id, stage: 3, event: { event_id: "c" } },
      { seq: 6, kind: "alarm", record: { alarm_id: id } },
    ]);
    expect(told.get(outcomesSubject("be1")).outcomes).toMatchObject([{ conn_id: 17, matched: 1 }]);
    expect((await ask("since", { seq: page.next })).entries).toHaveLength(2);
    expect((await ask("backlogs")).backlogs).toEqual([]);
  });

  it("costs nothing while it asks for nothing", async () => {
    const heard = consoleTraffic();
    const backend = await start({ journal: true });
    publish(now(1, "a"), now(9, "of no interest"), "garbage", now(2, "b"), now(3, "c"));
    await until(() => written("siem_alarms.json").length === 3);
    expect(await ask("nothing of the kind")).toMatchObject({ ok: false, code: "UNKNOWN_METHOD" });
    await backend.stop();
    expect(heard).toEqual([]);
  });
});

describe("a backend that can't start", () => {
  it("says everything that is wrong with its configuration at once", async () => {
    configure("assets_a.json", { assets: [{ name: "", cidr: "10.0.0.1/8", value: 0 }] });
    configure("intel_x.json", {
      intel_sources: [{ name: "x", type: "IP", enabled: true, plugin: "Wise", config: "{" }],
    });
    configure("directives_be1.json", { directives: [directive([rule(1)], { id: 7 }), directive([], { id: 8 })] });
    const refusal = await start().then(
      () => "",
      (error: Error) => error.message,
    );
    for (const part of ["assets_a.json", "cidr", "value", "intel_x.json", "directive 7", "directive 8"]) {
      expect(refusal).toContain(part);
    }
    expect(refusal).toMatch(/^the configuration has \d+ problems:\n/);
  });

  it("because a file isn't JSON names it, with the line, and ends instead of asking for ever", async () => {
    writeFileSync(join(folder, "configs", "directives_be1_b.json"), '{\n  "directives": oops\n}');
    await expect(start()).rejects.toThrow(/directives_be1_b\.json:2/);
  });

  it("because its node has no directives says so", async () => {
    await expect(start({ node: "be2" })).rejects.toThrow(/directive/);
  });

  it("because nobody is there gives up when it is told to stop", async () => {
    const abort = new AbortController();
    const nobody = configOf({ frontend: `http://user:s3cret@127.0.0.1:${frontend.port}` });
    await frontend.stop();
    const starting = runBackend(nobody, abort.signal, { write: (line) => lines.push(line), openBus: () => bus });
    const deadline = performance.now() + 5000;
    while (fieldsOf("starting backend").length === 0 || lines.length < 2) {
      if (performance.now() > deadline) throw new Error("it never said that nobody is there");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    abort.abort(new Error("told to stop"));
    await expect(starting).rejects.toThrow("told to stop");
    expect(lines.join("")).not.toContain("s3cret");
  });
});
