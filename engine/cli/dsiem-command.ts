import { CommandLine, type Terminal } from "./command-line.ts";
import { CONSOLE_FLAGS } from "./console-flags.ts";
import {
  BadValue,
  booleanFlag,
  countFlag,
  numberFlag,
  optionalFlag,
  optionalNumberFlag,
  readNonEmpty,
  requiredFlag,
  textFlag,
} from "./flags.ts";
import { readAddressLiteral } from "./frontend-flags.ts";
import { readHttpUrl } from "./service-flags.ts";

const FRONTEND = textFlag({
  long: "frontend",
  short: "f",
  env: "DSIEM_FRONTEND",
  placeholder: "url",
  default: "http://localhost:8080",
  help: "The frontend that gets the events",
  read: readHttpUrl,
});

const SEND_FLAGS = {
  frontend: FRONTEND,
  batch: numberFlag({
    long: "batch",
    placeholder: "events",
    default: 100,
    min: 1,
    max: 10_000,
    help: "Events of one request",
  }),
  rate: optionalNumberFlag({
    long: "rate",
    placeholder: "rate",
    min: 1,
    max: 1_000_000,
    help: "Events a second; default: as fast as the frontend takes them",
  }),
};

const REPLAY_FLAGS = {
  configs: requiredFlag({
    long: "configs",
    short: "c",
    placeholder: "folder",
    help: "Folder of the directives and assets, or one with a configs folder in it",
    read: readNonEmpty,
  }),
  events: requiredFlag({
    long: "events",
    short: "e",
    placeholder: "file",
    help: "Events, however many: a JSON array or NDJSON; - is the standard input",
    read: readNonEmpty,
  }),
  explain: optionalFlag({
    long: "explain",
    placeholder: "event_id[:directive_id]",
    help: "Say why this event does, did, or doesn't do something, at the moment at which it comes",
    read: readNonEmpty,
  }),
  node: optionalFlag({
    long: "node",
    placeholder: "name",
    help: "Only the directives of this node; default: those of every node, each by itself",
    read: readNonEmpty,
  }),
  json: booleanFlag({ long: "json", short: "j", default: false, help: "Print JSON lines, for programs" }),
};

const TEST_FLAGS = {
  update: booleanFlag({
    long: "update",
    default: false,
    help: "Write what comes out now to expected.json, to be looked at before it is committed",
  }),
};

const SCHEMA_FLAGS = {
  out: optionalFlag({
    long: "out",
    placeholder: "folder",
    help: "Write each schema to a file of this folder; default: all of them to stdout",
    read: readNonEmpty,
  }),
};

/** Which system is meant. */
const PROFILE_FLAGS = {
  profile: optionalFlag({
    long: "profile",
    placeholder: "name",
    help: "Data folder ~/.dsiem-console/NAME; default: the one chosen in the console",
    read: readProfileName,
  }),
  dataDir: optionalFlag({
    long: "data-dir",
    env: "DSIEM_DATA_DIR",
    placeholder: "folder",
    help: "Another data folder, used in place",
    read: readNonEmpty,
  }),
};

const NO_OPEN = booleanFlag({
  long: "no-open",
  default: false,
  help: "Don't open the browser, only print the address",
});

const STATUS_FLAGS = {
  ...PROFILE_FLAGS,
  json: booleanFlag({ long: "json", short: "j", default: false, help: "Print JSON, for programs" }),
};

const START_FLAGS = {
  demo: booleanFlag({ long: "demo", default: false, help: "Go straight to the demo, and play its scenario" }),
  noOpen: NO_OPEN,
  port: optionalNumberFlag({
    long: "port",
    short: "p",
    placeholder: "port",
    min: 1,
    max: 65_535,
    help: "Port to listen on; default: the one of the last time, at first the first free one from 8080",
  }),
  listen: textFlag({
    long: "listen",
    short: "a",
    placeholder: "address",
    default: "127.0.0.1",
    help: "Address to listen on",
    read: readAddressLiteral,
  }),
  consoleOrigins: CONSOLE_FLAGS.consoleOrigins,
  ...PROFILE_FLAGS,
  verbosity: countFlag({ long: "verbosity", short: "v", help: "Let the services log more; twice: everything" }),
};

function readProfileName(text: string): string {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}$/.test(text)) throw new BadValue("isn't a name of letters, digits, - and _");
  return text;
}

/** The `dsiem` tool; each subcommand loads what it needs when it is run. */
export function toolCommandLine(terminal: Terminal, script: string): CommandLine {
  const line = new CommandLine(
    "dsiem",
    "Dsiem Console: start the system, check its configuration, send events",
    {},
    terminal,
  );
  line.add(
    {
      name: "start",
      description: "Start the console, frontend and backends on this machine, and show the alarms",
      flags: START_FLAGS,
      run: async (values) => {
        const { startSystem } = await import("./start.ts");
        return startSystem(values, terminal, script, stopSignal());
      },
    },
    {},
  );
  line.add(
    {
      name: "open",
      description: "Open the console of a running system in the browser: prints an address that lets it in, once",
      flags: { ...PROFILE_FLAGS, noOpen: NO_OPEN },
      run: async (values) => {
        const { openConsole } = await import("./open.ts");
        return openConsole(values, terminal);
      },
    },
    {},
  );
  line.add(
    {
      name: "status",
      description: "Show the services of a running system, the bus, and every event that wasn't correlated, by cause",
      epilogue:
        "Counts are since the start of each service. Skipped: looked at, and of no consequence. Dropped: lost. Refused:\n" +
        "requests that were never taken in. received = correlated + skipped + dropped + waiting holds in every backend.",
      flags: STATUS_FLAGS,
      run: async (values) => {
        const { showStatus } = await import("./status.ts");
        return showStatus(values, terminal);
      },
    },
    {},
  );
  line.add(
    {
      name: "backup",
      description: "Write a consistent copy of the console's database; the console may run meanwhile",
      argument: { name: "<file>", description: "The copy, which isn't there yet" },
      flags: PROFILE_FLAGS,
      run: async (values, file) => {
        const { backUpConsole } = await import("./console-data.ts");
        return backUpConsole(values, file, terminal);
      },
    },
    {},
  );
  line.add(
    {
      name: "import",
      description:
        "Take the alarms of an earlier installation into the console: siem_alarms.json, siem_alarm_events.json",
      argument: { name: "<logs>", description: "The folder that has the files, or one of them" },
      flags: PROFILE_FLAGS,
      run: async (values, logs) => {
        const { importLogs } = await import("./console-data.ts");
        return importLogs(values, logs, terminal);
      },
    },
    {},
  );
  line.add(
    {
      name: "validate",
      description: "Check configuration files and print every problem",
      argument: { name: "<dir>", description: "The folder, or one with a configs folder in it, or a single file" },
      flags: {},
      run: async (_values, path) => {
        const { validate } = await import("./validate.ts");
        return validate(path, terminal);
      },
    },
    {},
  );
  line.add(
    {
      name: "replay",
      description: "Replay a file of events as they would have been correlated when they came, and print the alarms",
      epilogue:
        "Time is that of the events: a recording of last year behaves as it did. Lines that can't be read are counted and left\n" +
        "out; behind the first 100,000 events those that no directive looks for are only scanned.\n" +
        "Exit codes: 0, 1 when it couldn't be replayed to its end or there is no such event to explain, 2 for wrong usage.",
      flags: REPLAY_FLAGS,
      run: async (values) => {
        const { replayEvents } = await import("./replay.ts");
        return replayEvents(values, terminal, process.stdin);
      },
    },
    {},
  );
  line.add(
    {
      name: "test",
      description: "Replay every test case below a folder and say where the alarms aren't those expected",
      argument: {
        name: "<dir>",
        description: "The folder of one case, or any folder above: a case has an expected.json",
      },
      epilogue:
        "A case: events.ndjson, directives_….json, assets_….json, expected.json, and case.json where these are elsewhere.\n" +
        "Exit codes: 0 when all cases pass, 1 when one doesn't or can't be run, 2 for wrong usage.",
      flags: TEST_FLAGS,
      run: async ({ update }, folder) => {
        const { testCases } = await import("./test-cases.ts");
        return testCases(folder, update, terminal);
      },
    },
    {},
  );
  line.add(
    {
      name: "send",
      description: "Post the events of a file to a frontend",
      argument: { name: "<file>", description: "A JSON array or NDJSON; - is the standard input" },
      flags: SEND_FLAGS,
      run: async (values, file) => {
        const { sendFile } = await import("./send.ts");
        return sendFile({ ...values, file }, terminal, process.stdin);
      },
    },
    {},
  );
  line.add(
    {
      name: "demo",
      description: "Play the demo scenario against a running frontend, about a minute",
      flags: { frontend: FRONTEND },
      run: async (values) => {
        const { playDemo } = await import("./demo-command.ts");
        return playDemo(values.frontend, terminal, stopSignal());
      },
    },
    {},
  );
  line.add(
    {
      name: "schema",
      description: "Write the JSON schemas of every configuration file and of the event",
      flags: SCHEMA_FLAGS,
      run: async (values) => {
        const { writeSchemas } = await import("./schema.ts");
        return writeSchemas(values.out, terminal);
      },
    },
    {},
  );
  return line;
}

/** Aborted by the first signal that asks to stop; the second, a second later or more, ends the process at once. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      first ??= performance.now();
      // A terminal and npm both pass Ctrl-C on: at first it is one and the same wish.
      if (performance.now() - first > 1000) process.exit(1);
      controller.abort();
    });
  }
  return controller.signal;
}
