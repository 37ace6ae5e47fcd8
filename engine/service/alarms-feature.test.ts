import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { until } from "../bus/bus.fixture.ts";
import { alarmsPageSchema } from "../contract/console/alarms.ts";
import { LIVE_PATH, LIVE_PROTOCOL, TOKEN_PROTOCOL } from "../contract/console/live.ts";
import { alarmEntry, alarmRecord, eventEntry } from "../store/console/testing/records.ts";
import type { RunningFrontend } from "./running.ts";
import { ask, BEARER, ConsoleFrontends, JSON_TYPE, TOKEN } from "./testing/console-frontend.ts";
import { JournalBackend } from "./testing/journal-backend.ts";

let frontends: ConsoleFrontends;
beforeEach(() => {
  frontends = new ConsoleFrontends();
});
afterEach(() => frontends.end());

async function ids(frontend: RunningFrontend): Promise<string[]> {
  const { status, text } = await ask(frontend, "GET", "/api/alarms?q=&sort=id", BEARER);
  if (status !== 200) throw new Error(`GET /api/alarms answers ${status}: ${text}`);
  return alarmsPageSchema.parse(JSON.parse(text)).rows.map(({ id }) => id);
}

async function untilIds(frontend: RunningFrontend, expected: string): Promise<void> {
  let last = "";
  for (let tries = 0; tries < 200 && last !== expected; tries++) {
    last = (await ids(frontend)).join(" ");
    if (last !== expected) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(last).toBe(expected);
}

it("a backend's alarms are there: those of before, those that it tells of, and those that a console was away for", async () => {
  const backend = new JournalBackend();
  backend.entries.push(alarmEntry(1, alarmRecord("a1")), eventEntry(2, "a1", 2, "e1"));
  const first = await frontends.start("console", { openBus: () => backend.newBus() });
  backend.sayHello();
  await untilIds(first, "a1");
  await until(() => backend.follows > 0, "to be followed");
  const socket = new WebSocket(`ws://127.0.0.1:${first.port}${LIVE_PATH}`, [
    LIVE_PROTOCOL,
    `${TOKEN_PROTOCOL}${TOKEN}`,
  ]);
  const said: { type: string; data: { rows: { id: string }[]; total: number } }[] = [];
  socket.on("message", (data) => said.push(JSON.parse(data.toString())));
  await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
  socket.send(JSON.stringify({ type: "subscribe", id: 1, topic: "alarms", params: {} }));
  await until(() => said.length > 0, "a snapshot");
  expect(said[0]).toMatchObject({ type: "snapshot", data: { rows: [{ id: "a1", events: 1 }], total: 1 } });
  backend.write(alarmEntry(3, alarmRecord("a2")));
  await until(
    () => said.some(({ type, data }) => type === "delta" && data.rows.some(({ id }) => id === "a2")),
    "a delta",
  );
  socket.terminate();
  await first.stop();
  backend.write(alarmEntry(4, alarmRecord("a3")));
  const second = await frontends.start("console", { openBus: () => backend.newBus() });
  backend.sayHello();
  await untilIds(second, "a1 a2 a3");
});

it("refuses what makes no sense with a sentence and its place", async () => {
  const frontend = await frontends.start();
  const refused = async (method: string, path: string, body?: object): Promise<unknown[]> => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await ask(frontend, method, `/api${path}`, { ...BEARER, ...JSON_TYPE }, text);
    return [answer.status, JSON.parse(answer.text)];
  };
  const query = { error: "There is no field rsik: did you mean risk?", column: 0, length: 4, field: "q" };
  expect(await refused("GET", "/alarms?q=rsik%3E7")).toEqual([400, query]);
  expect(await refused("GET", "/alarms/nothing")).toEqual([404, { error: "There is no such alarm (any more)." }]);
  expect(await refused("POST", "/alarms/bulk", { q: "" })).toEqual([
    400,
    { error: "Nothing is to be changed: say a status, a tag or a note." },
  ]);
  expect(await refused("POST", "/alarms/bulk", { note: "x" })).toEqual([
    400,
    { error: "Say which alarms: their ids, or a query." },
  ]);
  expect(await refused("POST", "/alarms/bulk", { q: "", status: "Lost" })).toEqual([
    400,
    { error: "There is no status Lost; the configuration has Open.", field: "status" },
  ]);
  expect((await refused("POST", "/undo/nothing"))[0]).toBe(410);
  expect((await refused("POST", "/query/check", { q: "risk>", of: "events" }))[1]).toMatchObject({
    ok: false,
    column: 0,
  });
});

it("a database that can't be used ends the start with a sentence", async () => {
  const path = join(frontends.folder, "console.db");
  writeFileSync(path, "no database at all, but some text that is long enough to be looked at");
  await expect(frontends.start()).rejects.toThrow(/console\.db can't be used: .*; is its folder writable/);
  rmSync(path);
  const newer = new DatabaseSync(path);
  newer.exec("PRAGMA user_version = 99");
  newer.close();
  await expect(frontends.start()).rejects.toThrow(/was written by a newer version of Dsiem Console .* start the newer/);
});
