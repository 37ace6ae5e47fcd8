// `npm run test:hostile`: what comes over the network and from files is the worst that somebody could send.

import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { BenchError } from "../bench/lib/failure.ts";
import { sleep, until } from "../bench/lib/waiting.ts";
import { freePort, NatsProcess } from "../engine/bus/bus.fixture.ts";
import { tryBombs } from "./lib/bombs.ts";
import { Garbage, memoryOf } from "./lib/garbage.ts";
import { configsOf, FORGIVING_KINDS, Group } from "./lib/groups.ts";
import { LinkIntruder } from "./lib/link-intruder.ts";
import { randomFrom, readOptions } from "./lib/options.ts";
import { exchange, Pipeline } from "./lib/pipeline.ts";
import { PostConnection } from "./lib/post-connection.ts";
import type { Proof, Report } from "./lib/report.ts";
import { LINK_TOKEN, NODE, Site } from "./lib/site.ts";
import { trySlowSockets } from "./lib/slow-sockets.ts";

const USAGE = `usage: npm run test:hostile [-- options]
  --inputs N   malformed inputs, 1000000 unless given
  --sockets N  connections that never finish what they begin, 500 unless given
  --seed N     draws the same inputs again, 1 unless given`;

const DEFAULTS = { inputs: 1_000_000, sockets: 500, seed: 1 };

/** Which share of the inputs goes which way; what costs a connection or a start each gets less. */
const SHARES = { bodies: 0.3, subject: 0.5, overload: 0.05, files: 0.04, link: 0.09, strangers: 0.005, raw: 0.015 };
const AT_ONCE = 20;
/** Frames that somebody with the token sends on one connection, at most. */
const FRAMES = 200;
const RAW_ANSWER_MS = 10_000;
const ALARM_MS = 15_000;
/** Files of saved backlogs in one start, and starts. */
const SAVED_FILES = 100;
const STARTS = 3;

export const proof: Proof = {
  usage: USAGE,
  run: async (args, report) => {
    const { inputs, sockets, seed } = readOptions(args, DEFAULTS);
    const monitoringPort = await freePort();
    const nats = await NatsProcess.start(`http: "127.0.0.1:${monitoringPort}"`);
    const configs = configsOf(FORGIVING_KINDS, 1, NODE);
    const overNats = new Site({
      configs,
      msq: `nats://127.0.0.1:${nats.port}`,
      frontendArgs: ["--writable-config"],
    });
    const overLink = new Site({ configs, msq: "link" });
    await overNats.start();
    await overLink.start();
    const pids = [overNats, overLink].map(pidsOf);

    await trySlowSockets(report, { port: overLink.port, sockets });
    await tryBombs(report, { port: overLink.port, pid: overLink.frontend.pid });
    const garbage = new Garbage(randomFrom(seed));
    const sent = await tryGarbage(report, { inputs, garbage, overNats, overLink, natsPort: nats.port });
    report.check("as many inputs were sent as asked for", sent >= inputs, `${sent}`);
    const still = [overNats, overLink].map(pidsOf);
    report.check("no service was started anew", JSON.stringify(pids) === JSON.stringify(still), JSON.stringify(still));
    await judgeStillRight(report, { overNats, overLink });
    await trySavedFiles(report, overLink, garbage);
    for (const [name, site] of Object.entries({ nats: overNats, link: overLink })) {
      const ends = await site.stop();
      const clean = Object.values(ends).every((end) => end === "exit code 0");
      report.check(`${name}: both services stop in order`, clean, JSON.stringify(ends));
      const defects = [site.frontend, site.backend].flatMap(({ log }) => defectsIn(log));
      report.check(`${name}: no defect was logged`, defects.length === 0, defects.slice(0, 3).join("\n"));
    }
    await nats.stop();
  },
};

function pidsOf(site: Site): number[] {
  for (const { outcome } of [site.frontend, site.backend]) if (outcome !== undefined) throw new BenchError(outcome);
  return [site.frontend.pid, site.backend.pid];
}

interface Assault {
  inputs: number;
  garbage: Garbage;
  overNats: Site;
  overLink: Site;
  natsPort: number;
}

/** Sends every kind of garbage every way; returns how many inputs that were. */
async function tryGarbage(report: Report, { inputs, garbage, overNats, overLink, natsPort }: Assault): Promise<number> {
  const memoryBefore = memoryOf(overNats.backend.pid).nowMib;
  const count = (share: number): number => Math.ceil(inputs * share);
  const counts = {
    "bodies of POST /events": await postBodies(overNats.port, count(SHARES.bodies), { garbage, report }),
    "messages on dsiem_events": await publish(natsPort, "dsiem_events", count(SHARES.subject), garbage),
    "messages on dsiem_overload_signals": await publish(
      natsPort,
      "dsiem_overload_signals",
      count(SHARES.overload),
      garbage,
    ),
    "configuration files": await postFiles(overNats.port, count(SHARES.files), { garbage, report }),
    "requests that aren't HTTP": await sendRaw(overLink.port, count(SHARES.raw), { garbage, report }),
    "handshakes of link": await shout(overLink.port, count(SHARES.strangers), { garbage, report }),
    "frames of link, with the token": await betray(overLink.port, count(SHARES.link), { garbage, report }),
  };
  for (const [what, number] of Object.entries(counts)) report.say(`  ${number} ${what}`);
  const { nowMib, peakMib } = memoryOf(overNats.backend.pid);
  report.say(
    `  the backend's memory: ${memoryBefore.toFixed(0)} MiB before, ${nowMib.toFixed(0)} after, at most ${peakMib.toFixed(0)}`,
  );
  return Object.values(counts).reduce((sum, number) => sum + number, 0);
}

interface Way {
  garbage: Garbage;
  report: Report;
}

async function postBodies(port: number, count: number, { garbage, report }: Way): Promise<number> {
  const statuses = new Map<string, number>();
  const valid = validEvents();
  const types = ["application/json", "application/json", "application/json; charset=utf-8", "text/plain", ""];
  await pipelined(port, count, statuses, () => {
    const text = garbage.pick(valid);
    const body = garbage.damaged(garbage.below(4) === 0 ? `[${text},${garbage.pick(valid)}]` : text);
    return request("POST", garbage.pick(["/events", "/events/", "/events?x"]), body, garbage.pick(types));
  });
  judgeStatuses(report, "bodies", statuses, ["200", "400", "413", "415", "418", "503"]);
  return count;
}

async function postFiles(port: number, count: number, { garbage, report }: Way): Promise<number> {
  const statuses = new Map<string, number>();
  const files = Object.values(configsOf(FORGIVING_KINDS, 1, NODE)).map((file) => JSON.stringify(file));
  const names = ["directives_x_1.json", "assets_x.json", "intel_x.json", "vuln_x.json", "..%2fx.json", "x%00.json"];
  const methods = ["POST", "POST", "POST", "GET", "DELETE", "HEAD", "PUT"];
  await pipelined(port, count, statuses, () => {
    const method = garbage.pick(methods);
    // What has no body asks by GET, since the answer to HEAD has none either.
    const body = method === "POST" || method === "PUT" ? garbage.damaged(garbage.pick(files)) : Buffer.alloc(0);
    return request(method === "HEAD" ? "GET" : method, `/config/${garbage.pick(names)}`, body, "application/json");
  });
  judgeStatuses(report, "configuration files", statuses, ["200", "201", "400", "404", "405", "413", "415", "418"]);
  return count;
}

async function pipelined(
  port: number,
  count: number,
  statuses: Map<string, number>,
  next: () => Buffer,
): Promise<void> {
  const pipeline = new Pipeline(port, statuses);
  const answered = (): number => [...statuses.values()].reduce((sum, number) => sum + number, 0);
  // What came behind a request that ended its connection was never looked at, and doesn't count.
  while (answered() < count) await pipeline.send(Array.from({ length: AT_ONCE }, next));
  pipeline.close();
}

function judgeStatuses(report: Report, what: string, statuses: Map<string, number>, expected: readonly string[]): void {
  const seen = [...statuses].sort().map(([status, number]) => `${status}: ${number}`);
  const strange = [...statuses.keys()].filter((status) => !expected.includes(status));
  report.check(`${what} get the answers that they must`, strange.length === 0 && statuses.size > 2, seen.join(", "));
}

function request(method: string, path: string, body: Buffer, type: string): Buffer {
  const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), body]);
}

/** Straight to the server, as a broken or hostile client of the same NATS would. */
async function publish(port: number, subject: string, count: number, garbage: Garbage): Promise<number> {
  const socket = createConnection({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "data");
  socket.write('CONNECT {"verbose":false,"pedantic":false}\r\n');
  const valid = [...validEvents(), "true", "false"];
  for (let done = 0; done < count; done++) {
    const payload = garbage.damaged(garbage.pick(valid));
    const message = [Buffer.from(`PUB ${subject} ${payload.length}\r\n`), payload, Buffer.from("\r\n")];
    if (!socket.write(Buffer.concat(message))) await once(socket, "drain");
    // Faster than anybody can read, the server would cut the backend off, which isn't what is tried here.
    if (done % 2000 === 1999) await roundTrip(socket);
  }
  await roundTrip(socket);
  socket.destroy();
  return count;
}

async function roundTrip(socket: Socket): Promise<void> {
  const pong = Promise.withResolvers<void>();
  const listen = (data: Buffer): void => {
    if (data.includes("PONG")) pong.resolve();
    if (data.includes("-ERR")) pong.reject(new BenchError(`nats-server says ${data.toString("latin1")}`));
  };
  socket.on("data", listen);
  socket.write("PING\r\n");
  await pong.promise;
  socket.off("data", listen);
}

async function sendRaw(port: number, count: number, { garbage, report }: Way): Promise<number> {
  const heads = [
    'POST /events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Type: application/json\r\n\r\n{"a":',
    "GET /link HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n",
    'POST /events HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n5\r\n{"a":\r\n0\r\n\r\n',
    `GET /config/ HTTP/1.1\r\nHost: x\r\n${"X: y\r\n".repeat(50)}\r\n`,
    `GET /${"a/".repeat(2000)} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n`,
  ];
  const hung = await manyAtOnce(count, async () => {
    return (await exchange(port, garbage.damaged(garbage.pick(heads)), RAW_ANSWER_MS)) === undefined;
  });
  report.check("connections with what isn't HTTP are ended", hung === 0, `${hung} of ${count} weren't`);
  return count;
}

async function shout(port: number, count: number, { garbage, report }: Way): Promise<number> {
  const intruder = new LinkIntruder(port, LINK_TOKEN, garbage);
  const open = await manyAtOnce(count, async () => !(await intruder.shout()));
  report.check("a broken handshake of link ends its connection", open === 0, `${open} of ${count} didn't`);
  return count;
}

async function betray(port: number, count: number, { garbage, report }: Way): Promise<number> {
  const intruder = new LinkIntruder(port, LINK_TOKEN, garbage);
  let open = 0;
  // One after the other: they all call themselves the same node, of which a second connection ends the first.
  for (let done = 0; done < count; done += FRAMES)
    if (!(await intruder.betray(Math.min(FRAMES, count - done)))) open += 1;
  report.check("a malformed frame of link ends its connection", open === 0, `${open} stayed open`);
  return count;
}

/** Runs `work` so often, a few at once; returns how often it said true. */
async function manyAtOnce(count: number, work: () => Promise<boolean>): Promise<number> {
  let left = count;
  let told = 0;
  const worker = async (): Promise<void> => {
    while (left-- > 0) if (await work()) told += 1;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return told;
}

function validEvents(): string[] {
  const timestamp = new Date().toISOString();
  return FORGIVING_KINDS.flatMap((kind) =>
    [0, 1, 2].map((step) => new Group(1, FORGIVING_KINDS, kind, 0).event(step, timestamp)),
  );
}

/** After all that, an event still leads to its alarm. */
async function judgeStillRight(report: Report, sites: Record<string, Site>): Promise<void> {
  for (const [name, site] of Object.entries(sites)) {
    // A number, and so a source, that no damaged event had.
    const group = new Group(0xabcdef, FORGIVING_KINDS, FORGIVING_KINDS[0] ?? missing(), 0);
    const connection = await PostConnection.open(site.port);
    const answer = await connection.post(group.event(0, new Date().toISOString()), ALARM_MS);
    connection.close();
    const found = await until("the alarm of an event", ALARM_MS, () =>
      readFileSync(site.alarms, "utf8").includes(group.source) ? true : undefined,
    ).catch(() => false);
    report.check(`${name}: an event still leads to its alarm`, answer === 200 && found, `answered ${answer}`);
  }
}

function missing(): never {
  throw new Error("broken invariant: no kinds of groups");
}

/** Damaged saved backlogs and a damaged state keep no backend from starting. */
async function trySavedFiles(report: Report, site: Site, garbage: Garbage): Promise<void> {
  await site.backend.stop();
  const folder = join(site.backend.folder, "logs", "backlogs");
  mkdirSync(folder, { recursive: true });
  let started = 0;
  for (let start = 0; start < STARTS; start++) {
    const valid = JSON.stringify([savedBacklog()]);
    for (const id of [1000, 2000]) writeFileSync(join(folder, `${id}.json`), garbage.damaged(valid));
    for (let i = 0; i < SAVED_FILES; i++) writeFileSync(join(folder, `${9000 + i}.json`), garbage.damaged(valid));
    if (start > 0) writeFileSync(join(site.backend.folder, "logs", ".state", `${NODE}.db`), garbage.bytes(50_000));
    site.backend.start();
    await site.backend.ready();
    started += 1;
    await site.backend.stop();
  }
  site.backend.start();
  await site.backend.ready();
  await sleep(0);
  report.check("damaged saved backlogs and state databases keep no backend from starting", started === STARTS);
}

function savedBacklog() {
  const rule = { name: "Stage 1", stage: 1, occurrence: 1, from: "!HOME_NET", to: "HOME_NET", plugin_id: 2001 };
  const more = { type: "PluginRule", plugin_sid: [1], port_from: "ANY", port_to: "ANY", protocol: "ANY" };
  const rules = [1, 2].map((stage) => ({ ...rule, ...more, stage, reliability: 5, timeout: 60, start_time: 1 }));
  const header = {
    alarm_id: "abcdefghi",
    title: "Proof plain 0 from SRC_IP",
    status: "Open",
    tag: "x",
    kingdom: "Proof",
  };
  const times = { category: "Proof", created_time: 1, update_time: 1, risk: 3, risk_class: "Low" };
  return { ...header, ...times, rules, src_ips: ["45.0.0.1"], dst_ips: ["10.0.0.1"], networks: [] };
}

function defectsIn(log: string): string[] {
  return readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => /ended by an unexpected error|broken invariant|^\s+at |^Error|FATAL/.test(line));
}
