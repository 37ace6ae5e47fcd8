import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import type { ServiceExit, ServiceProcess } from "../../engine/supervisor/launcher.ts";
import type { ServiceMessage } from "../../engine/supervisor/messages.ts";
import { System } from "../../engine/supervisor/system.ts";
import { serviceScript, until } from "../../engine/supervisor/testing/services.ts";
import { standInUtilityProcesses } from "../testing/utility-process.ts";
import { UtilityLauncher } from "./utility-launcher.ts";

// Starts real processes, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 40_000 });

const SERVICE_PROCESS = fileURLToPath(new URL("../../engine/cli/service-process.ts", import.meta.url));

/** What a service of ours does, with a service behind it that only tells what happens. */
const SERVICE = `
  import { appendFileSync } from "node:fs";
  import { exitProcess, runServiceProcess } from ${JSON.stringify(SERVICE_PROCESS)};
  const name = process.argv.includes("--tcp-port") ? "frontend" : "backend";
  const note = (text) => appendFileSync(process.env.NOTES, name + " " + text + "\\n");
  const ended = Promise.withResolvers();
  const service = {
    port: 4711,
    done: ended.promise,
    drain: async () => note("drain"),
    stop: async () => { note("stop"); ended.resolve(0); },
  };
  const idle = setInterval(() => {}, 1000);
  note("start " + typeof process.send);
  runServiceProcess({ level: "INFO", json: true }, async () => service).then(exitProcess);
`;

interface Watched {
  service: ServiceProcess;
  messages: ServiceMessage[];
  output: () => string;
  exit: Promise<ServiceExit>;
  notes: () => string;
}

function launch(body: string): Watched {
  const notes = join(mkdtempSync(join(tmpdir(), "dsiem-utility-")), "notes");
  const messages: ServiceMessage[] = [];
  let output = "";
  const { promise: exit, resolve } = Promise.withResolvers<ServiceExit>();
  const service = new UtilityLauncher(standInUtilityProcesses).launch(
    { file: serviceScript(body), args: ["serve"], env: { PATH: process.env.PATH ?? "", NOTES: notes } },
    {
      message: (message) => messages.push(message),
      output: (chunk) => {
        output += chunk.toString("utf8");
      },
      exit: resolve,
    },
  );
  return { service, messages, output: () => output, exit, notes: () => readFileSync(notes, "utf8") };
}

test("a service talks over the port of a utility process as it does over a child's channel", async () => {
  const { service, messages, exit, notes, output } = launch(SERVICE);
  await until("it is ready", () => messages.length > 0);
  expect(messages).toEqual([{ type: "ready", port: 4711 }]);
  service.send({ type: "drain" });
  await until("it has drained", () => messages.length > 1);
  expect(messages[1]).toEqual({ type: "drained" });
  service.send({ type: "stop" });
  expect(await exit).toEqual({ code: 0, text: "exit code 0" });
  expect(notes()).toBe("backend start undefined\nbackend drain\nbackend stop\n");
  expect(output()).toContain("the supervisor's request");
  // After its end nothing is sent or killed, which would hit a stranger.
  service.send({ type: "stop" });
  service.kill();
});

test("Ctrl-C in the desktop's terminal is left to the supervisor; the system's SIGTERM is heeded", async () => {
  const { service, messages, exit, notes } = launch(SERVICE);
  await until("it is ready", () => messages.length > 0);
  const pid = service.pid ?? 0;
  process.kill(pid, "SIGINT");
  process.kill(pid, "SIGHUP");
  service.send({ type: "drain" });
  await until("it has drained", () => messages.length > 1);
  process.kill(pid, "SIGTERM");
  expect((await exit).code).toBe(0);
  expect(notes()).toContain("backend drain\nbackend stop\n");
});

test("one that doesn't end is killed, and its last output is heard before its end", async () => {
  const { service, exit, output } = launch(`
    process.on("SIGTERM", () => {});
    setInterval(() => {}, 1000);
    console.log("last words");
  `);
  await until("it speaks", () => output().includes("last words"));
  service.kill();
  expect((await exit).code).not.toBe(0);
});

test("the supervised system starts and stops in order over utility processes", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "dsiem-utility-"));
  const file = serviceScript(SERVICE);
  const notes = join(dataDir, "notes");
  const system = new System({
    launcher: new UtilityLauncher(standInUtilityProcesses),
    frontendFile: file,
    backendFile: file,
    dataDir,
    address: "127.0.0.1",
    port: 4711,
    consoleOrigins: [],
    nodes: ["a"],
    extraArgs: [],
    backendArgs: [],
    env: { ...process.env, NOTES: notes },
    onState: () => undefined,
  });
  await system.start();
  expect(await system.stop()).toBe(true);
  const lines = readFileSync(notes, "utf8").trim().split("\n");
  expect(lines).toEqual([
    "frontend start undefined",
    "backend start undefined",
    "frontend drain",
    "backend stop",
    "frontend stop",
  ]);
});
