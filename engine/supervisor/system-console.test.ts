import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { LIVE_PROTOCOL } from "../contract/console/live.ts";
import type { LogLine, SupervisorState } from "../contract/console/supervisor.ts";
import { ChildLauncher } from "./child-launcher.ts";
import { System } from "./system.ts";
import { until } from "./testing/services.ts";

// Starts real services, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const service = (name: string) => fileURLToPath(new URL(`../cli/dsiem-${name}.ts`, import.meta.url));
const rule = (stage: number) => ({
  ...{ name: `stage ${stage}`, type: "PluginRule", stage, plugin_id: 1, plugin_sid: [stage], occurrence: 1 },
  ...{ from: "ANY", to: "ANY", port_from: "ANY", port_to: "ANY", protocol: "ANY", reliability: 1, timeout: 600 },
});
const DIRECTIVES = {
  directives: [{ id: 1, name: "One", priority: 3, kingdom: "K", category: "C", rules: [rule(1), rule(2)] }],
};

let system: System;
let dataDir = "";
let url = "";
let port = 0;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "dsiem-system-console-"));
  mkdirSync(join(dataDir, "configs"));
  writeFileSync(join(dataDir, "configs", "directives_a.json"), JSON.stringify(DIRECTIVES));
  writeFileSync(
    join(dataDir, "configs", "assets_x.json"),
    JSON.stringify({ assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 2 }] }),
  );
  port = await freePort();
  url = `http://127.0.0.1:${port}`;
  system = new System({
    launcher: new ChildLauncher(),
    ...{ frontendFile: service("frontend"), backendFile: service("backend"), dataDir, address: "127.0.0.1", port },
    ...{ consoleOrigins: [], nodes: ["a"], extraArgs: [], backendArgs: [], env: process.env, onState: () => undefined },
  });
  await system.start();
});
afterEach(() => system.stop());

test("a console sees its services, their log, and that one dies within a second; and restarts them", async () => {
  const states: (SupervisorState & { at: number })[] = [];
  const lines: LogLine[] = [];
  let stats = 0;
  await follow((topic, data) => {
    if (topic === "supervisor") states.push({ ...(data as SupervisorState), at: performance.now() });
    if (topic === "log") lines.push(...(data as { lines: LogLine[] }).lines);
    if (topic === "stats") stats += 1;
  });
  const stateOf = (name: string) => states.at(-1)?.services.find((one) => one.name === name);
  await until("the backend is ready", () => stateOf("backend a")?.state === "ready");
  expect(states.at(-1)).toMatchObject({
    supervised: true,
    services: [{ role: "frontend" }, { node: "a", restarts: 0 }],
  });

  const killedAt = performance.now();
  process.kill(stateOf("backend a")?.pid ?? 0, "SIGKILL");
  await until("it is seen to be gone", () => stateOf("backend a")?.state === "waiting", 5000);
  expect((states.at(-1)?.at ?? 0) - killedAt).toBeLessThan(1000);
  expect(stateOf("backend a")).toMatchObject({ reason: "killed by SIGKILL", retryAt: expect.any(Number) });
  await until("it runs again", () => stateOf("backend a")?.state === "ready");
  expect(stateOf("backend a")?.restarts).toBe(1);

  const pid = stateOf("backend a")?.pid;
  expect(await post("/api/supervisor/backend%20a/restart")).toEqual([200, { ok: true }]);
  await until("it was restarted", () => stateOf("backend a")?.state === "ready" && stateOf("backend a")?.pid !== pid);
  await until("its log told so", () =>
    lines.some((line) => line.service === "backend a" && /stopping/.test(line.text)),
  );
  expect(new Set(lines.map(({ level }) => level))).toContain("INFO");
  const ids = lines.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  expect(stats).toBeGreaterThan(1);
  expect((await post("/api/supervisor/nobody/restart"))[0]).toBe(404);
  expect((await post("/api/profiles/use", { kind: "demo" }))[0]).toBe(409);

  const frontend = system.frontend.describe().pid;
  expect(await post("/api/supervisor/frontend/restart")).toEqual([200, { ok: true }]);
  await until("the frontend is another", () => {
    const { state, pid: now } = system.frontend.describe();
    return state === "ready" && now !== frontend;
  });
  const answer = await fetch(`${url}/api/supervisor/log?service=frontend&limit=5`, { headers: bearer() });
  expect((await answer.json()) as { lines: LogLine[] }).toMatchObject({ lines: { length: 5 } });
});

test("the first directive file of a node that is saved brings a backend for it", async () => {
  const name = "directives_b_own.json";
  const text = JSON.stringify({ directives: [{ ...DIRECTIVES.directives[0], id: 2 }] });
  const [status, answer] = await post(`/api/directives/files/${name}`, { text }, "PUT");
  expect([status, answer]).toMatchObject([200, { saved: true, restarting: ["b"], outdated: [] }]);
  await until("its backend is ready", () =>
    system.backends.some((backend) => backend.describe().node === "b" && backend.describe().state === "ready"),
  );
  const health = await fetch(`${url}/api/supervisor`, { headers: bearer() });
  expect((await health.json()) as SupervisorState).toMatchObject({
    services: [{ role: "frontend" }, { node: "a" }, { node: "b", state: "ready" }],
  });
});

const bearer = () => ({ authorization: `Bearer ${system.launchToken}` });

async function post(path: string, body: object = {}, method = "POST"): Promise<[number, unknown]> {
  const headers = { ...bearer(), "content-type": "application/json" };
  const answer = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) });
  return [answer.status, await answer.json()];
}

async function follow(hear: (topic: string, data: unknown) => void): Promise<void> {
  const topics = ["supervisor", "log", "stats"];
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/live`, [LIVE_PROTOCOL, `dsiem.token.${system.launchToken}`]);
  socket.on("error", () => undefined);
  socket.on("message", (text) => {
    const { type, id, data } = JSON.parse(text.toString()) as { type: string; id: number; data: unknown };
    if (type === "snapshot" || type === "delta") hear(topics[id] ?? "", data);
  });
  await new Promise((resolve) => socket.once("open", resolve));
  topics.forEach((topic, id) => {
    socket.send(JSON.stringify({ type: "subscribe", id, topic }));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}
