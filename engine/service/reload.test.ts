import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { directive, event, rule } from "../backlog/testing/builders.ts";
import { ManualClock } from "../base/clock.ts";
import { silentLogger } from "../base/log.ts";
import { MemoryBus } from "../bus/memory.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { backlogsAnswerSchema, directivesAnswerSchema, reloadAnswerSchema, rpcRefusalSchema } from "../contract/rpc.ts";
import { rpcSubject } from "../contract/subjects.ts";
import { runBackend } from "./backend.ts";
import type { BackendConfig } from "./config.ts";
import { runFrontend } from "./frontend.ts";
import type { RunningFrontend, RunningService } from "./running.ts";

let folder = "";
let bus: MemoryBus;
let frontend: RunningFrontend;
let lines: string[] = [];
let published = 0;
const running: RunningService[] = [];

const BASE = {
  bus: { kind: "link", token: "t" },
  ...{ status: ["Open"], tags: ["One"], maxQueue: 1000 },
  telemetry: { tracing: false, metrics: false, endpoint: "" },
} as const;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dsiem-reload-"));
  mkdirSync(join(folder, "configs"));
  configure("assets_a.json", { assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 5 }] });
  bus = new MemoryBus(silentLogger(new ManualClock()));
  frontend = await runFrontend(
    {
      ...{ address: "127.0.0.1", port: 0, node: "fe", maxEps: 0, minEps: 0, writableConfig: false, dataDir: folder },
      ...BASE,
      log: { level: "ERROR", json: false },
    },
    { openBus: () => new MemoryBus(silentLogger(new ManualClock())) },
  );
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()));
  await frontend.stop();
  lines = [];
  published = 0;
  rmSync(folder, { recursive: true, force: true });
});

function configure(name: string, content: object | string): void {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  writeFileSync(join(folder, "configs", name), text);
}

async function start(change: Partial<BackendConfig> = {}): Promise<RunningService> {
  const backend = await runBackend(
    {
      ...{ frontend: `http://127.0.0.1:${frontend.port}`, node: "be1", minAlarmLifetimeMinutes: 0, dataDir: folder },
      ...{ medRiskMin: 3, medRiskMax: 6, maxEps: 1000, cacheMinutes: 10, holdDurationSeconds: 60 },
      ...{ maxDelaySeconds: 180, intelPrivateIp: false, reloadBacklogs: true, state: true, journal: false },
      ...{ preloadDirectives: false, idleDirectivesMinutes: 10, log: { level: "INFO", json: true } },
      ...BASE,
      ...change,
    },
    undefined,
    { write: (line) => lines.push(line), openBus: () => bus },
  );
  running.push(backend);
  return backend;
}

async function ask(request: object): Promise<unknown> {
  const answer = await bus.request(rpcSubject("be1"), Buffer.from(JSON.stringify(request)), 30_000);
  return JSON.parse(Buffer.from(answer).toString());
}

const reload = async () => reloadAnswerSchema.parse(await ask({ method: "reload", by: "a test" }));
const refusedReload = async () => rpcRefusalSchema.parse(await ask({ method: "reload" }));

/** Publishes as a frontend does, and waits until it is correlated. */
async function publish(...events: NormalizedEvent[]): Promise<void> {
  const payloads = events.map(({ seconds, carrier, ...fields }) => Buffer.from(JSON.stringify(fields)));
  bus.publishEvents(payloads, () => undefined);
  published += events.length;
  while (bus.acked < published) await new Promise((resolve) => setImmediate(resolve));
}

/** An event of now, so that no backlog expires meanwhile. */
function now(sid: number, id: string, change: Partial<NormalizedEvent> = {}): NormalizedEvent {
  return event(sid, id, { seconds: Math.floor(Date.now() / 1000), ...change });
}

async function live(): Promise<[directive: number, stage: number, stages: number][]> {
  const { backlogs } = backlogsAnswerSchema.parse(await ask({ method: "backlogs" }));
  return backlogs.map(({ directiveId, stage, stages }) => [directiveId, stage, stages]);
}

function fieldsOf(message: string): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line).fields).filter((fields) => fields.message === message);
}

const THREE = [rule(1), rule(2), rule(3)];

it("swaps what has changed and keeps what hasn't, wherever it has moved", async () => {
  const kept = directive(THREE, { id: 1, name: "kept" });
  const changed = directive(THREE, { id: 2, name: "changed" });
  const gone = directive(THREE, { id: 3, name: "gone" });
  const renamed = directive(THREE, { id: 4, name: "one name" });
  configure("directives_be1.json", { directives: [kept, changed, gone, renamed] });
  await start();
  await publish(now(1, "a"));
  expect(await live()).toHaveLength(4);

  configure("directives_be1.json", {
    directives: [
      { ...gone, disabled: true },
      { ...changed, priority: 1, rules: [rule(1), rule(2, { plugin_sid: [9] })] },
      { ...renamed, name: "another" },
    ],
  });
  configure("directives_be1_more.json", { directives: [directive(THREE, { id: 5, name: "new" }), kept] });
  const answer = await reload();
  expect(answer).toMatchObject({
    ...{ files: ["directives_be1.json", "directives_be1_more.json"], restart: [] },
    directives: { same: 1, changed: 2, added: 1, removed: 1 },
    backlogs: { onOldRules: 1, ended: 2 },
    touched: expect.arrayContaining([
      { directiveId: 2, onOldRules: 1, ended: 0 },
      { directiveId: 3, onOldRules: 0, ended: 1 },
      { directiveId: 4, onOldRules: 0, ended: 1 },
    ]),
  });
  expect(await live()).toEqual([
    [2, 2, 3],
    [1, 2, 3],
  ]);
  expect(fieldsOf("backlogs can't go on after the reload")).toMatchObject([
    { "directive.id": 3, backlogs: 1, reason: "it isn't loaded any more" },
    { "directive.id": 4, backlogs: 1, reason: "it is called something else now" },
  ]);
  // As a stop would leave it for the day on which the directive comes back.
  expect(readdirSync(join(folder, "logs", "backlogs"))).toEqual(["3.json"]);

  // The old backlog goes on with the rules that it began with, a new one with today's.
  await publish(now(2, "b"), now(1, "c", { src_ip: "10.0.0.77" }));
  expect((await live()).filter(([id]) => id === 2)).toEqual([
    [2, 3, 3],
    [2, 2, 2],
  ]);
  await publish(now(9, "d"));
  expect((await live()).filter(([id]) => id === 2)).toEqual([[2, 3, 3]]);
  const counters = directivesAnswerSchema.parse(await ask({ method: "directives" }));
  expect(counters.config.map(({ name }) => name)).toEqual([
    "assets_a.json",
    "directives_be1.json",
    "directives_be1_more.json",
  ]);
  // It counts on: one event before, and three since.
  expect(counters.directives.find(({ id }) => id === 2)?.matched).toBe(4);
  expect(await reload()).toMatchObject({ files: [], directives: { same: 4, changed: 0, added: 0, removed: 0 } });
});

it("changes nothing where a file is bad, and says why", async () => {
  configure("directives_be1.json", { directives: [directive(THREE, { name: "good" })] });
  await start();
  await publish(now(1, "a"));
  for (const [content, reason] of [
    [
      { directives: [directive([rule(1)], { id: 8 })] },
      /directives_be1_b\.json:10: directive 8, rules: there is only one rule/,
    ],
    // Half written.
    ['{"directives":[{"id":8,', /directives_be1_b\.json.*is not JSON/],
    [
      { directives: [directive(THREE, { id: 1 })] },
      /directive 1, id: 1 is also the id of the directive at directives_be1\.json:3;/,
    ],
  ] as const) {
    configure("directives_be1_b.json", content);
    const refusal = await refusedReload();
    expect(refusal.code).toBe("CONFIG_REFUSED");
    expect(refusal.message).toMatch(reason);
    expect(await live()).toEqual([[1, 2, 3]]);
  }
  unlinkSync(join(folder, "configs", "directives_be1_b.json"));
  configure("directives_be1.json", { directives: [] });
  expect((await refusedReload()).message).toContain("there is no directive in it");
  configure("directives_be1.json", { directives: [directive(THREE, { name: "good", priority: 2 })] });
  expect(await reload()).toMatchObject({ directives: { changed: 1 }, backlogs: { onOldRules: 0, ended: 0 } });
});

it("names assets and look-up sources that it takes in at a start only", async () => {
  configure("directives_be1.json", { directives: [directive(THREE)] });
  await start();
  configure("assets_a.json", { assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 1 }] });
  configure("intel_x.json", { intel_sources: [] });
  configure("directives_be1.json", { directives: [directive(THREE, { priority: 1 })] });
  expect(await reload()).toMatchObject({
    ...{ files: ["directives_be1.json"], restart: ["assets_a.json", "intel_x.json"] },
    directives: { changed: 1 },
  });
});

it("does it once more for whoever asks meanwhile", async () => {
  configure("directives_be1.json", { directives: [directive(THREE)] });
  await start();
  configure("directives_be1.json", { directives: [directive(THREE, { priority: 1 })] });
  const first = reload();
  const others = [reload(), reload()];
  const answers = await Promise.all([first, ...others]);
  expect(answers.map(({ directives }) => directives.changed)).toEqual([1, 0, 0]);
  expect(fieldsOf("configuration reloaded")).toHaveLength(2);
});

it("goes on with what it has when the frontend has gone, and stops in the middle of a reload", async () => {
  configure("directives_be1.json", { directives: [directive(THREE)] });
  const { promise: asked, resolve: wasAsked } = Promise.withResolvers<void>();
  const silent = createServer(() => wasAsked());
  const backend = await start();
  await publish(now(1, "a"));
  const { port } = frontend;
  await frontend.stop();
  const refusal = await refusedReload();
  expect(refusal.code).toBe("FRONTEND_UNAVAILABLE");
  expect(refusal.message).toContain(`127.0.0.1:${port}`);
  expect(await live()).toEqual([[1, 2, 3]]);

  await new Promise<void>((resolve) => silent.listen(port, "127.0.0.1", resolve));
  const stopping = refusedReload();
  await asked;
  await backend.stop();
  expect(await backend.done).toBe(0);
  expect((await stopping).message).toContain("the backend is stopping");
  expect(JSON.parse(readFileSync(join(folder, "logs", "backlogs", "1.json"), "utf8"))).toHaveLength(1);
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
});

it("reads large files in a thread, and correlates meanwhile", async () => {
  const many = Array.from({ length: 400 }, (_, i) => directive(THREE, { id: 100 + i, name: `number ${i}` }));
  configure("directives_be1.json", { directives: [directive(THREE), ...many] });
  await start({ maxQueue: 5000 });
  await publish(now(1, "first"));
  configure("directives_be1.json", {
    directives: [...many.map((each) => ({ ...each, priority: 1 })), directive(THREE)],
  });
  let isDone = false;
  const reloading = reload().finally(() => {
    isDone = true;
  });
  let during = 0;
  while (!isDone) {
    during += 1;
    await publish(now(7, `of no interest ${during}`), now(1, `during ${during}`));
  }
  expect(await reloading).toMatchObject({
    directives: { same: 1, changed: 400, added: 0, removed: 0 },
    backlogs: { onOldRules: 0, ended: 0 },
  });
  expect(during).toBeGreaterThan(0);
  await running[0]?.stop();
  const [stopped] = fieldsOf("backend has stopped");
  const events = 1 + 2 * during;
  expect(stopped).toMatchObject({ received: events, correlated: during + 1, uninteresting: during, dropped: 0 });
});

it("gives back what the saved files hold of a directive that comes back, where no state is kept", async () => {
  const two = directive(THREE, { id: 2, name: "comes and goes" });
  configure("directives_be1.json", { directives: [directive(THREE), two] });
  await start({ state: false });
  await publish(now(1, "a"));
  configure("directives_be1.json", { directives: [directive(THREE), { ...two, disabled: true }] });
  expect(await reload()).toMatchObject({ directives: { removed: 1 }, backlogs: { ended: 1 } });
  expect(readdirSync(join(folder, "logs", "backlogs"))).toEqual(["2.json"]);
  configure("directives_be1.json", { directives: [directive(THREE), two] });
  expect(await reload()).toMatchObject({ directives: { added: 1 } });
  expect(await live()).toEqual([
    [1, 2, 3],
    [2, 2, 3],
  ]);
  expect(readdirSync(join(folder, "logs", "backlogs"))).toEqual([]);
});
