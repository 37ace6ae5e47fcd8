import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { stateFolder } from "../base/state-folder.ts";
import { sessionRoutes } from "../contract/console/session.ts";
import { ChildLauncher } from "./child-launcher.ts";
import { type ConsoleListener, ConsoleSupervisor, type OpenedConsole } from "./console-supervisor.ts";
import { demoConfigFiles } from "./demo/demo-configs.ts";
import type { Wish } from "./start-plan.ts";
import { until } from "./testing/services.ts";

// Starts real services, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 });

const service = (name: string) => fileURLToPath(new URL(`../cli/dsiem-${name}.ts`, import.meta.url));

/** Much longer than five starts take where a machine has nothing else to do. */
const FIVE_STARTS_MS = 90_000;
let profileRoot = "";
let running: ConsoleSupervisor[] = [];
let opened: OpenedConsole[] = [];
let failures: string[] = [];
/** Of the frontend. */
let starts = 0;
beforeEach(() => {
  failures = [];
  starts = 0;
  profileRoot = mkdtempSync(join(tmpdir(), "dsiem-profiles-"));
  opened = [];
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  running = [];
});

async function start(wish: Partial<Wish> = {}): Promise<ConsoleSupervisor> {
  const listener: ConsoleListener = {
    opened: (one) => opened.push(one),
    failed: (reason) => failures.push(reason),
    service: ({ name }, { kind }) => {
      if (name === "frontend" && kind === "starting") starts++;
    },
  };
  const supervisor = new ConsoleSupervisor({
    launcher: new ChildLauncher(),
    ...{ frontendFile: service("frontend"), backendFile: service("backend"), profileRoot },
    wish: { demo: false, profile: undefined, dataDir: undefined, ...wish },
    ...{ port: await freePort(), listen: "127.0.0.1", consoleOrigins: [], extraArgs: [], env: process.env },
    ...{ desktop: false, user: "", listener },
  });
  running.push(supervisor);
  await supervisor.start();
  return supervisor;
}

/** A browser that has logged in once. */
async function browser(supervisor: ConsoleSupervisor) {
  const login = await fetch(await supervisor.loginUrl(), { redirect: "manual" });
  const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
  const base = supervisor.address?.url ?? "";
  return async (method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> => {
    const headers = { cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await fetch(`${base}/api${path}`, init);
    return { status: answer.status, body: await answer.json() };
  };
}

async function sessionOf(ask: Awaited<ReturnType<typeof browser>>) {
  return sessionRoutes["GET /session"].answer.parse((await ask("GET", "/session")).body);
}

function somebodysFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "somebody-s-"));
  mkdirSync(join(folder, "configs"));
  for (const [name, text] of demoConfigFiles(9)) {
    if (!name.startsWith("intel_") && !name.startsWith("vuln_")) {
      writeFileSync(join(folder, "configs", name.replace("dsiem-backend-0_demo", "mine")), text);
    }
  }
  return folder;
}

test("begins with a first run; a choice changes the services under the same login", async () => {
  const supervisor = await start();
  const ask = await browser(supervisor);
  expect(await sessionOf(ask)).toMatchObject({ firstRun: true, nodes: [], desktop: false, user: "" });
  expect((await ask("GET", "/profiles")).body).toEqual({ profiles: [], switchable: true });
  expect((await ask("POST", "/profiles/editable", { editable: true })).status).toBe(409);

  const chosenAt = performance.now();
  expect(await ask("POST", "/profiles/use", { kind: "demo" })).toMatchObject({
    status: 200,
    body: { profile: { name: "demo", kind: "demo", folder: join(profileRoot, "demo") } },
  });
  await until("the demo is there", () => opened.length === 2);
  const alarms = join(profileRoot, "demo", "logs", "siem_alarms.json");
  await until("there is a first alarm", () => existsSync(alarms) && readFileSync(alarms, "utf8").includes("\n"));
  const seconds = (performance.now() - chosenAt) / 1000;
  console.log(`first alarm ${seconds.toFixed(1)} s after the choice`);
  expect(seconds).toBeLessThan(15);
  expect(await sessionOf(ask)).toMatchObject({
    firstRun: false,
    profile: { kind: "demo", nodes: ["dsiem-backend-0"], editable: true },
    nodes: ["dsiem-backend-0"],
    eventsUrl: `${supervisor.address?.url}/events/`,
  });

  expect((await ask("POST", "/demo/erase")).status).toBe(200);
  await until("the first run is there again", () => opened.length === 3);
  expect(existsSync(join(profileRoot, "demo"))).toBe(false);
  expect(await sessionOf(ask)).toMatchObject({ firstRun: true });
  expect((await ask("POST", "/demo/erase")).status).toBe(409);
});

test("uses a folder in place, read-only until editing is turned on, and begins there the next time", async () => {
  const first = await start();
  const ask = await browser(first);
  const folder = somebodysFolder();
  const configs = readdirSync(join(folder, "configs")).sort();
  const empty = mkdtempSync(join(tmpdir(), "empty-"));
  expect((await ask("POST", "/profiles/inspect", { folder: empty })).body).toMatchObject({
    ok: false,
    text: expect.stringMatching(/has no configs: expected is .*directives_NODE\.json/),
  });
  expect((await ask("POST", "/profiles/use", { kind: "folder", folder: "relative" })).status).toBe(400);
  expect((await ask("POST", "/profiles/inspect", { folder: `${folder}/` })).body).toEqual({
    ok: true,
    text: "7 directives and 10 networks. 1 backend will be started: mine.",
    ...{ nodes: ["mine"], directives: 7, assets: expect.any(Number) },
  });
  expect((await ask("POST", "/profiles/use", { kind: "folder", folder })).status).toBe(200);
  await until("the folder is used", () => opened.length === 2);
  expect((await sessionOf(ask)).profile).toMatchObject({ kind: "folder", folder, nodes: ["mine"], editable: false });
  // Nothing but what operation.md §2 names, and no configuration.
  expect(
    readdirSync(folder)
      .filter((name) => !/^console\.db-(wal|shm)$/.test(name))
      .sort(),
  ).toEqual([...["configs", "console.db", "logs"]]);
  expect(readdirSync(join(folder, "configs")).sort()).toEqual(configs);
  await ask("POST", "/profiles/editable", { editable: true });
  await expect.poll(async () => (await sessionOf(ask)).profile?.editable).toBe(true);
  await first.stop();

  const second = await start();
  expect(opened.at(-1)).toMatchObject({ dataDir: folder, profile: { editable: true } });
  const again = await browser(second);
  expect((await again("GET", "/profiles")).body).toMatchObject({ current: opened.at(-1)?.profile?.name });
  expect((await again("POST", "/profiles/use", { kind: "existing", name: "nobody's" })).status).toBe(404);
});

test(
  "goes back where it was when a profile can't be started, and begins there the next time",
  async () => {
    const supervisor = await start();
    const ask = await browser(supervisor);
    const newer = somebodysFolder();
    const db = new DatabaseSync(join(newer, "console.db"));
    db.exec("PRAGMA user_version = 9999");
    db.close();
    expect((await ask("POST", "/profiles/use", { kind: "folder", folder: newer })).status).toBe(200);
    // Five starts of a process with the pauses between them, on a machine that may have much else to do.
    await until("the first run is there again", () => opened.length === 2, FIVE_STARTS_MS);
    expect(failures).toEqual([expect.stringContaining("failed 5 times")]);
    expect(readFileSync(join(newer, "logs", "services", "frontend.log"), "utf8")).toContain("newer version");
    expect((await ask("GET", "/profiles")).body).not.toHaveProperty("current");
    const { body: state } = await ask("GET", "/supervisor");
    expect(state).toMatchObject({ failedChange: { reason: failures[0], profile: expect.stringMatching(/./) } });
    expect(failures[0]).toContain("newer version");

    const taken = somebodysFolder();
    mkdirSync(join(stateFolder(taken), "supervisor.pid"), { recursive: true });
    expect(await ask("POST", "/profiles/use", { kind: "folder", folder: taken })).toMatchObject({
      status: 409,
      body: { error: expect.stringContaining("nothing can be written into the data folder") },
    });
    expect((await ask("GET", "/profiles")).body).not.toHaveProperty("current");
  },
  2 * FIVE_STARTS_MS,
);

test("a stop while a profile is exchanged ends that, too", async () => {
  const supervisor = await start();
  const ask = await browser(supervisor);
  await ask("POST", "/profiles/use", { kind: "own" });
  await until("the new frontend starts", () => starts === 2);
  expect(await supervisor.stop()).toBe(true);
  expect(failures).toEqual([]);
  expect(opened).toHaveLength(1);
  expect(existsSync(join(stateFolder(join(profileRoot, "own")), "supervisor.pid"))).toBe(false);
});

describe("what was wished for", () => {
  test("the demo, with data of its own, is not what the next start goes to", async () => {
    const supervisor = await start({ demo: true });
    expect(opened).toMatchObject([{ dataDir: join(profileRoot, "demo"), isDemo: true, plays: true }]);
    await supervisor.stop();
    await start();
    expect(opened[1]).toMatchObject({ profile: undefined, nodes: [] });
  });

  test("a profile or folder by name is used as it is", async () => {
    const supervisor = await start({ dataDir: somebodysFolder() });
    expect(opened).toMatchObject([{ isDemo: false, plays: false, nodes: ["mine"] }]);
    expect(await sessionOf(await browser(supervisor))).toMatchObject({ firstRun: false, profile: { kind: "folder" } });
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
