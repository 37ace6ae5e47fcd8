import { realpathSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { errorText } from "../base/errors.ts";
import { plain } from "../base/log.ts";
import { ChildLauncher } from "../supervisor/child-launcher.ts";
import { ConsoleSupervisor, type OpenedConsole } from "../supervisor/console-supervisor.ts";
import { demoCurlEvent } from "../supervisor/demo/demo-configs.ts";
import type { ServiceState, SupervisedService } from "../supervisor/supervised-service.ts";
import { AlarmFollower } from "./alarm-follower.ts";
import { AlarmLines, Paint } from "./alarm-lines.ts";
import { EXIT_RUNTIME_ERROR, type Terminal, VERSION } from "./command-line.ts";
import { openBrowser } from "./open-browser.ts";
import { profileRoot } from "./running-session.ts";

export interface StartOptions {
  demo: boolean;
  port: number | undefined;
  listen: string;
  /** Further origins that may use the console. */
  consoleOrigins: readonly string[];
  profile: string | undefined;
  dataDir: string | undefined;
  /** Given to the services: how much they log. */
  verbosity: number;
  /** Don't open the browser. */
  noOpen: boolean;
}

/** Lines of a failed service's log that are shown. */
const SHOWN_LOG_LINES = 15;

/**
 * `dsiem start`: the console with its services, and one line on the terminal for each alarm, until `stop` is aborted.
 * Resolves with the exit code.
 */
export async function startSystem(
  options: StartOptions,
  terminal: Terminal,
  script: string,
  stop: AbortSignal,
): Promise<number> {
  return new TerminalSession(options, terminal, script).run(stop);
}

/** One run of the console, from the first service's start to the last one's end, as the terminal tells it. */
class TerminalSession {
  readonly #options: StartOptions;
  readonly #terminal: Terminal;
  readonly #paint: Paint;
  readonly #console: ConsoleSupervisor;
  /** Services whose last failure was shown with its log lines. */
  readonly #explained = new Set<SupervisedService>();
  /** Services that were well once: that one runs again is worth a line. */
  readonly #known = new Set<SupervisedService>();
  #follower: AlarmFollower | undefined;
  #stopping = false;

  constructor(options: StartOptions, terminal: Terminal, script: string) {
    this.#options = options;
    this.#terminal = terminal;
    this.#paint = Paint.for(process.stdout, terminal.env);
    const { consoleOrigins, dataDir, demo, listen, port, profile, verbosity } = options;
    this.#console = new ConsoleSupervisor({
      launcher: new ChildLauncher(),
      ...serviceFiles(script),
      profileRoot: profileRoot(),
      wish: { demo, profile, dataDir },
      ...{ port, listen, consoleOrigins, desktop: false, user: "", env: terminal.env },
      extraArgs: Array.from({ length: verbosity }, () => "-v"),
      listener: {
        opened: (opened) => this.#opened(opened),
        closing: () => this.#closing(),
        service: (service, state) => this.#onState(service, state),
        demo: (text) => this.#say(this.#paint.dim(`${clock()}  demo: ${plain(text)}`)),
        notice: (text) => terminal.err(`dsiem: ${plain(text)}\n`),
        failed: (reason) => terminal.err(`dsiem: the profile can't be started: ${plain(reason)}\n`),
      },
    });
  }

  async run(stop: AbortSignal): Promise<number> {
    const stopAsked = whenAborted(stop);
    const started = this.#console.start().then(
      () => ({ failure: undefined }),
      (failure: unknown) => ({ failure }),
    );
    const outcome = await Promise.race([started, stopAsked]);
    if (outcome?.failure !== undefined) {
      this.#terminal.err(`dsiem: ${plain(errorText(outcome.failure))}\n`);
      await this.#console.stop();
      return EXIT_RUNTIME_ERROR;
    }
    if (outcome !== undefined) await stopAsked;
    this.#stopping = true;
    this.#say(this.#paint.dim("\nStopping: the services save their state …"));
    const clean = await this.#console.stop();
    this.#say(clean ? "Stopped; everything is saved." : "Stopped; a service didn't end in time and was killed.");
    return clean ? 0 : EXIT_RUNTIME_ERROR;
  }

  #opened(opened: OpenedConsole): void {
    const isFirst = this.#follower === undefined;
    const lines = new AlarmLines(this.#paint);
    this.#follower = new AlarmFollower(opened.alarmFile, (alarm) => {
      const line = lines.line(alarm);
      if (line !== undefined) this.#say(line);
    });
    this.#banner(opened, lines);
    this.#follower.start();
    if (isFirst) void this.#showConsole();
  }

  #closing(): void {
    this.#follower?.stop();
    this.#known.clear();
    if (!this.#stopping && this.#follower !== undefined)
      this.#say(this.#paint.dim("\nGoing over to another profile …"));
  }

  /** The address that logs in is said once there is a frontend that knows its code. */
  async #showConsole(): Promise<void> {
    try {
      const url = await this.#console.loginUrl();
      this.#say(`${this.#paint.bold("Console")}  ${url}`);
      this.#say(this.#paint.dim("         It lets one browser in, within a minute; dsiem open prints another.\n"));
      // Into a pipe nobody looks.
      if (!this.#options.noOpen && process.stdout.isTTY) openBrowser(url, this.#terminal.env);
    } catch (error) {
      if (!this.#stopping) this.#terminal.err(`dsiem: no login for the console: ${plain(errorText(error))}\n`);
    }
  }

  #banner({ alarmFile, dataDir, isDemo, nodes, plays, profile }: OpenedConsole, lines: AlarmLines): void {
    const { dataDir: askedDir, profile: askedProfile } = this.#options;
    const url = this.#console.address?.url ?? "";
    const backends = nodes.length === 1 ? "one backend" : `${nodes.length} backends`;
    const ours = isDemo ? "with the demo's configuration" : `with your configuration, ${backends}`;
    const what = profile === undefined ? "and waits for your choice in the console" : ours;
    this.#say(`${this.#paint.bold(`Dsiem Console ${VERSION}`)} is running ${what}\n`);
    const choice = askedDir !== undefined ? ` --data-dir ${dataDir}` : askedProfile ? ` --profile ${askedProfile}` : "";
    const facts = [
      ["Events", `${url}/events/`],
      ["Configuration", `${url}/config/`],
      ["Console", `${url}/ui/`],
      ["Data folder", dataDir],
      ["Alarms", alarmFile],
      ["Logs", join(dataDir, "logs", "services")],
      ["Status", `dsiem status${choice}`],
    ];
    for (const [name = "", value = ""] of facts) this.#say(`  ${this.#paint.dim(name.padEnd(13))}  ${plain(value)}`);
    if (nodes.length === 0 && profile !== undefined) {
      this.#say(
        `\nNo backend was started: ${join(dataDir, "configs")} has no directives_NODE.json or directives_NODE_….json`,
      );
    }
    if (isDemo) this.#say(`\nPost an event that leads to an alarm:\n\n${curlLine(url)}\n`);
    const playing = plays
      ? "The demo scenario is playing. "
      : isDemo
        ? "npm start -- --demo also plays the demo scenario. "
        : "";
    this.#say(`${playing}Alarms appear below; Ctrl-C stops everything.\n`);
    this.#say(lines.header());
  }

  #onState(service: SupervisedService, state: ServiceState): void {
    if (this.#stopping) return;
    const { err } = this.#terminal;
    if (state.kind === "waiting") {
      const again = `it starts again in ${state.delayMs / 1000} s`;
      err(`${clock()}  ${service.name} ended (${plain(state.reason)}); ${again}\n`);
      // Why it ended is said at once, and not repeated with each further try.
      if (!this.#explained.has(service)) this.#showLog(service);
    } else if (state.kind === "running") {
      if (this.#known.has(service)) err(`${clock()}  ${service.name} is running again\n`);
      this.#known.add(service);
      this.#explained.delete(service);
    } else if (state.kind === "failed") {
      err(`${clock()}  ${this.#paint.bold(`${service.name} was given up`)}: ${plain(state.reason)}\n`);
      this.#showLog(service);
    }
  }

  #showLog(service: SupervisedService): void {
    this.#explained.add(service);
    this.#terminal.err(`          Its last lines (all of them: ${plain(service.log.path)}):\n`);
    for (const line of service.log.lastLines(SHOWN_LOG_LINES)) this.#terminal.err(`    ${plain(line)}\n`);
  }

  #say(text: string): void {
    this.#terminal.out(`${text}\n`);
  }
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
