import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { z } from "zod";
import type { API_ROUTES } from "../../engine/contract/console/routes.ts";
import type { SentEvent } from "./site.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 15_000;

type ApiRoutes = typeof API_ROUTES;
type AnswerOf<K extends keyof ApiRoutes> = ApiRoutes[K] extends { answer: infer S extends z.ZodType }
  ? z.infer<S>
  : never;

export interface StartWays {
  /** The built file, or `npm start` as the README says it. */
  command?: "built" | "npm";
  /** As on a fresh machine: the folder is a home in which nothing was chosen yet, not a data folder. */
  fresh?: boolean;
}

/** `dsiem start` (or `npm start`) as a user runs it, and the doors that a journey uses besides the page. */
export class RunningConsole {
  readonly #folder: string;
  /** There while the console runs. */
  readonly #sessionFile: string;
  readonly #child: ChildProcess;
  #output = "";

  private constructor(folder: string, sessionFile: string, child: ChildProcess) {
    this.#folder = folder;
    this.#sessionFile = sessionFile;
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
      });
    }
  }

  /** Starts the console on a folder, on a port that nobody else has, and resolves once it answers. */
  static async start(
    folder: string,
    args: readonly string[] = [],
    { command = "built", fresh = false }: StartWays = {},
  ): Promise<RunningConsole> {
    const all = [...(fresh ? [] : ["--data-dir", folder]), ...args];
    const [program, first] =
      command === "npm"
        ? ["npm", ["start", "--silent", "--"]]
        : [process.execPath, [join(ROOT, "dist", "dsiem.js"), "start"]];
    const child = spawn(program, [...first, ...all], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, DISPLAY: "", WAYLAND_DISPLAY: "", ...(fresh ? { HOME: folder } : {}) },
    });
    return await RunningConsole.follow(child, folder, { fresh });
  }

  /** Takes over a process that starts the console on a folder, such as the desktop's; resolves once it answers. */
  static async follow(child: ChildProcess, folder: string, { fresh = false }: StartWays = {}): Promise<RunningConsole> {
    const root = fresh ? join(folder, ".dsiem-console") : folder;
    const running = new RunningConsole(root, join(root, ...(fresh ? [] : ["logs", ".state"]), "session.json"), child);
    await running.#until("the console answers", async () => {
      if (child.exitCode !== null) throw new Error(`the console ended:\n${running.output}`);
      return (await running.#answers()) ? true : undefined;
    });
    return running;
  }

  get output(): string {
    return this.#output;
  }

  get session(): { url: string; token: string; pid: number } {
    return JSON.parse(readFileSync(this.#sessionFile, "utf8"));
  }

  get url(): string {
    return this.session.url;
  }

  /** An address that logs a browser in, once. */
  async loginUrl(): Promise<string> {
    const { path } = await this.call<AnswerOf<"POST /login-code">>("POST", "/login-code", {});
    return `${this.url}${path}`;
  }

  /** A request of the API with the launch token. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.session.token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  get<K extends keyof ApiRoutes & `GET ${string}`>(route: K, path = route.slice(4)): Promise<AnswerOf<K>> {
    return this.call<AnswerOf<K>>("GET", path);
  }

  /** Posts events as a sender does; all of them must be taken in. */
  async send(events: readonly SentEvent[]): Promise<void> {
    const response = await fetch(`${this.url}/events/`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(events),
    });
    if (response.status !== 200) throw new Error(`events: ${response.status} ${await response.text()}`);
  }

  /** The process id of a supervised service, such as `frontend` or the first whose name begins with `backend`. */
  async pidOf(name: string): Promise<number> {
    const { services } = await this.get("GET /supervisor");
    const pid = services.find((service) => service.name.startsWith(name))?.pid;
    if (pid === undefined) throw new Error(`no ${name} runs: ${JSON.stringify(services)}`);
    return pid;
  }

  async waitUntil<T>(what: string, probe: () => Promise<T | undefined>, limitMs = 15_000): Promise<T> {
    return await this.#until(what, probe, limitMs);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    const killer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_LIMIT_MS);
    await ended;
    clearTimeout(killer);
  }

  async #answers(): Promise<boolean> {
    if (!existsSync(this.#sessionFile)) return false;
    try {
      const { services } = await this.get("GET /health");
      return this.#hasDirectives() ? services.some(({ role }) => role === "backend") : true;
    } catch {
      return false;
    }
  }

  #hasDirectives(): boolean {
    const configs = join(this.#folder, "configs");
    return existsSync(configs) && readdirSync(configs).some((name) => name.startsWith("directives_"));
  }

  async #until<T>(what: string, probe: () => Promise<T | undefined>, limitMs = START_LIMIT_MS): Promise<T> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const found = await probe();
      if (found !== undefined) return found;
      if (performance.now() > deadline) throw new Error(`${what}: not within ${limitMs} ms\n${this.#output}`);
      await sleep(50);
    }
  }
}
