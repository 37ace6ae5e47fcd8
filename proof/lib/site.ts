import { mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Child, removeAtExit, startChild } from "../../bench/lib/children.ts";
import { BenchError } from "../../bench/lib/failure.ts";
import { until, within } from "../../bench/lib/waiting.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
/** Far above what is promised: a service that takes longer is reported as one that never came. */
const READY_MS = 60_000;
const STOP_MS = 20_000;
const LAST_LINES = 12;

export type BusKind = "link" | "nats";

/** A temporary folder that is removed with the proof. */
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "dsiem-proof-"));
  removeAtExit(folder);
  return folder;
}

interface ServiceOptions {
  name: "frontend" | "backend";
  /** Its data folder. */
  folder: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Where its log goes; its data folder unless given. */
  logFolder?: string;
}

/**
 * A built service that is started again and again in the same data folder, as a supervisor would: with an IPC channel,
 * over which it says when it is ready and whose end ends it.
 */
export class ProvenService {
  readonly folder: string;
  /** All that its processes said, as JSON lines. */
  readonly log: string;
  readonly #name: ServiceOptions["name"];
  readonly #env: NodeJS.ProcessEnv;
  readonly #out: number;
  #args: readonly string[];
  #child: Child | undefined;
  #ready = Promise.withResolvers<number>();
  #startedAt = 0;

  constructor({ name, folder, args, env = {}, logFolder = folder }: ServiceOptions) {
    this.#name = name;
    this.folder = folder;
    this.#args = args;
    mkdirSync(folder, { recursive: true });
    this.log = join(logFolder, `${name}.log`);
    this.#out = openSync(this.log, "a");
    // What the person at the terminal has set for services of their own must not reach this one.
    const own = Object.entries(process.env).filter(([variable]) => !variable.startsWith("DSIEM_"));
    this.#env = { ...Object.fromEntries(own), DSIEM_DATA_DIR: folder, DSIEM_LINK_TOKEN: LINK_TOKEN, ...env };
  }

  get pid(): number {
    return this.#running().pid;
  }

  /** What ended its last process, in words; undefined while it runs. */
  get outcome(): string | undefined {
    return this.#child?.outcome;
  }

  /** Other arguments from the next start on. */
  setArgs(args: readonly string[]): void {
    this.#args = args;
  }

  start(): void {
    this.#ready = Promise.withResolvers();
    this.#ready.promise.catch(() => undefined);
    this.#startedAt = performance.now();
    const script = join(ROOT, "dist", `${this.#name}.js`);
    const child = startChild(`the ${this.#name}`, process.execPath, [script, "serve", "-j", ...this.#args], {
      stdio: ["ignore", this.#out, this.#out, "ipc"],
      env: this.#env,
    });
    this.#child = child;
    const { resolve, reject } = this.#ready;
    child.process.on("message", (message) => {
      if ((message as { type?: unknown }).type === "ready") resolve(performance.now() - this.#startedAt);
    });
    child.ended.then((outcome) => reject(new BenchError(`${outcome} before it was ready; ${this.lastLines()}`)));
  }

  /** Milliseconds from its start until it said that it is ready. */
  ready(): Promise<number> {
    return within(`the ${this.#name} to be ready`, READY_MS, this.#ready.promise);
  }

  /** SIGKILL: the process gets no chance to do anything about it. */
  async kill(): Promise<void> {
    const child = this.#running();
    child.process.kill("SIGKILL");
    await within(`the ${this.#name} to be gone`, STOP_MS, child.ended);
  }

  /** Asks it to stop in order and doesn't wait. */
  terminate(): void {
    this.#running().process.kill("SIGTERM");
  }

  /** Stops it in order; returns what ended it, "exit code 0" when all is well. */
  async stop(): Promise<string> {
    const child = this.#running();
    child.process.kill("SIGTERM");
    return (await within(`the ${this.#name} to stop`, STOP_MS, child.ended)).replace(/^.* ended with /, "");
  }

  lastLines(): string {
    const lines = readFileSync(this.log, "utf8").trimEnd().split("\n").slice(-LAST_LINES);
    return `its last lines:\n  ${lines.join("\n  ")}`;
  }

  #running(): Child {
    if (this.#child === undefined) throw new Error(`broken invariant: the ${this.#name} was never started`);
    return this.#child;
  }
}

/** Not a secret of anybody's: every proof makes services of its own. */
export const LINK_TOKEN = "the-secret-of-a-proof-and-nobody-else";
export const NODE = "proof";

export interface SiteOptions {
  /** Files of the frontend's configs/. */
  configs: Readonly<Record<string, unknown>>;
  /** For both services: `link`, or `nats://…`. */
  msq: string;
  /** For the backend, when it reaches the bus another way. */
  backendMsq?: string;
  frontendArgs?: readonly string[];
  backendArgs?: readonly string[];
}

/** A frontend and a backend, each in a folder of its own. The frontend keeps its port when it is started again. */
export class Site {
  readonly frontend: ProvenService;
  readonly backend: ProvenService;
  readonly #options: SiteOptions;
  #port = 0;

  constructor(options: SiteOptions) {
    this.#options = options;
    const frontendFolder = makeFolder();
    mkdirSync(join(frontendFolder, "configs"), { recursive: true });
    for (const [name, content] of Object.entries(options.configs)) {
      writeFileSync(join(frontendFolder, "configs", name), JSON.stringify(content));
    }
    this.frontend = new ProvenService({ name: "frontend", folder: frontendFolder, args: [] });
    this.frontend.setArgs(this.#frontendArgs(0));
    this.backend = new ProvenService({ name: "backend", folder: makeFolder(), args: [] });
  }

  get port(): number {
    return this.#port;
  }

  get alarmEvents(): string {
    return join(this.backend.folder, "logs", "siem_alarm_events.json");
  }

  get alarms(): string {
    return join(this.backend.folder, "logs", "siem_alarms.json");
  }

  /** Starts both and waits until they are ready. `reach` is where the backend finds the frontend, unless directly. */
  async start(reach?: (frontendPort: number) => Promise<number>): Promise<void> {
    this.frontend.start();
    await this.frontend.ready();
    this.#port = await until("the frontend's port", READY_MS, () => numberIn(this.#portFile()));
    this.frontend.setArgs(this.#frontendArgs(this.#port));
    const backendPort = reach === undefined ? this.#port : await reach(this.#port);
    const { msq, backendMsq = msq, backendArgs = [] } = this.#options;
    this.backend.setArgs(["-n", NODE, "-f", `http://127.0.0.1:${backendPort}`, "--msq", backendMsq, ...backendArgs]);
    this.backend.start();
    await this.backend.ready();
  }

  /** Stops the backend and then the frontend, both in order. */
  async stop(): Promise<{ backend: string; frontend: string }> {
    const backend = await this.backend.stop();
    return { backend, frontend: await this.frontend.stop() };
  }

  #portFile(): string {
    return join(this.frontend.folder, "port");
  }

  #frontendArgs(port: number): string[] {
    const { msq, frontendArgs = [] } = this.#options;
    const where = ["-a", "127.0.0.1", "-p", String(port), "--port-file", this.#portFile()];
    return ["-n", "proof-frontend", ...where, "-e", "0", "-i", "0", "--msq", msq, ...frontendArgs];
  }
}

function numberIn(file: string): number | undefined {
  const port = Number(readFileSync(file, "utf8").trim());
  return port > 0 ? port : undefined;
}
