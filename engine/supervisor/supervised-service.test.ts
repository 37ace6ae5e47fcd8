import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ChildLauncher } from "./child-launcher.ts";
import { RotatingLog } from "./rotating-log.ts";
import { type ServiceState, SupervisedService } from "./supervised-service.ts";
import { isAlive, OBEDIENT, serviceScript, until } from "./testing/services.ts";

// Starts real processes, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 40_000 });

const QUICK = { firstDelayMs: 10, maxDelayMs: 80, maxFailures: 5, windowMs: 120_000 };

interface Started {
  service: SupervisedService;
  states: ServiceState[];
  logFile: string;
}

const running: SupervisedService[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop(2000)));
});

function start(body: string, readyTimeoutMs?: number): Started {
  const states: ServiceState[] = [];
  const logFile = join(mkdtempSync(join(tmpdir(), "dsiem-supervised-")), "x.log");
  const file = serviceScript(body);
  const service = new SupervisedService({
    ...{ name: "x", role: "backend", node: "x" },
    command: () => ({ file, args: [], env: {} }),
    launcher: new ChildLauncher(),
    log: new RotatingLog(logFile),
    policy: QUICK,
    readyTimeoutMs,
    onState: (state) => states.push(state),
    onQuestion: () => undefined,
  });
  running.push(service);
  service.start();
  return { service, states, logFile };
}

const kinds = (states: readonly ServiceState[]) => states.map((state) => state.kind);

describe("a service under supervision", () => {
  test("becomes ready, names its port, and ends when asked to", async () => {
    const { service, states } = start(OBEDIENT);
    expect(await service.ready()).toBe(4711);
    await service.drain(5000);
    expect(await service.stop(5000)).toBe(true);
    expect(kinds(states)).toEqual(["starting", "running", "stopping", "stopped"]);
  });

  test("is started again when it fails, with growing delays, and given up after five failures", async () => {
    const { service, states, logFile } = start(
      `console.log("trying"); console.error("no such luck"); process.exit(1);`,
    );
    await expect(service.ready()).rejects.toThrow("x: it failed 5 times within 2 minutes; the last time: exit code 1");
    expect(kinds(states)).toEqual([
      ...Array.from({ length: 4 }, () => ["starting", "waiting"]).flat(),
      "starting",
      "failed",
    ]);
    expect(states.flatMap((state) => (state.kind === "waiting" ? [state.delayMs] : []))).toEqual([10, 20, 40, 80]);
    expect(service.log.lastLines(2)).toEqual(expect.arrayContaining(["trying", "no such luck"]));
    expect(readFileSync(logFile, "utf8").match(/no such luck/g)).toHaveLength(5);
    expect(await service.stop(100)).toBe(true);
    expect(service.state.kind).toBe("failed");
  });

  test("is not tried again when its flags are wrong", async () => {
    const { service, states } = start("process.exit(2);");
    await expect(service.ready()).rejects.toThrow("flags that can't be used");
    expect(kinds(states)).toEqual(["starting", "failed"]);
  });

  test("one that can't even be started counts as failed", async () => {
    const { service } = start("syntax error here");
    await expect(service.ready()).rejects.toThrow("exit code 1");
    expect(service.log.lastLines(20).join("\n")).toContain("SyntaxError");
  });

  test("comes back after a kill", async () => {
    const { service, states } = start(OBEDIENT);
    await service.ready();
    const { state } = service;
    if (state.kind !== "running" || state.pid === undefined) throw new Error("it isn't running");
    process.kill(state.pid, "SIGKILL");
    await until("it runs again", () => kinds(states).filter((kind) => kind === "running").length === 2);
    expect(states[2]).toMatchObject({ kind: "waiting", reason: "killed by SIGKILL" });
  });

  test("one that never gets ready is started again", async () => {
    const { states } = start("setInterval(() => {}, 1000);", 60);
    await until("it was killed", () => states.some((state) => state.kind === "waiting"));
  });

  test("one that doesn't end is killed, with what it started", async () => {
    const { service } = start(`
      import { spawn } from "node:child_process";
      process.on("SIGTERM", () => {});
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      console.log("grandchild " + child.pid);
      process.send({ type: "ready" });
      setInterval(() => {}, 1000);
    `);
    await service.ready();
    await until("it told its child", () => service.log.lastLines(1).length > 0);
    const grandchild = Number(service.log.lastLines(1)[0]?.split(" ")[1]);
    expect(isAlive(grandchild)).toBe(true);
    expect(await service.stop(100)).toBe(false);
    await until("the grandchild is gone", () => !isAlive(grandchild));
  });

  test("stopped before it was ready, nobody waits for it any more", async () => {
    const { service } = start(`process.on("message", () => process.exit(0)); setInterval(() => {}, 1000);`);
    const waiting = expect(service.ready()).rejects.toThrow("x: it was stopped before it was ready");
    await service.stop(5000);
    await waiting;
  });

  test("a stop in the middle of a restart is the end of it", async () => {
    const { service, states } = start(OBEDIENT);
    await service.ready();
    const restarted = service.restart(5000);
    expect(await service.stop(5000)).toBe(true);
    await restarted;
    expect(kinds(states)).toEqual(["starting", "running", "stopping", "stopped"]);
  });

  test("while it waits for the next try, stopping ends that too", async () => {
    const { service, states } = start("process.exit(1);");
    await until("it waits", () => service.state.kind === "waiting");
    expect(await service.stop(100)).toBe(true);
    expect(kinds(states).at(-1)).toBe("stopped");
  });
});
