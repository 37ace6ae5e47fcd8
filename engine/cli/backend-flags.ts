import { BACKEND_QUEUE_WHEN_ZERO } from "../contract/limits.ts";
import type { BackendConfig } from "../service/config.ts";
import { BadValue, booleanFlag, type FlagValues, numberFlag, textFlag, UsageError } from "./flags.ts";
import {
  busConfig,
  dataFolder,
  type Environment,
  LOG_FLAGS,
  logConfig,
  nodeFlag,
  readHttpUrl,
  SHARED_FLAGS,
  telemetryConfig,
} from "./service-flags.ts";

const MAX_RATE = 4_294_967_295;
const MAX_QUEUE = 1_000_000_000;
/** A year of minutes, ten years of seconds: far above any sense, far below where timers overflow. */
const MAX_MINUTES = 525_600;
const MAX_SECONDS = 315_360_000;

/** Every flag of `dsiem-backend serve` (engine.md §10). */
export const BACKEND_FLAGS = {
  frontend: textFlag({
    long: "frontend",
    short: "f",
    env: "DSIEM_FRONTEND",
    placeholder: "url",
    default: "http://frontend:8080",
    help: "Frontend to get the configuration from, and with --msq link the events",
    read: readHttpUrl,
  }),
  node: nodeFlag(
    "Name of this backend: it takes the files directives_NODE.json and directives_NODE_*.json",
    readBackendNode,
  ),
  minAlarmLifetimeMinutes: numberFlag({
    long: "min-alarm-lifetime",
    short: "l",
    env: "DSIEM_MINALARMLIFETIME",
    placeholder: "minutes",
    default: 0,
    min: 0,
    max: MAX_MINUTES,
    help: "Minutes that a backlog lives beyond its stage's timeout",
  }),
  medRiskMin: numberFlag({
    long: "med_risk_min",
    env: "DSIEM_MEDRISKMIN",
    placeholder: "risk",
    default: 3,
    min: 2,
    max: 9,
    help: "Lowest risk that is Medium",
  }),
  medRiskMax: numberFlag({
    long: "med_risk_max",
    env: "DSIEM_MEDRISKMAX",
    placeholder: "risk",
    default: 6,
    min: 2,
    max: 9,
    help: "Highest risk that is Medium",
  }),
  maxEps: numberFlag({
    long: "max_eps",
    short: "e",
    env: "DSIEM_MAXEPS",
    placeholder: "rate",
    default: 1000,
    min: 1,
    max: MAX_RATE,
    help: "Events a second to sustain; the watchdog warns when processing takes too long for that",
  }),
  cacheMinutes: numberFlag({
    long: "cache",
    short: "c",
    env: "DSIEM_CACHEDURATION",
    placeholder: "minutes",
    default: 10,
    min: 0,
    max: MAX_MINUTES,
    help: "Minutes that answers of intel and vulnerability providers are kept",
  }),
  maxQueue: numberFlag({
    long: "max_queue",
    short: "q",
    env: "DSIEM_MAXQUEUE",
    placeholder: "events",
    default: 32_768,
    min: 0,
    max: MAX_QUEUE,
    help: `Unprocessed events that may wait; 0 means ${BACKEND_QUEUE_WHEN_ZERO}`,
  }),
  holdDurationSeconds: numberFlag({
    long: "hold_duration",
    env: "DSIEM_HOLDDURATION",
    placeholder: "seconds",
    default: 10,
    min: 0,
    max: MAX_SECONDS,
    help: "Seconds without a late event after which an overload is over",
  }),
  maxDelaySeconds: numberFlag({
    long: "max_delay",
    short: "d",
    env: "DSIEM_MAXDELAY",
    placeholder: "seconds",
    default: 180,
    min: 0,
    max: MAX_SECONDS,
    help: "Seconds after which an event counts as late and raises an overload; 0 turns that off",
  }),
  intelPrivateIp: booleanFlag({
    long: "intel_private_ip",
    env: "DSIEM_INTELPRIVATEIP",
    default: false,
    help: "Ask intel providers about private addresses too",
  }),
  reloadBacklogs: booleanFlag({
    long: "reload-backlogs",
    env: "DSIEM_RELOAD_BACKLOGS",
    default: true,
    help: "Save live backlogs when stopping, load them when starting",
  }),
  state: booleanFlag({
    long: "state",
    env: "DSIEM_STATE",
    default: true,
    help: "Keep state in logs/.state/NODE.db, so that a killed or crashed backend loses nothing it has processed",
  }),
  journal: booleanFlag({
    long: "journal",
    env: "DSIEM_JOURNAL",
    default: false,
    help: "Keep alarm records and their events for consoles that were away: 7 days, at most 2 GiB",
  }),
  filterThreads: numberFlag({
    long: "filter-threads",
    env: "DSIEM_FILTER_THREADS",
    placeholder: "threads",
    default: 0,
    min: 0,
    max: 65_535,
    help: "Accepted for compatibility, without effect",
  }),
  preloadDirectives: booleanFlag({
    long: "preload-all-directives",
    env: "DSIEM_PRELOAD_DIRECTIVES",
    default: false,
    help: "Keep every directive in memory from the start",
  }),
  idleDirectivesMinutes: numberFlag({
    long: "idle-directives-timeout",
    env: "DSIEM_DIRECTIVES_IDLE_TIMEOUT_MINUTES",
    placeholder: "minutes",
    default: 10,
    min: 5,
    max: MAX_MINUTES,
    help: "Minutes without backlogs after which a directive leaves memory",
  }),
  ...SHARED_FLAGS,
  ...LOG_FLAGS,
};

/** The name stands inside the names of configuration files, so it can't hold what those can't (engine.md §3). */
function readBackendNode(text: string): string {
  if (!/^[a-zA-Z0-9_-]{1,128}$/.test(text)) {
    throw new BadValue("isn't a node name: letters, digits, - and _, at most 128 characters");
  }
  return text;
}

/** @throws UsageError when flags don't go together. */
export function backendConfig(
  values: FlagValues<typeof BACKEND_FLAGS>,
  env: Environment,
  script: string,
): BackendConfig {
  if (values.medRiskMin >= values.medRiskMax) {
    throw new UsageError(
      `--med_risk_min is ${values.medRiskMin}, not below --med_risk_max, which is ${values.medRiskMax}`,
    );
  }
  if (values.journal && !values.state)
    throw new UsageError("--journal needs the state database, which --state=false turns off");
  return {
    frontend: values.frontend,
    node: values.node,
    minAlarmLifetimeMinutes: values.minAlarmLifetimeMinutes,
    status: values.status,
    tags: values.tags,
    medRiskMin: values.medRiskMin,
    medRiskMax: values.medRiskMax,
    maxEps: values.maxEps,
    bus: busConfig(values, env),
    cacheMinutes: values.cacheMinutes,
    maxQueue: values.maxQueue === 0 ? BACKEND_QUEUE_WHEN_ZERO : values.maxQueue,
    holdDurationSeconds: values.holdDurationSeconds,
    maxDelaySeconds: values.maxDelaySeconds,
    intelPrivateIp: values.intelPrivateIp,
    reloadBacklogs: values.reloadBacklogs,
    state: values.state,
    journal: values.journal,
    preloadDirectives: values.preloadDirectives,
    idleDirectivesMinutes: values.idleDirectivesMinutes,
    dataDir: dataFolder(values, script),
    log: logConfig(values),
    telemetry: telemetryConfig(values),
  };
}
