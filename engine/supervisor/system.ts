import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { OwnNames } from "../base/own-names.ts";
import { DeadFrontendPage } from "./dead-frontend-page.ts";
import type { Launcher, ServiceCommand } from "./launcher.ts";
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
  /** One backend is started for each. */
  nodes: readonly string[];
  /** Given to both services as they are, such as `-v`. */
  extraArgs: readonly string[];
  /** Given to backends as they are. */
  backendArgs: readonly string[];
  /** What the services inherit; variables named DSIEM_… are left out, so that only what is said here holds. */
  env: Readonly<Record<string, string | undefined>>;
  onState: (service: SupervisedService, state: ServiceState) => void;
  policy?: RestartPolicy;
}

/** A frontend that doesn't listen after this time is started again, in milliseconds. */
const FRONTEND_READY_MS = 20_000;
/** The parts of a stop, in milliseconds from its beginning: all of it within 10 s (operation.md §6). */
const DRAIN_UNTIL_MS = 5500;
const BACKENDS_UNTIL_MS = 8800;
const ALL_UNTIL_MS = 9800;
/** A service that is asked to stop gets at least this long, however late it is. */
const LEAST_MS = 500;

/**
 * The services of one profile on this machine: a frontend, and a backend for each node, joined by `link`
 * (operation.md §5). Starts them in order, keeps them up, stops them in order.
 */
export class System {
  readonly frontend: SupervisedService;
  readonly backends: readonly SupervisedService[];
  readonly #options: SystemOptions;
  /** 256 bits each, new for each start, handed over in the environment only (operation.md §3). */
  readonly #linkToken = randomBytes(32).toString("base64url");
  readonly launchToken = randomBytes(32).toString("base64url");
  #deadPage: DeadFrontendPage | undefined;
  #stopped: Promise<boolean> | undefined;

  constructor(options: SystemOptions) {
    this.#options = options;
    mkdirSync(join(options.dataDir, "logs", "services"), { recursive: true });
    this.frontend = this.#service("frontend", () => this.#frontendCommand(), FRONTEND_READY_MS);
    // A backend may wait for its frontend for ever, so nothing limits the time until it is ready.
    this.backends = options.nodes.map((node) => {
      return this.#service(`backend ${node}`, () => this.#backendCommand(node), undefined);
    });
  }

  /**
   * Starts the frontend, waits until it listens, then starts the backends and waits until they are ready.
   * @throws ServiceFailedError when one of them was given up
   */
  async start(): Promise<void> {
    this.frontend.start();
    await this.frontend.ready();
    if (this.#stopped !== undefined) return;
    for (const backend of this.backends) backend.start();
    await Promise.all(this.backends.map((backend) => backend.ready()));
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
    await this.#deadPage?.close();
    // A backend that is still starting has nothing to take over, and one that waits needn't be waited for.
    await this.frontend.drain(DRAIN_UNTIL_MS);
    const backends = await Promise.all(this.backends.map((backend) => backend.stop(left(BACKENDS_UNTIL_MS))));
    const frontend = await this.frontend.stop(left(ALL_UNTIL_MS));
    for (const service of [this.frontend, ...this.backends]) service.log.close();
    return frontend && backends.every((inTime) => inTime);
  }

  #service(name: string, command: () => ServiceCommand, readyTimeoutMs: number | undefined): SupervisedService {
    const { dataDir, launcher, policy = RESTART_POLICY } = this.#options;
    const log = new RotatingLog(join(dataDir, "logs", "services", `${name.replace(" ", "-")}.log`));
    const service: SupervisedService = new SupervisedService({
      name,
      command,
      launcher,
      log,
      policy,
      readyTimeoutMs,
      onState: (state) => {
        if (service === this.frontend && state.kind === "failed") this.#standInForFrontend(state.reason);
        this.#options.onState(service, state);
      },
    });
    return service;
  }

  #standInForFrontend(reason: string): void {
    const { address, consoleOrigins, port } = this.#options;
    const names = new OwnNames(address, consoleOrigins);
    this.#deadPage = new DeadFrontendPage(reason, this.frontend.log.lastLines(20), names);
    this.#deadPage.listen(port, address);
  }

  #frontendCommand(): ServiceCommand {
    const { address, consoleOrigins, dataDir, extraArgs, frontendFile, port } = this.#options;
    const args = [
      ...["serve", "--node", "dsiem-frontend-0", "--msq", "link", "--data-dir", dataDir],
      ...["--ip-address", address, "--tcp-port", String(port)],
      // Off: over link the bus itself pushes back (operation.md §2).
      ...["--max_eps", "0", "--min_eps", "0", "--console"],
      ...consoleOrigins.flatMap((origin) => ["--console-origin", origin]),
      ...extraArgs,
    ];
    return this.#command(frontendFile, args, { DSIEM_CONSOLE_TOKEN: this.launchToken });
  }

  #backendCommand(node: string): ServiceCommand {
    const { address, backendArgs, backendFile, dataDir, extraArgs, port } = this.#options;
    return this.#command(backendFile, [
      ...["serve", "--node", node, "--msq", "link", "--data-dir", dataDir],
      ...["--frontend", localUrl(address, port)],
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

/** How a frontend that listens on `address` is reached from this machine. */
export function localUrl(address: string, port: number): string {
  if (address === "0.0.0.0") return `http://127.0.0.1:${port}`;
  if (address === "::") return `http://[::1]:${port}`;
  return `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
}
