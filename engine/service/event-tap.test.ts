import { EventEmitter } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { SystemClock } from "../base/clock.ts";
import { Cleanup, NatsProcess, recordingLogger, until } from "../bus/bus.fixture.ts";
import type { Bus } from "../bus/bus.ts";
import { frontend as linkFrontend } from "../bus/link.fixture.ts";
import type { PublishEvents } from "../ingest/events-route.ts";
import { anEvent } from "../ingest/testing/door.ts";
import type { FrontendConfig } from "./config.ts";
import { EventTap } from "./event-tap.ts";
import { runFrontend } from "./frontend.ts";
import { openFrontendBus } from "./frontend-bus.ts";
import { BUILD } from "./testing/console-frontend.ts";

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

type Published = Record<string, unknown>;

async function configOf(port: number, mode: "console" | "server"): Promise<FrontendConfig> {
  const dataDir = mkdtempSync(join(tmpdir(), "dsiem-event-tap-"));
  cleanup.add(dataDir, async (folder) => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(dataDir, "configs"));
  const servers = [{ host: "127.0.0.1", port, tls: false }];
  return {
    ...{
      address: "127.0.0.1",
      port: 0,
      node: `fe-${mode}`,
      maxEps: 0,
      minEps: 0,
      maxQueue: 100,
      writableConfig: false,
    },
    ...{ status: ["Open"], tags: ["One"], dataDir, bus: { kind: "nats", servers, credentials: {} } },
    ...(mode === "console" && { console: { token: "t", origins: [], rendererFolder: dataDir, ...BUILD } }),
    log: { level: "ERROR", json: true },
    telemetry: { tracing: false, metrics: false, endpoint: "" },
  };
}

async function subscriber(port: number): Promise<{ bus: Bus; got: Published[] }> {
  const config = await configOf(port, "server");
  const parts = { boot: "b", clock: new SystemClock(), logger: recordingLogger().logger, onLoss: () => undefined };
  const bus = openFrontendBus(config, new EventEmitter(), parts);
  cleanup.add(bus, (opened) => opened.close());
  const got: Published[] = [];
  bus.subscribeEvents((payload) => got.push(JSON.parse(Buffer.from(payload).toString())));
  await until(() => bus.status().state === "connected", "a connection");
  return { bus, got };
}

it("over NATS a frontend of a console stamps its run into every event, one without doesn't", async () => {
  const nats = cleanup.add(await NatsProcess.start(), (server) => server.stop());
  const { got } = await subscriber(nats.port);
  for (const mode of ["console", "server"] as const) {
    const frontend = await runFrontend(await configOf(nats.port, mode), { write: () => undefined });
    cleanup.add(frontend, (running) => running.stop());
    const answer = await fetch(`http://127.0.0.1:${frontend.port}/events`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify([anEvent(), anEvent({ event_id: "e2" })]),
    });
    expect(answer.status).toBe(200);
  }
  await until(() => got.length === 4, "the events of both");
  const boots = got.map(({ carrier }) => carrier);
  expect(boots[0]).toEqual({ dsiem_boot: expect.stringMatching(/^[\w-]{21}$/) });
  expect(boots[1]).toEqual(boots[0]);
  expect(boots.slice(2)).toEqual([{}, {}]);
});

it("over NATS hears its own events and those of others, each once, while somebody listens", async () => {
  const nats = cleanup.add(await NatsProcess.start(), (server) => server.stop());
  const other = await subscriber(nats.port);
  const parts = { boot: "b", clock: new SystemClock(), logger: recordingLogger().logger, onLoss: () => undefined };
  const none = new EventEmitter();
  const own = openFrontendBus(await configOf(nats.port, "console"), none, parts);
  cleanup.add(own, (opened) => opened.close());
  await until(() => own.status().state === "connected", "a connection");
  const tap = new EventTap(() => own);
  const heard: string[] = [];
  const publishEvents = (publisher: PublishEvents, id: string) =>
    new Promise<void>((resolve) => publisher([Buffer.from(JSON.stringify({ id }))], () => resolve()));
  const publish = (from: EventTap | Bus, id: string) =>
    publishEvents(from instanceof EventTap ? from.publish : from.publishEvents.bind(from), id);
  await publish(tap, "unheard");
  const stop = tap.open((payloads) => heard.push(...payloads.map((payload) => Buffer.from(payload).toString())));
  // What another frontend publishes comes once the subscription is with the server.
  while (heard.length === 0) await publish(other.bus, "probe");
  await publish(tap, "own");
  await publish(other.bus, "other's");
  await publish(tap, "own again");
  await until(() => heard.filter((text) => !text.includes("probe")).length >= 3, "all three");
  await until(() => other.got.some(({ id }) => id === "own again"), "everything to be delivered");
  expect(heard.filter((text) => !text.includes("probe")).sort()).toEqual([
    '{"id":"other\'s"}',
    '{"id":"own again"}',
    '{"id":"own"}',
  ]);
  stop();
  await publish(tap, "unheard");
  await publish(other.bus, "unheard");
  expect(heard.join()).not.toContain("unheard");
});

it("over link hears what the bus has taken, and nothing that it refused", async () => {
  const { bus } = await linkFrontend(cleanup, { maxBuffered: 2 });
  const tap = new EventTap(() => bus);
  const heard: string[] = [];
  tap.open((payloads) => heard.push(...payloads.map((payload) => Buffer.from(payload).toString())));
  tap.publish([Buffer.from("1"), Buffer.from("2")], () => undefined);
  expect(() => tap.publish([Buffer.from("3")], () => undefined)).toThrow("full");
  expect(heard).toEqual(["1", "2"]);
});
