import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { isFault, readEvent } from "../base/event.ts";
import { playScenarioForever } from "../supervisor/demo/demo-player.ts";
import { EventSender } from "../supervisor/demo/event-sender.ts";
import { until } from "../supervisor/testing/services.ts";
import { playDemo } from "./demo-command.ts";
import { TestTerminal } from "./testing/terminal.ts";

// Starts real processes, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 40_000 });

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function fakeFrontend(
  configs: readonly string[],
  status: () => number,
): Promise<{ url: string; events: unknown[] }> {
  const events: unknown[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === "GET") {
      response.end(JSON.stringify({ files: configs.map((filename) => ({ filename })) }));
      return;
    }
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    const code = status();
    if (code === 200) events.push(...(Array.isArray(body) ? body : [body]));
    response.writeHead(code).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, events };
}

test("plays valid events with current timestamps, tells what happens, and can be stopped", async () => {
  const { url, events } = await fakeFrontend(["directives_dsiem-backend-0_demo.json"], () => 200);
  const terminal = new TestTerminal();
  const stop = new AbortController();
  const playing = playDemo(url, terminal, stop.signal);
  await until("some events arrived", () => events.length > 8);
  stop.abort();
  expect(await playing).toBe(0);
  expect(terminal.stdout).toContain("scans the ports of db-01\n");
  expect(terminal.stdout).toContain("stopped\n");
  expect(terminal.stderr).toBe("");
  for (const event of events) {
    const read = readEvent(event);
    expect(isFault(read)).toBe(false);
    if (!isFault(read)) expect(Math.abs(Date.now() / 1000 - read.seconds)).toBeLessThan(30);
  }
  expect(new Set(events.map((event) => (event as { event_id: string }).event_id)).size).toBe(events.length);
});

test("says when the frontend serves no demo directives", async () => {
  const { url } = await fakeFrontend([], () => 404);
  const terminal = new TestTerminal();
  await expect(playDemo(url, terminal, new AbortController().signal)).rejects.toThrow("answered 404");
  expect(terminal.stderr).toContain("no demo alarm will follow");
});

test("the endless play outlives a frontend in trouble", async () => {
  let asked = 0;
  const { url, events } = await fakeFrontend([], () => (++asked === 1 ? 500 : 200));
  const stop = new AbortController();
  const troubles: string[] = [];
  const sender = new EventSender(url, () => undefined, stop.signal);
  const listener = { scene: () => undefined, trouble: (reason: string) => troubles.push(reason) };
  const playing = playScenarioForever(sender, listener, stop.signal);
  await until("it goes on", () => events.length > 0);
  stop.abort();
  await playing;
  expect(troubles).toEqual([expect.stringContaining("answered 500")]);
});
