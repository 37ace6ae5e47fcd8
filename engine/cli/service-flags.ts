import { accessSync, constants, readFileSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { errorText } from "../base/errors.ts";
import type { BusConfig, LogConfig, NatsCredentials, TelemetryConfig } from "../service/config.ts";
import {
  BadValue,
  booleanFlag,
  countFlag,
  type FlagValues,
  optionalFlag,
  readNonEmpty,
  requiredFlag,
  textFlag,
  UsageError,
} from "./flags.ts";
import { type MessageQueue, readMessageQueue } from "./msq.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Flags of every command of a service, before and after `serve` (engine.md §10). */
export const LOG_FLAGS = {
  verbosity: countFlag({ long: "verbosity", short: "v", help: "Log more; twice: log everything" }),
  debug: booleanFlag({ long: "debug", env: "DSIEM_DEBUG", default: false, help: "Log at level DEBUG" }),
  trace: booleanFlag({ long: "trace", env: "DSIEM_TRACE", default: false, help: "Log at level TRACE" }),
  json: booleanFlag({ long: "json", short: "j", env: "DSIEM_JSON", default: false, help: "Log as JSON lines" }),
};

export function logConfig(values: FlagValues<typeof LOG_FLAGS>): LogConfig {
  if (values.trace || values.verbosity >= 2) return { level: "TRACE", json: values.json };
  return { level: values.debug || values.verbosity === 1 ? "DEBUG" : "INFO", json: values.json };
}

/** Flags that frontend and backend share. */
export const SHARED_FLAGS = {
  msq: textFlag({
    long: "msq",
    env: "DSIEM_MSQ",
    placeholder: "url",
    default: "nats://dsiem-nats:4222",
    secret: true,
    help: "The bus: host, host:port, nats://[user:pass@]host[:port], tls://…, a comma list of these, or link (one host, no NATS)",
    read: readMessageQueue,
  }),
  status: textFlag({
    long: "status",
    short: "s",
    env: "DSIEM_STATUS",
    placeholder: "list",
    default: "Open,In-Progress,Closed",
    help: "Alarm statuses, comma-separated; new alarms get the first",
    read: readList,
  }),
  tags: textFlag({
    long: "tags",
    short: "t",
    env: "DSIEM_TAGS",
    placeholder: "list",
    default: "Identified Threat,False Positive,Valid Threat,Security Incident",
    help: "Alarm tags, comma-separated; new alarms get the first",
    read: readList,
  }),
  tracing: booleanFlag({
    long: "otel-tracing-enabled",
    env: "DSIEM_OTEL_TRACING_ENABLED",
    default: false,
    help: "Export a trace of each event by OpenTelemetry",
  }),
  metrics: booleanFlag({
    long: "otel-metrics-enabled",
    env: "DSIEM_OTEL_METRICS_ENABLED",
    default: false,
    help: "Export the figures of each report by OpenTelemetry, every 10 s",
  }),
  otelEndpoint: textFlag({
    long: "otel-endpoint",
    env: "DSIEM_OTEL_ENDPOINT",
    placeholder: "url",
    default: "http://localhost:4317",
    help: "Where an OpenTelemetry collector takes OTLP over gRPC",
    read: readHttpUrl,
  }),
  linkTokenFile: optionalFlag({
    long: "link-token-file",
    env: "DSIEM_LINK_TOKEN_FILE",
    placeholder: "file",
    help: "File with the secret of --msq link (or put the secret itself into DSIEM_LINK_TOKEN)",
    read: readNonEmpty,
  }),
  dataDir: optionalFlag({
    long: "data-dir",
    env: "DSIEM_DATA_DIR",
    placeholder: "folder",
    help: "Holds configs/, logs/ and web/dist/; default: the folder of the started script",
    read: readNonEmpty,
  }),
};

/** Node names end up in file names (`directives_NODE.json`, `logs/.state/NODE.db`) and in bus subjects. */
export function nodeFlag(help: string, read: (text: string) => string) {
  return requiredFlag({ long: "node", short: "n", env: "DSIEM_NODE", placeholder: "name", help, read });
}

type SharedValues = FlagValues<typeof SHARED_FLAGS>;

export function telemetryConfig(values: SharedValues): TelemetryConfig {
  return { tracing: values.tracing, metrics: values.metrics, endpoint: values.otelEndpoint };
}

/** `-s` and `-t`: the items keep their blanks (engine.md §10). */
function readList(text: string): readonly string[] {
  if (text === "") throw new BadValue("is empty");
  return text.split(",");
}

/** An http or https URL, without the slash at its end. */
export function readHttpUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.search !== "" || url.hash !== "") {
    throw new BadValue("isn't a URL such as http://host:8080");
  }
  return text.trim().replace(/\/+$/, "");
}

/** `--data-dir`, or the real folder of the started script: a symlink in /usr/local/bin leads to where it points. */
export function dataFolder(values: SharedValues, script: string): string {
  return values.dataDir === undefined ? dirname(realpathSync(script)) : resolve(values.dataDir);
}

/** @throws UsageError when `link` has no token, or a file of the credentials can't be read. */
export function busConfig(values: SharedValues, env: Environment): BusConfig {
  const queue: MessageQueue = values.msq;
  if (queue.kind === "nats") return { kind: "nats", servers: queue.servers, credentials: natsCredentials(env) };
  return { kind: "link", token: linkToken(values, env) };
}

function linkToken(values: SharedValues, env: Environment): string {
  const token = secretOf(values.linkTokenFile, { flag: "--link-token-file", variable: "DSIEM_LINK_TOKEN" }, env);
  if (token !== undefined) return token;
  throw new UsageError("--msq link needs the shared secret: set DSIEM_LINK_TOKEN or give --link-token-file");
}

/**
 * A secret from its variable, or from the file that a flag or the variable with `_FILE` behind its name names.
 * @throws UsageError when the file can't be used
 */
export function secretOf(
  file: string | undefined,
  { flag, variable }: { flag: string; variable: string },
  env: Environment,
): string | undefined {
  const fromEnv = env[variable]?.trim();
  // A flag beats its environment variable, but the secret itself beats a variable that names a file.
  const fileWins = file !== undefined && (file !== env[`${variable}_FILE`] || !fromEnv);
  if (!fileWins && fromEnv) return fromEnv;
  if (file === undefined) return undefined;
  let secret: string;
  try {
    secret = readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new UsageError(`${flag} can't be read: ${errorText(error)}`, { cause: error });
  }
  if (secret === "") throw new UsageError(`${flag} ${file} is empty`);
  return secret;
}

const CREDENTIAL_FILES = [
  ["credsFile", "DSIEM_NATS_CREDS"],
  ["tlsCaFile", "DSIEM_NATS_TLS_CA"],
  ["tlsCertFile", "DSIEM_NATS_TLS_CERT"],
  ["tlsKeyFile", "DSIEM_NATS_TLS_KEY"],
] as const;

/** From the environment only, never from argv, where every user of the machine sees it (operation.md §1, §3). */
function natsCredentials(env: Environment): NatsCredentials {
  const credentials: NatsCredentials = {};
  const user = env.DSIEM_NATS_USER;
  const password = env.DSIEM_NATS_PASSWORD;
  const token = env.DSIEM_NATS_TOKEN;
  if (user) credentials.user = user;
  if (password) credentials.password = password;
  if (token) credentials.token = token;
  for (const [key, name] of CREDENTIAL_FILES) {
    const file = env[name];
    if (!file) continue;
    try {
      accessSync(file, constants.R_OK);
    } catch (error) {
      throw new UsageError(`${name} names a file that can't be read: ${errorText(error)}`, { cause: error });
    }
    credentials[key] = file;
  }
  if ((credentials.tlsCertFile === undefined) !== (credentials.tlsKeyFile === undefined)) {
    throw new UsageError("DSIEM_NATS_TLS_CERT and DSIEM_NATS_TLS_KEY belong together: only one of them is set");
  }
  return credentials;
}
