import { isIP } from "node:net";
import { parseArgs } from "node:util";
import { DsiemError } from "../../engine/base/errors.ts";

/** What a start of the desktop may ask for, as `dsiem start` has it. */
export interface DesktopStart {
  demo: boolean;
  profile: string | undefined;
  dataDir: string | undefined;
  port: number | undefined;
  listen: string;
  consoleOrigins: readonly string[];
  verbosity: number;
}

class StartOptionError extends DsiemError {
  constructor(message: string) {
    super("START_OPTION", message);
  }
}

/**
 * Reads the arguments of a start. Others than ours are the system's and Chromium's, and say nothing to us.
 * @throws StartOptionError when one of ours has a value that can't be used
 */
export function readStart(args: readonly string[], env: Readonly<Record<string, string | undefined>>): DesktopStart {
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    options: {
      demo: { type: "boolean" },
      profile: { type: "string" },
      "data-dir": { type: "string" },
      port: { type: "string", short: "p" },
      listen: { type: "string", short: "a" },
      "console-origin": { type: "string", multiple: true },
      verbosity: { type: "boolean", short: "v", multiple: true },
    },
  });
  const profile = text(values.profile, "--profile");
  if (profile !== undefined && !/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}$/.test(profile)) {
    throw new StartOptionError(`--profile ${profile} isn't a name of letters, digits, - and _.`);
  }
  const listen = text(values.listen, "--listen") ?? "127.0.0.1";
  if (isIP(listen) === 0) throw new StartOptionError(`--listen ${listen} isn't an address to listen on.`);
  const origins = values["console-origin"];
  const verbosity = values.verbosity;
  return {
    demo: values.demo === true,
    profile,
    dataDir: text(values["data-dir"], "--data-dir") ?? (env.DSIEM_DATA_DIR || undefined),
    port: portOf(text(values.port, "--port")),
    listen,
    consoleOrigins: Array.isArray(origins) ? origins.filter((origin) => typeof origin === "string") : [],
    verbosity: Array.isArray(verbosity) ? verbosity.length : 0,
  };
}

function text(value: unknown, name: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string" && value !== "") return value;
  throw new StartOptionError(`${name} needs a value.`);
}

function portOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new StartOptionError(`--port ${value} isn't a port from 1 to 65535.`);
}
