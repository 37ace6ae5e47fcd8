import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { BackendConfig, FrontendConfig } from "../service/config.ts";
import { BACKEND_FLAGS, backendConfig } from "./backend-flags.ts";
import type { FlagTable } from "./flags.ts";
import { FRONTEND_FLAGS, frontendConfig } from "./frontend-flags.ts";
import { serveCommandLine } from "./serve-command.ts";
import { TestTerminal } from "./testing/terminal.ts";

type Env = Record<string, string>;
interface Result<T> {
  code: number;
  config: T | undefined;
  out: string;
  err: string;
}

const folder = mkdtempSync(join(tmpdir(), "dsiem-cli-"));
const script = join(folder, "command.js");
writeFileSync(script, "");

async function frontend(argv: readonly string[], env: Env = {}): Promise<Result<FrontendConfig>> {
  const terminal = new TestTerminal(argv, env);
  let config: FrontendConfig | undefined;
  const line = serveCommandLine(
    { name: "dsiem-frontend", description: "", flags: FRONTEND_FLAGS },
    terminal,
    async (values) => {
      config = frontendConfig(values, env, script);
      return 0;
    },
  );
  return { code: await line.run(), config, out: terminal.stdout, err: terminal.stderr };
}

async function backend(argv: readonly string[], env: Env = {}): Promise<Result<BackendConfig>> {
  const terminal = new TestTerminal(argv, env);
  let config: BackendConfig | undefined;
  const line = serveCommandLine(
    { name: "dsiem-backend", description: "", flags: BACKEND_FLAGS },
    terminal,
    async (values) => {
      config = backendConfig(values, env, script);
      return 0;
    },
  );
  return { code: await line.run(), config, out: terminal.stdout, err: terminal.stderr };
}

/** engine.md §10: flag, short, environment, default; `undefined` where there is none. */
type Row = readonly [long: string, short: string | undefined, env: string, value: string | undefined];
const SHARED: readonly Row[] = [
  ["node", "n", "DSIEM_NODE", undefined],
  ["msq", undefined, "DSIEM_MSQ", "nats://dsiem-nats:4222"],
  ["status", "s", "DSIEM_STATUS", "Open,In-Progress,Closed"],
  ["tags", "t", "DSIEM_TAGS", "Identified Threat,False Positive,Valid Threat,Security Incident"],
  ["otel-tracing-enabled", undefined, "DSIEM_OTEL_TRACING_ENABLED", "false"],
  ["otel-metrics-enabled", undefined, "DSIEM_OTEL_METRICS_ENABLED", "false"],
  ["otel-endpoint", undefined, "DSIEM_OTEL_ENDPOINT", "http://localhost:4317"],
  ["debug", undefined, "DSIEM_DEBUG", "false"],
  ["trace", undefined, "DSIEM_TRACE", "false"],
  ["json", "j", "DSIEM_JSON", "false"],
  ["data-dir", undefined, "DSIEM_DATA_DIR", undefined],
  ["max_eps", "e", "DSIEM_MAXEPS", "1000"],
];
const FRONTEND: readonly Row[] = [
  ...SHARED,
  ["ip-address", "a", "DSIEM_ADDRESS", "0.0.0.0"],
  ["tcp-port", "p", "DSIEM_PORT", "8080"],
  ["min_eps", "i", "DSIEM_MINEPS", "100"],
  ["max_queue", "q", "DSIEM_MAXQUEUE", "25000"],
  ["writable-config", undefined, "DSIEM_WRITEABLECONFIG", "false"],
  ["console", undefined, "DSIEM_CONSOLE", "false"],
  ["console-origin", undefined, "DSIEM_CONSOLE_ORIGIN", undefined],
  ["console-token-file", undefined, "DSIEM_CONSOLE_TOKEN_FILE", undefined],
];
const BACKEND: readonly Row[] = [
  ...SHARED,
  ["frontend", "f", "DSIEM_FRONTEND", "http://frontend:8080"],
  ["min-alarm-lifetime", "l", "DSIEM_MINALARMLIFETIME", "0"],
  ["med_risk_min", undefined, "DSIEM_MEDRISKMIN", "3"],
  ["med_risk_max", undefined, "DSIEM_MEDRISKMAX", "6"],
  ["cache", "c", "DSIEM_CACHEDURATION", "10"],
  ["max_queue", "q", "DSIEM_MAXQUEUE", "32768"],
  ["hold_duration", undefined, "DSIEM_HOLDDURATION", "10"],
  ["max_delay", "d", "DSIEM_MAXDELAY", "180"],
  ["intel_private_ip", undefined, "DSIEM_INTELPRIVATEIP", "false"],
  ["reload-backlogs", undefined, "DSIEM_RELOAD_BACKLOGS", "true"],
  ["filter-threads", undefined, "DSIEM_FILTER_THREADS", "0"],
  ["preload-all-directives", undefined, "DSIEM_PRELOAD_DIRECTIVES", "false"],
  ["idle-directives-timeout", undefined, "DSIEM_DIRECTIVES_IDLE_TIMEOUT_MINUTES", "10"],
];

describe.each([
  ["frontend", FRONTEND_FLAGS, FRONTEND],
  ["backend", BACKEND_FLAGS, BACKEND],
] as const)("the flags of the %s", (_name, table: FlagTable, expected) => {
  test.each(expected)("--%s -%s %s %s", (long, short, env, value) => {
    const flag = Object.values(table).find((each) => each.long === long);
    expect(flag).toMatchObject({ long, env });
    expect(flag?.short).toBe(short);
    expect(flag?.shownDefault).toBe(value);
  });

  test("no two share a name, a letter or a variable", () => {
    for (const key of ["long", "short", "env"] as const) {
      const used = Object.values(table)
        .map((flag) => flag[key])
        .filter((name) => name !== undefined);
      expect(new Set(used).size).toBe(used.length);
    }
  });
});

test("without flags everything has its default", async () => {
  const { config, code } = await frontend(["serve", "-n", "fe"]);
  expect(code).toBe(0);
  expect(config).toEqual({
    address: "0.0.0.0",
    port: 8080,
    node: "fe",
    maxEps: 1000,
    minEps: 100,
    bus: { kind: "nats", servers: [{ host: "dsiem-nats", port: 4222, tls: false }], credentials: {} },
    maxQueue: 25_000,
    writableConfig: false,
    status: ["Open", "In-Progress", "Closed"],
    tags: ["Identified Threat", "False Positive", "Valid Threat", "Security Incident"],
    dataDir: folder,
    log: { level: "INFO", json: false },
    telemetry: { tracing: false, metrics: false, endpoint: "http://localhost:4317" },
  });
  expect((await backend(["serve"], { DSIEM_NODE: "be" })).config).toMatchObject({
    frontend: "http://frontend:8080",
    node: "be",
    minAlarmLifetimeMinutes: 0,
    medRiskMin: 3,
    medRiskMax: 6,
    maxEps: 1000,
    cacheMinutes: 10,
    maxQueue: 32_768,
    holdDurationSeconds: 10,
    maxDelaySeconds: 180,
    intelPrivateIp: false,
    reloadBacklogs: true,
    preloadDirectives: false,
    idleDirectivesMinutes: 10,
  });
});

describe("where a value comes from", () => {
  test("a flag beats its variable, which beats the default", async () => {
    expect((await backend(["serve", "-n", "x"], { DSIEM_MAXDELAY: "7" })).config?.maxDelaySeconds).toBe(7);
    expect((await backend(["serve", "-n", "x", "-d", "8"], { DSIEM_MAXDELAY: "7" })).config?.maxDelaySeconds).toBe(8);
    expect(
      (await backend(["serve", "-n", "x", "--reload-backlogs=false"], { DSIEM_RELOAD_BACKLOGS: "true" })).config
        ?.reloadBacklogs,
    ).toBe(false);
    expect((await backend(["serve", "-n", "x"], { DSIEM_RELOAD_BACKLOGS: "false" })).config?.reloadBacklogs).toBe(
      false,
    );
    expect((await backend(["serve", "-n", "x", "--intel_private_ip", "true"])).config?.intelPrivateIp).toBe(true);
    // A bad variable doesn't matter when the flag is there.
    expect((await backend(["serve", "-n", "x", "-d", "8"], { DSIEM_MAXDELAY: "soon" })).code).toBe(0);
  });

  test("items of -s and -t keep their blanks", async () => {
    const { config } = await frontend(["serve", "-n", "x", "-s", "Open, Done ", "-t", " a,b"]);
    expect(config?.status).toEqual(["Open", " Done "]);
    expect(config?.tags).toEqual([" a", "b"]);
  });

  test("the log's flags work before and after serve", async () => {
    const level = async (...argv: string[]) => (await backend([...argv])).config?.log;
    expect(await level("-v", "serve", "-n", "x")).toEqual({ level: "DEBUG", json: false });
    expect(await level("serve", "-n", "x", "-v")).toEqual({ level: "DEBUG", json: false });
    expect(await level("-v", "serve", "-n", "x", "-vj")).toEqual({ level: "TRACE", json: true });
    expect(await level("--debug", "serve", "-n", "x")).toEqual({ level: "DEBUG", json: false });
    expect(await level("serve", "-n", "x", "--trace", "true", "--json=false")).toEqual({ level: "TRACE", json: false });
    expect((await backend(["serve", "-n", "x"], { DSIEM_DEBUG: "true", DSIEM_JSON: "true" })).config?.log).toEqual({
      level: "DEBUG",
      json: true,
    });
  });

  test("the data folder: flag, variable, or the real folder of the script", async () => {
    expect(
      (await backend(["serve", "-n", "x", "--data-dir", "/data/../d"], { DSIEM_DATA_DIR: "/e" })).config?.dataDir,
    ).toBe("/d");
    expect((await backend(["serve", "-n", "x"], { DSIEM_DATA_DIR: "/e" })).config?.dataDir).toBe("/e");
    const link = join(mkdtempSync(join(tmpdir(), "dsiem-cli-")), "dsiem-backend");
    symlinkSync(script, link);
    const terminal = new TestTerminal(["serve", "-n", "x"]);
    let dataDir: string | undefined;
    const line = serveCommandLine(
      { name: "dsiem-backend", description: "", flags: BACKEND_FLAGS },
      terminal,
      async (values) => {
        dataDir = backendConfig(values, {}, link).dataDir;
        return 0;
      },
    );
    expect(await line.run()).toBe(0);
    expect(dataDir).toBe(folder);
  });

  test("values that mean something else", async () => {
    expect((await backend(["serve", "-n", "x", "--max_queue", "0"])).config?.maxQueue).toBe(524_288);
    expect((await backend(["serve", "-n", "x", "-f", "http://fe:80/"])).config?.frontend).toBe("http://fe:80");
    expect((await backend(["serve", "-n", "x", "--filter-threads", "4"])).code).toBe(0);
    expect((await frontend(["serve", "-n", "x", "-p", "0", "--port-file", "/tmp/p"])).config).toMatchObject({
      port: 0,
      portFile: "/tmp/p",
    });
    expect((await frontend(["serve", "-n", "x", "-e", "0"])).config).toMatchObject({ maxEps: 0, minEps: 100 });
    expect((await frontend(["serve", "-n", "x", "-a", "::1"])).config?.address).toBe("::1");
  });
});

describe("the bus", () => {
  test("credentials of NATS come from the environment", async () => {
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, "");
    const env = {
      DSIEM_NODE: "x",
      DSIEM_NATS_USER: "u",
      DSIEM_NATS_PASSWORD: "p",
      DSIEM_NATS_TOKEN: "t",
      DSIEM_NATS_TLS_CA: ca,
    };
    expect((await frontend(["serve"], env)).config?.bus).toMatchObject({
      credentials: { user: "u", password: "p", token: "t", tlsCaFile: ca },
    });
    const missing = await frontend(["serve"], { DSIEM_NODE: "x", DSIEM_NATS_CREDS: join(folder, "none") });
    expect(missing.err).toMatch(/^dsiem-frontend: DSIEM_NATS_CREDS names a file that can't be read: .*\n$/);
    const half = await frontend(["serve"], { DSIEM_NODE: "x", DSIEM_NATS_TLS_KEY: ca });
    expect(half.err).toContain("only one of them is set");
  });

  test("link takes its secret from the environment or a file", async () => {
    const file = join(folder, "token");
    writeFileSync(file, "from-file\n");
    const bus = async (argv: string[], env: Env) =>
      (await backend(["serve", "-n", "x", "--msq", "link", ...argv], env)).config?.bus;
    expect(await bus([], { DSIEM_LINK_TOKEN: "from-env" })).toEqual({ kind: "link", token: "from-env" });
    expect(await bus(["--link-token-file", file], {})).toEqual({ kind: "link", token: "from-file" });
    expect(await bus(["--link-token-file", file], { DSIEM_LINK_TOKEN: "from-env" })).toEqual({
      kind: "link",
      token: "from-file",
    });
    expect(await bus([], { DSIEM_LINK_TOKEN_FILE: file, DSIEM_LINK_TOKEN: "from-env" })).toEqual({
      kind: "link",
      token: "from-env",
    });
    expect(await bus([], { DSIEM_LINK_TOKEN_FILE: file })).toEqual({ kind: "link", token: "from-file" });
  });
});

describe("one clear line and exit code 2", () => {
  const node = ["serve", "-n", "x"];
  test.each<[string[], Env, string]>([
    [["serve"], {}, "--node (-n) is missing: give it, or set DSIEM_NODE"],
    [["serve", "-n", "a/b"], {}, `--node (-n): "a/b" isn't a node name`],
    [["serve", "-n"], {}, "--node (-n) needs a value: <name>"],
    [[...node, "--no-such-flag"], {}, "unknown option '--no-such-flag'"],
    [[...node, "--med_risk_mim", "3"], {}, "Did you mean --med_risk_min?"],
    [[...node, "extra"], {}, "too many arguments"],
    [["sreve"], {}, "unknown command 'sreve'"],
    [[...node, "--max_delay", "soon"], {}, `--max_delay (-d): "soon" isn't a whole number from 0`],
    [node, { DSIEM_MAXDELAY: "soon" }, `DSIEM_MAXDELAY (for --max_delay): "soon" isn't a whole number from 0`],
    [[...node, "--max_queue=-1"], {}, `--max_queue (-q): "-1" isn't a whole number`],
    [[...node, "-q", "1.5"], {}, "--max_queue"],
    [[...node, "-q", ""], {}, "--max_queue"],
    [[...node, "-e", "0"], {}, `--max_eps (-e): "0" isn't a whole number from 1`],
    [[...node, "--med_risk_min", "1"], {}, "--med_risk_min"],
    [[...node, "--med_risk_max", "10"], {}, "--med_risk_max"],
    [
      [...node, "--med_risk_min", "4", "--med_risk_max", "4"],
      {},
      "--med_risk_min is 4, not below --med_risk_max, which is 4",
    ],
    [[...node, "--med_risk_min", "7", "--med_risk_max", "3"], {}, "--med_risk_min is 7"],
    [[...node, "--idle-directives-timeout", "4"], {}, "--idle-directives-timeout"],
    [[...node, "--reload-backlogs="], {}, `--reload-backlogs: "" is neither true nor false`],
    [
      node,
      { DSIEM_RELOAD_BACKLOGS: "" },
      `DSIEM_RELOAD_BACKLOGS (for --reload-backlogs): "" is neither true nor false`,
    ],
    [[...node, "--debug=1"], {}, "--debug"],
    [[...node, "-f", "frontend:8080"], {}, "isn't a URL such as http://host:8080"],
    [[...node, "-s", ""], {}, "--status (-s)"],
    [[...node, "--data-dir", ""], {}, "--data-dir"],
    [[...node, "--msq", "link"], {}, "set DSIEM_LINK_TOKEN or give --link-token-file"],
    [[...node, "--msq", "link", "--link-token-file", "/no/such"], {}, "--link-token-file can't be read"],
    [[...node, "--msq", "nats://u:hunter2@h:x"], {}, "--msq: the value has a port that isn't a number from 1 to 65535"],
    [node, { DSIEM_MSQ: "" }, "DSIEM_MSQ (for --msq): the value names no server"],
    [[...node, "-d", "\u001b[2J\nsoon"], {}, String.raw`"\u001b[2J\u000asoon"`],
  ])("backend %j %j", async (argv, env, message) => {
    const { code, err, out } = await backend(argv, env);
    expect(err).toContain(message);
    expect(err).toMatch(/^dsiem-backend: [^\n]+\n$/);
    expect(err).not.toContain("hunter2");
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  test.each<[string[], Env, string]>([
    [["-a", "localhost"], {}, `--ip-address (-a): "localhost" isn't an IPv4 or IPv6 address`],
    [["-p", "0"], {}, "--tcp-port (-p) is 0"],
    [["-p", "65536"], {}, "--tcp-port (-p)"],
    [["-e", "50"], {}, "--min_eps (-i) is 100, above --max_eps (-e), which is 50"],
    [[], { DSIEM_PORT: "http" }, "DSIEM_PORT (for --tcp-port)"],
    [[], { DSIEM_WRITEABLECONFIG: "yes" }, "DSIEM_WRITEABLECONFIG"],
  ])("frontend %j %j", async (argv, env, message) => {
    const { code, err } = await frontend(["serve", "-n", "x", ...argv], env);
    expect(err).toContain(message);
    expect(err).toMatch(/^dsiem-frontend: [^\n]+\n$/);
    expect(code).toBe(2);
  });
});

describe("console mode", () => {
  const env = { DSIEM_CONSOLE_TOKEN: "the-launch-token-of-this-test" };

  test("listens on the loopback address unless told otherwise, and takes further origins", async () => {
    const { config } = await frontend(["serve", "-n", "x", "--console"], env);
    expect(config).toMatchObject({ address: "127.0.0.1", console: { token: env.DSIEM_CONSOLE_TOKEN, origins: [] } });
    const two = ["--console-origin", "https://a.example.com", "--console-origin=app://dsiem"];
    const more = await frontend(["serve", "-n", "x", "--console", "-a", "0.0.0.0", ...two], env);
    expect(more.config).toMatchObject({
      address: "0.0.0.0",
      console: { origins: ["https://a.example.com", "app://dsiem"] },
    });
    const fromEnv = { ...env, DSIEM_CONSOLE: "true", DSIEM_CONSOLE_ORIGIN: "https://a.example.com, http://b:81" };
    const { config: told } = await frontend(["serve", "-n", "x"], fromEnv);
    expect(told?.console?.origins).toEqual(["https://a.example.com", "http://b:81"]);
  });

  test("reads the token from a file", async () => {
    const file = join(folder, "launch-token");
    writeFileSync(file, "another-launch-token-in-a-file\n");
    const { config } = await frontend(["serve", "-n", "x", "--console", "--console-token-file", file], env);
    expect(config?.console?.token).toBe("another-launch-token-in-a-file");
  });

  test("without --console a token changes nothing", async () => {
    const { config } = await frontend(["serve", "-n", "x"], env);
    expect(config).not.toHaveProperty("console");
    expect(config?.address).toBe("0.0.0.0");
  });

  test.each<[string[], Env, string]>([
    [[], {}, "--console needs the launch token"],
    [[], { DSIEM_CONSOLE_TOKEN: "short" }, "must be 16 or more characters"],
    [[], { DSIEM_CONSOLE_TOKEN: "with blanks in between the words" }, "without blanks"],
    [["--console-token-file", "/no/such/file"], {}, "--console-token-file can't be read"],
    ...["null", "*", "https://a.example.com/", "https://A.example.com", "http://a.example.com:80", "a.example.com"].map(
      (origin): [string[], Env, string] => [["--console-origin", origin], env, `"${origin}" isn't an origin`],
    ),
  ])("%j %j", async (argv, given, message) => {
    const { code, err } = await frontend(["serve", "-n", "x", "--console", ...argv], given);
    expect(err).toContain(message);
    expect(err).toMatch(/^dsiem-frontend: [^\n]+\n$/);
    expect(err).not.toContain(given.DSIEM_CONSOLE_TOKEN ?? "no token");
    expect(code).toBe(2);
  });
});

describe("help and version", () => {
  test("help names every flag, its variable and its default", async () => {
    for (const flag of ["-h", "--help"]) {
      const { code, out, err } = await backend(["serve", flag]);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      for (const [long, , env, value] of BACKEND) {
        expect(out).toContain(`--${long}`);
        expect(out).toContain(`[env: ${env}]`);
        if (value !== undefined) expect(out).toContain(`[default: ${value}]`);
      }
    }
    expect((await backend(["help", "serve"])).out).toContain("--frontend <url>");
    expect((await backend(["-h"])).out).toContain("serve [options]");
  });

  test("the version is printed before and after serve", async () => {
    for (const argv of [["-V"], ["--version"], ["serve", "-V"], ["serve", "-n", "x", "--version"]]) {
      const { code, out } = await frontend(argv);
      expect(code).toBe(0);
      expect(out).toMatch(/^dsiem-frontend \d+\.\d+\.\d+/);
    }
  });

  test("no command at all shows the help and is an error", async () => {
    const { code, err } = await frontend([]);
    expect(code).toBe(2);
    expect(err).toContain("Usage: dsiem-frontend");
  });
});

test("what goes wrong while serving is exit code 1", async () => {
  const terminal = new TestTerminal(["serve", "-n", "x"]);
  const line = serveCommandLine(
    { name: "dsiem-backend", description: "", flags: BACKEND_FLAGS },
    terminal,
    async () => {
      throw new Error("broken");
    },
  );
  expect(await line.run()).toBe(1);
  expect(terminal.stderr).toMatch(/^dsiem-backend: Error: broken\n {4}at /);
});
