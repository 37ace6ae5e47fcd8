import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { SystemClock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import { until } from "../bus/bus.fixture.ts";
import { MemoryBus } from "../bus/memory.ts";
import { alarmsPageSchema } from "../contract/console/alarms.ts";
import { LIVE_PATH, LIVE_PROTOCOL, TOKEN_PROTOCOL } from "../contract/console/live.ts";
import type { JournalEntry } from "../contract/journal.ts";
import type { BackendStats } from "../contract/stats.ts";
import { alarmsSubject, rpcSubject, statsSubject } from "../contract/subjects.ts";
import { alarmEntry, alarmRecord, eventEntry } from "../store/console/testing/records.ts";
import { journalOf } from "./console.fixture.ts";
import { answerSince } from "./journal-pages.ts";
import type { RunningFrontend } from "./running.ts";
import { ask, BEARER, ConsoleFrontends, JSON_TYPE, TOKEN } from "./testing/console-frontend.ts";

let frontends: ConsoleFrontends;
beforeEach(() => {
  frontends = new ConsoleFrontends();
});
afterEach(() => frontends.end());

/** A backend as far as a console sees it: its word every now and then, and a journal. */
class Backend {
  #bus = new MemoryBus(silentLogger(new SystemClock()));
  readonly entries: JournalEntry[] = [];
  /** Follow requests that came. */
  follows = 0;

  /** A bus ends with the frontend that opened it. */
  newBus(): MemoryBus {
    this.#bus = new MemoryBus(silentLogger(new SystemClock()));
    this.#bus.respond(rpcSubject("be1"), async (payload) => {
      const request = JSON.parse(Buffer.from(payload).toString()) as { method: string; seq: number };
      if (request.method === "follow") {
        this.follows += 1;
        return Buffer.from(JSON.stringify({ ok: true, until: Date.now() + 30_000 }));
      }
      const journal = journalOf(this.entries.map((entry) => JSON.stringify(entry)));
      return Buffer.from(await answerSince(journal, request, 1_000_000));
    });
    return this.#bus;
  }

  sayHello(): void {
    const flow = { received: 0, correlated: 0, skipped: 0, dropped: 0, waiting: 0 };
    const counts = { queue_length: 0, directives_ttl: 0, directives_active: 0, events_rcvd: 0, events_matched: 0 };
    const watchdog = { ...counts, eps: 0, avg_proc_time_ms: 0, backlogs: 0, backlogs_timedout: 0 };
    const bus = { kind: "memory", state: "connected", detail: "d", buffered: 0 } as const;
    const stats: BackendStats = {
      ...{ role: "backend", node: "be1", boot: "b", at: 0, startedAt: 0, eps: 0, bus, ledger: {}, flow, watchdog },
    };
    this.#bus.publish(statsSubject("be1"), Buffer.from(JSON.stringify(stats)));
  }

  /** Adds to the journal and tells of it. */
  write(...entries: JournalEntry[]): void {
    this.entries.push(...entries);
    this.#bus.publish(alarmsSubject("be1"), Buffer.from(JSON.stringify({ node: "be1", entries })));
  }
}

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
  const backend = new Backend();
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
