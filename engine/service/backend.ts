import { createHash } from "node:crypto";
import { join } from "node:path";
import { nanoid } from "nanoid";
import { journalAlarm, journalEvent } from "../alarm/journal.ts";
import { AlarmRecorder, type RecordKeeper } from "../alarm/recorder.ts";
import { ChangeWriter } from "../backlog/changes.ts";
import { Correlator } from "../backlog/correlator.ts";
import { type Clock, SystemClock } from "../base/clock.ts";
import { DsiemError } from "../base/errors.ts";
import { createLogger, type Logger } from "../base/log.ts";
import { type Problem, problemText } from "../base/problem.ts";
import { releaseMemory } from "../base/release-memory.ts";
import { stateFolder } from "../base/state-folder.ts";
import { within } from "../base/within.ts";
import type { Bus } from "../bus/bus.ts";
import type { WatchdogReport } from "../contract/stats.ts";
import { SUBJECT_OVERLOAD } from "../contract/subjects.ts";
import { type LoadedDirectives, loadDirectives, parseDirective } from "../directive/load.ts";
import { loadProviders } from "../enrich/load.ts";
import { Lookups } from "../enrich/lookups.ts";
import { Inventory } from "../inventory/inventory.ts";
import { loadAssets } from "../inventory/load.ts";
import { StateStore } from "../store/state-store.ts";
import { LossLedger } from "../telemetry/loss-ledger.ts";
import { startTelemetry } from "../telemetry/start.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { WATCHDOG_EVERY_MS, Watchdog } from "../telemetry/watchdog.ts";
import { AlarmSink } from "./alarm-sink.ts";
import { openBackendBus } from "./backend-bus.ts";
import type { BackendConfig } from "./config.ts";
import { type DownloadedConfig, downloadConfig } from "./config-download.ts";
import { withoutPassword } from "./config-get.ts";
import { serveConsole } from "./console.ts";
import { EventIntake } from "./event-intake.ts";
import { OverloadSignal } from "./overload.ts";
import { Reloader } from "./reloader.ts";
import type { RunningService } from "./running.ts";
import { RunningConfig } from "./running-config.ts";
import { restoreState, type StateParts, saveBacklogs } from "./saved-state.ts";
import { Stats } from "./stats.ts";
import { Timers } from "./timers.ts";

/** Length of an alarm id (engine.md §8). */
const ALARM_ID_LENGTH = 9;
/** Directives of this size leave garbage worth giving back to the system before the first event. */
const LARGE_CONFIG_BYTES = 4 * 1024 * 1024;
/** How often the expiry queue and the overload hold are looked at, in milliseconds. */
const TICK_MS = 250;
/** Backlogs that are ended at once, so that the events don't wait when a hundred thousand fall due together. */
const EXPIRE_AT_ONCE = 2_000;
/** How often directives without backlogs are looked for, in milliseconds. */
const IDLE_CHECK_MS = 15_000;
/**
 * The parts of an orderly stop, in milliseconds: what waits is correlated, look-ups under way may be answered, and then the
 * state has to be on the disk before the backlogs are saved (`saved-state.ts` grants as much again) and before the bus
 * hears of the last events. Together with the rest below they leave time for writing very many backlogs within the 10 s
 * of operation.md §6, and some within the 3.3 s that a supervisor grants when the frontend took its time.
 */
const STOP_QUEUE_MS = 1_000;
const STOP_LOOKUPS_MS = 1_000;
const STOP_FILES_MS = 1_000;
/** Within it the bus hands over its last acknowledgement and overload signal, and then its connection ends. */
const STOP_BUS_MS = 500;
/** For closing the files and the database, with nothing left to write. */
const LAST_COMMIT_MS = 500;
/** While backlogs and files are saved, the last spans may be exported for so long, in milliseconds. */
const STOP_TELEMETRY_MS = 1_500;

/** The configuration that was downloaded has problems: all of them, one per line. */
class ConfigRefusedError extends DsiemError {
  constructor(problems: readonly Problem[]) {
    const lines = problems.map((problem) => `  ${problemText(problem)}`).join("\n");
    super(
      "CONFIG_REFUSED",
      `the configuration has ${problems.length} problem${problems.length === 1 ? "" : "s"}:\n${lines}`,
    );
  }
}

/** What the configuration became. */
interface Loaded {
  inventory: Inventory;
  lookups: Lookups;
}

/** What tests put in the place of the real thing. */
export interface BackendDeps {
  write?: (line: string) => void;
  openBus?: (log: Logger) => Bus;
}

/**
 * Starts a backend (engine.md §1): it fetches its configuration from the frontend, opens the alarm files, puts saved
 * backlogs back and only then takes events off the bus. `signal` ends a start that is still waiting for the frontend.
 */
export async function runBackend(
  config: BackendConfig,
  signal?: AbortSignal,
  deps: BackendDeps = {},
): Promise<RunningService> {
  const clock = new SystemClock();
  const write = deps.write ?? ((line: string) => process.stdout.write(line));
  const log = createLogger({ ...config.log, target: "dsiem::backend", clock, write });
  log.info("starting backend", {
    node: config.node,
    frontend: withoutPassword(config.frontend),
    "data folder": config.dataDir,
  });

  const defect = Promise.withResolvers<number>();
  // Before anything else: it holds the node's lock, and a second process of the node shall say so at once.
  const store = await StateStore.start({
    folder: join(config.dataDir, "logs"),
    databasePath: config.state ? join(stateFolder(config.dataDir), `${config.node}.db`) : undefined,
    clock,
    logger: log.child("dsiem::store"),
    signal,
    onDefect: (error) => defect.reject(error),
  });
  const { node } = config;
  let telemetry: Telemetry | undefined;
  try {
    telemetry = await startTelemetry({ ...config.telemetry, node, clock, log: log.child("dsiem::telemetry") });
    const files = await downloadConfig({
      frontend: config.frontend,
      node,
      log: log.child("dsiem::config"),
      signal: signal ?? new AbortController().signal,
    });
    const resume = store.position;
    const openBus = deps.openBus ?? ((busLog: Logger) => openBackendBus(config, clock, busLog, resume));
    return await assemble(config, files, { store, telemetry, clock, log, openBus, defect: defect.promise, signal });
  } catch (error) {
    await telemetry?.stop(0);
    await store.close(0);
    throw error;
  }
}

interface Parts {
  store: StateStore;
  telemetry: Telemetry | undefined;
  clock: Clock;
  log: Logger;
  openBus: (log: Logger) => Bus;
  /** Rejects when a worker thread died of a defect. */
  defect: Promise<number>;
  /** Aborted when the process is told to stop while it starts. */
  signal: AbortSignal | undefined;
}

async function assemble(config: BackendConfig, files: DownloadedConfig, parts: Parts): Promise<RunningService> {
  const { store, telemetry, clock, log, openBus, defect, signal } = parts;
  const { inventory, lookups } = loadSurroundings(config, files, parts);
  const changes = store.keepsState ? new ChangeWriter(store, hashOf) : undefined;
  const recorder = new AlarmRecorder({
    lookups,
    emit: (line, origin) => {
      store.appendAlarm(line);
      if (config.journal) store.journal(journalAlarm(line, origin));
    },
    keeper: changes === undefined ? undefined : recordKeeper(store, changes),
    logger: log.child("dsiem::alarm"),
  });
  const correlator = new Correlator({
    inventory,
    sink: new AlarmSink({
      recorder,
      appendEventLine: (line) => store.appendEvent(line),
      looksUp: lookups.enabled,
      changes,
      journalEvent: config.journal
        ? (alarmId, stage, event) => store.journal(journalEvent(alarmId, stage, event))
        : undefined,
      log: log.child("dsiem::backlog"),
    }),
    newAlarmId: () => nanoid(ALARM_ID_LENGTH),
    medRiskMin: config.medRiskMin,
    medRiskMax: config.medRiskMax,
    status: config.status[0] ?? "",
    tag: config.tags[0] ?? "",
    minAlarmLifetimeSeconds: config.minAlarmLifetimeMinutes * 60,
    idleDirectivesMs: config.idleDirectivesMinutes * 60_000,
  });
  correlator.trace = telemetry?.backendSpans;
  const running = new RunningConfig(files, loadDirectivesInto(correlator, files, log));
  if (config.preloadDirectives) correlator.preload(clock.now());
  // From here on the saved files are taken away, so whoever stops us has to wait until they can be written again.
  signal?.throwIfAborted();
  const state: StateParts = { config, correlator, recorder, store, changes, clock, log: log.child("dsiem::saved") };
  await restoreState(state);
  const directiveBytes = files.directives.reduce((sum, file) => sum + file.bytes.length, 0);
  if (directiveBytes > LARGE_CONFIG_BYTES) releaseMemory();

  const bus = openBus(log.child("dsiem::bus"));
  store.acknowledgeTo(bus);
  const overload = new OverloadSignal(config.holdDurationSeconds * 1000, (overloaded) => {
    bus.publish(SUBJECT_OVERLOAD, Buffer.from(String(overloaded)));
    log.info(`overload = ${overloaded} signal sent to frontend`);
  });
  bus.onStatus(({ state }) => {
    if (state === "connected") overload.repeat();
  });
  const maxDelayMs = config.maxDelaySeconds * 1000;
  const ledger = new LossLedger(clock);
  const intake = new EventIntake({
    correlator,
    inventory,
    clock,
    log: log.child("dsiem::intake"),
    ledger,
    redelivered: bus.kind === "link",
    maxQueue: config.maxQueue,
    ack: (position) => store.processed(position),
    onDelay: (delayMs) => {
      if (maxDelayMs > 0 && delayMs > maxDelayMs) overload.raise(clock.monotonic());
    },
    isBlocked: () => store.full,
    trace: telemetry?.backendSpans,
  });
  const timers = new Timers();
  const lastReport = startTimers(timers, { config, correlator, intake, overload, telemetry, clock, log });
  const stats = new Stats(
    { node: config.node, boot: nanoid(), clock, log: log.child("dsiem::ledger"), ledger, bus },
    (common) => {
      const { received, correlated, dropped } = intake.counters;
      const flow = { received, correlated, skipped: ledger.total("skipped"), dropped, waiting: intake.queueLength };
      return { role: "backend", ...common, flow, watchdog: lastReport() };
    },
  );
  stats.start(timers);
  const subscription = bus.subscribeEvents((payload, position) => intake.accept(payload, position));
  const reloader = new Reloader({
    download: { frontend: config.frontend, node: config.node, log: log.child("dsiem::config") },
    ...{ running, state: { ...state, log: log.child("dsiem::reload") } },
  });
  const answering = serveConsole({
    ...{ bus, node: config.node, correlator, intake, clock, log: log.child("dsiem::console"), run: nanoid() },
    ...{ lookups, reloader, config: () => running.files() },
    journal: config.journal ? store : undefined,
  });
  log.info("backend is ready", { directives: correlator.loadedDirectives, backlogs: correlator.liveBacklogs });

  const stop = async (): Promise<number> => {
    subscription.close();
    answering.close();
    await reloader.close();
    const left = intake.finish(STOP_QUEUE_MS);
    if (left > 0)
      log.warn("events that wait are left behind: there is no time, or no room on the disk", { events: left });
    timers.stop();
    stats.finish();
    overload.release();
    // The look-ups first: what they find belongs to the backlogs that are saved.
    await settle(recorder, STOP_LOOKUPS_MS);
    lookups.close();
    const exported = telemetry?.stop(STOP_TELEMETRY_MS);
    const saved = !config.reloadBacklogs || (await saveBacklogs(state));
    // The bus hears of the last events only once they are durable.
    await within(STOP_FILES_MS, store.flush());
    await bus.drain(STOP_BUS_MS);
    await within(STOP_BUS_MS, bus.close());
    const lostLines = await store.close(LAST_COMMIT_MS);
    await exported;
    log.info("backend has stopped", { ...intake.counters });
    return saved && lostLines === 0 ? 0 : 1;
  };
  return runningService(stop, defect);
}

function loadSurroundings(
  config: BackendConfig,
  files: DownloadedConfig,
  { telemetry, clock, log }: Pick<Parts, "telemetry" | "clock" | "log">,
): Loaded {
  const assets = loadAssets(files.assets);
  const providers = loadProviders([...files.intel, ...files.vuln]);
  const problems = [...assets.problems, ...providers.problems];
  // Whatever else is wrong is reported together: see `loadDirectivesInto`, which is the largest and comes last.
  if (problems.length > 0)
    throw new ConfigRefusedError([...problems, ...loadDirectives(files.directives, () => undefined).problems]);
  log.info("configuration loaded", {
    assets: assets.assets.length,
    "intel sources": providers.intel.length,
    "vulnerability sources": providers.vuln.length,
  });
  return {
    inventory: new Inventory(assets.assets),
    lookups: new Lookups({
      intel: providers.intel,
      vuln: providers.vuln,
      intelPrivateIp: config.intelPrivateIp,
      cacheMinutes: config.cacheMinutes,
      clock,
      logger: log.child("dsiem::enrich"),
      trace: telemetry?.backendSpans && ((name) => telemetry.backendSpans?.lookupBegins(name)),
    }),
  };
}

function loadDirectivesInto(correlator: Correlator, files: DownloadedConfig, log: Logger): LoadedDirectives {
  const loaded = loadDirectives(files.directives, (directive, source) => {
    correlator.addDirective(directive, () => parseDirective(source));
  });
  if (loaded.problems.length > 0) throw new ConfigRefusedError(loaded.problems);
  log.info("directives loaded", { directives: loaded.sources.length, files: files.directives.length });
  return loaded;
}

interface Ticking {
  config: BackendConfig;
  correlator: Correlator;
  intake: EventIntake;
  overload: OverloadSignal;
  telemetry: Telemetry | undefined;
  clock: Clock;
  log: Logger;
}

/** Returns what gives the last report of the watchdog. */
function startTimers(
  timers: Timers,
  { config, correlator, intake, overload, telemetry, clock, log }: Ticking,
): () => WatchdogReport {
  const read = () => ({
    received: intake.counters.received,
    matched: intake.counters.matched,
    processed: intake.counters.processed,
    busyMs: intake.counters.busyMs,
    queueLength: intake.queueLength,
    directivesLoaded: correlator.loadedDirectives,
    directivesActive: correlator.activeDirectives,
    backlogs: correlator.liveBacklogs,
  });
  const watchdog = new Watchdog(log.child("dsiem::watchdog"), read, config.maxEps, clock.monotonic());
  const report = () => {
    const figures = watchdog.report(clock.monotonic());
    telemetry?.export?.({ ...figures });
    return figures;
  };
  let lastReport = report();
  timers.every(WATCHDOG_EVERY_MS, () => {
    lastReport = report();
  });
  timers.every(TICK_MS, () => {
    correlator.expire(clock.now(), EXPIRE_AT_ONCE);
    overload.tick(clock.monotonic());
  });
  timers.every(IDLE_CHECK_MS, () => {
    const dropped = correlator.dropIdle(clock.now());
    if (dropped > 0)
      log.debug("idle directives unloaded", { directives: dropped, "still loaded": correlator.compiledDirectives });
  });
  return () => lastReport;
}

/** Waits for the look-ups under way; what isn't answered in time is written without. */
async function settle(recorder: AlarmRecorder, timeoutMs: number): Promise<void> {
  await within(timeoutMs, recorder.idle());
  recorder.flushNow();
}

/** Names a set of rules; two sets that share a name by chance are none that anybody will see. */
function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

function recordKeeper(store: StateStore, changes: ChangeWriter): RecordKeeper {
  return {
    waits: (id, record) => store.waits(id, JSON.stringify(record)),
    waitsNoMore: (id) => store.waitsNoMore(id),
    found: (backlog, intel, vulnerabilities) => changes.found(backlog, intel, vulnerabilities),
  };
}

/** Stops once, however often it is asked; `done` follows, or carries the defect that ended the service. */
function runningService(stop: () => Promise<number>, defect: Promise<number>): RunningService {
  const stopped = Promise.withResolvers<number>();
  let stopping: Promise<void> | undefined;
  return {
    done: Promise.race([stopped.promise, defect]),
    stop: () => {
      stopping ??= stop().then(
        (code) => stopped.resolve(code),
        (error: unknown) => stopped.reject(error),
      );
      return stopping;
    },
  };
}
