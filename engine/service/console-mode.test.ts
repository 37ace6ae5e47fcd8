import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import { MemoryBus } from "../bus/memory.ts";
import { healthAnswerSchema, lossesAnswerSchema } from "../contract/console-api.ts";
import { ask, BEARER, ConsoleFrontends, JSON_TYPE, statusOf, TOKEN } from "./testing/console-frontend.ts";

const ASSETS = JSON.stringify({ assets: [{ name: "a", cidr: "10.0.0.0/8", value: 2 }] });

let frontends: ConsoleFrontends;
const start = (...args: Parameters<ConsoleFrontends["start"]>) => frontends.start(...args);

beforeEach(() => {
  frontends = new ConsoleFrontends();
});
afterEach(() => frontends.end());

describe("the API", () => {
  it("tells of losses and health to whoever has the token", async () => {
    const fe = await start();
    expect(await statusOf(fe, "POST", "/events", JSON_TYPE, "garbage")).toBe(400);
    const losses = await ask(fe, "GET", "/api/losses", BEARER);
    expect([losses.status, losses.headers["cache-control"]]).toEqual([200, "no-store"]);
    expect(losses.headers["x-content-type-options"]).toBe("nosniff");
    const [service] = lossesAnswerSchema.parse(JSON.parse(losses.text)).services;
    expect(service).toMatchObject({
      role: "frontend",
      node: "fe",
      ageSeconds: 0,
      flow: { requests: 1, refused: 1, accepted: 0, dropped: 0 },
      ledger: { refused_malformed: { count: 1 } },
    });
    const health = healthAnswerSchema.parse(JSON.parse((await ask(fe, "GET", "/api/health", BEARER)).text));
    expect(health.bus).toMatchObject({ kind: "memory", state: "connected" });
    expect(health.services).toHaveLength(1);
    expect(await statusOf(fe, "HEAD", "/api/health", BEARER)).toBe(200);
  });

  it.each([
    ["GET", "/api/losses"],
    ["GET", "/%61pi/losses"],
    ["GET", "/api/nothing"],
    ["GET", "/api"],
    ["GET", "/api/"],
    ["POST", "/api/losses"],
    ["DELETE", "/api/losses"],
    ["OPTIONS", "/api/losses"],
    ["GET", "http://127.0.0.1/api/losses"],
  ])("%s %s needs the token", async (method, path) => {
    const fe = await start();
    for (const headers of [
      {},
      { authorization: "Bearer wrong" },
      { authorization: TOKEN },
      { cookie: `token=${TOKEN}` },
    ]) {
      const answer = await ask(fe, method, path, headers as Record<string, string>);
      expect([answer.status, answer.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
      expect(answer.text).not.toContain(TOKEN);
    }
  });

  it("answers with a sentence in JSON whatever is wrong", async () => {
    const fe = await start();
    const nothing = await ask(fe, "GET", "/api/nothing", BEARER);
    expect([nothing.status, JSON.parse(nothing.text)]).toEqual([
      404,
      { error: "There is nothing at this path of the API." },
    ]);
    for (const headers of [
      {},
      { "content-type": "text/plain" },
      { "content-type": "application/x-www-form-urlencoded" },
    ]) {
      const answer = await ask(fe, "POST", "/api/losses", { ...BEARER, ...headers }, "{}");
      expect([answer.status, Object.keys(JSON.parse(answer.text))]).toEqual([415, ["error"]]);
    }
    expect(await statusOf(fe, "POST", "/api/losses", { ...BEARER, ...JSON_TYPE }, "{}")).toBe(404);
  });

  it("isn't there in server mode, with or without a token", async () => {
    const fe = await start("server");
    for (const headers of [{}, BEARER]) {
      for (const path of ["/api", "/api/", "/api/losses", "/%61pi/losses"]) {
        expect(await statusOf(fe, "GET", path, headers as Record<string, string>)).toBe(404);
      }
    }
  });
});

describe("the gate", () => {
  it("lets no foreign Host or Origin to anything, and counts events that it kept out", async () => {
    const fe = await start();
    const own = `127.0.0.1:${fe.port}`;
    const foreign = [
      { host: `attacker.example:${fe.port}` },
      { host: own, origin: "http://attacker.example" },
      { host: own, origin: "null" },
      { host: own, origin: "http://192.0.2.1" },
    ];
    const paths = ["/events", "/config", "/config/dsiem_config.json", "/ui/", "/api/losses", "/nothing"];
    for (const headers of foreign) {
      for (const path of paths) {
        const answer = await ask(
          fe,
          path === "/events" ? "POST" : "GET",
          path,
          { ...headers, ...JSON_TYPE, ...BEARER },
          "{}",
        );
        expect([answer.status, path]).toEqual([403, path]);
        expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      }
    }
    const [service] = lossesAnswerSchema.parse(JSON.parse((await ask(fe, "GET", "/api/losses", BEARER)).text)).services;
    expect(service?.ledger.refused_foreign?.count).toBe(foreign.length);
    expect(service?.flow).toMatchObject({ requests: foreign.length, refused: foreign.length });
  });

  it("lets in its own pages and those that were allowed", async () => {
    const fe = await start();
    expect(await statusOf(fe, "GET", "/config", { origin: `http://localhost:${fe.port}` })).toBe(200);
    expect(await statusOf(fe, "GET", "/config", { origin: "https://siem.example.com", host: "siem.example.com" })).toBe(
      200,
    );
  });

  it("lets nobody in who is foreign in server mode's sense: there is no such thing", async () => {
    const fe = await start("server");
    expect(await statusOf(fe, "GET", "/config", { origin: "http://attacker.example", host: "attacker.example" })).toBe(
      200,
    );
  });

  it("lets configuration be written and deleted with the token only, and read without", async () => {
    const fe = await start();
    for (const path of ["/config/assets_a.json", "/%63onfig/assets_a.json"]) {
      for (const headers of [JSON_TYPE, { ...JSON_TYPE, authorization: "Bearer wrong" }]) {
        expect(await statusOf(fe, "POST", path, headers, ASSETS)).toBe(401);
        expect(await statusOf(fe, "DELETE", path, headers)).toBe(401);
      }
    }
    expect(
      await statusOf(fe, "POST", "/config/assets_a.json", { ...BEARER, "content-type": "text/plain" }, ASSETS),
    ).toBe(415);
    expect(await statusOf(fe, "POST", "/config/assets_a.json", { ...BEARER, ...JSON_TYPE }, ASSETS)).toBe(201);
    expect(await statusOf(fe, "GET", "/config/assets_a.json")).toBe(200);
    expect(await statusOf(fe, "DELETE", "/config/assets_a.json", BEARER)).toBe(200);
  });

  it("guards upgrades, too", async () => {
    const fe = await start("console", {
      openBus: (upgrades) => {
        upgrades.on("upgrade", (_request, socket) => socket.end("HTTP/1.1 418 Granted\r\nConnection: close\r\n\r\n"));
        return new MemoryBus(silentLogger(new ManualClock()));
      },
    });
    const upgrade = { connection: "Upgrade", upgrade: "websocket" };
    const own = { host: `127.0.0.1:${fe.port}` };
    expect(await statusOf(fe, "GET", "/link", { ...upgrade, ...own })).toBe(418);
    expect(await statusOf(fe, "GET", "/link", { ...upgrade, ...own, origin: "null" })).toBe(403);
    expect(await statusOf(fe, "GET", "/link", { ...upgrade, host: `attacker.example:${fe.port}` })).toBe(403);
    // Whoever gets through reaches the hub, which finds that this is half a handshake.
    for (const path of ["/api/live", "/%61pi/live"]) {
      expect(await statusOf(fe, "GET", path, { ...upgrade, ...own })).toBe(401);
      expect(await statusOf(fe, "GET", path, { ...upgrade, ...own, origin: "http://attacker.example" })).toBe(403);
    }
    expect(await statusOf(fe, "GET", "/api/live", { ...upgrade, ...own, ...BEARER })).toBe(400);
    const protocols = { "sec-websocket-protocol": `dsiem.live, dsiem.token.${TOKEN}` };
    expect(await statusOf(fe, "GET", "/api/live", { ...upgrade, ...own, ...protocols })).toBe(400);
    const wrong = { "sec-websocket-protocol": "dsiem.live, dsiem.token.another" };
    expect(await statusOf(fe, "GET", "/api/live", { ...upgrade, ...own, ...wrong })).toBe(401);
  });
});

// Windows has no such modes.
describe.skipIf(process.platform === "win32")("the data folder", () => {
  let folder = "";
  beforeEach(() => {
    folder = frontends.folder;
  });
  const modeOf = (...path: string[]): string => (statSync(join(folder, ...path)).mode & 0o777).toString(8);

  it("is its owner's only in console mode, except for the logs", async () => {
    mkdirSync(join(folder, "logs"));
    writeFileSync(join(folder, "configs", "assets_b.json"), ASSETS);
    writeFileSync(join(folder, "logs", "siem_alarms.json"), "");
    writeFileSync(join(folder, "outside"), "");
    symlinkSync(join(folder, "logs", "siem_alarms.json"), join(folder, "configs", "assets_link.json"));
    for (const path of ["configs/assets_b.json", "logs/siem_alarms.json"]) chmodSync(join(folder, path), 0o644);
    chmodSync(folder, 0o755);
    const fe = await start();
    expect(await statusOf(fe, "POST", "/config/assets_a.json", { ...BEARER, ...JSON_TYPE }, ASSETS)).toBe(201);
    expect(modeOf()).toBe("700");
    for (const name of ["assets_a.json", "assets_b.json", "dsiem_config.json"])
      expect(modeOf("configs", name)).toBe("600");
    expect(modeOf("logs", "siem_alarms.json")).toBe("644");
  });

  it("stays as it is in server mode", async () => {
    chmodSync(folder, 0o755);
    await start("server");
    expect(modeOf()).toBe("755");
  });
});

it("the token is in no log line", async () => {
  const fe = await start();
  await ask(fe, "GET", "/api/losses", BEARER);
  await ask(fe, "GET", "/api/losses", { authorization: "Bearer wrong" });
  await fe.stop();
  expect(frontends.lines.join("")).not.toContain(TOKEN);
});
