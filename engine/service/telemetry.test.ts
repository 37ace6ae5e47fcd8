// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are placeholders of provider urls, replaced by ourselves
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { directive, rule } from "../backlog/testing/builders.ts";
import { Cleanup, freePort, NatsProcess, until } from "../bus/bus.fixture.ts";
import { testProvider } from "../enrich/test-provider.ts";
import { OtlpReceiver, type ReceivedSpan } from "../telemetry/testing/otlp-receiver.ts";
import { runBackend } from "./backend.ts";
import type { BackendConfig, BusConfig, FrontendConfig, TelemetryConfig } from "./config.ts";
import { runFrontend } from "./frontend.ts";
import type { RunningFrontend, RunningService } from "./running.ts";

const LINK: BusConfig = { kind: "link", token: "a token of the test" };
const PRODUCER = 4;
const CONSUMER = 5;
const INTERNAL = 1;

let folder = "";
let lines: string[] = [];
const cleanup = new Cleanup();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsiem-telemetry-"));
  mkdirSync(join(folder, "configs"));
  configure("assets_a.json", { assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 5 }] });
  configure("directives_be1.json", { directives: [directive([rule(1), rule(2)], { id: 7 })] });
});

afterEach(async () => {
  await cleanup.run();
  lines = [];
  rmSync(folder, { recursive: true, force: true });
});

function configure(name: string, content: object): void {
  writeFileSync(join(folder, "configs", name), JSON.stringify(content));
}

async function receiver(port?: number): Promise<OtlpReceiver> {
  return cleanup.add(await OtlpReceiver.start(port), (started) => started.close());
}

interface System {
  frontend: RunningFrontend;
  backend: RunningService;
}

/** A real frontend and a real backend in this process, told to export to `endpoint`. */
async function start(telemetry: TelemetryConfig, bus = LINK, change: Partial<FrontendConfig> = {}): Promise<System> {
  const shared = { bus, status: ["Open"], tags: ["One"], dataDir: folder, telemetry };
  const log = { level: "INFO", json: true } as const;
  const write = (line: string) => lines.push(line);
  const frontend = await runFrontend(
    {
      ...{ ...shared, log, address: "127.0.0.1", port: 0, node: "fe1", maxEps: 0, minEps: 0, maxQueue: 1000 },
      ...{ writableConfig: false, ...change },
    },
    { write },
  );
  cleanup.add(frontend, (started) => started.stop());
  const config: BackendConfig = {
    ...{ ...shared, log, frontend: `http://127.0.0.1:${frontend.port}`, node: "be1", minAlarmLifetimeMinutes: 0 },
    ...{ medRiskMin: 3, medRiskMax: 6, maxEps: 1000, cacheMinutes: 10, maxQueue: 1000, holdDurationSeconds: 60 },
    ...{ maxDelaySeconds: 180, intelPrivateIp: true, reloadBacklogs: true, preloadDirectives: false },
    ...{ idleDirectivesMinutes: 10, state: true, journal: false },
  };
  const backend = await runBackend(config, undefined, { write });
  return { frontend, backend: cleanup.add(backend, (started) => started.stop()) };
}

async function post({ frontend }: System, ...events: object[]): Promise<number> {
  const url = `http://127.0.0.1:${frontend.port}/events`;
  const headers = { "content-type": "application/json" };
  return (await fetch(url, { method: "POST", headers, body: JSON.stringify(events) })).status;
}

function event(sid: number, id: string, change: object = {}) {
  return {
    ...{ event_id: id, timestamp: new Date().toISOString(), sensor: "s", title: "t", src_ip: "10.0.0.2" },
    ...{ dst_ip: "10.0.0.3", plugin_id: 1, plugin_sid: sid, src_port: 1000, dst_port: 80, ...change },
  };
}

function alarmEvents(): string[] {
  return readFileSync(join(folder, "logs", "siem_alarm_events.json"), "utf8")
    .split("\n")
    .slice(0, -1);
}

function said(part: string): number {
  return lines.filter((line) => line.includes(part)).length;
}

/** The names from the first span of a trace down to this one. */
function path(spans: readonly ReceivedSpan[], span: ReceivedSpan): string {
  const parent = spans.find((each) => each.spanId === span.parentId);
  return parent === undefined ? span.name : `${path(spans, parent)} > ${span.name}`;
}

function named(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const found = spans.filter((span) => span.name === name);
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} spans are named ${name}`);
  return found[0];
}

async function natsBus(): Promise<BusConfig> {
  const server = cleanup.add(await NatsProcess.start(), (started) => started.stop());
  return { kind: "nats", servers: [{ host: "127.0.0.1", port: server.port, tls: false }], credentials: {} };
}

describe.each(["link", "nats"])("an event over %s", (kind) => {
  it("is one trace from the door to the look-ups", async () => {
    const provider = cleanup.add(
      await testProvider((path, response) => {
        // The vulnerability scanner takes its time, so that its span has to outlive the event's.
        const answer = path.startsWith("/wise") ? "[]" : "no vulnerability found";
        setTimeout(() => response.end(answer), path.startsWith("/wise") ? 0 : 100);
      }),
      (started) => started.close(),
    );
    const source = { type: "IP", enabled: true };
    const wise = { ...source, name: "w", plugin: "Wise", config: `{"url":"${provider.url}/wise/\${ip}"}` };
    const nesd = { ...source, name: "n", plugin: "Nesd", config: `{"url":"${provider.url}/?ip=\${ip}&port=\${port}"}` };
    configure("intel_a.json", { intel_sources: [wise] });
    configure("vuln_a.json", { vuln_sources: [nesd] });
    const otlp = await receiver();
    const before = BigInt(Date.now()) * 1_000_000n;
    const system = await start(
      { tracing: true, metrics: false, endpoint: otlp.endpoint },
      kind === "nats" ? await natsBus() : LINK,
    );
    // What is published on core NATS before the subscription is there, nobody gets.
    let posted = 0;
    while (alarmEvents().length === 0 && posted < 50) {
      posted += 1;
      expect(await post(system, event(1, `ev-${posted}`))).toBe(200);
      await until(() => alarmEvents().length > 0, "it is correlated", 500).catch(() => undefined);
    }
    const { event_id: id, alarm_id: alarm } = JSON.parse(alarmEvents()[0] ?? "{}");
    const ofIt = () => otlp.spans.filter((span) => span.attributes["event.id"] === id);
    await until(() => ofIt().length >= 7, "seven spans have come");
    const after = BigInt(Date.now() + 1000) * 1_000_000n;

    const spans = ofIt();
    const down = "frontend handler > backend handler > event distribution > backlog manager processing";
    expect(spans.map((span) => path(spans, span)).sort()).toEqual(
      [
        "frontend handler",
        "frontend handler > backend handler",
        "frontend handler > backend handler > event distribution",
        down,
        `${down} > backlog processing`,
        `${down} > backlog processing > intel_checkers`,
        `${down} > backlog processing > vuln_checkers`,
      ].sort(),
    );
    expect(new Set(spans.map((span) => span.traceId)).size).toBe(1);
    expect(spans[0]?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(named(spans, "frontend handler")).toMatchObject({ service: "fe1", kind: PRODUCER, parentId: "" });
    expect(named(spans, "backend handler")).toMatchObject({ service: "be1", kind: CONSUMER });
    expect(named(spans, "event distribution")).toMatchObject({ service: "be1", kind: INTERNAL });

    const ofEvent = { "conn.id": Number(id.slice(3)), "event.id": id };
    const ofDirective = { ...ofEvent, "directive.id": 7 };
    const ofBacklog = { ...ofDirective, "backlog.id": alarm };
    expect(Object.fromEntries(spans.map((span) => [span.name, span.attributes]))).toEqual({
      "frontend handler": ofEvent,
      "backend handler": ofEvent,
      "event distribution": ofEvent,
      "backlog manager processing": ofDirective,
      "backlog processing": ofBacklog,
      intel_checkers: ofBacklog,
      vuln_checkers: ofBacklog,
    });
    for (const span of spans) {
      expect(span.start).toBeGreaterThanOrEqual(before);
      expect(span.end).toBeGreaterThanOrEqual(span.start);
      expect(span.end).toBeLessThanOrEqual(after);
    }
    const lookup = named(spans, "vuln_checkers");
    expect(lookup.end - lookup.start).toBeGreaterThan(90_000_000n);
    expect(lookup.end).toBeGreaterThan(named(spans, "backend handler").end);
  });
});

describe("traces", () => {
  it("tell of every backlog that an event is offered to, and of events that were refused", async () => {
    configure("directives_be1.json", {
      directives: [
        directive([rule(1), rule(2, { occurrence: 9 })], { id: 7 }),
        directive([rule(1, { plugin_sid: [1] }), rule(2, { from: ":1" })], { id: 8 }),
      ],
    });
    const otlp = await receiver();
    const system = await start({ tracing: true, metrics: false, endpoint: otlp.endpoint });
    expect(await post(system, event(1, "a"), event(1, "b", { src_ip: "10.0.0.9" }))).toBe(200);
    expect(await post(system, event(99, "of no interest"))).toBe(200);
    expect(await post(system, event(2, "c"))).toBe(200);
    expect(await post(system, event(1, "not mine"), event(1, "bad", { src_ip: "nowhere" }))).toBe(400);
    await until(() => alarmEvents().length === 7, "all is correlated");
    await system.backend.stop();
    await system.frontend.stop();
    const { spans } = otlp;
    const backlogsOf = (id: string) =>
      spans
        .filter((span) => span.name === "backlog processing" && span.attributes["event.id"] === id)
        .map((span) => span.attributes["directive.id"])
        .sort();
    expect([backlogsOf("a"), backlogsOf("b"), backlogsOf("c")]).toEqual([
      [7, 8],
      [7, 8],
      [7, 7, 8],
    ]);
    const atDoor = spans.filter((span) => span.name === "frontend handler");
    expect(atDoor.map((span) => [span.attributes["event.id"], span.error])).toEqual([
      ["a", undefined],
      ["b", undefined],
      ["of no interest", undefined],
      ["c", undefined],
      ["not mine", "refused_malformed"],
    ]);
    expect(new Set(atDoor.map((span) => span.traceId)).size).toBe(5);
    // A backend that no directive of which names the event has nothing to tell of it.
    expect(spans.filter((span) => span.attributes["event.id"] === "of no interest")).toHaveLength(1);
  });
});

describe("metrics", () => {
  it("are the figures of the watchdog's report and those of the door, at the start and every 10 s", async () => {
    const otlp = await receiver();
    const system = await start({ tracing: false, metrics: true, endpoint: otlp.endpoint }, LINK, {
      minEps: 100,
      maxEps: 1000,
    });
    await until(() => otlp.gauges.length >= 15, "both services have reported");
    const of = (service: string) => otlp.gauges.filter((gauge) => gauge.service === service);
    expect(
      of("be1")
        .map(({ name, type }) => `${name} ${type}`)
        .sort(),
    ).toEqual([
      "dsiem_avg_proc_time_ms double",
      "dsiem_backlogs int",
      "dsiem_backlogs_timedout int",
      "dsiem_directives_active int",
      "dsiem_directives_ttl int",
      "dsiem_eps double",
      "dsiem_events_matched int",
      "dsiem_events_rcvd int",
      "dsiem_queue_length int",
    ]);
    expect(
      of("fe1")
        .map(({ name, type }) => `${name} ${type}`)
        .sort(),
    ).toEqual([
      "dsiem_frontend_eps double",
      "dsiem_frontend_eps_limit double",
      "dsiem_frontend_events_accepted int",
      "dsiem_frontend_queue_length int",
      "dsiem_frontend_requests int",
      "dsiem_frontend_requests_refused int",
    ]);
    expect(otlp.gauges.every(({ service, scope }) => service === scope)).toBe(true);
    expect(otlp.gauges.find((gauge) => gauge.name === "dsiem_directives_ttl")?.value).toBe(1);
    expect(otlp.gauges.find((gauge) => gauge.name === "dsiem_frontend_eps_limit")?.value).toBe(559);
    expect(await post(system, event(1, "a"))).toBe(200);
    await until(() => alarmEvents().length === 1, "it is correlated");
    const values = (name: string) => otlp.gauges.filter((gauge) => gauge.name === name).map(({ value }) => value);
    await until(() => values("dsiem_events_rcvd").length === 2, "the backend has reported again", 15_000);
    await until(() => values("dsiem_frontend_events_accepted").length === 2, "and so has the frontend");
    expect(values("dsiem_events_rcvd")).toEqual([0, 1]);
    expect(values("dsiem_backlogs")).toEqual([0, 1]);
    expect(values("dsiem_frontend_events_accepted")).toEqual([0, 1]);
    // Without tracing no event carries a trace, and no span is exported.
    expect(otlp.spans).toEqual([]);
  });
});

describe("a collector in trouble", () => {
  async function correlatesAndStops(system: System): Promise<void> {
    for (let i = 0; i < 20; i++) expect(await post(system, event(1, `e${i}`))).toBe(200);
    await until(() => alarmEvents().length === 20, "all is correlated");
    const began = performance.now();
    await system.backend.stop();
    expect(await system.backend.done).toBe(0);
    await system.frontend.stop();
    expect(performance.now() - began).toBeLessThan(8000);
  }

  it("that isn't there costs one line of each kind, and spans, which are counted", async () => {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const began = performance.now();
    const system = await start({ tracing: true, metrics: true, endpoint });
    expect(performance.now() - began).toBeLessThan(5000);
    expect(await post(system, event(1, "first"), event(1, "second"))).toBe(200);
    await until(() => said("traces can't be exported") === 2, "both services have said so");
    await until(() => said("metrics can't be exported") === 2, "both services have said so of metrics");
    for (let i = 0; i < 20; i++) expect(await post(system, event(1, `e${i}`))).toBe(200);
    await until(() => alarmEvents().length === 22, "all is correlated");
    await system.backend.stop();
    await system.frontend.stop();
    expect(said("traces can't be exported")).toBe(2);
    expect(said("metrics can't be exported")).toBe(2);
    const ended = lines
      .map((line) => JSON.parse(line).fields)
      .filter((f) => f.message === "no more spans are exported");
    expect(ended).toHaveLength(2);
    expect(ended.map(({ exported, failed, dropped }) => [exported, failed + dropped])).toEqual([
      [0, 22 * 4],
      [0, 22],
    ]);
  });

  it("that comes up late gets what is sent from then on, and one line says so", async () => {
    const port = await freePort();
    const system = await start({ tracing: true, metrics: false, endpoint: `http://127.0.0.1:${port}` });
    expect(await post(system, event(1, "lost"))).toBe(200);
    await until(() => said("traces can't be exported") === 2, "both services have said so");
    const otlp = await receiver(port);
    expect(await post(system, event(1, "kept"))).toBe(200);
    await until(() => said("traces are exported to 127.0.0.1") === 2, "both services have said so", 18_000);
    expect(new Set(otlp.spans.map((span) => span.attributes["event.id"]))).toEqual(new Set(["kept"]));
  });

  it("that never answers keeps no service from stopping", async () => {
    const otlp = await receiver();
    otlp.trouble = "hang";
    await correlatesAndStops(await start({ tracing: true, metrics: true, endpoint: otlp.endpoint }));
    expect(otlp.requests).toBeGreaterThan(0);
    expect(said("no more spans are exported")).toBe(2);
  });

  it("that takes connections and says nothing, or refuses what it is sent, neither", async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => sockets.add(socket.on("error", () => undefined)));
    const port = await freePort();
    await new Promise<void>((resolve) => silent.listen(port, "127.0.0.1", resolve));
    cleanup.add(silent, (server) => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    await correlatesAndStops(await start({ tracing: true, metrics: true, endpoint: `http://127.0.0.1:${port}` }));
    const otlp = await receiver();
    otlp.trouble = "refuse";
    rmSync(join(folder, "logs"), { recursive: true });
    await correlatesAndStops(await start({ tracing: true, metrics: true, endpoint: otlp.endpoint }));
    expect(said("the test refuses it")).toBeGreaterThan(0);
  });
});
