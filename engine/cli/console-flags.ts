import { existsSync, realpathSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import type { ConsoleConfig } from "../service/config.ts";
import { COMMIT, RELEASE } from "./command-line.ts";
import { BadValue, booleanFlag, type FlagValues, listFlag, optionalFlag, readNonEmpty, UsageError } from "./flags.ts";
import { type Environment, secretOf } from "./service-flags.ts";

/** A token that can be guessed is none; the supervisor's has 43 characters. */
const SHORTEST_TOKEN = 16;

/** What the backends call Medium unless they are told otherwise (--med_risk_min, --med_risk_max). */
const RISK_MEDIUM = [3, 6] as const;

/** Flags of `dsiem-frontend serve` for console mode (operation.md §1). */
export const CONSOLE_FLAGS = {
  console: booleanFlag({
    long: "console",
    env: "DSIEM_CONSOLE",
    default: false,
    help: "Console mode: an API for a console, which needs the launch token, and no foreign Host or Origin",
  }),
  consoleOrigins: listFlag({
    long: "console-origin",
    env: "DSIEM_CONSOLE_ORIGIN",
    placeholder: "origin",
    help: "A further origin such as https://siem.example.com that may use the console; may be repeated",
    read: readOrigin,
  }),
  consoleTokenFile: optionalFlag({
    long: "console-token-file",
    env: "DSIEM_CONSOLE_TOKEN_FILE",
    placeholder: "file",
    help: "File with the launch token of --console (or put the token itself into DSIEM_CONSOLE_TOKEN)",
    read: readNonEmpty,
  }),
};

/**
 * @param script the started one, beside which the console's pages are
 * @throws UsageError when there is no token, or none that protects anything
 */
export function consoleConfig(
  values: FlagValues<typeof CONSOLE_FLAGS>,
  env: Environment,
  script: string,
): ConsoleConfig {
  const names = { flag: "--console-token-file", variable: "DSIEM_CONSOLE_TOKEN" };
  const token = secretOf(values.consoleTokenFile, names, env);
  if (token === undefined) {
    throw new UsageError("--console needs the launch token: set DSIEM_CONSOLE_TOKEN or give --console-token-file");
  }
  if (!/^[\x21-\x7e]+$/.test(token) || token.length < SHORTEST_TOKEN) {
    throw new UsageError(
      `the launch token of --console must be ${SHORTEST_TOKEN} or more characters of ASCII without blanks`,
    );
  }
  return {
    ...{ token, origins: values.consoleOrigins, rendererFolder: rendererFolder(script) },
    ...{ version: RELEASE, commit: COMMIT, riskMedium: RISK_MEDIUM },
  };
}

/** A built command has the pages beside it; a source finds those of the last build. */
function rendererFolder(script: string): string {
  const real = existsSync(script) ? realpathSync(script) : script;
  const dist = extname(real) === ".ts" ? join(dirname(real), "..", "..", "dist") : dirname(real);
  return join(dist, "renderer");
}

/** An origin exactly as a browser sends it: scheme, host and, where it isn't the usual one, port. */
function readOrigin(text: string): string {
  const url = URL.parse(text);
  const rest = /^[a-z][a-z0-9+.-]*:\/\/([^/?#@\s]+)$/.exec(text)?.[1];
  const special = url?.protocol === "http:" || url?.protocol === "https:";
  if (url === null || rest === undefined || (special && url.origin !== text)) {
    throw new BadValue("isn't an origin such as https://siem.example.com, in small letters and without a path");
  }
  return text;
}
