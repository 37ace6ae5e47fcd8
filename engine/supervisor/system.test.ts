import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { consoleCookieName, sessionOf } from "../base/console-session.ts";
import { ChildLauncher } from "./child-launcher.ts";
import { localUrl, System, type SystemOptions } from "./system.ts";
import { isAlive, OBEDIENT, serviceScript, until } from "./testing/services.ts";

// Starts real processes, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 40_000 });

const newFolder = () => mkdtempSync(join(tmpdir(), "dsiem-system-"));

function options(more: Partial<SystemOptions> = {}): SystemOptions & { notes: string } {
  const dataDir = newFolder();
  const notes = join(dataDir, "notes");
  const file = serviceScript(OBEDIENT);
  return {
    launcher: new ChildLauncher(),
    frontendFile: file,
    backendFile: file,
    dataDir,
    address: "127.0.0.1",
    port: 4711,
    consoleOrigins: ["https://siem.example.com"],
    nodes: ["a"],
    extraArgs: ["-v"],
    backendArgs: ["--intel_private_ip"],
    env: { ...process.env, NOTES: notes, DSIEM_MAXDELAY: "nonsense" },
    onState: () => undefined,
    policy: { firstDelayMs: 10, maxDelayMs: 10, maxFailures: 5, windowMs: 120_000 },
    notes,
    ...more,
  };
}

const read = (file: string) => readFileSync(file, "utf8").trim().split("\n");

describe("the supervised system", () => {
  test("starts the frontend before the backends and stops in order", async () => {
    const parts = options();
    const system = new System(parts);
    await system.start();
    expect(await system.stop()).toBe(true);
    // 256 bits in base64url.
    const order = [
      "frontend ready 43",
      "backend ready 43",
      "frontend drain",
      "backend stop",
      "backend ends",
      "frontend stop",
      "frontend ends",
    ];
    expect(read(parts.notes)).toEqual(order);
  });

  test("each service gets its flags, and its output a log file", async () => {
    const parts = options({ nodes: ["a", "b"], address: "::1" });
    const system = new System(parts);
    await system.start();
    await system.stop();
    const logs = (name: string) => read(join(parts.dataDir, "logs", "services", `${name}.log`));
    expect(logs("frontend")[0]).toBe(
      `serve --node dsiem-frontend-0 --msq link --data-dir ${parts.dataDir} --ip-address ::1 --tcp-port 4711 --max_eps 0 --min_eps 0 --console --console-origin https://siem.example.com -v`,
    );
    for (const node of ["a", "b"]) {
      expect(logs(`backend-${node}`)[0]).toBe(
        `serve --node ${node} --msq link --data-dir ${parts.dataDir} --frontend http://[::1]:4711 --journal --intel_private_ip -v`,
      );
    }
  });

  test("only the frontend gets the launch token, new for each start, and only in its environment", async () => {
    const file = serviceScript(`
      const role = process.argv.includes("--tcp-port") ? "frontend" : "backend";
      console.log(role, process.env.DSIEM_CONSOLE_TOKEN ?? "none", process.argv.slice(2).join(" "));
      process.on("message", ({ type }) => type === "stop" ? process.exit(0) : process.send({ type: "drained" }));
      process.send({ type: "ready", port: 4711 });
    `);
    const parts = options({ frontendFile: file, backendFile: file });
    const system = new System(parts);
    await system.start();
    await system.stop();
    const said = (name: string) => read(join(parts.dataDir, "logs", "services", `${name}.log`))[0] ?? "";
    expect(said("frontend")).toMatch(new RegExp(`^frontend ${system.launchToken} serve`));
    expect(said("backend-a")).toMatch(/^backend none serve/);
    expect(said("frontend").split(system.launchToken)).toHaveLength(2);
    expect(Buffer.from(system.launchToken, "base64url")).toHaveLength(32);
    expect(new System(parts).launchToken).not.toBe(system.launchToken);
  });

  test("a backend that is given up doesn't take the rest down", async () => {
    const system = new System(options({ backendFile: serviceScript("process.exit(1)") }));
    await expect(system.start()).rejects.toThrow("backend a: it failed 5 times");
    expect(system.frontend.state.kind).toBe("running");
    expect(await system.stop()).toBe(true);
  });

  test("a page stands in for a frontend that was given up", async () => {
    const port = await freePort();
    const frontendFile = serviceScript(`console.log("<b>bad</b> luck"); process.exit(1)`);
    const system = new System(options({ frontendFile, port }));
    await expect(system.start()).rejects.toThrow("frontend: it failed 5 times");
    let answer: Response | undefined;
    await until("the page is there", () => {
      if (answer === undefined)
        fetch(`http://127.0.0.1:${port}/ui/`).then(
          (response) => (answer ??= response),
          () => undefined,
        );
      return answer !== undefined;
    });
    const foreign = await fetch(`http://127.0.0.1:${port}/ui/`, { headers: { origin: "http://attacker.example" } });
    expect([foreign.status, await foreign.text()]).toEqual([403, expect.not.stringContaining("luck")]);
    expect(answer?.status).toBe(503);
    // Whoever reaches the port isn't yet whoever may read the log.
    const page = await answer?.text();
    expect([page, page]).toEqual([expect.not.stringContaining("luck"), expect.stringContaining("frontend.log")]);
    const ask = async (token: string) => {
      const cookie = `other=1; ${consoleCookieName("session", port)}=${sessionOf(token)}`;
      return (await fetch(`http://127.0.0.1:${port}/ui/`, { headers: { cookie } })).text();
    };
    expect(await ask("another token")).not.toContain("luck");
    expect(await ask(system.launchToken)).toContain("&lt;b&gt;bad&lt;/b&gt; luck");
    await system.stop();
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  test("stopping in the middle of a start leaves nothing behind", async () => {
    const parts = options({
      frontendFile: serviceScript(`process.on("message", () => process.exit(0)); setInterval(() => {}, 1000);`),
    });
    const system = new System(parts);
    void system.start();
    expect(await system.stop()).toBe(true);
    expect(system.frontend.state.kind).toBe("stopped");
    expect(existsSync(parts.notes)).toBe(false);
  });
});

test("services end when their supervisor is killed", async () => {
  const parts = options();
  const launch = fileURLToPath(new URL("./system.ts", import.meta.url));
  const parent = serviceScript(`
    import { System } from ${JSON.stringify(launch)};
    import { ChildLauncher } from ${JSON.stringify(launch.replace("system.ts", "child-launcher.ts"))};
    const options = JSON.parse(process.env.OPTIONS);
    const system = new System({ ...options, env: process.env, launcher: new ChildLauncher(), onState: () => {} });
    await system.start();
    console.log([system.frontend, ...system.backends].map((service) => service.state.pid).join(" "));
  `);
  const child = spawn(process.execPath, [parent], {
    env: { ...process.env, OPTIONS: JSON.stringify(parts), NOTES: parts.notes },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let told = "";
  child.stdout.on("data", (chunk: Buffer) => {
    told += chunk.toString();
  });
  await until("both services run", () => told.includes("\n"));
  const pids = told.trim().split(" ").map(Number);
  expect(pids).toHaveLength(2);
  child.kill("SIGKILL");
  await until("both services are gone", () => !pids.some(isAlive));
  expect(read(parts.notes)).toEqual(expect.arrayContaining(["frontend orphaned", "backend orphaned"]));
});

test("how a frontend is reached from this machine", () => {
  expect(localUrl("0.0.0.0", 1)).toBe("http://127.0.0.1:1");
  expect(localUrl("::", 1)).toBe("http://[::1]:1");
  expect(localUrl("fe80::1", 1)).toBe("http://[fe80::1]:1");
  expect(localUrl("192.0.2.1", 1)).toBe("http://192.0.2.1:1");
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
