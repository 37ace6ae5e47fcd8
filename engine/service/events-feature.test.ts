import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { directive, rule } from "../backlog/testing/builders.ts";
import { SystemClock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import { stateFolder } from "../base/state-folder.ts";
import { Cleanup, NatsProcess, until } from "../bus/bus.fixture.ts";
import { MemoryBus } from "../bus/memory.ts";
import type { ConsoleEvent, Verdict } from "../contract/console/events.ts";
import { LIVE_PATH, LIVE_PROTOCOL, TOKEN_PROTOCOL } from "../contract/console/live.ts";
import { anEvent } from "../ingest/testing/door.ts";
import { runBackend } from "./backend.ts";
import type { BusConfig } from "./config.ts";
import { runFrontend } from "./frontend.ts";
import type { RunningFrontend } from "./running.ts";
import { BUILD } from "./testing/console-frontend.ts";

const TOKEN = "the-launch-token-of-this-test";
const JSON_TYPE = { "content-type": "application/json" };

const silent = silentLogger(new SystemClock());
const cleanup = new Cleanup();
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsiem-events-"));
  const configs = join(folder, "configs");
  mkdirSync(configs);
  const assets = { assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 5 }] };
  const directives = [directive([rule(1), rule(2, { from: ":1" })], { id: 7, name: "Scan by SRC_IP" })];
  writeFileSync(join(configs, "assets_a.json"), JSON.stringify(assets));
  writeFileSync(join(configs, "directives_be1.json"), JSON.stringify({ directives }));
});
afterEach(async () => {
  await cleanup.run();
  rmSync(folder, { recursive: true, force: true });
});

interface Imported {
  problems: { line: number }[];
}

/** Unless a test is about backends there is no other end of the bus, which nothing has to be drained to. */
async function startFrontend(bus?: BusConfig): Promise<RunningFrontend> {
  const frontend = await runFrontend(
    {
      ...{ address: "127.0.0.1", port: 0, node: "fe", maxEps: 0, minEps: 0, maxQueue: 1000, writableConfig: false },
      bus: bus ?? { kind: "link", token: "t" },
      ...{
        status: ["Open"],
        tags: ["One"],
        dataDir: folder,
        console: { token: TOKEN, origins: [], rendererFolder: folder, ...BUILD },
      },
      log: { level: "ERROR", json: true },
      telemetry: { tracing: false, metrics: false, endpoint: "" },
    },
    { write: () => undefined, ...(bus === undefined && { openBus: () => new MemoryBus(silent, 10_000) }) },
  );
  return cleanup.add(frontend, (running) => running.stop());
}

async function startBackend(frontend: RunningFrontend, bus: BusConfig): Promise<void> {
  const dataDir = join(folder, "be1");
  mkdirSync(dataDir);
  const backend = await runBackend(
    {
      ...{ frontend: `http://127.0.0.1:${frontend.port}`, node: "be1", minAlarmLifetimeMinutes: 0, status: ["Open"] },
      ...{ tags: ["One"], medRiskMin: 3, medRiskMax: 6, maxEps: 1000, bus, cacheMinutes: 10, maxQueue: 1000 },
      ...{ holdDurationSeconds: 60, maxDelaySeconds: 180, intelPrivateIp: false, reloadBacklogs: true, state: true },
      ...{ journal: false, preloadDirectives: false, idleDirectivesMinutes: 10, dataDir },
      log: { level: "ERROR", json: true },
      telemetry: { tracing: false, metrics: false, endpoint: "" },
    },
    undefined,
    { write: () => undefined },
  );
  cleanup.add(backend, (running) => running.stop());
}

async function post(frontend: RunningFrontend, ...events: object[]): Promise<number> {
  const url = `http://127.0.0.1:${frontend.port}/events`;
  return (await fetch(url, { method: "POST", headers: JSON_TYPE, body: JSON.stringify(events) })).status;
}

interface Page {
  events: ConsoleEvent[];
  next?: number;
}

async function api<T = Page>(frontend: RunningFrontend, path: string, body?: object, method = "POST") {
  const answer = await fetch(`http://127.0.0.1:${frontend.port}/api${path}`, {
    headers: { authorization: `Bearer ${TOKEN}`, ...(body !== undefined && JSON_TYPE) },
    ...(body !== undefined && { method, body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as T };
}

/** What one who watches sees, put together as a page does it. */
async function watching(frontend: RunningFrontend, q?: string) {
  const socket = new WebSocket(`ws://127.0.0.1:${frontend.port}${LIVE_PATH}`, [LIVE_PROTOCOL, TOKEN_PROTOCOL + TOKEN]);
  cleanup.add(socket, (opened) => opened.terminate());
  const events = new Map<number, ConsoleEvent>();
  const seen = { notShown: 0, snapshots: 0, errors: [] as { error: string; column?: number }[] };
  socket.on("message", (text) => {
    const message = JSON.parse(text.toString());
    if (message.type === "error") seen.errors.push(message);
    if (message.type === "snapshot") seen.snapshots += 1;
    for (const event of (message.data?.events ?? []) as ConsoleEvent[]) events.set(event.id, event);
    for (const { id, verdict } of (message.data?.verdicts ?? []) as { id: number; verdict: Verdict }[]) {
      const event = events.get(id);
      if (event !== undefined) events.set(id, { ...event, verdict });
    }
    seen.notShown += message.data?.notShown ?? 0;
  });
  await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
  socket.send(JSON.stringify({ type: "subscribe", id: 1, topic: "events", params: q === undefined ? {} : { q } }));
  await until(() => seen.snapshots + seen.errors.length > 0, "a snapshot");
  const verdicts = () =>
    Object.fromEntries([...events.values()].map(({ event, verdict }) => [event.event_id, verdict?.kind]));
  return { socket, events, seen, verdicts };
}

async function busOf(kind: BusConfig["kind"]): Promise<BusConfig> {
  if (kind === "link") return { kind, token: "t" };
  const nats = cleanup.add(await NatsProcess.start(), (server) => server.stop());
  return { kind, servers: [{ host: "127.0.0.1", port: nats.port, tls: false }], credentials: {} };
}

describe.each(["link", "nats"] as const)("over %s", (kind) => {
  it("shows events as they come in, and what becomes of each", async () => {
    const bus = await busOf(kind);
    const frontend = await startFrontend(bus);
    await startBackend(frontend, bus);
    const { events, seen, verdicts } = await watching(frontend);
    let sent = 0;
    // The backend is asked to report once it was heard of.
    await until(() => {
      if (Object.values(verdicts()).includes("no directive")) return true;
      if (events.size === sent)
        void post(frontend, anEvent({ event_id: `probe ${sent++}`, plugin_sid: 99, plugin_id: 9 }));
      return false;
    }, "the backend to report");
    const known = events.size;
    expect(
      await post(
        frontend,
        anEvent({ event_id: "match", plugin_id: 1, plugin_sid: 1 }),
        anEvent({ event_id: "second only", plugin_id: 1, plugin_sid: 2, src_ip: "10.0.0.77" }),
        anEvent({ event_id: "nobody's", plugin_id: 4, plugin_sid: 4 }),
      ),
    ).toBe(200);
    await until(() => events.size === known + 3, "three events");
    await until(() => !Object.values(verdicts()).slice(-3).includes("unknown"), "their verdicts");
    expect(verdicts()).toMatchObject({ match: "matched", "second only": "not matched", "nobody's": "no directive" });
    const matched = [...events.values()].find(({ event }) => event.event_id === "match");
    expect(matched?.verdict).toMatchObject({ directives: [{ node: "be1", directiveId: 7 }] });
    expect(matched?.event).toMatchObject({ plugin_sid: 1, src_ip: "10.0.0.1", conn_id: expect.any(Number) });
    expect(matched?.event).not.toHaveProperty("carrier");
    expect(seen.notShown).toBe(0);
    const found = await api(frontend, `/events?q=${encodeURIComponent("outcome:matched directive:7")}`);
    expect(found.body).toMatchObject({ events: [{ event: { event_id: "match" }, verdict: { kind: "matched" } }] });
    const { events: late } = await watching(frontend, "outcome:unmatched");
    await post(frontend, anEvent({ event_id: "again", plugin_id: 1, plugin_sid: 2, src_ip: "10.0.0.78" }));
    await until(() => [...late.values()].some(({ event }) => event.event_id === "again"), "what is found late");
  }, 20_000);
});

it("retains events over restarts, and finds them page by page, the newest first", async () => {
  const first = await startFrontend();
  for (let i = 1; i <= 30; i++) await post(first, anEvent({ event_id: `e${i}`, src_port: i, title: `part ${i % 3}` }));
  await first.stop();
  const second = await startFrontend();
  await post(second, anEvent({ event_id: "e31", src_port: 31, title: "part 1" }));
  const ids = (page: Page) => page.events.map(({ event }) => event.event_id);
  const page = (await api(second, '/events?q=title:"part+1"&limit=4')).body;
  expect(ids(page)).toEqual(["e31", "e28", "e25", "e22"]);
  expect(page).toMatchObject({ retained: 31, scanned: 10, oldest: expect.any(Number) });
  const rest = (await api(second, `/events?q=title:"part+1"&before=${page.next}`)).body;
  expect(ids(rest)).toEqual(["e19", "e16", "e13", "e10", "e7", "e4", "e1"]);
  expect(rest).not.toHaveProperty("next");
  const { at = 0 } = page.events[0] ?? {};
  expect(ids((await api(second, `/events?from=${Math.floor(at)}`)).body)).toEqual(["e31"]);
  expect(ids((await api(second, `/events?to=${Math.floor(at) - 1}&limit=1`)).body)).toEqual(["e30"]);
  expect(ids((await api(second, "/events?q=src:10.0.0.0/8+port>=30")).body)).toEqual(["e31", "e30"]);
  expect(statSync(join(stateFolder(folder), "events")).mode & 0o777).toBe(0o700);
  expect(readdirSync(join(stateFolder(folder), "events"))).toHaveLength(2);
});

it("says what is wrong with a query, and where, in a search and in the tail", async () => {
  const frontend = await startFrontend();
  expect(await api(frontend, "/events?q=risk:3")).toMatchObject({ status: 400, body: { column: 0, length: 4 } });
  const { seen } = await watching(frontend, "risk:3");
  expect(seen.errors).toMatchObject([{ column: 0, length: 4 }]);
});

it("shows no more than a person can see, and says how many it left out", async () => {
  const frontend = await startFrontend();
  const { events, seen } = await watching(frontend);
  const burst = Array.from({ length: 3000 }, (_, i) => anEvent({ event_id: `b${i}` }));
  await post(frontend, ...burst);
  await until(() => events.size + seen.notShown === 3000, "all to be shown or counted");
  expect(events.size).toBeLessThan(1500);
  expect([...events.values()].some(({ event }) => event.event_id === "b2999")).toBe(true);
});

it("takes in a file's events through the door, moved to now, and tells of the lines that are wrong", async () => {
  const frontend = await startFrontend();
  const line = (event: object) => JSON.stringify(event);
  const text = [
    line(anEvent({ event_id: "f1", timestamp: "2020-01-01T00:00:00Z" })),
    "not JSON",
    line(anEvent({ event_id: "", timestamp: "2020-01-01T00:00:05Z" })),
    "",
    line(anEvent({ event_id: "f2", timestamp: "2020-01-01T00:00:10Z" })),
  ].join("\n");
  const before = Date.now();
  const { status, body } = await api<Imported>(frontend, "/events/import", { text, shiftToNow: true });
  expect(status).toBe(200);
  expect(body).toMatchObject({ accepted: 2, refused: 2 });
  expect(body.problems.map(({ line }) => line)).toEqual([2, 3]);
  const found = (await api(frontend, "/events")).body.events;
  const [last = 0, earlier = 0] = found.map(({ event }) => Date.parse(event.timestamp));
  expect(found.map(({ event }) => event.event_id)).toEqual(["f2", "f1"]);
  expect(last - earlier).toBe(10_000);
  expect(last).toBeGreaterThanOrEqual(before - 1000);
  const losses = (await api<{ services: object[] }>(frontend, "/losses")).body.services[0];
  expect(losses).toMatchObject({ flow: { accepted: 2 }, ledger: { refused_invalid: { count: 1 } } });
});

it("keeps none where the settings say so, at once and after a restart, and goes on where they don't", async () => {
  const first = await startFrontend();
  await post(first, anEvent({ event_id: "e1" }));
  const found = async (frontend: RunningFrontend) =>
    (await api(frontend, "/events")).body.events.map(({ event }) => event.event_id);
  expect(await found(first)).toEqual(["e1"]);
  const retention = { alarmDays: 365, maxMegabytes: 4096, events: 0 };
  expect((await api(first, "/settings", { retention }, "PATCH")).status).toBe(200);
  await post(first, anEvent({ event_id: "e2" }));
  expect(await found(first)).toEqual([]);
  await first.stop();
  const second = await startFrontend();
  await post(second, anEvent({ event_id: "e3" }));
  expect(await found(second)).toEqual([]);
  await api(second, "/settings", { retention: { ...retention, events: 1000 } }, "PATCH");
  await post(second, anEvent({ event_id: "e4" }));
  expect(await found(second)).toEqual(["e4"]);
});
