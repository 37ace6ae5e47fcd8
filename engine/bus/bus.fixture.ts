import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ManualClock } from "../base/clock.ts";
import { createLogger, type Logger } from "../base/log.ts";
import type { Bus } from "./bus.ts";

/** Waits until `holds`, and fails with `what` when it doesn't within `timeoutMs`. */
export async function until(holds: () => boolean, what: string, timeoutMs = 8000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const bytes = (text: string): Uint8Array => Buffer.from(text);
export const text = (payload: Uint8Array): string => Buffer.from(payload).toString("utf8");

/** Publishes and resolves with the transport's answer. */
export function published(bus: Bus, events: readonly Uint8Array[]): Promise<void> {
  return new Promise((resolve, reject) => {
    bus.publishEvents(events, (error) => (error === undefined ? resolve() : reject(error)));
  });
}

/** A logger whose lines a test can read. */
export function recordingLogger(): { logger: Logger; lines: string[]; count(part: string): number } {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const logger = createLogger({ level: "DEBUG", json: false, target: "bus", clock: new ManualClock(), write });
  return { logger, lines, count: (part) => lines.filter((line) => line.includes(part)).length };
}

/** Everything that a test starts, stopped in reverse order. */
export class Cleanup {
  readonly #steps: (() => void | Promise<void>)[] = [];

  add<T>(thing: T, stop: (thing: T) => void | Promise<void>): T {
    this.#steps.push(() => stop(thing));
    return thing;
  }

  async run(): Promise<void> {
    for (const step of this.#steps.splice(0).reverse()) await step();
  }
}

function natsServerBinary(): string {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  const candidates = [process.env.NATS_SERVER ?? "", ...folders.map((folder) => join(folder, "nats-server"))];
  for (const candidate of candidates) {
    try {
      if (candidate === "") continue;
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // The next one.
    }
  }
  throw new Error("these tests need a nats-server: install Debian's package nats-server, or set NATS_SERVER");
}

export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listen(server: { listen(port: number, host: string, done: () => void): unknown; address(): unknown }) {
  return new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

/** A real nats-server of the test's own, on a port that stays the same when it is stopped and started again. */
export class NatsProcess {
  readonly port: number;
  readonly #config: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "dsiem-nats-"));
  #child: ChildProcess | undefined;

  private constructor(port: number, config: string) {
    this.port = port;
    this.#config = config;
  }

  /** @param config lines of its configuration file; `FOLDER` stands for the folder of `files`. */
  static async start(config = "", files: Record<string, string> = {}): Promise<NatsProcess> {
    const nats = new NatsProcess(await freePort(), config);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(nats.folder, name), content);
    await nats.start();
    return nats;
  }

  get folder(): string {
    return this.#folder;
  }

  /** @param config replaces the configuration it was made with. */
  async start(config = this.#config): Promise<void> {
    const file = join(this.#folder, "nats.conf");
    writeFileSync(file, config.replaceAll("FOLDER", this.#folder));
    const child = spawn(natsServerBinary(), ["-a", "127.0.0.1", "-p", String(this.port), "-c", file], {
      stdio: "ignore",
    });
    this.#child = child;
    await until(() => child.exitCode !== null || child.pid !== undefined, "nats-server to be started");
    while (!(await answers(this.port))) {
      if (child.exitCode !== null) throw new Error(`nats-server ended at once with exit code ${child.exitCode}`);
    }
  }

  /** SIGKILL: connections break without a word. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => setTimeout(() => resolve(false), 10));
  });
}

export interface HttpDoor {
  server: HttpServer;
  port: number;
  url: string;
  close(): Promise<void>;
}

/** A plain HTTP server on a free port, for a LinkServer to attach to. */
export async function httpDoor(port = 0): Promise<HttpDoor> {
  const server = createHttpServer((_request, response) => response.end("ok"));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const taken = (server.address() as AddressInfo).port;
  return {
    server,
    port: taken,
    url: `http://127.0.0.1:${taken}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A TCP proxy that can cut its connections, or stop carrying bytes without closing them. */
export class TcpProxy {
  readonly #server = createServer((socket) => this.#accept(socket));
  readonly #pairs = new Set<[Socket, Socket]>();
  readonly #target: number;
  #stalled = false;
  #refusing = false;
  port = 0;

  private constructor(target: number) {
    this.#target = target;
  }

  static async start(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.port = await listen(proxy.#server);
    return proxy;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** Resets what is open, in the middle of whatever was on its way. */
  cut(): void {
    for (const [client, server] of this.#pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
    this.#pairs.clear();
  }

  /** While true every new connection is cut at once. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
    if (refusing) this.cut();
  }

  /** While true no byte passes, in either direction, and nobody is told. */
  stall(stalled: boolean): void {
    this.#stalled = stalled;
    for (const pair of this.#pairs) for (const socket of pair) stalled ? socket.pause() : socket.resume();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket): void {
    if (this.#refusing) {
      client.destroy();
      return;
    }
    const server = connect(this.#target, "127.0.0.1");
    const pair: [Socket, Socket] = [client, server];
    this.#pairs.add(pair);
    const end = () => {
      client.destroy();
      server.destroy();
      this.#pairs.delete(pair);
    };
    for (const [from, to] of [pair, [server, client] as const]) {
      from.on("data", (chunk) => to.write(chunk));
      from.on("error", end);
      from.on("close", end);
      if (this.#stalled) from.pause();
    }
  }
}
