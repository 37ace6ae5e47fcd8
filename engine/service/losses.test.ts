import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { directive, event, rule } from "../backlog/testing/builders.ts";
import { SystemClock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import { Cleanup, NatsProcess, until } from "../bus/bus.fixture.ts";
import type { Bus } from "../bus/bus.ts";
import { connectNats } from "../bus/nats.ts";
import { type LossesAnswer, lossesAnswerSchema } from "../contract/console-api.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { runBackend } from "./backend.ts";
import type { BackendConfig, BusConfig, FrontendConfig } from "./config.ts";
import { runFrontend } from "./frontend.ts";
import type { RunningFrontend, RunningService } from "./running.ts";
import { BUILD } from "./testing/console-frontend.ts";

const TOKEN = "the-launch-token-of-this-test";
const LOG = { level: "INFO", json: true } as const;
const TELEMETRY = { tracing: false, metrics: false, endpoint: "" };
/** Everything is told once in 3 s. */
const TOLD_MS = 15_000;

const cleanup = new Cleanup();
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsiem-losses-"));
  mkdirSync(join(folder, "configs"));
  const assets = [
    { name: "lan", cidr: "10.0.0.0/8", value: 5 },
    { name: "scanner", cidr: "10.0.0.99", value: 2, whitelisted: true },
  ];
  writeFileSync(join(folder, "configs", "assets_a.json"), JSON.stringify({ assets }));
  const directives = [directive([rule(1), rule(2)], { id: 7 })];
  writeFileSync(join(folder, "configs", "directives_be1.json"), JSON.stringify({ directives }));
});

afterEach(async () => {
  await cleanup.run();
  rmSync(folder, { recursive: true, force: true });
});

async function frontend(bus: BusConfig): Promise<RunningFrontend> {
  const config: FrontendConfig = {
    address: "127.0.0.1",
    port: 0,
    node: "fe",
    maxEps: 0,
    minEps: 0,
    bus,
    maxQueue: 100_000,
    writableConfig: false,
    status: ["Open"],
    tags: ["One"],
    dataDir: folder,
    console: { token: TOKEN, origins: [], rendererFolder: folder, ...BUILD },
    log: LOG,
    telemetry: TELEMETRY,
  };
  return cleanup.add(await runFrontend(config, { write: () => undefined }), (running) => running.stop());
}

interface Backend {
  service: RunningService;
  /** The fields of the log records of this message. */
  said(message: string): Record<string, unknown>[];
}

async function backend(fe: RunningFrontend, bus: BusConfig, change: Partial<BackendConfig> = {}): Promise<Backend> {
  const lines: string[] = [];
  const config: BackendConfig = {
    frontend: `http://127.0.0.1:${fe.port}`,
    node: "be1",
    minAlarmLifetimeMinutes: 0,
    status: ["Open"],
    tags: ["One"],
    medRiskMin: 3,
    medRiskMax: 6,
    maxEps: 1000,
    bus,
    cacheMinutes: 10,
    maxQueue: 100_000,
    holdDurationSeconds: 60,
    maxDelaySeconds: 180,
    intelPrivateIp: false,
    reloadBacklogs: true,
    preloadDirectives: false,
    idleDirectivesMinutes: 10,
    state: true,
    journal: false,
    dataDir: folder,
    log: LOG,
    telemetry: TELEMETRY,
    ...change,
  };
  const service = await runBackend(config, undefined, { write: (line) => lines.push(line) });
  cleanup.add(service, (running) => running.stop());
  const said = (message: string) =>
    lines.map((line) => JSON.parse(line).fields).filter((fields) => fields.message === message);
  return { service, said };
}

/** As it is sent, or on the bus. */
function wire(sid: number, id: string, change: Partial<NormalizedEvent> = {}): string {
  const { seconds, carrier, ...fields } = event(sid, id, {
    timestamp: new Date().toISOString(),
    src_ip: "10.0.0.1",
    ...change,
  });
  return JSON.stringify(fields);
}

async function post(fe: RunningFrontend, events: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${fe.port}/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: events,
  });
  return response.status;
}

async function losses(fe: RunningFrontend): Promise<LossesAnswer["services"]> {
  const response = await fetch(`http://127.0.0.1:${fe.port}/api/losses`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  return lossesAnswerSchema.parse(await response.json()).services;
}

/** A backend says that it is there after it subscribed, on the same connection: what comes now reaches it. */
async function heard(fe: RunningFrontend): Promise<void> {
  const deadline = performance.now() + TOLD_MS;
  while (!(await losses(fe)).some((service) => service.role === "backend")) {
    if (performance.now() > deadline) throw new Error("the backend was never heard");
  }
}

/** What the backend told last; holds the sum against it each time. */
async function backendLosses(fe: RunningFrontend, received: number) {
  const deadline = performance.now() + TOLD_MS;
  while (performance.now() < deadline) {
    const told = (await losses(fe)).find((service) => service.role === "backend");
    if (told?.role === "backend") {
      const { flow } = told;
      expect(flow.received).toBe(flow.correlated + flow.skipped + flow.dropped + flow.waiting);
      if (flow.received === received && flow.waiting === 0) return told;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the backend never told of ${received} events: ${JSON.stringify(await losses(fe))}`);
}

function counts(ledger: LossesAnswer["services"][number]["ledger"]): Record<string, number> {
  return Object.fromEntries(Object.entries(ledger).map(([cause, entry]) => [cause, entry.count]));
}

describe("over link", () => {
  const link: BusConfig = { kind: "link", token: "link-token" };

  it("every event is correlated or skipped, and every refused request is counted apart", async () => {
    const fe = await frontend(link);
    await backend(fe, link);
    const events = Array.from({ length: 300 }, (_, i) => {
      if (i % 3 === 0) return wire(1, `e${i}`);
      return i % 3 === 1 ? wire(9, `e${i}`) : wire(1, `e${i}`, { src_ip: "10.0.0.99" });
    });
    expect(await post(fe, `[${events.join(",")}]`)).toBe(200);
    expect(await post(fe, "garbage")).toBe(400);
    expect(await post(fe, wire(1, ""))).toBe(418);
    const told = await backendLosses(fe, 300);
    expect(told.flow).toEqual({ received: 300, correlated: 100, skipped: 200, dropped: 0, waiting: 0 });
    expect(counts(told.ledger)).toEqual({ uninteresting: 100, whitelisted: 100 });
    expect(told.ledger.whitelisted?.samples).toHaveLength(10);
    const own = (await losses(fe))[0];
    expect(own).toMatchObject({ role: "frontend", node: "fe", ageSeconds: 0 });
    expect(own?.flow).toEqual({ requests: 3, refused: 2, accepted: 300, dropped: 0 });
    expect(counts(own?.ledger ?? {})).toEqual({ refused_malformed: 1, refused_invalid: 1 });
    expect(own?.ledger.refused_malformed?.samples[0]?.text).toMatch(/^127\.0\.0\.1: The body isn't JSON: /);
  }, 30_000);

  it("a backend that is stopped under load leaves nothing out: the next one gets what it didn't finish", async () => {
    const fe = await frontend(link);
    const first = await backend(fe, link);
    const batch = (round: number) => `[${Array.from({ length: 500 }, (_, i) => wire(1, `${round}-${i}`)).join(",")}]`;
    let accepted = 0;
    const flood = (async () => {
      for (let round = 0; round < 30; round++) if ((await post(fe, batch(round))) === 200) accepted += 500;
    })();
    await until(() => accepted >= 2000, "some of it");
    await first.service.stop();
    await flood;
    const [stopped] = first.said("backend has stopped");
    const { received, correlated, dropped } = stopped as Record<string, number>;
    expect(dropped).toBe(0);
    const second = await backend(fe, link);
    await until(() => second.said("backend is ready").length > 0, "the second");
    const rest = accepted - Number(correlated);
    const told = await backendLosses(fe, rest);
    expect(told.flow).toEqual({ received: rest, correlated: rest, skipped: 0, dropped: 0, waiting: 0 });
    expect(Number(received)).toBeGreaterThanOrEqual(Number(correlated));
    expect(accepted).toBe(15_000);
  }, 60_000);

  it("what a frontend that stops could give to nobody is in its log", async () => {
    const lines: string[] = [];
    const fe = await runFrontend(
      {
        ...{ address: "127.0.0.1", port: 0, node: "fe", maxEps: 0, minEps: 0, bus: link, maxQueue: 10 },
        ...{ writableConfig: false, status: ["Open"], tags: ["One"], dataDir: folder, log: LOG, telemetry: TELEMETRY },
      },
      { write: (line) => lines.push(line) },
    );
    expect(await post(fe, `[${wire(1, "a")},${wire(1, "b")}]`)).toBe(200);
    await fe.stop();
    const ledger = lines.map((line) => JSON.parse(line).fields).filter((fields) => fields.message === "loss ledger");
    expect(ledger).toEqual([{ message: "loss ledger", left_in_frontend: 2 }]);
  }, 20_000);
});

describe("over NATS", () => {
  async function nats(): Promise<{ bus: BusConfig; raw: Bus }> {
    const server = cleanup.add(await NatsProcess.start(), (running) => running.stop());
    const servers = [{ host: "127.0.0.1", port: server.port, tls: false }];
    const clock = new SystemClock();
    const raw = connectNats({
      ...{ servers, credentials: {}, maxBuffered: 0, name: "raw", logger: silentLogger(clock), clock },
    });
    cleanup.add(raw, (bus) => bus.close());
    await until(() => raw.status().state === "connected", "a connection");
    return { bus: { kind: "nats", servers, credentials: {} }, raw };
  }

  const publish = (raw: Bus, events: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      raw.publishEvents(
        events.map((text) => Buffer.from(text)),
        (error) => (error === undefined ? resolve() : reject(error)),
      );
    });

  it("garbage, invalid, whitelisted, of no interest: each event has its cause", async () => {
    const { bus, raw } = await nats();
    const fe = await frontend(bus);
    await backend(fe, bus);
    await heard(fe);
    expect(await post(fe, wire(1, "through the door"))).toBe(200);
    await publish(raw, [
      ...[
        "garbage",
        "",
        "[]",
        "{",
        '{"plugin_id":1,"plugin_sid":1',
        `{"plugin_id":1,"plugin_sid":1,"x":${"[".repeat(50)}}`,
      ],
      ...[wire(1, "").toString(), wire(9, "nobody's"), wire(1, "scan", { src_ip: "10.0.0.99" }), wire(1, "good")],
    ]);
    const told = await backendLosses(fe, 11);
    expect(told.flow).toEqual({ received: 11, correlated: 2, skipped: 9, dropped: 0, waiting: 0 });
    expect(counts(told.ledger)).toEqual({ malformed: 6, invalid: 1, uninteresting: 1, whitelisted: 1 });
  }, 30_000);

  it("more than the queue takes is dropped and counted, and what stopped with it, too", async () => {
    const { bus, raw } = await nats();
    const fe = await frontend(bus);
    const { service, said } = await backend(fe, bus, { maxQueue: 50 });
    await heard(fe);
    const events = Array.from({ length: 20_000 }, (_, i) => wire(i % 2 === 0 ? 1 : 9, `e${i}`));
    await publish(raw, events);
    const told = await backendLosses(fe, 20_000);
    expect(told.flow.skipped).toBe(10_000);
    expect(told.flow.dropped).toBeGreaterThan(100);
    expect(told.flow.correlated + told.flow.dropped).toBe(10_000);
    expect(counts(told.ledger)).toEqual({ uninteresting: 10_000, queue_full: told.flow.dropped });
    await service.stop();
    expect(said("loss ledger").at(-1)).toEqual({ message: "loss ledger", ...counts(told.ledger) });
  }, 30_000);
});
