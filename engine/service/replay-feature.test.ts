import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { directive, rule } from "../backlog/testing/builders.ts";
import { SystemClock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import { Cleanup, until } from "../bus/bus.fixture.ts";
import { MemoryBus } from "../bus/memory.ts";
import { LIVE_PATH, LIVE_PROTOCOL, TOKEN_PROTOCOL } from "../contract/console/live.ts";
import type { ReplayCommand, ReplayState, ReplayStep } from "../contract/console/replay.ts";
import type { JournalEntry } from "../contract/journal.ts";
import { anEvent } from "../ingest/testing/door.ts";
import { alarmEntry, alarmRecord, eventEntry } from "../store/console/testing/records.ts";
import type { RunningFrontend } from "./running.ts";
import { ask, BEARER, ConsoleFrontends, JSON_TYPE, TOKEN } from "./testing/console-frontend.ts";
import { JournalBackend } from "./testing/journal-backend.ts";

const DIRECTIVES_FILE = "directives_be1.json";
const START = Date.UTC(2025, 0, 1);

const cleanup = new Cleanup();
let frontends: ConsoleFrontends;
beforeEach(() => {
  frontends = new ConsoleFrontends();
  configure("assets_a.json", { assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 5 }] });
  configure(DIRECTIVES_FILE, fileWith(2));
});
afterEach(async () => {
  await cleanup.run();
  await frontends.end();
});

function configure(name: string, content: object): void {
  writeFileSync(join(frontends.folder, "configs", name), JSON.stringify(content));
}

/** A directive whose second stage takes so many events. */
function fileWith(occurrence: number): { directives: unknown[] } {
  return { directives: [directive([rule(1), rule(2, { from: ":1", occurrence })], { id: 7, name: "Scan by SRC_IP" })] };
}

/** One event that begins a backlog, and so many of its second stage, a second apart. */
function recording(seconds: number): string {
  const lines = Array.from({ length: seconds + 1 }, (_, second) => {
    const timestamp = new Date(START + second * 1000).toISOString();
    return JSON.stringify(
      anEvent({ event_id: `e${second}`, timestamp, plugin_id: 1, plugin_sid: second === 0 ? 1 : 2 }),
    );
  });
  return lines.join("\n");
}

async function api<T>(frontend: RunningFrontend, method: string, path: string, body?: object) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const answer = await ask(frontend, method, `/api${path}`, { ...BEARER, ...(text && JSON_TYPE) }, text);
  return { status: answer.status, body: JSON.parse(answer.text) as T };
}

async function open(frontend: RunningFrontend, text: string, directives: object = {}): Promise<ReplayState> {
  const input = { kind: "text", name: "events.ndjson", text };
  const { status, body } = await api<ReplayState>(frontend, "POST", "/replay", { input, directives });
  expect(body).toMatchObject({ status: "ready" });
  expect(status).toBe(200);
  return body;
}

async function command(frontend: RunningFrontend, { session }: ReplayState, what: ReplayCommand) {
  const { status, body } = await api<ReplayState>(frontend, "POST", `/replay/${session}`, what);
  expect([status, body]).toEqual([200, expect.anything()]);
  return body;
}

/** Where the replay is when it plays no more. */
async function atRest(frontend: RunningFrontend, { session }: ReplayState): Promise<ReplayState> {
  for (let tries = 0; tries < 500; tries++) {
    const { body } = await api<ReplayState>(frontend, "GET", `/replay/${session}`);
    if (body.status !== "playing") return body;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("the replay goes on and on");
}

it("steps through a file forwards and back, says what each event did and counts what it can't read", async () => {
  const frontend = await frontends.start();
  const state = await open(frontend, `${recording(2)}\nno event\n{"event_id":"x"}\n`);
  expect(state).toMatchObject({
    name: "events.ndjson",
    events: 3,
    step: 0,
    refused: 2,
    first: START,
    last: START + 2000,
  });
  expect(state.problems.map(({ line }) => line)).toEqual([4, 5]);
  expect(state.sides).toMatchObject([{ side: "saved", alarms: 0, liveBacklogs: 0 }]);
  const stepped = await command(frontend, state, { command: "step" });
  expect(stepped).toMatchObject({ step: 1, clock: START, sides: [{ liveBacklogs: 1 }] });
  const { body: first } = await api<ReplayStep>(frontend, "GET", `/replay/${state.session}/steps/1`);
  expect(first).toMatchObject({ step: 1, side: "saved", liveBacklogs: 1, alarms: [{ risk: 5 }] });
  expect(first.backlogs).toMatchObject([{ directiveId: 7, stage: 2, count: 0, occurrence: 2 }]);
  await command(frontend, state, { command: "end" });
  const over = await atRest(frontend, state);
  expect(over).toMatchObject({ step: 4, sides: [{ alarms: 1, liveBacklogs: 0, alarmsAtEnd: 1 }] });
  expect(over.marks.map(({ step }) => step)).toEqual([1, 3]);
  const { body: page } = await api<{ rows: { step: number; outcome?: object }[]; total: number }>(
    frontend,
    "GET",
    `/replay/${state.session}/rows?from=2&limit=10`,
  );
  expect(page.total).toBe(3);
  expect(page.rows.map(({ step }) => step)).toEqual([2, 3]);
  expect(page.rows.every(({ outcome }) => outcome !== undefined)).toBe(true);
  expect(await command(frontend, state, { command: "back" })).toMatchObject({ step: 3, clock: START + 2000 });
  expect(await command(frontend, state, { command: "goto", step: 2 })).toMatchObject({
    step: 2,
    sides: [{ liveBacklogs: 1 }],
  });
  expect(await command(frontend, state, { command: "start" })).toMatchObject({ step: 0, sides: [{ liveBacklogs: 0 }] });
  const ticks = await api(frontend, "GET", `/replay/${state.session}/ticks?parts=2`);
  expect(ticks.body).toEqual({ counts: expect.any(Array), steps: expect.any(Array) });
});

it("plays to a breakpoint, goes on, pauses, and can be followed meanwhile", async () => {
  const frontend = await frontends.start();
  const state = await open(frontend, recording(30));
  const socket = new WebSocket(`ws://127.0.0.1:${frontend.port}${LIVE_PATH}`, [LIVE_PROTOCOL, TOKEN_PROTOCOL + TOKEN]);
  cleanup.add(socket, (opened) => opened.terminate());
  const said: ReplayState[] = [];
  socket.on("message", (text) => {
    const { data } = JSON.parse(text.toString());
    if (data !== undefined) said.push(data);
  });
  await new Promise((resolve, reject) => socket.on("open", resolve).on("error", reject));
  const params = { session: state.session };
  socket.send(JSON.stringify({ type: "subscribe", id: 1, topic: "replay", params }));
  await until(() => said.length > 0, "a snapshot");
  await command(frontend, state, { command: "speed", speed: "max" });
  await command(frontend, state, { command: "break", stageChange: true, alarm: false });
  await command(frontend, state, { command: "play" });
  const held = await atRest(frontend, state);
  expect(held).toMatchObject({ status: "ready", step: 1, reason: expect.stringContaining("event 1") });
  await until(() => said.at(-1)?.step === 1, "the follower to hear of it");
  await command(frontend, state, { command: "speed", speed: "1" });
  const playing = await command(frontend, state, { command: "play" });
  expect(playing).toMatchObject({ status: "playing" });
  expect(playing).not.toHaveProperty("reason");
  const paused = await command(frontend, state, { command: "pause" });
  expect(paused.status).toBe("ready");
  // In time, a second takes a second.
  expect(paused.step).toBeLessThan(10);
});

it("runs the edited directives beside the saved ones, and others later at the same step", async () => {
  const frontend = await frontends.start();
  const edited = (occurrence: number) => ({ name: DIRECTIVES_FILE, text: JSON.stringify(fileWith(occurrence)) });
  const state = await open(frontend, recording(3), { edited: edited(9) });
  const there = await command(frontend, state, { command: "goto", step: 3 });
  expect(there.sides).toMatchObject([
    { side: "edited", liveBacklogs: 1 },
    { side: "saved", liveBacklogs: 0 },
  ]);
  const changed = await command(frontend, state, { command: "directives", directives: { edited: edited(1) } });
  expect(changed).toMatchObject({ step: 3, sides: [{ side: "edited" }, { side: "saved", liveBacklogs: 0 }] });
  expect(changed.generation).toBe(state.generation + 1);
  const broken = {
    command: "directives",
    directives: { edited: { name: DIRECTIVES_FILE, text: '{"directives":[{}]}' } },
  };
  const refused = await api<{ error: string }>(frontend, "POST", `/replay/${state.session}`, broken);
  expect(refused.status).toBe(409);
  expect(refused.body.error).toContain(DIRECTIVES_FILE);
  const { body: after } = await api<ReplayState>(frontend, "GET", `/replay/${state.session}`);
  expect(after).toMatchObject({ step: 3, generation: changed.generation });
});

it("takes hand-written events behind the last one", async () => {
  const frontend = await frontends.start();
  const state = await open(frontend, recording(1));
  await command(frontend, state, { command: "end" });
  const timestamp = new Date(START + 9_000).toISOString();
  const text = JSON.stringify(anEvent({ event_id: "written", timestamp, plugin_id: 1, plugin_sid: 2 }));
  const added = await api<ReplayState>(frontend, "POST", `/replay/${state.session}/events`, { text });
  expect(added.body).toMatchObject({ events: 3, last: START + 9_000 });
  expect(await command(frontend, state, { command: "goto", step: 3 })).toMatchObject({
    sides: [{ alarms: 1, liveBacklogs: 0 }],
  });
});

it("replays what is retained, and what comes in from now on", async () => {
  const frontend = await frontends.start("console", {
    openBus: () => new MemoryBus(silentLogger(new SystemClock()), 10_000),
  });
  const send = async (id: string, sid: number): Promise<void> => {
    const body = JSON.stringify([anEvent({ event_id: id, plugin_id: 1, plugin_sid: sid })]);
    expect((await ask(frontend, "POST", "/events", JSON_TYPE, body)).status).toBe(200);
  };
  for (const [id, sid] of [
    ["a", 1],
    ["b", 2],
    ["c", 3],
  ] as const)
    await send(id, sid);
  const retained = { input: { kind: "retained", q: "sid:2 OR sid:3", limit: 1 }, directives: {} };
  const { body: kept } = await api<ReplayState>(frontend, "POST", "/replay", retained);
  expect(kept).toMatchObject({ events: 1, status: "ready" });
  const { body: page } = await api<{ rows: { event: { event_id: string } }[] }>(
    frontend,
    "GET",
    `/replay/${kept.session}/rows?from=1`,
  );
  expect(page.rows.map(({ event }) => event.event_id)).toEqual(["c"]);
  const none = await api(frontend, "POST", "/replay", { ...retained, input: { ...retained.input, q: "sid:99" } });
  expect(none.status).toBe(409);
  const live = { input: { kind: "live", q: "sid:1" }, directives: {} };
  const { body: capturing } = await api<ReplayState>(frontend, "POST", "/replay", live);
  expect(capturing).toMatchObject({ status: "capturing", events: 0 });
  await send("d", 1);
  await send("e", 2);
  const stopped = await command(frontend, capturing, { command: "stop capture" });
  expect(stopped).toMatchObject({ status: "ready", events: 1 });
  await send("f", 1);
  expect((await api<ReplayState>(frontend, "GET", `/replay/${capturing.session}`)).body.events).toBe(1);
  const outcome = await api(frontend, "POST", "/replay", { ...live, input: { kind: "live", q: "outcome:matched" } });
  expect(outcome).toMatchObject({ status: 400, body: { field: "input.q" } });
});

it("follows a live capture while it plays", async () => {
  const frontend = await frontends.start("console", {
    openBus: () => new MemoryBus(silentLogger(new SystemClock()), 10_000),
  });
  const live = { input: { kind: "live" }, directives: {} };
  const { body: capturing } = await api<ReplayState>(frontend, "POST", "/replay", live);
  await command(frontend, capturing, { command: "break", stageChange: false, alarm: false });
  await command(frontend, capturing, { command: "speed", speed: "max" });
  expect((await command(frontend, capturing, { command: "play" })).status).toBe("playing");
  const send = async (id: string, sid: number): Promise<void> => {
    const body = JSON.stringify([anEvent({ event_id: id, plugin_id: 1, plugin_sid: sid })]);
    expect((await ask(frontend, "POST", "/events", JSON_TYPE, body)).status).toBe(200);
  };
  const reached = async (step: number): Promise<ReplayState> => {
    for (let tries = 0; tries < 500; tries++) {
      const { body } = await api<ReplayState>(frontend, "GET", `/replay/${capturing.session}`);
      if (body.step === step) return body;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`step ${step} isn't reached`);
  };
  await send("a", 1);
  expect(await reached(1)).toMatchObject({ status: "playing", sides: [{ liveBacklogs: 1 }] });
  await send("b", 2);
  await reached(2);
  await command(frontend, capturing, { command: "stop capture" });
  // No more is awaited: the time after the last event comes.
  expect((await reached(3)).sides).toMatchObject([{ liveBacklogs: 0 }]);
});

it("replays an alarm's events in their order", async () => {
  const backend = new JournalBackend();
  const login = (seq: number, id: string, stage: number, sid: number): JournalEntry => {
    const entry = eventEntry(seq, "a1", stage, id);
    if (entry.kind !== "event") throw new Error("no event");
    return { ...entry, event: { ...entry.event, plugin_id: 1, plugin_sid: sid, src_ip: "10.0.0.1" } };
  };
  backend.entries.push(alarmEntry(1, alarmRecord("a1")), login(2, "e1", 1, 1), login(3, "e2", 2, 2));
  const frontend = await frontends.start("console", { openBus: () => backend.newBus() });
  backend.sayHello();
  let known = 0;
  await until(() => {
    void api<{ total?: number }>(frontend, "GET", "/alarms/a1/events").then(({ body }) => {
      known = body.total ?? 0;
    });
    return known === 2;
  }, "the alarm's events");
  const request = { input: { kind: "alarm", id: "a1" }, directives: {} };
  const { body: state } = await api<ReplayState>(frontend, "POST", "/replay", request);
  expect(state).toMatchObject({ name: "alarm a1", status: "ready", events: 2 });
  expect(await command(frontend, state, { command: "goto", step: 2 })).toMatchObject({ sides: [{ liveBacklogs: 1 }] });
});

it("keeps a test case once, and again where it is wanted", async () => {
  const frontend = await frontends.start();
  const state = await open(frontend, recording(2));
  const keep = (body: object) => api<{ folder: string }>(frontend, "POST", `/replay/${state.session}/keep`, body);
  expect(await keep({ name: "../x" })).toMatchObject({ status: 400, body: { field: "name" } });
  const kept = await keep({ name: "two scans", description: "as it was" });
  expect(kept).toMatchObject({ status: 200, body: { alarms: 1, command: `dsiem test '${kept.body.folder}'` } });
  expect(readdirSync(kept.body.folder).sort()).toEqual(
    expect.arrayContaining(["assets_a.json", "events.ndjson", "expected.json"]),
  );
  expect(await keep({ name: "two scans" })).toMatchObject({ status: 409, body: { field: "name" } });
  expect((await keep({ name: "two scans", replace: true })).status).toBe(200);
});

it("refuses in a sentence what can't be replayed", async () => {
  const frontend = await frontends.start();
  const refusal = async (input: object, directives: object = {}) => {
    const { status, body } = await api<{ error: string }>(frontend, "POST", "/replay", { input, directives });
    return [status, body.error];
  };
  const text = (content: string) => ({ kind: "text", name: "x", text: content });
  expect(await refusal(text(""))).toEqual([400, "There are no events in it."]);
  expect(await refusal(text("no"))).toEqual([400, expect.stringContaining("line 1")]);
  expect(await refusal({ kind: "alarm", id: "nothing" })).toEqual([404, "There is no such alarm (any more)."]);
  const named = { edited: { name: "../x.json", text: "{}" } };
  expect(await refusal(text(recording(1)), named)).toEqual([
    400,
    expect.stringContaining("no name of a directive file"),
  ]);
  const broken = { edited: { name: DIRECTIVES_FILE, text: "{" } };
  expect(await refusal(text(recording(1)), broken)).toEqual([409, expect.stringContaining(DIRECTIVES_FILE)]);
  // Nothing of them is left over.
  const state = await open(frontend, recording(1));
  expect((await api(frontend, "GET", `/replay/${state.session}/steps/99`)).status).toBe(404);
  expect((await api(frontend, "DELETE", `/replay/${state.session}`)).body).toEqual({ ok: true });
  const gone = await api<{ error: string }>(frontend, "GET", `/replay/${state.session}`);
  expect(gone).toMatchObject({ status: 404, body: { error: expect.stringContaining("Open it again") } });
});
