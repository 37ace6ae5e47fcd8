import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { errorText } from "../base/errors.ts";
import { plain } from "../base/log.ts";
import { CONFIG_FILE_NAME } from "../contract/limits.ts";
import { nodeOfDirectiveFile } from "../directive/config-check.ts";
import { ChildLauncher } from "../supervisor/child-launcher.ts";
import { type DemoResponder, startDemoResponder } from "../supervisor/demo-responder.ts";
import { choosePort, Profile } from "../supervisor/profile.ts";
import { removeSession, writeSession } from "../supervisor/session-file.ts";
import type { ServiceState, SupervisedService } from "../supervisor/supervised-service.ts";
import { localUrl, System } from "../supervisor/system.ts";
import { AlarmFollower } from "./alarm-follower.ts";
import { AlarmLines, Paint } from "./alarm-lines.ts";
import { EXIT_RUNTIME_ERROR, type Terminal, VERSION } from "./command-line.ts";
import { demoConfigFiles, demoCurlEvent } from "./demo-configs.ts";
import { playScenarioForever } from "./demo-player.ts";
import { EventSender } from "./event-sender.ts";

export interface StartOptions {
  demo: boolean;
  port: number | undefined;
  listen: string;
  /** Further origins that may use the console. */
  consoleOrigins: readonly string[];
  profile: string;
  dataDir: string | undefined;
  /** Given to the services: how much they log. */
  verbosity: number;
}

/** Lines of a failed service's log that are shown. */
const SHOWN_LOG_LINES = 15;

/**
 * `dsiem start`: both services over `link`, supervised, with one line on the terminal for each alarm, until `stop` is
 * aborted. Resolves with the exit code.
 */
export async function startSystem(
  options: StartOptions,
  terminal: Terminal,
  script: string,
  stop: AbortSignal,
): Promise<number> {
  const paint = Paint.for(process.stdout, terminal.env);
  const profile = new Profile(dataFolder(options));
  profile.lock();
  let responder: DemoResponder | undefined;
  try {
    responder = await startDemoResponder();
    const seeded = profile.seed(demoConfigFiles(responder.port));
    const port = await choosePort(options.listen, options.port, profile.port);
    // As soon as a file of somebody's own is there, this is no demo any more.
    const isDemo = seeded.length > 0 && profile.configNames().every((name) => seeded.includes(name));
    const session = new Session({ options, terminal, paint, profile, script, port, isDemo });
    return await session.run(stop);
  } finally {
    await responder?.close();
    profile.unlock();
  }
}

/** Where a supervised system keeps its data (operation.md §2). */
export function dataFolder({ dataDir, profile }: Pick<StartOptions, "dataDir" | "profile">): string {
  return dataDir === undefined ? join(homedir(), ".dsiem-console", profile) : resolve(dataDir);
}

interface SessionParts {
  options: StartOptions;
  terminal: Terminal;
  paint: Paint;
  profile: Profile;
  script: string;
  port: number;
  /** The folder holds the demo's configuration. */
  isDemo: boolean;
}

/** One run of the supervised system, from the first service's start to the last one's end. */
class Session {
  readonly #parts: SessionParts;
  readonly #system: System;
  readonly #nodes: readonly string[];
  readonly #url: string;
  /** Services whose last failure was shown with its log lines. */
  readonly #explained = new Set<SupervisedService>();
  #stopping = false;
  #ready = false;

  constructor(parts: SessionParts) {
    const { isDemo, options, port, profile, script, terminal } = parts;
    this.#parts = parts;
    this.#url = localUrl(options.listen, port);
    this.#nodes = nodesOf(profile.configNames());
    this.#system = new System({
      launcher: new ChildLauncher(),
      ...serviceFiles(script),
      dataDir: profile.dataDir,
      address: options.listen,
      port,
      consoleOrigins: options.consoleOrigins,
      nodes: this.#nodes,
      extraArgs: Array.from({ length: options.verbosity }, () => "-v"),
      // The demo's addresses are private or reserved for documentation, and its providers are on this machine.
      backendArgs: isDemo ? ["--intel_private_ip"] : [],
      env: terminal.env,
      onState: (service, state) => this.#onState(service, state),
    });
  }

  async run(stop: AbortSignal): Promise<number> {
    const { options, paint, profile, port, terminal } = this.#parts;
    const lines = new AlarmLines(paint);
    const follower = new AlarmFollower(profile.alarmFile, (alarm) => {
      const line = lines.line(alarm);
      if (line !== undefined) this.#say(line);
    });
    const stopAsked = whenAborted(stop);
    writeSession(profile.dataDir, { url: this.#url, token: this.#system.launchToken, pid: process.pid });
    const started = this.#system.start().then(
      () => ({ failure: undefined }),
      (failure: unknown) => ({ failure }),
    );
    const outcome = await Promise.race([started, stopAsked]);
    let exitCode = 0;
    if (outcome !== undefined && outcome.failure !== undefined) {
      terminal.err(`dsiem: the system can't be started: ${plain(errorText(outcome.failure))}\n`);
      exitCode = EXIT_RUNTIME_ERROR;
    } else if (outcome !== undefined) {
      if (options.port === undefined) profile.rememberPort(port);
      this.#ready = true;
      this.#banner(lines);
      follower.start();
      await this.#playUntil(stop, stopAsked);
    }
    this.#stopping = true;
    this.#say(paint.dim("\nStopping: the services save their state …"));
    const clean = await this.#system.stop();
    removeSession(profile.dataDir);
    follower.stop();
    this.#say(clean ? "Stopped; everything is saved." : "Stopped; a service didn't end in time and was killed.");
    return clean ? exitCode : EXIT_RUNTIME_ERROR;
  }

  async #playUntil(stop: AbortSignal, stopAsked: Promise<undefined>): Promise<void> {
    if (!this.#parts.options.demo) {
      await stopAsked;
      return;
    }
    const { paint } = this.#parts;
    const sender = new EventSender(this.#url, () => undefined, stop);
    const listener = {
      scene: (tells: string) => this.#say(paint.dim(`${clock()}  demo: ${tells}`)),
      trouble: (reason: string) => this.#say(paint.dim(`${clock()}  demo: ${plain(reason)}`)),
    };
    await playScenarioForever(sender, listener, stop);
    await stopAsked;
  }

  #banner(lines: AlarmLines): void {
    const { isDemo, options, paint, profile } = this.#parts;
    const what = isDemo ? "with the demo's configuration" : `with your configuration, ${this.#nodes.length} backends`;
    this.#say(`${paint.bold(`Dsiem Console ${VERSION}`)} is running ${what}\n`);
    const facts = [
      ["Events", `${this.#url}/events/`],
      ["Configuration", `${this.#url}/config/`],
      ["Web page", `${this.#url}/ui/  (once there is a page in ${join(profile.dataDir, "web", "dist")})`],
      ["Data folder", profile.dataDir],
      ["Alarms", profile.alarmFile],
      ["Logs", join(profile.dataDir, "logs", "services")],
      ["Status", `dsiem status${options.dataDir === undefined ? "" : ` --data-dir ${profile.dataDir}`}`],
    ];
    for (const [name = "", value = ""] of facts) this.#say(`  ${paint.dim(name.padEnd(13))}  ${plain(value)}`);
    if (this.#nodes.length === 0) {
      this.#say(
        `\nNo backend was started: ${join(profile.dataDir, "configs")} has no directives_NODE.json or directives_NODE_….json`,
      );
    }
    if (isDemo) this.#say(`\nPost an event that leads to an alarm:\n\n${curlLine(this.#url)}\n`);
    const playing = options.demo
      ? "The demo scenario is playing."
      : isDemo
        ? "npm start -- --demo also plays the demo scenario."
        : "";
    this.#say(`${playing}${playing === "" ? "" : " "}Alarms appear below; Ctrl-C stops everything.\n`);
    this.#say(lines.header());
  }

  #onState(service: SupervisedService, state: ServiceState): void {
    const { paint, terminal } = this.#parts;
    if (this.#stopping) return;
    if (state.kind === "waiting") {
      const again = `it starts again in ${state.delayMs / 1000} s`;
      terminal.err(`${clock()}  ${service.name} ended (${plain(state.reason)}); ${again}\n`);
      // Why it ended is said at once, and not repeated with each further try.
      if (!this.#explained.has(service)) this.#showLog(service);
    } else if (state.kind === "running" && this.#ready) {
      terminal.err(`${clock()}  ${service.name} is running again\n`);
      this.#explained.delete(service);
    } else if (state.kind === "failed") {
      terminal.err(`${clock()}  ${paint.bold(`${service.name} was given up`)}: ${plain(state.reason)}\n`);
      this.#showLog(service);
    }
  }

  #showLog(service: SupervisedService): void {
    this.#explained.add(service);
    this.#parts.terminal.err(`          Its last lines (all of them: ${plain(service.log.path)}):\n`);
    for (const line of service.log.lastLines(SHOWN_LOG_LINES)) this.#parts.terminal.err(`    ${plain(line)}\n`);
  }

  #say(text: string): void {
    this.#parts.terminal.out(`${text}\n`);
  }
}

/** Each node that the directive files name gets a backend (operation.md §2). */
function nodesOf(configNames: readonly string[]): string[] {
  const served = configNames.filter((name) => CONFIG_FILE_NAME.test(name));
  return [...new Set(served.map(nodeOfDirectiveFile).filter((node) => node !== undefined))].sort();
}

/** The services' files stand beside this command's: built ones beside a built one, sources beside a source. */
function serviceFiles(script: string): { frontendFile: string; backendFile: string } {
  const real = realpathSync(script);
  const name = (service: string): string => (extname(real) === ".ts" ? `dsiem-${service}.ts` : `${service}.js`);
  return { frontendFile: join(dirname(real), name("frontend")), backendFile: join(dirname(real), name("backend")) };
}

/**
 * A line for sh, bash and zsh that can be pasted any number of times: the shell fills in the time and an id.
 * The event holds no single quote.
 */
function curlLine(url: string): string {
  const event = JSON.stringify(demoCurlEvent()).slice(1);
  const head = `{"event_id":"curl-'$(date +%s)-$RANDOM'","timestamp":"'$(date -u +%Y-%m-%dT%H:%M:%SZ)'",`;
  return `curl -sS ${url}/events/ -H 'Content-Type: application/json' -d '${head}${event}'`;
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  if (signal.aborted) resolve(undefined);
  else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  return promise;
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}
