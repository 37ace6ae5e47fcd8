import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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
/** Of Node's own modules only gRPC asks for this one: so one sees it in a built file, which holds all packages. */
const ONLY_GRPC = /^node:http2$/m;

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

interface Service {
  /** Every module that was asked for, a line each. */
  modules(): string;
  stop(): Promise<number | null>;
}

function serve(form: Form, service: "frontend" | "backend", args: readonly string[]): Service {
  const modules = join(folder, `modules-${service}.txt`);
  appendFileSync(modules, "");
  const hook = new URL(`file://${join(folder, "note-modules.mjs")}`).href;
  const shared = ["--msq", "link", "--data-dir", folder, "--otel-endpoint", otlp.endpoint];
  const child = spawn(process.execPath, ["--import", hook, FORMS[form][service], "serve", ...shared, ...args], {
    stdio: "ignore",
    env: { PATH: process.env.PATH, MODULES_FILE: modules, DSIEM_LINK_TOKEN: "a token of the test" },
  });
  children.push(child);
  const exit = new Promise<number | null>((resolve) => child.on("exit", resolve));
  return {
    modules: () => readFileSync(modules, "utf8"),
    stop: () => {
      child.kill("SIGTERM");
      return exit;
    },
  };
}

/** Takes one event from the door to the alarm files, and returns what both services had loaded when they had stopped. */
async function oneEvent(form: Form, flags: readonly string[]): Promise<{ frontend: string; backend: string }> {
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
  return { frontend: frontend.modules(), backend: backend.modules() };
}

function onlyTelemetry(modules: string): string[] {
  return modules.split("\n").filter((url) => ONLY_TELEMETRY.test(url));
}

describe.each(Object.keys(FORMS) as Form[])("the %s", (form) => {
  test("load nothing of OpenTelemetry while it is off", { timeout: 60_000 }, async () => {
    const { frontend, backend } = await oneEvent(form, []);
    expect(backend).toContain("node:");
    expect([...onlyTelemetry(frontend), ...onlyTelemetry(backend)]).toEqual([]);
    expect(backend).not.toMatch(ONLY_GRPC);
    expect(otlp.requests).toBe(0);
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
    expect(backend).toMatch(ONLY_GRPC);
    if (form !== "sources") return;
    expect(onlyTelemetry(frontend).length).toBeGreaterThan(20);
    expect(onlyTelemetry(backend).length).toBeGreaterThan(20);
  });
});
