import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { serviceScript, until } from "../supervisor/testing/services.ts";

// Starts real processes, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 40_000 });

const MODULE = fileURLToPath(new URL("./service-process.ts", import.meta.url));

/** A process whose service says what happens to it; `body` may change the service. */
function script(body = ""): string {
  return serviceScript(`
    import { exitProcess, runServiceProcess } from ${JSON.stringify(MODULE)};
    const ended = Promise.withResolvers();
    const say = (text) => console.log(text);
    const service = {
      port: 4711,
      done: ended.promise,
      stop: async () => { say("stop"); ended.resolve(0); },
    };
    let start = async () => { say("start"); return service; };
    const idle = setInterval(() => {}, 1000);
    ${body}
    runServiceProcess({ level: "INFO", json: true }, (signal) => start(signal)).then(exitProcess, (error) => {
      say("failed: " + error.message);
      exitProcess(1);
    });
  `);
}

interface Watched {
  child: ChildProcess;
  said: () => string;
  messages: unknown[];
  exit: Promise<number | null>;
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function run(file: string, ipc = false): Watched {
  const child = spawn(process.execPath, [file], {
    stdio: ipc ? ["ignore", "pipe", "pipe", "ipc"] : ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const messages: unknown[] = [];
  child.on("message", (message) => messages.push(message));
  // "close" never comes once the channel was closed from this side.
  const exit = new Promise<number | null>((resolve) => {
    child.on("exit", (code) => setTimeout(() => resolve(code), child.connected ? 0 : 100));
    child.on("close", resolve);
  });
  return { child, said: () => text, messages, exit };
}

describe("a service's process", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s stops it in order, with exit code 0", async (signal) => {
    const { child, exit, said } = run(script());
    await until("it has started", () => said().includes("start"));
    child.kill(signal);
    expect(await exit).toBe(0);
    expect(said()).toContain("stop\n");
  });

  test("tells the supervisor that it is ready, and stops on its word", async () => {
    const { child, exit, said, messages } = run(script(), true);
    await until("it is ready", () => messages.length > 0);
    expect(messages).toEqual([{ type: "ready", port: 4711 }]);
    child.send({ type: "hello" });
    child.send({ type: "stop" });
    expect(await exit).toBe(0);
    expect(said()).toContain("stop\n");
  });

  test("drains on its word, and goes on until it is stopped", async () => {
    const { child, exit, said, messages } = run(script(`service.drain = async () => say("drain");`), true);
    await until("it is ready", () => messages.length > 0);
    child.send({ type: "drain" });
    await until("it has drained", () => messages.length > 1);
    expect(messages[1]).toEqual({ type: "drained" });
    expect(said()).not.toContain("stop\n");
    child.send({ type: "stop" });
    expect(await exit).toBe(0);
  });

  test("stops when the supervisor is gone", async () => {
    const { child, exit, said, messages } = run(script(), true);
    await until("it is ready", () => messages.length > 0);
    child.disconnect();
    expect(await exit).toBe(0);
    expect(said()).toContain("stop\n");
  });

  test("a signal while it starts is passed on to the start, and is no failure", async () => {
    const waiting = `start = (signal) => { say("start"); return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("ended")))); };`;
    const { child, exit, said } = run(script(waiting));
    await until("it is starting", () => said().includes("start"));
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
  });

  test("a second signal, later than a mere echo of the first, ends it at once", async () => {
    const { child, exit, said } = run(
      script(`service.stop = async () => { say("stop"); await new Promise(() => {}); };`),
    );
    await until("it has started", () => said().includes("start"));
    child.kill("SIGINT");
    child.kill("SIGTERM");
    await until("it is stopping", () => said().includes("stop\n"));
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect(child.exitCode).toBeNull();
    child.kill("SIGINT");
    expect(await exit).toBe(1);
    expect(said()).toContain("told to stop again");
  });

  test("the supervisor's word and its end, after a signal, are the same wish: the stop is finished first", async () => {
    const slow = `service.stop = () => { say("stopping"); return new Promise((done) => setTimeout(done, 2500)).then(() => { say("stop"); ended.resolve(0); }); };`;
    const { child, exit, said, messages } = run(script(slow), true);
    await until("it is ready", () => messages.length > 0);
    child.kill("SIGTERM");
    await until("it is stopping", () => said().includes("stopping"));
    setTimeout(() => child.send({ type: "stop" }), 1200);
    setTimeout(() => child.disconnect(), 1400);
    expect(await exit).toBe(0);
    expect(said()).toContain("stop\n");
  });

  test("a start that fails is the caller's to report", async () => {
    const { exit, said } = run(script(`start = async () => { throw new Error("no configuration"); };`));
    expect(await exit).toBe(1);
    expect(said()).toContain("failed: no configuration");
  });

  test("its exit code is that of the service", async () => {
    const { exit } = run(script(`setTimeout(() => ended.resolve(1), 50);`));
    expect(await exit).toBe(1);
  });

  test.each([
    ["an exception that nobody caught", `setTimeout(() => { throw new Error("bro\\u001bken"); }, 20);`],
    ["a rejection that nobody caught", `setTimeout(() => Promise.reject(new Error("bro\\u001bken")), 20);`],
  ])("%s is logged with its stack and ends it", async (_name, body) => {
    const { exit, said } = run(script(body));
    expect(await exit).toBe(1);
    const line =
      said()
        .split("\n")
        .find((each) => each.includes("unexpected error")) ?? "";
    const record: unknown = JSON.parse(line);
    expect(record).toMatchObject({
      level: "ERROR",
      fields: { message: "ended by an unexpected error: bro\u001bken", stack: expect.stringContaining(" at ") },
    });
  });

  test("a reader of its output that goes away doesn't end it", async () => {
    const { child, exit, messages } = run(script(`setInterval(() => say("line"), 5);`), true);
    await until("it is ready", () => messages.length > 0);
    child.stdout?.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(child.exitCode).toBeNull();
    child.send({ type: "stop" });
    expect(await exit).toBe(0);
  });
});
