import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { nodesOf } from "../base/config-file.ts";
import { LogTail } from "../base/log-tail.ts";
import { OwnNames } from "../base/own-names.ts";
import type { ConsoleFacts } from "../contract/console/supervision.ts";
import type { SupervisorState } from "../contract/console/supervisor.ts";
import { DeadFrontendPage } from "./dead-frontend-page.ts";
import { Desk, type Tasks } from "./desk.ts";
import type { Launcher, ServiceCommand } from "./launcher.ts";
import { configNames } from "./profiles.ts";
import { SupervisorRefusal } from "./refusal.ts";
import { RotatingLog } from "./rotating-log.ts";
import { RESTART_POLICY, type RestartPolicy, type ServiceState, SupervisedService } from "./supervised-service.ts";

export interface SystemOptions {
  launcher: Launcher;
  /** The built files (or sources) of the two services. */
  frontendFile: string;
  backendFile: string;
  /** Holds configs/ and logs/. */
  dataDir: string;
  /** Address literal to listen on. */
  address: string;
  port: number;
  /** Further origins that may use the console. */
  consoleOrigins: readonly string[];
  /** One backend is started for each; one more for a node that gets its first directive file later. */
  nodes: readonly string[];
  /** Given to both services as they are, such as `-v`. */
  extraArgs: readonly string[];
  /** Given to backends as they are. */
  backendArgs: readonly string[];
  /** What the services inherit; variables named DSIEM_… are left out, so that only what is said here holds. */
  env: Readonly<Record<string, string | undefined>>;
  onState: (service: SupervisedService, state: ServiceState) => void;
  /** What the frontend is told of its console, and what it may ask for besides the services themselves. */
  console?: SystemConsole;
  policy?: RestartPolicy;
}

export interface SystemConsole {
  /** The one of the services before these, whose browsers stay logged in. */
  launchToken: string;
  facts: () => ConsoleFacts;
  /** What else is to be said of the profiles. */
  notes: () => Pick<SupervisorState, "failedChange" | "damagedProfiles">;
  tasks: Omit<Tasks, "restart" | "reload">;
}

/** A frontend that doesn't listen after this time is started again, in milliseconds. */
const FRONTEND_READY_MS = 20_000;
const FRONTEND_NODE = "dsiem-frontend-0";
/** The parts of a stop, in milliseconds from its beginning: all of it within 10 s (operation.md §6). */
const DRAIN_UNTIL_MS = 5500;
const BACKENDS_UNTIL_MS = 8800;
const ALL_UNTIL_MS = 9800;
/** A service that is restarted by hand and doesn't end within this time is killed. */
const RESTART_STOP_MS = 9000;
/** A frontend gets this long to answer whoever asked for its restart. */
const ANSWER_FIRST_MS = 200;
/** A service that is asked to stop gets at least this long, however late it is. */
const LEAST_MS = 500;

/**
 * The services of one profile on this machine: a frontend, and a backend for each node, joined by `link`
 * (operation.md §5). Starts them in order, keeps them up, stops them in order.
 */
export class System {
  readonly frontend: SupervisedService;
  readonly #backends: SupervisedService[];
  readonly #options: SystemOptions;
  /** 256 bits each, new for each start, handed over in the environment only (operation.md §3). */
  readonly #linkToken = newToken();
  readonly launchToken: string;
  readonly #tail = new LogTail(() => Date.now());
  readonly #desk: Desk;
  #deadPage: DeadFrontendPage | undefined;
  #stopped: Promise<boolean> | undefined;

  constructor(options: SystemOptions) {
    this.#options = options;
    this.launchToken = options.console?.launchToken ?? newToken();
    this.#desk = this.#openDesk(options.console);
    mkdirSync(join(options.dataDir, "logs", "services"), { recursive: true });
    this.frontend = this.#service("frontend", FRONTEND_NODE, () => this.#frontendCommand(), FRONTEND_READY_MS);
    this.#backends = options.nodes.map((node) => this.#backend(node));
  }

  get backends(): readonly SupervisedService[] {
    return this.#backends;
  }

  /**
   * Starts the frontend, waits until it listens, then starts the backends and waits until they are ready, or until all
   * are stopped.
   * @throws ServiceFailedError when one of them was given up
   */
  async start(): Promise<void> {
    this.frontend.start();
    try {
      await this.frontend.ready();
      if (this.#stopped !== undefined) return;
      for (const backend of this.backends) backend.start();
      await Promise.all(this.backends.map((backend) => backend.ready()));
    } catch (error) {
      if (this.#stopped === undefined) throw error;
    }
  }

  /**
   * The frontend refuses new events and hands over what it has; the backends save their state and end; then the
   * frontend ends (operation.md §6). Asking again gives the same promise.
   * @returns whether all of them ended by themselves; those that didn't were killed
   */
  stop(): Promise<boolean> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<boolean> {
    const started = performance.now();
    const left = (until: number): number => Math.max(LEAST_MS, until - (performance.now() - started));
    this.#desk.close();
    await this.#deadPage?.close();
    // A backend that is still starting has nothing to take over, and one that waits needn't be waited for.
    await this.frontend.drain(DRAIN_UNTIL_MS);
    const backends = await Promise.all(this.backends.map((backend) => backend.stop(left(BACKENDS_UNTIL_MS))));
    const frontend = await this.frontend.stop(left(ALL_UNTIL_MS));
    for (const service of this.#services()) service.log.close();
    return frontend && backends.every((inTime) => inTime);
  }

  #backend(node: string): SupervisedService {
    // A backend may wait for its frontend for ever, so nothing limits the time until it is ready.
    return this.#service("backend", node, () => this.#backendCommand(node), undefined);
  }

  #service(
    role: "frontend" | "backend",
    node: string,
    command: () => ServiceCommand,
    readyTimeoutMs: number | undefined,
  ): SupervisedService {
    const { dataDir, launcher, policy = RESTART_POLICY } = this.#options;
    const name = role === "frontend" ? role : `${role} ${node}`;
    const file = join(dataDir, "logs", "services", `${name.replace(" ", "-")}.log`);
    const log = new RotatingLog(file, undefined, (line) => this.#desk.line(this.#tail.add(name, line)));
    const service: SupervisedService = new SupervisedService({
      ...{ name, role, node, command, launcher, log, policy, readyTimeoutMs },
      onState: (state) => {
        if (service === this.frontend) this.#frontendIs(state);
        this.#desk.stateChanged();
        this.#options.onState(service, state);
      },
      onQuestion: (question) => this.#desk.hear(question),
    });
    return service;
  }

  #frontendIs(state: ServiceState): void {
    if (state.kind === "starting") {
      this.#desk.forget();
      void this.#deadPage?.close();
      this.#deadPage = undefined;
    } else if (state.kind === "failed") this.#standInForFrontend(state.reason);
  }

  #standInForFrontend(reason: string): void {
    const { address, consoleOrigins, port } = this.#options;
    const names = new OwnNames(address, consoleOrigins);
    this.#deadPage = new DeadFrontendPage({
      ...{ reason, names, launchToken: this.launchToken },
      ...{ lastLines: this.frontend.log.lastLines(20), logFile: this.frontend.log.path },
      restart: () => void this.#restart(this.frontend),
    });
    this.#deadPage.listen(port, address);
  }

  #openDesk(console: SystemConsole | undefined): Desk {
    const none = (): never => {
      throw new SupervisorRefusal(409, "These services were started without profiles.");
    };
    const { facts, tasks } = console ?? {
      facts: () => ({ firstRun: false, desktop: false, user: "" }),
      tasks: { profiles: none, use: none, inspect: none, editable: none, eraseDemo: none },
    };
    return new Desk({
      tail: this.#tail,
      facts,
      state: () => this.state(),
      tell: (telling) => this.frontend.tell(telling),
      tasks: {
        ...tasks,
        restart: ({ service }) => {
          const found = this.#services().find(({ name }) => name === service);
          if (found === undefined) throw new SupervisorRefusal(404, `There is no service ${service} here.`);
          // The frontend's own restart is what its console asked it for: the answer goes out first.
          setTimeout(() => void this.#restart(found), found === this.frontend ? ANSWER_FIRST_MS : 0);
          return {};
        },
        reload: ({ nodes }) => ({ nodes: this.#reload(nodes) }),
      },
    });
  }

  #reload(nodes: readonly string[] | undefined): string[] {
    const chosen = this.backends.filter((backend) => nodes?.includes(backend.describe().node) ?? true);
    for (const backend of chosen) void this.#restart(backend);
    const begun = nodes === undefined ? [] : this.#beginNew(nodes);
    return [...chosen.map((backend) => backend.describe().node), ...begun];
  }

  /** Whoever saves a node's first directive file needs a backend for it, as the next start would bring one. */
  #beginNew(nodes: readonly string[]): string[] {
    if (this.#stopped !== undefined) return [];
    const running = new Set(this.backends.map((backend) => backend.describe().node));
    const begun = nodesOf(configNames(this.#options.dataDir)).filter(
      (node) => nodes.includes(node) && !running.has(node),
    );
    for (const node of begun) {
      const backend = this.#backend(node);
      this.#backends.push(backend);
      backend.start();
    }
    return begun;
  }

  async #restart(service: SupervisedService): Promise<void> {
    if (this.#stopped !== undefined) return;
    // The page is on the frontend's port.
    if (service === this.frontend) {
      await this.#deadPage?.close();
      await service.drain(DRAIN_UNTIL_MS);
    }
    if (this.#stopped === undefined) await service.restart(RESTART_STOP_MS);
  }

  #services(): SupervisedService[] {
    return [this.frontend, ...this.backends];
  }

  /** What a console shows. */
  state(): SupervisorState {
    const services = this.#services().map((service) => service.describe());
    return { supervised: true, services, ...this.#options.console?.notes() };
  }

  /** Something of what `console.facts` gives has changed. */
  factsChanged(): void {
    this.#desk.factsChanged();
  }

  #frontendCommand(): ServiceCommand {
    const { address, consoleOrigins, dataDir, extraArgs, frontendFile, port } = this.#options;
    const args = [
      ...["serve", "--node", FRONTEND_NODE, "--msq", "link", "--data-dir", dataDir],
      ...["--ip-address", address, "--tcp-port", String(port)],
      // Off: over link the bus itself pushes back (operation.md §2).
      ...["--max_eps", "0", "--min_eps", "0", "--console"],
      ...consoleOrigins.flatMap((origin) => ["--console-origin", origin]),
      ...extraArgs,
    ];
    return this.#command(frontendFile, args, { DSIEM_CONSOLE_TOKEN: this.launchToken, DSIEM_SUPERVISED: "1" });
  }

  #backendCommand(node: string): ServiceCommand {
    const { address, backendArgs, backendFile, dataDir, extraArgs, port } = this.#options;
    return this.#command(backendFile, [
      ...["serve", "--node", node, "--msq", "link", "--data-dir", dataDir],
      ...["--frontend", localUrl(address, port), "--journal"],
      ...backendArgs,
      ...extraArgs,
    ]);
  }

  #command(file: string, args: readonly string[], secrets: Record<string, string> = {}): ServiceCommand {
    const env: Record<string, string> = {};
    for (const [name, value] of Object.entries(this.#options.env)) {
      if (value !== undefined && !name.startsWith("DSIEM_")) env[name] = value;
    }
    return { file, args, env: { ...env, ...secrets, DSIEM_LINK_TOKEN: this.#linkToken } };
  }
}

function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** How a frontend that listens on `address` is reached from this machine. */
export function localUrl(address: string, port: number): string {
  if (address === "0.0.0.0") return `http://127.0.0.1:${port}`;
  if (address === "::") return `http://[::1]:${port}`;
  return `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
}
