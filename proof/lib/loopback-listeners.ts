import { mkdirSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { removeAtExit, startChild, stopChild } from "../../bench/lib/children.ts";
import { BenchError } from "../../bench/lib/failure.ts";
import { until } from "../../bench/lib/waiting.ts";
import { OwnNames } from "../../engine/base/own-names.ts";
import { DeadFrontendPage } from "../../engine/supervisor/dead-frontend-page.ts";
import { readSession } from "../../engine/supervisor/session-file.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const READY_MS = 30_000;
const LAUNCH_TOKEN = "the-launch-token-of-this-proof-and-nobody-else";
export const LINK_TOKEN = "the-link-token-of-this-proof-and-nobody-else";

/** Something a listener can be asked, and what it answers when nothing is wrong with the asking. */
export interface Route {
  method: string;
  path: string;
  body?: string;
  usual: number;
  /** Only with the launch token. */
  guarded?: boolean;
  /** Takes JSON only. */
  json?: boolean;
}

/** Something that listens on this machine. */
export interface Listener {
  name: string;
  port: number;
  token: string;
  routes: readonly Route[];
  /** Where it grants upgrades, if it does. */
  upgrades: boolean;
  /** Of the process tree that listens, where it is not this one. */
  pid: number | undefined;
  stop(): Promise<void>;
}

const EVENT = JSON.stringify({
  ...{ event_id: "e1", timestamp: "2026-11-25T00:00:01Z", sensor: "s", title: "t", src_ip: "10.0.0.1" },
  ...{ dst_ip: "10.0.0.2", plugin_id: 1001, plugin_sid: 1 },
});
const ASSETS = JSON.stringify({ assets: [{ name: "a", cidr: "10.0.0.0/8", value: 2 }] });
const ASSETS_PATH = "/config/assets_loopback.json";

/** The routes of a frontend in console mode; `post` and `remove` are what its configuration routes answer. */
function consoleRoutes(post: number, remove: number): Route[] {
  const writable = post < 400;
  return [
    { method: "POST", path: "/events", body: EVENT, usual: 200, json: true },
    { method: "POST", path: "/events/", body: `[${EVENT}]`, usual: 200, json: true },
    { method: "GET", path: "/config", usual: 200 },
    { method: "GET", path: "/config/dsiem_config.json", usual: 200 },
    { method: "POST", path: ASSETS_PATH, body: ASSETS, usual: post, guarded: writable, json: writable },
    { method: "DELETE", path: ASSETS_PATH, usual: remove, guarded: writable },
    {
      method: "POST",
      path: ASSETS_PATH.replace("c", "%63"),
      body: ASSETS,
      usual: post,
      guarded: writable,
      json: writable,
    },
    { method: "DELETE", path: ASSETS_PATH.replace("c", "%63"), usual: remove, guarded: writable },
    { method: "GET", path: "/ui/", usual: 200, guarded: true },
    { method: "GET", path: "/ui-legacy/", usual: 404 },
    { method: "GET", path: "/", usual: 303 },
    { method: "GET", path: "/login", usual: 200 },
    { method: "GET", path: "/login?code=guessed", usual: 401 },
    { method: "POST", path: "/api/login-code", usual: 200, guarded: true },
    { method: "GET", path: "/api/session", usual: 200, guarded: true },
    { method: "GET", path: "/api/supervisor", usual: 200, guarded: true },
    { method: "GET", path: "/api/losses", usual: 200, guarded: true },
    { method: "GET", path: "/api/health", usual: 200, guarded: true },
    { method: "GET", path: "/%61pi/losses", usual: 200, guarded: true },
    { method: "GET", path: "/api/nothing", usual: 404, guarded: true },
    { method: "POST", path: "/api/losses", body: "{}", usual: 404, guarded: true, json: true },
    { method: "DELETE", path: "/api/losses", body: "{}", usual: 404, guarded: true, json: true },
  ];
}

/** A frontend in console mode by itself, its configuration writable. */
export async function consoleFrontend(bus: "link" | "nats"): Promise<Listener> {
  // Nobody listens on port 9; events wait for it, up to a bound.
  const msq = bus === "link" ? "link" : "nats://127.0.0.1:9";
  const { port, pid, stop } = await startFrontend(["--msq", msq, "--console", "--writable-config"]);
  const routes = consoleRoutes(201, 200);
  const name = `a frontend in console mode, ${bus === "link" ? "over link" : "over NATS"}`;
  return { name, port, token: LAUNCH_TOKEN, routes, upgrades: bus === "link", pid, stop };
}

/** A frontend in server mode: open to everybody by its contract, and without an API. */
export async function serverFrontend(): Promise<Listener> {
  const { port, pid, stop } = await startFrontend(["--msq", "link", "-a", "127.0.0.1"]);
  return { name: "a frontend in server mode", port, token: LAUNCH_TOKEN, routes: [], upgrades: true, pid, stop };
}

async function startFrontend(flags: readonly string[]): Promise<{ port: number; pid: number; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "dsiem-loopback-"));
  removeAtExit(folder);
  mkdirSync(join(folder, "configs"));
  const portFile = join(folder, "port");
  const limits = ["-e", "0", "-i", "0", "-p", "0", "--port-file", portFile];
  const log = openSync(join(folder, "frontend.log"), "w");
  const args = [join(ROOT, "dist", "frontend.js"), "serve", "-n", "loopback", ...limits, ...flags];
  const child = startChild("the frontend", process.execPath, args, {
    stdio: ["ignore", log, log, "ipc"],
    env: { ...process.env, DSIEM_DATA_DIR: folder, DSIEM_LINK_TOKEN: LINK_TOKEN, DSIEM_CONSOLE_TOKEN: LAUNCH_TOKEN },
  });
  const port = await until("the frontend to listen", READY_MS, () => {
    if (child.outcome !== undefined) throw new BenchError(child.outcome);
    const written = Number(textOf(portFile) ?? 0);
    return written > 0 ? written : undefined;
  });
  return { port, pid: child.pid, stop: () => stopChild("the frontend", child) };
}

/** What `dsiem start` starts: its frontend, and the look-up providers of the demo. */
export async function supervisedSystem(): Promise<{ frontend: Listener; providers: Listener }> {
  const folder = mkdtempSync(join(tmpdir(), "dsiem-loopback-"));
  removeAtExit(folder);
  const port = await freePort();
  const out = join(folder, "out");
  const log = openSync(out, "w");
  const args = [join(ROOT, "dist", "dsiem.js"), "start", "--data-dir", join(folder, "data"), "--port", String(port)];
  const child = startChild("dsiem start", process.execPath, args, { stdio: ["ignore", log, log] });
  await until("dsiem start to be ready", READY_MS, () => {
    if (child.outcome !== undefined) throw new BenchError(`${child.outcome}: ${textOf(out) ?? ""}`);
    return textOf(out)?.includes("Ctrl-C stops everything") === true ? true : undefined;
  });
  const session = readSession(join(folder, "data"));
  const intel = textOf(join(folder, "data", "configs", "intel_demo.json")) ?? "";
  const providerPort = Number(/127\.0\.0\.1:(\d+)/.exec(intel)?.[1] ?? 0);
  if (session === undefined || providerPort === 0)
    throw new BenchError("dsiem start left no session or no provider behind");
  const stop = (): Promise<void> => stopChild("dsiem start", child);
  const common = { token: session.token, pid: child.pid };
  return {
    // Its configuration isn't writable over HTTP.
    frontend: {
      ...common,
      name: "the frontend of npm start",
      port,
      routes: consoleRoutes(405, 405),
      upgrades: true,
      stop,
    },
    providers: {
      ...common,
      name: "the demo's providers of npm start",
      port: providerPort,
      routes: [
        { method: "GET", path: "/wise/ip/203.0.113.99", usual: 200 },
        { method: "GET", path: "/", usual: 404 },
        { method: "POST", path: "/wise/ip/203.0.113.99", body: "{}", usual: 200 },
      ],
      upgrades: false,
      stop: async () => undefined,
    },
  };
}

/** The page that stands in for a frontend that was given up; it shows log lines to who has logged in. */
export async function deadFrontendPage(): Promise<Listener> {
  const port = await freePort();
  const page = new DeadFrontendPage({
    ...{ reason: "exit code 1", lastLines: ["a log line"], logFile: "frontend.log", launchToken: "t" },
    ...{ names: new OwnNames("127.0.0.1"), restart: () => undefined },
  });
  page.listen(port, "127.0.0.1");
  return {
    ...{ name: "the page of a dead frontend", port, token: "", upgrades: false, pid: undefined },
    routes: [
      { method: "GET", path: "/ui/", usual: 503 },
      { method: "POST", path: "/events", body: EVENT, usual: 503 },
    ],
    stop: () => page.close(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
