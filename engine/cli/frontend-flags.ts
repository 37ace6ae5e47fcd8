import { isIP } from "node:net";
import type { FrontendConfig } from "../service/config.ts";
import { CONSOLE_FLAGS, consoleConfig } from "./console-flags.ts";
import { BadValue, booleanFlag, type FlagValues, numberFlag, optionalFlag, readNonEmpty, UsageError } from "./flags.ts";
import {
  busConfig,
  dataFolder,
  type Environment,
  LOG_FLAGS,
  logConfig,
  nodeFlag,
  SHARED_FLAGS,
  telemetryConfig,
} from "./service-flags.ts";

const MAX_RATE = 4_294_967_295;
const MAX_QUEUE = 1_000_000_000;
const SERVER_ADDRESS = "0.0.0.0";
const CONSOLE_ADDRESS = "127.0.0.1";

/** Every flag of `dsiem-frontend serve` (engine.md §10, operation.md §1). */
export const FRONTEND_FLAGS = {
  address: {
    ...optionalFlag({
      long: "ip-address",
      short: "a",
      env: "DSIEM_ADDRESS",
      placeholder: "address",
      help: `Address to listen on; with --console the default is ${CONSOLE_ADDRESS}`,
      read: readAddressLiteral,
    }),
    shownDefault: SERVER_ADDRESS,
  },
  port: numberFlag({
    long: "tcp-port",
    short: "p",
    env: "DSIEM_PORT",
    placeholder: "port",
    default: 8080,
    min: 0,
    max: 65535,
    help: "Port to listen on (0, a free one, only with --port-file)",
  }),
  node: nodeFlag("Name of this frontend, unique in the fleet", readNodeName),
  maxEps: numberFlag({
    long: "max_eps",
    short: "e",
    env: "DSIEM_MAXEPS",
    placeholder: "rate",
    default: 1000,
    min: 0,
    max: MAX_RATE,
    help: "Most events a second that are let in; 0 turns the limiter off",
  }),
  minEps: numberFlag({
    long: "min_eps",
    short: "i",
    env: "DSIEM_MINEPS",
    placeholder: "rate",
    default: 100,
    min: 0,
    max: MAX_RATE,
    help: "Events a second that are let in however overloaded a backend is; 0 turns the limiter off",
  }),
  maxQueue: numberFlag({
    long: "max_queue",
    short: "q",
    env: "DSIEM_MAXQUEUE",
    placeholder: "events",
    default: 25_000,
    min: 0,
    max: MAX_QUEUE,
    help: "Events that wait while the bus is away",
  }),
  writableConfig: booleanFlag({
    long: "writable-config",
    env: "DSIEM_WRITEABLECONFIG",
    default: false,
    help: "Let configuration files be written and deleted over HTTP",
  }),
  portFile: optionalFlag({
    long: "port-file",
    env: "DSIEM_PORT_FILE",
    placeholder: "file",
    help: "File that gets the port once the frontend listens",
    read: readNonEmpty,
  }),
  ...CONSOLE_FLAGS,
  ...SHARED_FLAGS,
  ...LOG_FLAGS,
};

export function readAddressLiteral(text: string): string {
  if (isIP(text) === 0) throw new BadValue("isn't an IPv4 or IPv6 address");
  return text;
}

function readNodeName(text: string): string {
  if (!/^[^\s/\\]{1,128}$/u.test(text))
    throw new BadValue("isn't a node name: no blanks and slashes, at most 128 characters");
  return text;
}

/** @throws UsageError when flags don't go together. */
export function frontendConfig(
  values: FlagValues<typeof FRONTEND_FLAGS>,
  env: Environment,
  script: string,
): FrontendConfig {
  if (values.port === 0 && values.portFile === undefined) {
    throw new UsageError("--tcp-port (-p) is 0, which takes a free port: that needs --port-file to say which");
  }
  const limited = values.maxEps > 0 && values.minEps > 0;
  if (limited && values.minEps > values.maxEps) {
    throw new UsageError(`--min_eps (-i) is ${values.minEps}, above --max_eps (-e), which is ${values.maxEps}`);
  }
  return {
    address: values.address ?? (values.console ? CONSOLE_ADDRESS : SERVER_ADDRESS),
    port: values.port,
    node: values.node,
    maxEps: values.maxEps,
    minEps: values.minEps,
    bus: busConfig(values, env),
    maxQueue: values.maxQueue,
    writableConfig: values.writableConfig,
    status: values.status,
    tags: values.tags,
    dataDir: dataFolder(values, script),
    ...(values.portFile === undefined ? {} : { portFile: values.portFile }),
    ...(values.console ? { console: consoleConfig(values, env, script) } : {}),
    log: logConfig(values),
    telemetry: telemetryConfig(values),
  };
}
