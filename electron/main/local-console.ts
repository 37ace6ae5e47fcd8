import { homedir } from "node:os";
import { join } from "node:path";
import { APP_ORIGIN } from "../../engine/contract/desktop.ts";
import type { Launcher } from "../../engine/supervisor/launcher.ts";
import { choosePort, Profile } from "../../engine/supervisor/profile.ts";
import { localUrl, System } from "../../engine/supervisor/system.ts";
import type { ConsoleAddress, ConsoleHost } from "./console-host.ts";

export interface LocalConsoleOptions {
  launcher: Launcher;
  /** The built services. */
  frontendFile: string;
  backendFile: string;
  /** Holds configs/ and logs/; by default the profile's (operation.md §2). */
  dataDir: string | undefined;
  /** One backend is started for each. */
  nodesOf: (configNames: readonly string[]) => readonly string[];
  env: Readonly<Record<string, string | undefined>>;
}

const ADDRESS = "127.0.0.1";
const LAST_LINES = 40;

/** The services of this machine's profile, supervised by the desktop itself. */
export class LocalConsole implements ConsoleHost {
  readonly #options: LocalConsoleOptions;
  readonly #dataDir: string;
  #system: System | undefined;
  #address: ConsoleAddress | undefined;
  #restarted: () => void = () => undefined;

  constructor(options: LocalConsoleOptions) {
    this.#options = options;
    this.#dataDir = options.dataDir ?? join(homedir(), ".dsiem-console", "demo");
  }

  get address(): ConsoleAddress | undefined {
    return this.#address;
  }

  get logsFolder(): string {
    return join(this.#dataDir, "logs", "services");
  }

  onRestart(listener: () => void): void {
    this.#restarted = listener;
  }

  lastLines(): readonly string[] {
    return this.#system?.frontend.log.lastLines(LAST_LINES) ?? [];
  }

  async start(): Promise<void> {
    const { backendFile, env, frontendFile, launcher, nodesOf } = this.#options;
    await this.#system?.stop();
    const profile = new Profile(this.#dataDir);
    const port = await choosePort(ADDRESS, undefined, profile.port);
    const system = new System({
      ...{ launcher, frontendFile, backendFile, dataDir: this.#dataDir, address: ADDRESS, port, env },
      consoleOrigins: [APP_ORIGIN],
      nodes: nodesOf(profile.configNames()),
      extraArgs: [],
      backendArgs: [],
      onState: (service, state) => {
        if (service === system.frontend && state.kind === "running" && this.#address !== undefined) this.#restarted();
      },
    });
    this.#system = system;
    system.frontend.start();
    await system.frontend.ready();
    profile.rememberPort(port);
    this.#address = { url: localUrl(ADDRESS, port), port, token: system.launchToken };
    for (const backend of system.backends) backend.start();
  }

  async stop(): Promise<void> {
    this.#address = undefined;
    await this.#system?.stop();
  }
}
