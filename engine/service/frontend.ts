import { mkdir } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { nanoid } from "nanoid";
import { type Clock, SystemClock } from "../base/clock.ts";
import { DsiemError, errorText } from "../base/errors.ts";
import { createLogger, type Logger } from "../base/log.ts";
import { within } from "../base/within.ts";
import type { Bus } from "../bus/bus.ts";
import type { UpgradeSource } from "../bus/link-door.ts";
import { Supervised, type SupervisorChannel } from "../console/supervision/supervised.ts";
import { Unsupervised } from "../console/supervision/unsupervised.ts";
import type { Profile } from "../contract/console/session.ts";
import type { RefusalCause } from "../contract/loss.ts";
import { BOOT_KEY } from "../contract/outcomes.ts";
import type { ServiceStats } from "../contract/stats.ts";
import { SUBJECT_OVERLOAD } from "../contract/subjects.ts";
import { writeFileAtomically } from "../ingest/atomic-file.ts";
import { ConfigFolder } from "../ingest/config-folder.ts";
import type { IngestCounters } from "../ingest/counters.ts";
import { Door } from "../ingest/door.ts";
import { EpsLimiter } from "../ingest/eps-limiter.ts";
import { errorCode } from "../ingest/error-code.ts";
import { LossLedger } from "../telemetry/loss-ledger.ts";
import { startTelemetry } from "../telemetry/start.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { WATCHDOG_EVERY_MS } from "../telemetry/watchdog.ts";
import type { FrontendConfig } from "./config.ts";
import { ThreadedConfigWork } from "./config-work.ts";
import { FrontendConsole } from "./console-mode.ts";
import { EventTap } from "./event-tap.ts";
import { openFrontendBus } from "./frontend-bus.ts";
import { FrontendGauges } from "./frontend-gauges.ts";
import { isBrought, makePrivate, PRIVATE_FILE_MODE } from "./private-folder.ts";
import type { RunningFrontend } from "./running.ts";
import { Stats } from "./stats.ts";
import { Timers } from "./timers.ts";

/** The stages of a stop, in milliseconds; together they stay below the 10 s of operation.md §6. */
const DRAIN_MS = 5000;
const LAST_ANSWERS_MS = 1000;
const CLOSE_CONSOLE_MS = 1000;
const CLOSE_BUS_MS = 1500;
const CLOSE_CONNECTIONS_MS = 1000;
/** While bus and connections are closed, the last spans may be exported for so long, in milliseconds. */
const EXPORT_LAST_MS = 2000;
/** How often refused requests are summed up in the log, when there were any, in milliseconds. */
const REPORT_EVERY_MS = 10_000;

/** Who started it, and what tests put in the place of the real thing. */
export interface FrontendDeps {
  clock?: Clock;
  write?: (line: string) => void;
  openBus?: (upgrades: UpgradeSource, log: Logger) => Bus;
  bodyIdleMs?: number;
  /** Absent where nobody looks after the services. */
  supervisor?: SupervisorChannel;
}

/** The data folder or the port file can't be written; the message says which and why. */
class FrontendStartError extends DsiemError {
  constructor(message: string, cause: unknown) {
    super("FRONTEND_START", message, { cause });
  }
}

/**
 * Starts a frontend (engine.md §1, §3): an HTTP door, the bus behind it, and the limit between them. Rejects with one
 * clear sentence when the address can't be listened on or the data folder can't be used. A bus that is away is no
 * reason not to start: it is retried for ever, and events wait, up to `maxQueue`.
 */
export async function runFrontend(config: FrontendConfig, deps: FrontendDeps = {}): Promise<RunningFrontend> {
  const clock = deps.clock ?? new SystemClock();
  const print = deps.write ?? ((line: string) => process.stdout.write(line));
  const own = new Unsupervised(config.node, () => clock.now());
  const supervision = deps.supervisor === undefined ? own : await Supervised.connect(deps.supervisor);
  const showsOwnLog = config.console !== undefined && supervision === own;
  const noteAndPrint = (line: string): void => {
    own.note(line);
    print(line);
  };
  const write = showsOwnLog ? noteAndPrint : print;
  const log = createLogger({ ...config.log, target: "dsiem::frontend", clock, write });
  const counters: IngestCounters = { requests: 0, accepted: 0 };
  const ledger = new LossLedger(clock);
  const configFolder = await prepareData(config, supervision.facts().profile, log);
  const limiter = startLimiter(config, clock, log);
  const configWork = new ThreadedConfigWork();
  const { node } = config;
  const telemetry = await startTelemetry({ ...config.telemetry, node, clock, log: log.child("dsiem::telemetry") });
  let bus: Bus | undefined;
  const boot = nanoid();
  const tap = new EventTap(() => openedBus(bus));
  // Over `link` a backend knows from the connection which run of the frontend an event is from.
  const stampsBoot = config.console !== undefined && config.bus.kind === "nats";
  const apiConsole =
    config.console &&
    new FrontendConsole(config.console, {
      frontend: config,
      clock,
      log: log.child("dsiem::console"),
      own: () => frontend.stats(),
      supervision,
      events: {
        source: tap,
        offer: (values, from) => door.offer(values, from),
        boot: stampsBoot ? "" : boot,
      },
    });
  const door = new Door({
    clock,
    log: log.child("dsiem::server"),
    counters,
    onRefused: (cause, text, sender) => countRefused(ledger, cause, text, sender),
    limiter,
    configFolder,
    configWork,
    writableConfig: config.writableConfig,
    webFolder: join(config.dataDir, "web", "dist"),
    publish: tap.publish,
    ...(stampsBoot && { carrier: { [BOOT_KEY]: boot } }),
    trace: telemetry?.doorSpans,
    ...(apiConsole === undefined ? {} : { consoleMode: apiConsole.mode }),
    ...(deps.bodyIdleMs === undefined ? {} : { bodyIdleMs: deps.bodyIdleMs }),
  });
  const openBus =
    deps.openBus ??
    ((upgrades, logger) =>
      openFrontendBus(config, upgrades, {
        boot,
        clock,
        logger,
        onLoss: ({ cause, events, text }) => ledger.add(cause, events, text),
      }));
  const frontend = new Frontend({
    ...{ config, boot, clock, door, counters, ledger, limiter, configWork, telemetry, log },
    console: apiConsole,
  });
  try {
    const opened = openBus(apiConsole?.takeUpgrades(door.upgrades) ?? door.upgrades, log.child("dsiem::bus"));
    bus = opened;
    frontend.join(opened);
    opened.subscribe(SUBJECT_OVERLOAD, (payload) => limiter?.hear(Buffer.from(payload).toString("latin1")));
    await apiConsole?.join(opened);
    frontend.port = await door.listen(config.address, config.port);
    await writePortFile(config, frontend.port);
  } catch (error) {
    await frontend.close();
    throw error;
  }
  frontend.watch();
  log.info(`frontend listening on ${baseUrl(config.address, frontend.port)}`, { node: config.node });
  return frontend;
}

interface FrontendParts {
  config: FrontendConfig;
  boot: string;
  clock: Clock;
  door: Door;
  counters: IngestCounters;
  ledger: LossLedger;
  limiter: EpsLimiter | undefined;
  configWork: ThreadedConfigWork;
  telemetry: Telemetry | undefined;
  /** Absent in server mode. */
  console: FrontendConsole | undefined;
  log: Logger;
}

class Frontend implements RunningFrontend {
  readonly #parts: FrontendParts;
  readonly #exit = Promise.withResolvers<number>();
  #drained: Promise<number> | undefined;
  #stopped: Promise<void> | undefined;
  readonly #timers = new Timers();
  #bus: Bus | undefined;
  #stats: Stats | undefined;
  port = 0;

  constructor(parts: FrontendParts) {
    this.#parts = parts;
  }

  get done(): Promise<number> {
    return this.#exit.promise;
  }

  /** From now on there is a bus. */
  join(bus: Bus): void {
    const { config, boot, clock, counters, ledger, log } = this.#parts;
    this.#bus = bus;
    this.#stats = new Stats(
      { node: config.node, boot, clock, log: log.child("dsiem::ledger"), ledger, bus },
      (common) => ({
        role: "frontend",
        ...common,
        flow: { ...counters, refused: ledger.total("refused"), dropped: ledger.total("dropped") },
        ...(config.console === undefined ? {} : { console: true }),
      }),
    );
  }

  /** What it tells of itself. */
  stats(): ServiceStats {
    if (this.#stats === undefined) throw new Error("broken invariant: a request came before the bus was opened");
    return this.#stats.current();
  }

  /** Reports refusals from now on, tells of itself, and ends the service when its server fails. */
  watch(): void {
    const { door, ledger, log } = this.#parts;
    let reported = 0;
    this.#timers.every(REPORT_EVERY_MS, () => {
      const refused = ledger.total("refused");
      if (refused > reported) log.info("requests refused", this.#counts());
      reported = refused;
    });
    this.#stats?.start(this.#timers);
    this.#startGauges();
    door.server.on("error", (error) => {
      log.error(`the HTTP server failed: ${errorText(error)}`);
      this.#exit.resolve(1);
    });
  }

  #startGauges(): void {
    const { telemetry, counters, ledger, limiter, clock } = this.#parts;
    const send = telemetry?.export;
    if (send === undefined) return;
    const gauges = new FrontendGauges(clock.monotonic());
    const report = () => {
      const flow = { ...counters, refused: ledger.total("refused"), queueLength: this.#bus?.status().buffered ?? 0 };
      send(gauges.report(clock.monotonic(), flow, limiter?.limit));
    };
    report();
    this.#timers.every(WATCHDOG_EVERY_MS, report);
  }

  /** New events get 503, what was taken in is handed over, what can't be is logged (operation.md §6). */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  drain(): Promise<number> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  async #stop(): Promise<void> {
    const { door, log } = this.#parts;
    const left = await this.drain();
    const unanswered = await door.allAnswered(LAST_ANSWERS_MS);
    await this.close();
    if (left > 0) log.warn(`${left} events were taken in and couldn't be handed over to a backend in time`);
    if (unanswered > 0) log.warn(`${unanswered} requests were left without an answer`);
    this.#stats?.writeLog();
    log.info("frontend stopped", { ...this.#counts(), left });
    this.#exit.resolve(0);
  }

  async #drain(): Promise<number> {
    const { door, log } = this.#parts;
    log.info("stopping: new events are refused, the bus is drained");
    door.refuseEvents();
    if (this.#bus === undefined) return 0;
    try {
      return await this.#bus.drain(DRAIN_MS);
    } catch (error) {
      log.error(`the bus couldn't be drained: ${errorText(error)}`);
      return this.#bus.status().buffered;
    }
  }

  /** Gives everything back, in the order in which the parts need each other. */
  async close(): Promise<void> {
    const { door, limiter, configWork, telemetry } = this.#parts;
    this.#timers.stop();
    const exported = telemetry?.stop(EXPORT_LAST_MS);
    limiter?.stop();
    await within(CLOSE_CONSOLE_MS, this.#parts.console?.close());
    // Before the server: the connections of `link` are the server's, which waits for them to end.
    // Closing a connection to a host that is gone may never end.
    await within(CLOSE_BUS_MS, this.#bus?.close());
    await configWork.close();
    await door.close(CLOSE_CONNECTIONS_MS);
    await exported;
  }

  /** Flat and without the zeroes, as a log record takes it. */
  #counts(): Record<string, number> {
    return { ...this.#parts.counters, ...this.#parts.ledger.counts() };
  }
}

/** Whom it came from is looked up only for the few that are shown. */
function countRefused(
  ledger: LossLedger,
  cause: RefusalCause,
  text: string,
  sender: Pick<Socket, "remoteAddress">,
): void {
  const counter = ledger.counter(cause);
  counter.count += 1;
  if (counter.wantsSample)
    counter.sample({ text: `${sender.remoteAddress ?? "somebody who is gone"}: ${text.trimEnd()}` });
}

/** Sees to it that the data folder is there, and offers the file that web pages read (engine.md §3). */
async function prepareData(
  config: FrontendConfig,
  profile: Pick<Profile, "kind" | "editable"> | undefined,
  log: Logger,
): Promise<ConfigFolder> {
  try {
    await mkdir(config.dataDir, { recursive: true });
  } catch (error) {
    throw new FrontendStartError(`the data folder ${config.dataDir} can't be used: ${errorText(error)}`, error);
  }
  const folder = join(config.dataDir, "configs");
  const isPrivate = config.console !== undefined && !isBrought(profile);
  if (isPrivate) await makePrivate(config.dataDir, log);
  const configFolder = new ConfigFolder(folder, isPrivate ? PRIVATE_FILE_MODE : undefined);
  const shared = Buffer.from(`${JSON.stringify({ status: config.status, tags: config.tags }, null, 2)}\n`);
  if (profile?.editable === false) {
    configFolder.lend("dsiem_config.json", shared);
    return configFolder;
  }
  const problem = await configFolder.offer("dsiem_config.json", shared);
  if (problem !== undefined) {
    const absent = errorCode(problem) === "ENOENT";
    const why = absent ? "there is no such folder" : `it can't be written, ${errorCode(problem) ?? errorText(problem)}`;
    log.warn(`${folder}: ${why}; dsiem_config.json is served from memory`);
  }
  return configFolder;
}

/** No limit when one of its bounds is 0 (engine.md §3). */
function startLimiter(config: FrontendConfig, clock: Clock, log: Logger): EpsLimiter | undefined {
  if (config.minEps === 0 || config.maxEps === 0) return undefined;
  const limiter = new EpsLimiter(config.minEps, config.maxEps, clock, log.child("dsiem::limiter"));
  limiter.start();
  return limiter;
}

async function writePortFile(config: FrontendConfig, port: number): Promise<void> {
  if (config.portFile === undefined) return;
  try {
    await writeFileAtomically(config.portFile, `${port}\n`);
  } catch (error) {
    throw new FrontendStartError(`the port file ${config.portFile} can't be written: ${errorText(error)}`, error);
  }
}

function openedBus(bus: Bus | undefined): Bus {
  if (bus === undefined) throw new Error("broken invariant: a request came before the bus was opened");
  return bus;
}

function baseUrl(address: string, port: number): string {
  return `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
}
