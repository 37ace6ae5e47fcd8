import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { strFromU8, unzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import { MemoryBus } from "../bus/memory.ts";
import { API_ROUTES } from "../contract/console/routes.ts";
import { sessionSchema } from "../contract/console/session.ts";
import type { FrontendStats } from "../contract/stats.ts";
import { statsSubject } from "../contract/subjects.ts";
import { ask, BEARER, ConsoleFrontends, JSON_TYPE, TOKEN } from "./testing/console-frontend.ts";

let frontends: ConsoleFrontends;
let servers: Server[] = [];
beforeEach(() => {
  frontends = new ConsoleFrontends();
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
  servers = [];
  await frontends.end();
});

it("says who is served by what, and keeps the name that a browser says", async () => {
  const fe = await frontends.start();
  const session = sessionSchema.parse(JSON.parse((await ask(fe, "GET", "/api/session", BEARER)).text));
  expect(session).toMatchObject({
    ...{ product: "Dsiem Console", version: "1.2.3", user: "", firstRun: false, desktop: false },
    ...{ statuses: ["Open"], tags: ["One"], riskMedium: [3, 6], nodes: [] },
    eventsUrl: `http://127.0.0.1:${fe.port}/events/`,
  });
  const behindProxy = { ...BEARER, host: "siem.example.com", origin: "https://siem.example.com" };
  expect(JSON.parse((await ask(fe, "GET", "/api/session", behindProxy)).text)).toMatchObject({
    eventsUrl: "https://siem.example.com/events/",
  });
  const named = await ask(
    ...([fe, "PUT", "/api/session/user", { ...BEARER, ...JSON_TYPE }, JSON.stringify({ name: "Änn; x" })] as const),
  );
  const [cookie = ""] = named.headers["set-cookie"] ?? [];
  expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
  const again = await ask(fe, "GET", "/api/session", { ...BEARER, cookie: cookie.split(";")[0] ?? "" });
  expect(JSON.parse(again.text)).toMatchObject({ user: "Änn; x" });
});

it("a frontend without a supervisor says so", async () => {
  const fe = await frontends.start();
  const state = JSON.parse((await ask(fe, "GET", "/api/supervisor", BEARER)).text);
  expect(state).toMatchObject({ supervised: false, services: [{ role: "frontend", state: "ready" }] });
  expect(await ask(fe, "POST", "/api/supervisor/frontend/restart", BEARER)).toMatchObject({ status: 409 });
  const log = JSON.parse((await ask(fe, "GET", "/api/supervisor/log?level=INFO", BEARER)).text);
  expect(log.lines.map(({ text }: { text: string }) => text)).toContainEqual(
    expect.stringMatching(/^dsiem::frontend: frontend listening on .* node="fe"$/),
  );
});

it("tells of another console of the same fleet", async () => {
  const bus = new MemoryBus(silentLogger(new ManualClock()));
  const fe = await frontends.start("console", { openBus: () => bus });
  const other: FrontendStats = {
    ...{ role: "frontend", node: "elsewhere", boot: "b", at: 0, startedAt: 0, eps: 0, ledger: {}, console: true },
    bus: { kind: "nats", state: "connected", detail: "", buffered: 0 },
    flow: { requests: 0, refused: 0, accepted: 0, dropped: 0 },
  };
  const session = async () => JSON.parse((await ask(fe, "GET", "/api/session", BEARER)).text);
  bus.publish(statsSubject("server"), Buffer.from(JSON.stringify({ ...other, node: "server", console: undefined })));
  expect((await session()).otherConsole).toBeUndefined();
  bus.publish(statsSubject("elsewhere"), Buffer.from(JSON.stringify(other)));
  expect((await session()).otherConsole).toBe("elsewhere");
  bus.publish(statsSubject("elsewhere"), Buffer.from(JSON.stringify(other)));
  expect(frontends.lines.filter((line) => line.includes("another console serves the same fleet"))).toHaveLength(1);
});

it("answers every route of the contract, and describes it", async () => {
  const fe = await frontends.start();
  const document = JSON.parse((await ask(fe, "GET", "/api/openapi.json", BEARER)).text);
  expect(document).toMatchObject({ openapi: "3.1.0", info: { version: "1.2.3" } });
  const missing: string[] = [];
  for (const key of Object.keys(API_ROUTES)) {
    const [method = "", path = ""] = key.split(" ");
    const described = document.paths[`/api${path.replace(/:(\w+)/g, "{$1}")}`]?.[method.toLowerCase()];
    expect(described?.summary, key).toEqual(expect.any(String));
    // A body that nothing takes: no route does anything, and what isn't there says so in these very words.
    const answer = await ask(fe, method, `/api${path.replace(/:\w+/g, "x")}`, { ...BEARER, ...JSON_TYPE }, "[]");
    if (answer.text.includes("There is nothing at this path")) missing.push(key);
  }
  expect(missing).toEqual([]);
});

it("gathers what somebody who helps needs, without secrets, addresses and events", async () => {
  const fe = await frontends.start();
  await ask(fe, "POST", "/events", JSON_TYPE, '{"title":"private text"}');
  const { port } = fe;
  const answer = await fetch(`http://127.0.0.1:${port}/api/diagnostics`, { headers: BEARER });
  expect(answer.headers.get("content-type")).toBe("application/zip");
  expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="dsiem-console-diagnostics-/);
  const files = unzipSync(new Uint8Array(await answer.arrayBuffer()));
  const texts = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]));
  expect(Object.keys(texts).sort()).toEqual([
    "about.json",
    "health.json",
    "losses.json",
    "services.json",
    "services.log",
    "settings.json",
  ]);
  expect(JSON.parse(texts["losses.json"] ?? "")).toMatchObject([{ ledger: { refused_malformed: { count: 1 } } }]);
  const all = Object.values(texts).join("");
  for (const secret of [TOKEN, "private text", frontends.folder]) expect(all).not.toContain(secret);
});

describe("another console", () => {
  async function found(url: string) {
    const fe = await frontends.start();
    const answer = await ask(
      ...([fe, "POST", "/api/profiles/connect", { ...BEARER, ...JSON_TYPE }, JSON.stringify({ url })] as const),
    );
    return JSON.parse(answer.text);
  }

  async function answering(status: number, body: string): Promise<string> {
    const server = createServer((_request, response) => response.writeHead(status).end(body));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it("is found by how it refuses", async () => {
    const { port } = await frontends.start();
    expect(await found(`http://127.0.0.1:${port}/ui/#/alarms`)).toMatchObject({
      ...{ ok: true, url: `http://127.0.0.1:${port}/ui/` },
    });
  });

  it("isn't a frontend in server mode, nor anything else", async () => {
    const server = await frontends.start("server");
    expect(await found(`127.0.0.1:${server.port}`)).toMatchObject({
      ...{ ok: false, text: expect.stringContaining("started without --console") },
    });
    expect(await found(await answering(200, "hello"))).toMatchObject({
      ok: false,
      text: expect.stringContaining("200"),
    });
    expect(await found(await answering(401, "hello"))).toMatchObject({ ok: false });
    expect(await found("127.0.0.1:1")).toMatchObject({ ok: false, text: expect.stringMatching(/^Nothing answers/) });
    expect(await found("file:///etc/passwd")).toMatchObject({
      ok: false,
      text: expect.stringMatching(/isn't an address/),
    });
  });
});
