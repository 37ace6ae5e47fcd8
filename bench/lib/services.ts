import { existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Child, killChild, removeAtExit, removeNow, startChild, stopChild } from "./children.ts";
import { type DirectiveSet, writeConfigs } from "./configs.ts";
import { BenchError } from "./failure.ts";
import type { BenchOptions } from "./options.ts";
import { findNatsServer } from "./system.ts";
import { until } from "./waiting.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const LOOP_DELAY = new URL("../processes/loop-delay.ts", import.meta.url).href;
/** The node that the backend is. */
export const NODE = "bench-backend";
const READY_MS = 60_000;
const LOG_LINES_IN_ERRORS = 8;

export type Bus = { readonly kind: "nats"; readonly server: NatsServer } | { readonly kind: "link" };

/** A temporary folder that is removed with the bench. */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "dsiem-bench-"));
  removeAtExit(folder);
  return folder;
}

export interface NatsServer {
  readonly port: number;
  /** Waits until a client has subscribed to `dsiem_events`. */
  subscribed(): Promise<void>;
  /** @throws BenchError when a subscriber was cut off, which loses what was on its way to it. */
  check(): void;
  stop(): Promise<void>;
}

export async function startNats(): Promise<NatsServer> {
  const folder = makeFolder();
  const log = join(folder, "nats.log");
  const args = ["-a", "127.0.0.1", "-p", "-1", "-m", "-1", "--ports_file_dir", folder];
  const child = startChild("nats-server", findNatsServer(), args, { stdio: ["ignore", "ignore", openSync(log, "w")] });
  const ports = await until("nats-server to listen", READY_MS, () => {
    failIfEnded(child, log);
    const file = readdirSync(folder).find((name) => name.endsWith(".ports"));
    const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8");
    return text.endsWith("}") ? (JSON.parse(text) as { nats: string[]; monitoring: string[] }) : undefined;
  });
  return {
    port: Number(new URL(ports.nats[0] ?? "").port),
    subscribed: () => waitForSubscriber(ports.monitoring[0] ?? ""),
    check: () => {
      const cut = /Slow Consumer Detected.*/.exec(readFileSync(log, "utf8"));
      if (cut !== null) throw new BenchError(`nats-server cut a subscriber off: ${cut[0]}`);
    },
    stop: async () => {
      await stopChild("nats-server", child);
      removeNow(folder);
    },
  };
}

async function waitForSubscriber(monitoring: string): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    const text = await (await fetch(`${monitoring}/connz?subs=1`)).text();
    if (text.includes('"dsiem_events"')) return;
  }
  throw new BenchError("nobody subscribed to dsiem_events");
}

export interface Service {
  readonly pid: number;
  /** Milliseconds from the start of the process until it said that it is ready. */
  readonly startedInMs: number;
  readonly folder: string;
  /** @throws BenchError with its last log lines when it has ended by itself. */
  check(): void;
  /** Stops it in order. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
}

/** A frontend with its own data folder; `port` is where it listens. */
export interface Frontend extends Service {
  readonly port: number;
}

/** A backend with its own data folder, and the two files that it writes. */
export interface Backend extends Service {
  readonly alarmEvents: string;
  readonly alarms: string;
}

const LINK_TOKEN = "a-secret-of-this-bench-and-nobody-else";
/** The launch token of frontends in console mode. */
export const CONSOLE_TOKEN = "another-secret-of-this-bench";

export interface FrontendSetup {
  readonly profile?: boolean;
  /** Flags beyond those that every bench needs. */
  readonly flags?: readonly string[];
}

/** Starts a frontend that serves these directives, with its rate limiter off. */
export async function startFrontend(
  options: BenchOptions,
  bus: Bus,
  directives: DirectiveSet,
  { profile = false, flags = [] }: FrontendSetup = {},
): Promise<Frontend> {
  const folder = makeFolder();
  writeConfigs(join(folder, "configs"), NODE, directives);
  const portFile = join(folder, "port");
  const args = [
    "-n",
    "bench-frontend",
    "-a",
    "127.0.0.1",
    "-p",
    "0",
    "--port-file",
    portFile,
    "-e",
    "0",
    "-i",
    "0",
    ...flags,
  ];
  const service = startService(options, "frontend", folder, [...args, ...busFlags(bus)], profile);
  const port = await until("the frontend to listen", READY_MS, () => {
    failIfEnded(service.child, service.log);
    return numberIn(portFile);
  });
  return { ...running(service, "frontend"), port };
}

export interface BackendSetup {
  readonly profile?: boolean;
  /** Flags beyond those that every bench needs. */
  readonly flags?: readonly string[];
  /** The data folder of a backend that ran before; a new one unless given. */
  readonly folder?: string;
  /** Notes how long the event loop is kept: see `loopDelay`. */
  readonly watchesLoop?: boolean;
}

/** Starts a backend on the frontend's directives and waits until it is subscribed. */
export async function startBackend(
  options: BenchOptions,
  bus: Bus,
  frontendPort: number,
  setup: BackendSetup = {},
): Promise<Backend> {
  const { flags = ["--reload-backlogs", "false"], folder = makeFolder(), profile = false, watchesLoop = false } = setup;
  const args = ["-n", NODE, "-f", `http://127.0.0.1:${frontendPort}`, "--max_queue", "0", ...flags];
  const nodeFlags = watchesLoop ? ["--import", LOOP_DELAY] : [];
  const service = startService(options, "backend", folder, [...args, ...busFlags(bus)], profile, nodeFlags);
  await until("the backend to be ready", READY_MS, () => {
    failIfEnded(service.child, service.log);
    return readFileSync(service.log, "utf8").includes("backend is ready") ? true : undefined;
  });
  const ready = running(service, "backend");
  if (bus.kind === "nats") await bus.server.subscribed();
  const logs = join(folder, "logs");
  return { ...ready, alarmEvents: join(logs, "siem_alarm_events.json"), alarms: join(logs, "siem_alarms.json") };
}

interface Started {
  readonly child: Child;
  readonly log: string;
  readonly folder: string;
  readonly startedAt: number;
}

function startService(
  options: BenchOptions,
  name: "frontend" | "backend",
  folder: string,
  args: readonly string[],
  profile: boolean,
  nodeFlags: readonly string[] = [],
): Started {
  const log = join(folder, `${name}.log`);
  const script = options.sources ? `engine/cli/dsiem-${name}.ts` : `dist/${name}.js`;
  const profiling = profile && options.cpuProfile ? ["--cpu-prof", "--cpu-prof-dir", profileFolder(folder)] : [];
  mkdirSync(folder, { recursive: true });
  const out = openSync(log, "w");
  const startedAt = performance.now();
  // The IPC channel makes a service stop when this process is gone, however it went (operation.md §6).
  const child = startChild(
    `the ${name}`,
    process.execPath,
    [...nodeFlags, ...profiling, join(ROOT, script), "serve", ...args],
    {
      stdio: ["ignore", out, out, "ipc"],
      env: { ...process.env, DSIEM_DATA_DIR: folder, DSIEM_LINK_TOKEN: LINK_TOKEN, DSIEM_CONSOLE_TOKEN: CONSOLE_TOKEN },
    },
  );
  return { child, log, folder, startedAt };
}

/** By the clock, and by the CPU time of its own work between two turns. */
export interface LoopDelay {
  maxMs: number;
  maxCpuMs: number;
}

/** How long the event loop of a backend was kept at most since the last time that this was asked, or it started. */
export async function loopDelay({ pid, folder }: Backend): Promise<LoopDelay> {
  const path = join(folder, "loop-delay.json");
  rmSync(path, { force: true });
  process.kill(pid, "SIGUSR2");
  return until("the backend to say how long its event loop was kept", READY_MS, () =>
    existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as LoopDelay) : undefined,
  );
}

/** Where the CPU profiles of a service are once it has stopped. */
export function profileFolder(serviceFolder: string): string {
  return join(serviceFolder, "profile");
}

function running({ child, log, folder, startedAt }: Started, name: string): Service {
  return {
    pid: child.pid,
    startedInMs: performance.now() - startedAt,
    folder,
    check: () => failIfEnded(child, log),
    stop: async () => {
      failIfEnded(child, log);
      await stopChild(`the ${name}`, child);
    },
    kill: () => killChild(child),
  };
}

function busFlags(bus: Bus): string[] {
  return ["--msq", bus.kind === "nats" ? `nats://127.0.0.1:${bus.server.port}` : "link"];
}

function failIfEnded(child: Child, log: string): void {
  if (child.outcome === undefined) return;
  const last = readFileSync(log, "utf8").trimEnd().split("\n").slice(-LOG_LINES_IN_ERRORS);
  throw new BenchError(`${child.outcome}; its last lines:\n  ${last.join("\n  ")}`);
}

function numberIn(file: string): number | undefined {
  try {
    const port = Number(readFileSync(file, "utf8").trim());
    return port > 0 ? port : undefined;
  } catch {
    return undefined;
  }
}
