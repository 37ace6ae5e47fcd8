import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ManualClock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import { MemoryBus } from "../bus/memory.ts";
import { SUBJECT_OVERLOAD } from "../contract/subjects.ts";
import { loadDirectives } from "../directive/load.ts";
import type { FrontendConfig } from "./config.ts";
import { downloadConfig } from "./config-download.ts";
import { type FrontendDeps, runFrontend } from "./frontend.ts";
import type { RunningFrontend } from "./running.ts";

const event = {
  event_id: "e1",
  timestamp: "2026-11-23T00:00:01Z",
  sensor: "s",
  title: "t",
  src_ip: "10.0.0.1",
  dst_ip: "10.0.0.2",
  plugin_id: 1001,
  plugin_sid: 1,
};
const JSON_TYPE = { "content-type": "application/json" };

let folder: string;
let started: RunningFrontend[] = [];
let lines: string[] = [];
let bus: MemoryBus;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsiem-frontend-"));
  mkdirSync(join(folder, "configs"));
  bus = new MemoryBus(silentLogger(new ManualClock()), 20);
});

afterEach(async () => {
  await Promise.all(started.map((frontend) => frontend.stop()));
  started = [];
  lines = [];
  rmSync(folder, { recursive: true, force: true });
});

function configOf(overrides: Partial<FrontendConfig> = {}): FrontendConfig {
  return {
    address: "127.0.0.1",
    port: 0,
    node: "f1",
    maxEps: 0,
    minEps: 0,
    bus: { kind: "link", token: "t" },
    maxQueue: 20,
    writableConfig: true,
    status: ["Open", "Closed"],
    tags: ["One", " Two"],
    dataDir: folder,
    log: { level: "INFO", json: true },
    telemetry: { tracing: false, metrics: false, endpoint: "http://127.0.0.1:4317" },
    ...overrides,
  };
}

async function start(overrides: Partial<FrontendConfig> = {}, deps: FrontendDeps = {}): Promise<RunningFrontend> {
  const frontend = await runFrontend(configOf(overrides), {
    write: (line) => lines.push(line),
    openBus: () => bus,
    ...deps,
  });
  started.push(frontend);
  return frontend;
}

function url(frontend: RunningFrontend, path: string): string {
  return `http://127.0.0.1:${frontend.port}${path}`;
}

async function post(frontend: RunningFrontend, body: unknown, path = "/events"): Promise<Response> {
  return fetch(url(frontend, path), { method: "POST", headers: JSON_TYPE, body: JSON.stringify(body) });
}

function messages(): string[] {
  return lines.map((line) => JSON.parse(line).fields.message);
}

describe("a frontend", () => {
  test("publishes events on the bus, and says 503 when its buffer is full", async () => {
    const frontend = await start();
    const statuses: number[] = [];
    for (let i = 0; i < 25; i++) statuses.push((await post(frontend, event)).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 503)).toHaveLength(5);
    const got: Record<string, unknown>[] = [];
    bus.subscribeEvents((payload) => got.push(JSON.parse(Buffer.from(payload).toString())));
    expect(got.map((each) => each.conn_id)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect((await post(frontend, event)).status).toBe(200);
  });

  test("writes dsiem_config.json for web pages", async () => {
    const frontend = await start();
    expect(JSON.parse(readFileSync(join(folder, "configs", "dsiem_config.json"), "utf8"))).toEqual({
      status: ["Open", "Closed"],
      tags: ["One", " Two"],
    });
    expect((await fetch(url(frontend, "/config/dsiem_config.json"))).status).toBe(200);
  });

  test("serves dsiem_config.json from memory, with a warning, where configs/ is missing", async () => {
    rmSync(join(folder, "configs"), { recursive: true });
    const frontend = await start();
    expect(existsSync(join(folder, "configs"))).toBe(false);
    expect(messages().join()).toContain("dsiem_config.json is served from memory");
    expect(await (await fetch(url(frontend, "/config/dsiem_config.json"))).json()).toHaveProperty("tags", [
      "One",
      " Two",
    ]);
    expect(await (await fetch(url(frontend, "/config"))).json()).toEqual({
      files: [{ filename: "dsiem_config.json" }],
    });
  });

  test("works where configs/ can't be written at all", async () => {
    rmSync(join(folder, "configs"), { recursive: true });
    writeFileSync(join(folder, "configs"), "a file in the way");
    const frontend = await start();
    expect((await fetch(url(frontend, "/config/dsiem_config.json"))).status).toBe(200);
    expect(await (await fetch(url(frontend, "/config"))).json()).toEqual({
      files: [{ filename: "dsiem_config.json" }],
    });
    const assets = { assets: [{ name: "a", cidr: "10.0.0.0/8", value: 2 }] };
    const answer = await post(frontend, assets, "/config/assets_a.json");
    expect([answer.status, await answer.text()]).toEqual([500, expect.stringContaining("can't be stored")]);
  });

  test("follows the overload signal from the bus", async () => {
    const clock = new ManualClock(1_700_000_000_000);
    await start({ minEps: 100, maxEps: 1000 }, { clock });
    expect(messages()).toContain("overload status is false, EPS rate limit changed from 550 to 559");
    bus.publish(SUBJECT_OVERLOAD, Buffer.from("true"));
    await expect
      .poll(() => messages().join(), { timeout: 7000, interval: 100 })
      .toContain("overload status is true, EPS rate limit changed from 559 to 469");
  }, 10_000);

  test("writes its port into the port file", async () => {
    const portFile = join(folder, "port");
    const frontend = await start({ portFile });
    expect(readFileSync(portFile, "utf8").trim()).toBe(String(frontend.port));
  });

  test("checks what is stored with the backend's own validators", async () => {
    const frontend = await start();
    const asset = { name: "a", cidr: "10.0.0.0/8", value: 2 };
    expect((await post(frontend, { assets: [asset] }, "/config/assets_a.json")).status).toBe(201);
    const refused = await post(
      frontend,
      {
        assets: [
          { ...asset, value: 0 },
          { ...asset, cidr: "x" },
        ],
      },
      "/config/assets_a.json",
    );
    expect(refused.status).toBe(418);
    const text = await refused.text();
    expect(text).toMatch(/^Invalid content detected, parsing error message is: /);
    expect(text).toMatch(/value[\s\S]*cidr/);
    for (const name of ["other.json", "dsiem_config.json"]) {
      expect((await post(frontend, { a: 1 }, `/config/${name}`)).status).toBe(418);
    }
    const notJson = await fetch(url(frontend, "/config/assets_a.json"), {
      method: "POST",
      headers: JSON_TYPE,
      body: "{oops",
    });
    expect([notJson.status, await notJson.text()]).toEqual([418, expect.stringContaining("not JSON")]);
  });

  test("serves a file that isn't JSON, for the backend to report with all that is wrong", async () => {
    const frontend = await start();
    const broken = '{\n  "directives": [oops]\n}';
    writeFileSync(join(folder, "configs", "directives_be1_a.json"), broken);
    writeFileSync(join(folder, "configs", "directives_be1_b.json"), broken.padEnd(300_000));
    writeFileSync(join(folder, "configs", "directives_be1_c.json"), '{"directives": [{"id": 0}]}');
    const config = await downloadConfig({
      frontend: url(frontend, ""),
      node: "be1",
      log: silentLogger(new ManualClock()),
      signal: AbortSignal.timeout(5000),
    });
    const { problems } = loadDirectives(config.directives, () => undefined);
    expect(problems.slice(0, 2)).toMatchObject([
      { file: "directives_be1_a.json", line: 2 },
      { file: "directives_be1_b.json", line: 2 },
    ]);
    expect(problems.at(-1)?.file).toBe("directives_be1_c.json");
    const warnings = lines.filter((line) => line.includes('"WARN"'));
    for (const name of ["directives_be1_a.json", "directives_be1_b.json"]) {
      expect(warnings.join("")).toMatch(new RegExp(`"file":"${name}","reason":"${name}:2: .*oops`));
    }
  });

  test("takes, prints and refuses large files", async () => {
    const frontend = await start();
    const assets = Array.from({ length: 100_000 }, (_, i) => ({
      name: `host ${i}`,
      cidr: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
      value: 1,
    }));
    const body = JSON.stringify({ assets, note: "kept" });
    expect(body.length).toBeGreaterThan(4_000_000);
    const spoiled = JSON.stringify({ assets: assets.with(99_999, { name: "", cidr: "10.0.0.1", value: 1 }) });
    const send = (text: string) =>
      fetch(url(frontend, "/config/assets_big.json"), { method: "POST", headers: JSON_TYPE, body: text });
    const refused = await send(spoiled);
    expect([refused.status, await refused.text()]).toEqual([418, expect.stringContaining("name")]);
    expect((await send(body)).status).toBe(201);
    const answers = await Promise.all([1, 2].map(() => fetch(url(frontend, "/config/assets_big.json"))));
    for (const answer of answers) {
      const text = await answer.text();
      expect(text.startsWith('{\n  "assets": [\n    {\n      "name"')).toBe(true);
      expect(JSON.parse(text)).toEqual({ assets, note: "kept" });
    }
    expect(readFileSync(join(folder, "configs", "assets_big.json"), "utf8")).toBe(body);
  });
});

describe("a frontend that stops", () => {
  test("refuses new events, drains the bus, says what is left, and ends with 0", async () => {
    const frontend = await start();
    for (let i = 0; i < 3; i++) await post(frontend, event);
    let drained: ((left: number) => void) | undefined;
    bus.drain = () => new Promise((resolve) => (drained = resolve));
    const stopped = frontend.stop();
    expect(frontend.stop()).toBe(stopped);
    await expect.poll(() => drained !== undefined).toBe(true);
    expect((await post(frontend, event)).status).toBe(503);
    expect((await fetch(url(frontend, "/config"))).status).toBe(200);
    drained?.(3);
    await stopped;
    expect(await frontend.done).toBe(0);
    expect(messages().join("\n")).toMatch(/3 events were taken in and couldn't be handed over/);
    await expect(fetch(url(frontend, "/config"))).rejects.toThrow();
  });

  test("doesn't wait for idle or silent clients", async () => {
    const frontend = await start();
    await post(frontend, event);
    const began = performance.now();
    await frontend.stop();
    expect(performance.now() - began).toBeLessThan(3000);
  });
});

describe("a frontend that can't start says why in one sentence", () => {
  test("the port is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await expect(start({ port })).rejects.toThrow(new RegExp(`127\\.0\\.0\\.1:${port} is in use`));
    other.close();
    expect(bus.status().state).toBe("closed");
  });

  test("the address isn't ours", async () => {
    await expect(start({ address: "203.0.113.7" })).rejects.toThrow(/isn't an address of this machine/);
  });

  test("the data folder can't be used", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(start({ dataDir: join(folder, "file", "data") })).rejects.toThrow(/the data folder .* can't be used/);
    await expect(start({ portFile: join(folder, "nowhere", "port") })).rejects.toThrow(/port file .* can't be written/);
  });
});
