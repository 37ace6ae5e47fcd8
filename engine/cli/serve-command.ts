import { CommandLine, type Terminal } from "./command-line.ts";
import type { FlagTable, FlagValues } from "./flags.ts";
import { type Environment, LOG_FLAGS } from "./service-flags.ts";

/** The command line of a service: the flags of the log, and `serve` with all the others. */
export function serveCommandLine<T extends FlagTable>(
  service: { name: string; description: string; flags: T },
  terminal: Terminal,
  serve: (values: FlagValues<T>, env: Environment) => Promise<number>,
): CommandLine {
  const line = new CommandLine(service.name, service.description, LOG_FLAGS, terminal);
  line.add(
    {
      name: "serve",
      description: `Start the ${service.name.replace("dsiem-", "")}`,
      epilogue:
        "A flag beats its environment variable. Credentials of NATS: in the URL, or DSIEM_NATS_USER, _PASSWORD, _TOKEN,\n" +
        "_CREDS (file), _TLS_CA, _TLS_CERT, _TLS_KEY. The secret of --msq link: DSIEM_LINK_TOKEN.",
      flags: service.flags,
      run: (values) => serve(values, terminal.env),
    },
    LOG_FLAGS,
  );
  return line;
}

/** This process's own command line. */
export function processTerminal(): Terminal {
  return {
    argv: process.argv.slice(2),
    env: process.env,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  };
}

/** The started script, by which the data folder is found when nothing names it. */
export function startedScript(): string {
  const script = process.argv[1];
  if (script === undefined) throw new Error("broken invariant: node was started without a script");
  return script;
}
