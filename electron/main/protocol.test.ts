import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ManualClock } from "../../engine/base/clock.ts";
import { silentLogger } from "../../engine/base/log.ts";
import { MemoryBus } from "../../engine/bus/memory.ts";
import { healthAnswerSchema } from "../../engine/contract/console-api.ts";
import { runFrontend } from "../../engine/service/frontend.ts";
import type { RunningFrontend } from "../../engine/service/running.ts";
import { BUILD } from "../../engine/service/testing/console-frontend.ts";
import { ConsoleServer, TOKEN } from "../testing/console-server.ts";
import type { ConsoleAddress } from "./console-host.ts";
import { appRequestHandler } from "./protocol.ts";

const folder = mkdtempSync(join(tmpdir(), "dsiem-protocol-"));
const renderer = join(folder, "renderer");
mkdirSync(join(renderer, "assets"), { recursive: true });
writeFileSync(join(renderer, "index.html"), "<!doctype html>");
writeFileSync(join(renderer, "assets", "main-1a2b.js"), "export {};");
writeFileSync(join(renderer, "notes.exe"), "MZ");
writeFileSync(join(folder, "secret.html"), "secret");
symlinkSync(join(folder, "secret.html"), join(renderer, "link.html"));

let console: ConsoleAddress | undefined;
let changed: string[] = [];
const handle = appRequestHandler({
  rendererFolder: renderer,
  console: () => console,
  onChanged: (method, path) => changed.push(`${method} ${path}`),
});
const get = (url: string, init?: RequestInit) => handle(new Request(url, init));

afterEach(() => {
  console = undefined;
  changed = [];
});

describe("the renderer's files", () => {
  it.each([
    ["app://dsiem/", "text/html; charset=utf-8", "<!doctype html>", "no-store"],
    ["app://dsiem/index.html?x#/alarms", "text/html; charset=utf-8", "<!doctype html>", "no-store"],
    ["app://dsiem/assets/main-1a2b.js", "text/javascript; charset=utf-8", "export {};", "max-age=31536000, immutable"],
  ])("%s", async (url, type, text, cache) => {
    const answer = await get(url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe(type);
    expect(answer.headers.get("cache-control")).toBe(cache);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await answer.text()).toBe(text);
  });

  it("come with a policy that allows the one WebSocket and nothing else from elsewhere", async () => {
    console = { url: "http://127.0.0.1:8123", port: 8123, token: TOKEN };
    const policy = (await get("app://dsiem/")).headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("connect-src 'self' ws://127.0.0.1:8123;");
    expect(policy).not.toContain("unsafe");
  });

  it.each([
    "app://dsiem/../secret.html",
    "app://dsiem/..%2fsecret.html",
    "app://dsiem/%2e%2e/secret.html",
    "app://dsiem/%2e%2e%2fsecret.html",
    "app://dsiem/assets/..%2f..%2fsecret.html",
    "app://dsiem/..%5csecret.html",
    "app://dsiem//etc/passwd",
    "app://dsiem/%00",
    "app://dsiem/%zz",
    "app://dsiem/link.html",
    "app://dsiem/notes.exe",
    "app://dsiem/assets",
    "app://dsiem/none.html",
    "app://elsewhere/index.html",
  ])("%s is not among them", async (url) => {
    const answer = await get(url);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain("secret\n");
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  it("can only be read", async () => expect((await get("app://dsiem/", { method: "POST" })).status).toBe(405));
});

describe("the API", () => {
  let server: ConsoleServer;
  beforeAll(async () => {
    server = await ConsoleServer.start();
  });
  afterAll(() => server.close());

  it("is asked with the token, and without what is the browser's", async () => {
    console = server.address;
    const answer = await get("app://dsiem/api/echo?q=risk%3E%3D7", {
      method: "POST",
      body: '{"a":1}',
      headers: { "content-type": "application/json", "x-other": "1", cookie: "c", authorization: "Bearer forged" },
    });
    expect(await answer.json()).toEqual({ method: "POST", url: "/api/echo?q=risk%3E%3D7", body: '{"a":1}' });
    const { headers } = server.asked.at(-1) ?? {};
    expect(headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, "content-type": "application/json" });
    for (const name of ["x-other", "cookie", "origin", "referer"]) expect(headers).not.toHaveProperty(name);
    expect(answer.headers.get("set-cookie")).toBeNull();
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  it("passes refusals on as they are", async () => {
    console = server.address;
    const answer = await get("app://dsiem/api/none");
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ error: "There is no such thing." });
  });

  it("tells of what a page changed, and only of that", async () => {
    console = server.address;
    await get("app://dsiem/api/settings");
    await get("app://dsiem/api/none", { method: "PATCH" });
    await get("app://dsiem/api/settings", { method: "PATCH", body: '{"theme":"dark"}' });
    expect(changed).toEqual(["PATCH /api/settings"]);
  });

  it("says in a sentence that the services are starting, or don't answer", async () => {
    const starting = await get("app://dsiem/api/session");
    expect([starting.status, await starting.json()]).toEqual([
      503,
      { error: "The services are starting; try again in a moment." },
    ]);
    console = { url: "http://127.0.0.1:1", port: 1, token: TOKEN };
    const dead = await get("app://dsiem/api/session");
    expect(dead.status).toBe(502);
    expect(await dead.json()).toEqual({ error: expect.stringMatching(/^The frontend doesn't answer: .+\.$/) });
  });

  it("a page that gives up ends the request", async () => {
    console = server.address;
    const abort = new AbortController();
    abort.abort();
    await expect(get("app://dsiem/api/echo", { signal: abort.signal })).rejects.toThrow();
  });
});

describe("a frontend in console mode", () => {
  let frontend: RunningFrontend;
  beforeAll(async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "dsiem-protocol-"));
    mkdirSync(join(dataDir, "configs"));
    frontend = await runFrontend(
      {
        ...{ address: "127.0.0.1", port: 0, node: "fe", maxEps: 0, minEps: 0, maxQueue: 20, writableConfig: false },
        ...{ status: ["Open"], tags: ["One"], dataDir, bus: { kind: "link", token: "t" } },
        console: { token: TOKEN, origins: ["app://dsiem"], rendererFolder: renderer, ...BUILD },
        log: { level: "INFO", json: true },
        telemetry: { tracing: false, metrics: false, endpoint: "" },
      },
      { write: () => undefined, openBus: () => new MemoryBus(silentLogger(new ManualClock())) },
    );
  });
  afterAll(() => frontend.stop());

  it("answers a page of the desktop, whose requests never hold the token", async () => {
    console = { url: `http://127.0.0.1:${frontend.port}`, port: frontend.port, token: TOKEN };
    const answer = await get("app://dsiem/api/health");
    expect(answer.status).toBe(200);
    expect(healthAnswerSchema.parse(await answer.json()).services[0]?.node).toBe("fe");
    console = { ...console, token: "another-token-of-nobody" };
    expect((await get("app://dsiem/api/health")).status).toBe(401);
  });
});
