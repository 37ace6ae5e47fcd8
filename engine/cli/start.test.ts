import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { sessionOfFolder } from "../supervisor/session-file.ts";
import { until } from "../supervisor/testing/services.ts";

const COMMAND = fileURLToPath(new URL("./dsiem.ts", import.meta.url));
const DEADLINE_MS = 25_000;

interface Running {
  child: ChildProcess;
  said: () => string;
  exit: Promise<number | null>;
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function start(dataDir: string, ...args: string[]): Running {
  const child = spawn(process.execPath, [COMMAND, "start", "--data-dir", dataDir, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  return { child, said: () => text, exit: new Promise((resolve) => child.on("close", resolve)) };
}

/** What `dsiem status` says of the folder. */
function statusOf(dataDir: string): Promise<string> {
  return run("status", "--data-dir", dataDir);
}

/** What a command that ends by itself says. */
function run(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  return new Promise((resolve) => child.on("close", () => resolve(text)));
}

const newFolder = () => join(mkdtempSync(join(tmpdir(), "dsiem-start-")), "data");

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What the shell makes of the printed curl line: its URL and its body. */
function pasted(said: string): { url: string; body: string } {
  const line = /^curl -sS (\S+) -H 'Content-Type: application\/json' -d ('.*')$/m.exec(said);
  const body = execFileSync("sh", ["-c", `printf %s ${line?.[2] ?? ""}`], { encoding: "utf8" });
  return { url: line?.[1] ?? "", body };
}

test("starts, shows an alarm for the pasted curl line, keeps others out, and stops cleanly", {
  timeout: 60_000,
}, async () => {
  const dataDir = newFolder();
  const port = await freePort();
  const { child, exit, said } = start(dataDir, "--port", String(port));
  await until("it is running", () => said().includes("Alarms appear below"), DEADLINE_MS);
  expect(said()).toContain(`http://127.0.0.1:${port}/events/`);
  expect(said()).toContain(dataDir);
  expect(said()).not.toContain("\u001b");

  const { url, body } = pasted(said());
  for (let i = 0; i < 2; i++) {
    const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
    expect(response.status).toBe(200);
  }
  const line =
    /^\d\d:\d\d:\d\d {2}◆ {2}3 Medium {2}Web shell on web-01 after an exploit .* 203\.0\.113\.99 → 10\.20\.10\.21 +Open$/gm;
  await until("both alarms are shown", () => said().match(line)?.length === 2, DEADLINE_MS);

  expect(await statusOf(dataDir)).toMatch(
    /^Dsiem Console at http:\/\/127[\s\S]*^frontend dsiem-frontend-0 {2}running[\s\S]*joined by dsiem-backend-0$[\s\S]*^backend dsiem-backend-0 +\d/m,
  );
  const session = sessionOfFolder(dataDir);
  expect((statSync(session).mode & 0o777).toString(8)).toBe(process.platform === "win32" ? "666" : "600");
  const { token } = JSON.parse(readFileSync(session, "utf8")) as { token: string };

  const login = (await run("open", "--data-dir", dataDir, "--no-open")).trim();
  expect(login).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/login\\?code=[\\w-]{43}$`));
  const opened = await fetch(login, { redirect: "manual" });
  expect([opened.status, opened.headers.get("location")]).toEqual([303, "/ui/"]);
  expect(said()).toMatch(/^Console {2}http:\/\/127\.0\.0\.1:\d+\/login\?code=/m);

  const second = start(dataDir, "--port", "1");
  expect(await second.exit).toBe(1);
  expect(second.said()).toMatch(/^dsiem: .* is in use by process \d+: stop that one, or choose another --profile\n$/);

  child.kill("SIGINT");
  expect(await exit).toBe(0);
  expect(said()).toMatch(/Stopping: the services save their state …\nStopped; everything is saved\.\n$/);
  await expect(fetch(url)).rejects.toThrow();
  expect(existsSync(session)).toBe(false);
  expect(await statusOf(dataDir)).toBe(`dsiem: nothing runs in ${dataDir}; npm start, or dsiem start, starts one\n`);
  for (const name of readdirSync(join(dataDir, "logs", "services"))) {
    expect(readFileSync(join(dataDir, "logs", "services", name), "utf8")).not.toContain(token);
  }
  const alarms = readFileSync(join(dataDir, "logs", "siem_alarms.json"), "utf8")
    .trim()
    .split("\n");
  expect(alarms.map((alarm) => (JSON.parse(alarm) as { risk: number }).risk)).toEqual([3, 3]);
  expect(alarms[0]).toContain("Apache Log4j remote code execution (CVE-2021-44228)");
});

test("a configuration that can't be used is shown at once", { timeout: 60_000 }, async () => {
  const dataDir = newFolder();
  mkdirSync(join(dataDir, "configs"), { recursive: true });
  writeFileSync(join(dataDir, "configs", "assets_x.json"), '{"assets":[{"name":"x","cidr":"10.0.0.0/8","value":1}]}');
  writeFileSync(join(dataDir, "configs", "directives_mine_x.json"), '{"directives":[{"id":77}]}');
  const { child, exit, said } = start(dataDir, "--port", String(await freePort()));
  await until("the problem is shown", () => said().includes("directive 77"), DEADLINE_MS);
  expect(said()).toMatch(
    /backend mine ended \(exit code 1\); it starts again in 0\.5 s\n +Its last lines .*services\/backend-mine\.log\):/,
  );
  child.kill("SIGTERM");
  expect(await exit).toBe(0);
  expect(said()).toContain("Stopped; everything is saved.");
});

/** Every process below this one. */
function descendants(pid: number): number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    rows.flatMap(([child = 0, its]) => (its === parent ? [child, ...below(child)] : []));
  return below(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test.each([
  ["dsiem start", [COMMAND, "start"]],
  ["npm start", [fileURLToPath(new URL("../../scripts/run.mjs", import.meta.url)), "start"]],
])("no service outlives a %s that is killed", { timeout: 60_000 }, async (_, command) => {
  const args = ["--data-dir", newFolder(), "--port", String(await freePort())];
  const child = spawn(process.execPath, [...command, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  await until("it is running", () => said.includes("Alarms appear below"), DEADLINE_MS);
  const pids = descendants(child.pid ?? 0);
  // Frontend and backend at least; npm start has one process more.
  expect(pids.length).toBeGreaterThanOrEqual(2);
  child.kill("SIGKILL");
  // What reliability promises (operation.md §6).
  await until("all of them are gone", () => !pids.some(isAlive), 10_000);
});
