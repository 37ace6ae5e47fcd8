import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cleanup } from "../../bus/bus.fixture.ts";
import { runBackend } from "../backend.ts";
import type { BusConfig } from "../config.ts";
import { type FrontendDeps, runFrontend } from "../frontend.ts";
import type { RunningFrontend, RunningService } from "../running.ts";
import { BUILD, JSON_TYPE, TOKEN } from "./console-frontend.ts";

const BUS: BusConfig = { kind: "link", token: "t" };
const SILENT = {
  log: { level: "ERROR", json: true },
  telemetry: { tracing: false, metrics: false, endpoint: "" },
} as const;

/** Longer than anything takes on a machine that is busy otherwise. */
const EVENTUALLY_MS = 10_000;

/** A frontend in console mode and its backends, over `link`, on folders of their own. */
export class ConsoleFleet {
  readonly cleanup = new Cleanup();
  readonly folder = mkdtempSync(join(tmpdir(), "dsiem-fleet-"));
  #frontend: RunningFrontend | undefined;

  constructor() {
    mkdirSync(join(this.folder, "configs"));
  }

  write(name: string, content: unknown): void {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    writeFileSync(join(this.folder, "configs", name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, "configs", name), "utf8");
  }

  async startFrontend(deps: FrontendDeps = {}): Promise<RunningFrontend> {
    const console = { token: TOKEN, origins: [], rendererFolder: this.folder, ...BUILD };
    const frontend = await runFrontend(
      {
        ...{ address: "127.0.0.1", port: 0, node: "fe", maxEps: 0, minEps: 0, maxQueue: 1000, writableConfig: false },
        ...{ bus: BUS, status: ["Open", "Closed"], tags: ["One"], dataDir: this.folder, console, ...SILENT },
      },
      { write: () => undefined, ...deps },
    );
    this.#frontend = frontend;
    return this.cleanup.add(frontend, (running) => running.stop());
  }

  /** Resolves once the console has heard of it. */
  async startBackend(node: string): Promise<RunningService> {
    const dataDir = join(this.folder, node);
    mkdirSync(dataDir, { recursive: true });
    const backend = await runBackend(
      {
        ...{
          frontend: `http://127.0.0.1:${this.port}`,
          node,
          minAlarmLifetimeMinutes: 0,
          status: ["Open"],
          tags: ["One"],
        },
        ...{ medRiskMin: 3, medRiskMax: 6, maxEps: 1000, bus: BUS, cacheMinutes: 10, maxQueue: 1000, dataDir },
        ...{ holdDurationSeconds: 60, maxDelaySeconds: 180, intelPrivateIp: false, reloadBacklogs: true, state: true },
        ...{ journal: true, preloadDirectives: false, idleDirectivesMinutes: 10, ...SILENT },
      },
      undefined,
      { write: () => undefined },
    );
    this.cleanup.add(backend, (running) => running.stop());
    await this.eventually<{ nodes: string[] }>("/session", ({ nodes }) => nodes.includes(node));
    return backend;
  }

  async post(...events: object[]): Promise<void> {
    const url = `http://127.0.0.1:${this.port}/events`;
    const { status } = await fetch(url, { method: "POST", headers: JSON_TYPE, body: JSON.stringify(events) });
    if (status !== 200) throw new Error(`the events got ${status}`);
  }

  async api<T = { error: string }>(method: string, path: string, body?: object): Promise<{ status: number; body: T }> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/api${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, ...(body !== undefined && JSON_TYPE) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  }

  /** What a path answers that isn't JSON. */
  async text(path: string): Promise<string> {
    const headers = { authorization: `Bearer ${TOKEN}` };
    return (await fetch(`http://127.0.0.1:${this.port}/api${path}`, { headers })).text();
  }

  /** Reads a path again and again until it says this, one request at a time. */
  async eventually<T>(path: string, holds: (body: T) => boolean): Promise<T> {
    const deadline = performance.now() + EVENTUALLY_MS;
    for (;;) {
      const { body } = await this.api<T>("GET", path);
      if (holds(body)) return body;
      if (performance.now() > deadline) throw new Error(`GET ${path} said in the end ${JSON.stringify(body)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async end(): Promise<void> {
    await this.cleanup.run();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get port(): number {
    if (this.#frontend === undefined) throw new Error("the frontend isn't started");
    return this.#frontend.port;
  }
}
