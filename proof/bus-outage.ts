// `npm run test:bus-outage`: what is between frontend and backend fails in every way, and each event that got 200 arrives.

import { AlarmEventFile } from "../bench/lib/alarm-events.ts";
import { sleep } from "../bench/lib/waiting.ts";
import { freePort, NatsProcess, TcpProxy } from "../engine/bus/bus.fixture.ts";
import * as check from "./lib/alarm-check.ts";
import { GroupLoad } from "./lib/group-load.ts";
import { configsOf, FORGIVING_KINDS } from "./lib/groups.ts";
import { randomFrom, readOptions } from "./lib/options.ts";
import { quiet } from "./lib/quiet.ts";
import type { Proof, Report } from "./lib/report.ts";
import { type BusKind, NODE, Site } from "./lib/site.ts";

const USAGE = `usage: npm run test:bus-outage [-- options]
  --seconds N  how long each outage lasts, 60 unless given
  --rate N     events a second, 1000 unless given
  --only WORD  only the outages whose name holds the word, such as link, nats, or cut
  --seed N     draws the same events again, 1 unless given`;

const DEFAULTS = { seconds: 60, rate: 1000, only: "", seed: 1 };

type Options = typeof DEFAULTS;

const LANES = 16;
/** The frontend's buffer holds this share of an outage's events, so that some have to be refused. */
const BUFFER_SHARE = 0.4;
const BEFORE_MS = 1000;
const AFTER_MS = 2000;
/** Connections that die without a word are given up after 15 s at most; whoever waits for them needs longer. */
const PATIENCE_MS = 25_000;
const CUT_EVERY_MS = 300;

/** What stands between the services, and can fail. */
interface Between {
  proxy: TcpProxy | undefined;
  nats: NatsProcess | undefined;
}

interface Outage {
  readonly name: string;
  readonly bus: BusKind;
  /** Fails for so long, and is well again when it resolves. */
  fail(between: Between, ms: number, random: () => number): Promise<void>;
  /** It outlasts the buffer, so events have to be refused. */
  readonly fillsBuffer?: true;
}

const cut: Omit<Outage, "bus"> = {
  name: "connections are cut again and again",
  fail: async ({ proxy }, ms, random) => {
    const end = performance.now() + ms;
    while (performance.now() < end) {
      proxy?.cut();
      await sleep(CUT_EVERY_MS * (0.5 + 2 * random()));
    }
  },
};

const refused: Omit<Outage, "bus"> = {
  name: "connections are refused",
  fillsBuffer: true,
  fail: async ({ proxy }, ms) => {
    proxy?.refuse(true);
    await sleep(ms);
    proxy?.refuse(false);
  },
};

const blackHole: Omit<Outage, "bus"> = {
  name: "nothing passes, and nobody is told",
  fail: async ({ proxy }, ms) => {
    proxy?.stall(true);
    await sleep(ms);
    proxy?.stall(false);
  },
};

const halfOpen: Omit<Outage, "bus"> = {
  name: "connections are accepted and lead nowhere",
  fillsBuffer: true,
  fail: async ({ proxy }, ms) => {
    proxy?.cut();
    proxy?.stall(true);
    await sleep(ms);
    proxy?.cut();
    proxy?.stall(false);
  },
};

const serverKilled: Omit<Outage, "bus"> = {
  name: "nats-server is killed and started again",
  fillsBuffer: true,
  fail: async ({ nats }, ms) => {
    await nats?.kill();
    await sleep(ms);
    await nats?.start();
  },
};

const OUTAGES: readonly Outage[] = [
  ...[cut, refused, blackHole, halfOpen].map((outage) => ({ ...outage, bus: "link" as const })),
  ...[cut, refused, blackHole, halfOpen, serverKilled].map((outage) => ({ ...outage, bus: "nats" as const })),
];

export const proof: Proof = {
  usage: USAGE,
  run: async (args, report) => {
    const options = readOptions(args, DEFAULTS);
    for (const outage of OUTAGES) {
      if (`${outage.bus} ${outage.name}`.includes(options.only)) await tryOutage(outage, options, report);
    }
  },
};

async function tryOutage(outage: Outage, options: Options, report: Report): Promise<void> {
  const { rate, seconds, seed } = options;
  const between: Between = { proxy: undefined, nats: undefined };
  const site = await startSite(outage.bus, between, Math.ceil(rate * seconds * BUFFER_SHARE));
  const file = new AlarmEventFile(site.alarmEvents);
  const random = randomFrom(seed);
  const load = new GroupLoad({ port: site.port, kinds: FORGIVING_KINDS, lanes: LANES, eventsPerSecond: rate, random });
  await sleep(BEFORE_MS);
  const failedAtMs = performance.now();
  await outage.fail(between, seconds * 1000, randomFrom(seed + 1));
  const wellAtMs = performance.now();
  const { acked, refused: refusedDuring } = { ...load.counters };
  await sleep(AFTER_MS);
  await load.stop();
  await quiet(load.groups, file, PATIENCE_MS);
  const caughtUpMs = performance.now() - wellAtMs;
  const ends = await site.stop();
  await between.proxy?.close();
  await between.nats?.stop();

  const findings = await check.checkAlarms({ alarmEvents: site.alarmEvents, alarms: site.alarms }, load.groups);
  const { counters } = load;
  report.say(
    `${outage.bus}, ${outage.name} for ${((wellAtMs - failedAtMs) / 1000).toFixed(1)} s: events acknowledged ` +
      `${counters.acked} (until it was over ${acked}), refused requests ${counters.refused} (${refusedDuring}), ` +
      `lines ${findings.lines}, lost ${findings.lost.length}, doubled ${findings.faults.count(check.DOUBLED)}, ` +
      `torn ${findings.faults.count(check.TORN)}; quiet ${(caughtUpMs / 1000).toFixed(1)} s after it`,
  );
  judge(report, { outage, findings, load, refusedDuring });
  const clean = Object.values(ends).every((end) => end === "exit code 0");
  report.check(`${outage.bus}, ${outage.name}: both services stop in order`, clean, JSON.stringify(ends));
}

/** Over `link` the proxy is in front of the frontend, over NATS in front of the server, and only for the frontend. */
async function startSite(bus: BusKind, between: Between, buffer: number): Promise<Site> {
  const frontendArgs = ["-q", String(buffer)];
  const configs = configsOf(FORGIVING_KINDS, LANES, NODE);
  if (bus === "link") {
    const site = new Site({ configs, msq: "link", frontendArgs });
    await site.start(async (port) => {
      between.proxy = await TcpProxy.start(port);
      return between.proxy.port;
    });
    return site;
  }
  const monitoringPort = await freePort();
  between.nats = await NatsProcess.start(`http: "127.0.0.1:${monitoringPort}"`);
  between.proxy = await TcpProxy.start(between.nats.port);
  const msq = `nats://127.0.0.1:${between.proxy.port}`;
  const site = new Site({ configs, msq, backendMsq: `nats://127.0.0.1:${between.nats.port}`, frontendArgs });
  await site.start();
  await subscribed(monitoringPort);
  return site;
}

/** NATS keeps nothing for a backend that isn't there yet. */
async function subscribed(monitoringPort: number): Promise<void> {
  for (;;) {
    const text = await (await fetch(`http://127.0.0.1:${monitoringPort}/connz?subs=1`)).text();
    if (text.includes('"dsiem_events"')) return;
  }
}

interface Outcome {
  outage: Outage;
  findings: check.AlarmFindings;
  load: GroupLoad;
  refusedDuring: number;
}

function judge(report: Report, { outage, findings, load, refusedDuring }: Outcome): void {
  const { faults, lost } = findings;
  const which = `${outage.bus}, ${outage.name}`;
  const example = lost[0] === undefined ? "" : `, such as event ${lost[0].step} of group ${lost[0].group.number}`;
  report.check(`${which}: every event that got 200 arrives`, lost.length === 0, `${lost.length} lost${example}`);
  report.check(
    `${which}: in the order in which it was sent`,
    faults.count(check.OUT_OF_ORDER) === 0 && faults.count(check.STRANGE) === 0,
    faults.examples(check.OUT_OF_ORDER) || faults.examples(check.STRANGE),
  );
  report.check(`${which}: no line is torn`, faults.count(check.TORN) === 0);
  report.check(`${which}: no request is left without an answer`, load.counters.unsure === 0, `${load.counters.unsure}`);
  if (outage.fillsBuffer === true) {
    report.check(`${which}: what the buffer couldn't hold got 503`, refusedDuring > 0, `${refusedDuring} requests`);
  }
  // NATS may bring an event again whose confirmation the outage took; over link every event has a number.
  if (outage.bus === "nats") return;
  const repeated = [check.DOUBLED, check.SECOND_ALARM, check.WRONG_STAGE].filter((kind) => faults.count(kind) > 0);
  report.check(
    `${which}: nothing arrives twice`,
    repeated.length === 0,
    repeated.map((k) => faults.examples(k)).join(),
  );
}
