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

/** `dsiem start` (or `npm start`) as a user runs it, and the doors that a journey uses besides the page. */
export class RunningConsole {
  readonly dataDir: string;
  readonly #child: ChildProcess;
  #output = "";

  private constructor(dataDir: string, child: ChildProcess) {
    this.dataDir = dataDir;
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
      });
    }
  }

  /** Starts the console on a data folder, on a port that nobody else has, and resolves once it answers. */
  static async start(
    dataDir: string,
    args: readonly string[] = [],
    { command = "built" }: { command?: "built" | "npm" } = {},
  ): Promise<RunningConsole> {
    const all = ["--data-dir", dataDir, ...args];
    const [program, first] =
      command === "npm"
        ? ["npm", ["start", "--silent", "--"]]
        : [process.execPath, [join(ROOT, "dist", "dsiem.js"), "start"]];
    const child = spawn(program, [...first, ...all], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, DISPLAY: "", WAYLAND_DISPLAY: "" },
    });
    const running = new RunningConsole(dataDir, child);
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
    return JSON.parse(readFileSync(join(this.dataDir, "session.json"), "utf8"));
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
    if (!existsSync(join(this.dataDir, "session.json"))) return false;
    try {
      const { services } = await this.get("GET /health");
      return this.#hasDirectives() ? services.some(({ role }) => role === "backend") : true;
    } catch {
      return false;
    }
  }

  #hasDirectives(): boolean {
    return readdirSync(join(this.dataDir, "configs")).some((name) => name.startsWith("directives_"));
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
