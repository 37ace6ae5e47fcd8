import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { directive, rule } from "../backlog/testing/builders.ts";
import { until } from "../supervisor/testing/services.ts";
import { OtlpReceiver } from "../telemetry/testing/otlp-receiver.ts";

/** Notes every module of the process and of its threads, Node's own included, as it is asked for. */
const NOTE_MODULES = `
  import { appendFileSync } from "node:fs";
  import { registerHooks } from "node:module";
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      appendFileSync(process.env.MODULES_FILE, found.url + "\\n");
      return found;
    },
  });
`;

/** Parts of the URLs of what only telemetry needs. */
const ONLY_TELEMETRY = /\/node_modules\/(@opentelemetry|@grpc|protobufjs|@protobufjs)\/|\/engine\/telemetry\/otlp\//;
/** A built file holds all modules, so there it is looked up whether the code that makes these has run: one of each package. */
const LANDMARKS = [
  ...["OpenTelemetry", "CorrelationSpans", "SpanQueue", "Gauges", "OTLPTraceExporter", "OTLPMetricExporter"],
  ...["TracerProvider", "MeterProvider", "GrpcExporterTransport"],
].map((name) => new RegExp(`\\b${name}(\\$\\d+)? = class\\b`));
const GRPC_LANDMARK = /exports\.makeClientConstructor = makeClientConstructor;/;

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const FORMS = {
  sources: { frontend: at("./dsiem-frontend.ts"), backend: at("./dsiem-backend.ts") },
  "built files": { frontend: at("../../dist/frontend.js"), backend: at("../../dist/backend.js") },
};
type Form = keyof typeof FORMS;

let folder = "";
let otlp: OtlpReceiver;
let children: ChildProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dsiem-telemetry-off-"));
  mkdirSync(join(folder, "configs"));
  writeFileSync(join(folder, "note-modules.mjs"), NOTE_MODULES);
  const assets = { assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 5 }] };
  writeFileSync(join(folder, "configs", "assets_a.json"), JSON.stringify(assets));
  const directives = { directives: [directive([rule(1), rule(2)], { id: 7 })] };
  writeFileSync(join(folder, "configs", "directives_be1.json"), JSON.stringify(directives));
  otlp = await OtlpReceiver.start();
});

afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children = [];
  otlp.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a service that has stopped had loaded. */
interface Loaded {
  /** Every module that was asked for, a line each. */
  modules: string;
  /** How often the innermost function around a text of the built file ran, in all threads. */
  runs: (text: RegExp) => number;
}

interface Service {
  stop(): Promise<number | null>;
  loaded(): Loaded;
}

/** The coverage that V8 writes when a process ends. */
interface Coverage {
  result: {
    url: string;
    functions: { ranges: { startOffset: number; endOffset: number; count: number }[] }[];
  }[];
}

function runsOf(coverageFolder: string, script: string, text: RegExp): number {
  const offset = readFileSync(script, "utf8").search(text);
  if (offset < 0) throw new Error(`${script} holds nothing like ${text}`);
  let runs = 0;
  for (const name of readdirSync(coverageFolder)) {
    const { result }: Coverage = JSON.parse(readFileSync(join(coverageFolder, name), "utf8"));
    const functions = result.find(({ url }) => url === pathToFileURL(script).href)?.functions ?? [];
    const around = functions
      .flatMap(({ ranges }) => ranges)
      .filter(({ startOffset, endOffset }) => startOffset <= offset && offset < endOffset)
      .sort((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset));
    runs += around[0]?.count ?? 0;
  }
  return runs;
}

function serve(form: Form, service: "frontend" | "backend", args: readonly string[]): Service {
  const script = FORMS[form][service];
  const modules = join(folder, `modules-${service}.txt`);
  const coverage = join(folder, `coverage-${service}`);
  const hook = pathToFileURL(join(folder, "note-modules.mjs")).href;
  const shared = ["--msq", "link", "--data-dir", folder, "--otel-endpoint", otlp.endpoint];
  const child = spawn(process.execPath, ["--import", hook, script, "serve", ...shared, ...args], {
    stdio: "ignore",
    env: {
      PATH: process.env.PATH,
      MODULES_FILE: modules,
      NODE_V8_COVERAGE: coverage,
      DSIEM_LINK_TOKEN: "a token of the test",
    },
  });
  children.push(child);
  const exit = new Promise<number | null>((resolve) => child.on("exit", resolve));
  return {
    stop: () => {
      child.kill("SIGTERM");
      return exit;
    },
    loaded: () => ({ modules: readFileSync(modules, "utf8"), runs: (text) => runsOf(coverage, script, text) }),
  };
}

/** Takes one event from the door to the alarm files, and returns what both services had loaded when they had stopped. */
async function oneEvent(form: Form, flags: readonly string[]): Promise<{ frontend: Loaded; backend: Loaded }> {
  const portFile = join(folder, "port");
  const door = ["-a", "127.0.0.1", "-p", "0", "--port-file", portFile, "-n", "fe1", ...flags];
  const frontend = serve(form, "frontend", door);
  await until("the frontend listens", () => existsSync(portFile));
  const url = `http://127.0.0.1:${readFileSync(portFile, "utf8").trim()}`;
  const backend = serve(form, "backend", ["-f", url, "-n", "be1", ...flags]);
  const event = {
    ...{ event_id: "ev-1", timestamp: new Date().toISOString(), sensor: "s", title: "t", src_ip: "10.0.0.2" },
    ...{ dst_ip: "10.0.0.3", plugin_id: 1, plugin_sid: 1 },
  };
  const request = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(event) };
  expect((await fetch(`${url}/events`, request)).status).toBe(200);
  const lines = join(folder, "logs", "siem_alarm_events.json");
  await until("the event is correlated", () => existsSync(lines) && readFileSync(lines, "utf8").includes("ev-1"));
  expect([await backend.stop(), await frontend.stop()]).toEqual([0, 0]);
  return { frontend: frontend.loaded(), backend: backend.loaded() };
}

function onlyTelemetry({ modules }: Loaded): string[] {
  return modules.split("\n").filter((url) => ONLY_TELEMETRY.test(url));
}

describe.each(Object.keys(FORMS) as Form[])("the %s", (form) => {
  test("load nothing of OpenTelemetry while it is off", { timeout: 60_000 }, async () => {
    const { frontend, backend } = await oneEvent(form, []);
    expect([...onlyTelemetry(frontend), ...onlyTelemetry(backend)]).toEqual([]);
    expect(otlp.requests).toBe(0);
    if (form === "sources") return;
    for (const text of [...LANDMARKS, GRPC_LANDMARK]) {
      expect([text.source, frontend.runs(text), backend.runs(text)]).toEqual([text.source, 0, 0]);
    }
  });

  test("export a trace and metrics when they are told to", { timeout: 60_000 }, async () => {
    const { frontend, backend } = await oneEvent(form, ["--otel-tracing-enabled", "--otel-metrics-enabled"]);
    expect(otlp.spans.map((span) => `${span.service} ${span.name}`).sort()).toEqual([
      "be1 backend handler",
      "be1 backlog manager processing",
      "be1 backlog processing",
      "be1 event distribution",
      "fe1 frontend handler",
    ]);
    expect(new Set(otlp.spans.map((span) => span.traceId)).size).toBe(1);
    const names = new Set(otlp.gauges.map((gauge) => gauge.name));
    expect([names.has("dsiem_eps"), names.has("dsiem_frontend_eps")]).toEqual([true, true]);
    // Else the test above would prove nothing.
    if (form === "sources") {
      expect(onlyTelemetry(frontend).length).toBeGreaterThan(20);
      expect(onlyTelemetry(backend).length).toBeGreaterThan(20);
      return;
    }
    for (const text of [...LANDMARKS, GRPC_LANDMARK]) {
      expect([text.source, frontend.runs(text), backend.runs(text)]).toEqual([text.source, 1, 1]);
    }
  });
});
