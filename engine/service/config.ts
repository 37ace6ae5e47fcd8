import type { LogLevel } from "../base/log.ts";
import type { NatsCredentials, NatsServer } from "../bus/nats-dial.ts";

export type { NatsCredentials, NatsServer };

/** `--msq`: which bus joins frontends and backends (engine.md §4). */
export type BusConfig =
  | { kind: "nats"; servers: readonly NatsServer[]; credentials: NatsCredentials }
  | { kind: "link"; token: string };

export interface LogConfig {
  level: LogLevel;
  json: boolean;
}

export interface TelemetryConfig {
  tracing: boolean;
  metrics: boolean;
  endpoint: string;
}

/** `--console`: the frontend of one's own machine, with an API for a console (operation.md §1). */
export interface ConsoleConfig {
  /** The launch token. */
  token: string;
  /** Origins, besides the frontend's own, whose pages may use it, and under whose hosts it may be reached. */
  origins: readonly string[];
  /** Holds the built pages of the console. */
  rendererFolder: string;
  version: string;
  /** What it was built from; empty when that isn't known. */
  commit: string;
  /** Lowest and highest risk that the backends call Medium. */
  riskMedium: readonly [number, number];
}

/** Everything `dsiem-frontend serve` was told (engine.md §10, operation.md §1). */
export interface FrontendConfig {
  /** Address literal. */
  address: string;
  /** 0 takes a free port; only with `portFile`. */
  port: number;
  node: string;
  /** Events per second; the limiter is off when either is 0. */
  maxEps: number;
  minEps: number;
  bus: BusConfig;
  /** Events that wait while the bus is away; 0 means none. */
  maxQueue: number;
  writableConfig: boolean;
  status: readonly string[];
  tags: readonly string[];
  /** Holds `configs/`, `logs/` and `web/dist/`. */
  dataDir: string;
  /** Gets the port, as text, once the frontend listens. */
  portFile?: string;
  /** Absent in server mode. */
  console?: ConsoleConfig;
  log: LogConfig;
  telemetry: TelemetryConfig;
}

/** Everything `dsiem-backend serve` was told (engine.md §10). */
export interface BackendConfig {
  /** Base URL of the frontend, without a trailing slash. */
  frontend: string;
  node: string;
  minAlarmLifetimeMinutes: number;
  status: readonly string[];
  tags: readonly string[];
  medRiskMin: number;
  medRiskMax: number;
  /** Only for the watchdog's warning about the processing time. */
  maxEps: number;
  bus: BusConfig;
  cacheMinutes: number;
  /** Unprocessed events that may wait; already 524,288 where the flag said 0. */
  maxQueue: number;
  holdDurationSeconds: number;
  /** 0 turns the back-pressure off. */
  maxDelaySeconds: number;
  intelPrivateIp: boolean;
  reloadBacklogs: boolean;
  /** Whether a state database is kept: see operation.md §2. */
  state: boolean;
  /** Whether alarm records and events are journalled for a console (operation.md §7); only where state is kept. */
  journal: boolean;
  preloadDirectives: boolean;
  idleDirectivesMinutes: number;
  dataDir: string;
  log: LogConfig;
  telemetry: TelemetryConfig;
}
