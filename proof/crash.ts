// `npm run test:crash`: the services are killed at random moments under load, and nothing in the alarm files may show it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AlarmEventFile } from "../bench/lib/alarm-events.ts";
import { BenchError } from "../bench/lib/failure.ts";
import { median } from "../bench/lib/figures.ts";
import { startNats } from "../bench/lib/services.ts";
import { sleep, within } from "../bench/lib/waiting.ts";
import * as check from "./lib/alarm-check.ts";
import { GroupLoad } from "./lib/group-load.ts";
import { ALL_KINDS, configsOf, FORGIVING_KINDS, type GroupKind, INDEPENDENT_KINDS } from "./lib/groups.ts";
import { type Kill, Killer } from "./lib/killer.ts";
import { oneOf, randomFrom, readOptions } from "./lib/options.ts";
import { quiet } from "./lib/quiet.ts";
import type { Proof, Report } from "./lib/report.ts";
import { type BusKind, NODE, Site } from "./lib/site.ts";

const USAGE = `usage: npm run test:crash [-- options]
  --kills N    SIGKILLs, 200 unless given; some while the service starts or stops
  --who WHO    backend (default), frontend or both
  --moment M   when it is killed: running, starting, stopping or any (default) of these
  --bus BUS    link (default) or nats
  --rate N     events a second, 2000 unless given
  --lanes N    connections that post them, 32 unless given
  --seed N     draws the same kills and events again, 1 unless given`;

const DEFAULTS = { kills: 200, who: "backend", moment: "any", bus: "link", rate: 2000, lanes: 32, seed: 1 };

/** Ready again within this time (reliability.md §1). */
const READY_MS = 5000;
/** What the killed service may cost where its memory is all there is (reliability.md §1). */
const PROGRESS_MS = 1000;
/** The load runs alone this long, first and last, in milliseconds. */
const UNDISTURBED_MS = 1000;
const POLL_MS = 50;
/** With its waits and restarts a kill takes less than that, even on a slow machine. */
const MOST_MS_PER_KILL = 12_000;
const SPARE_MS = 120_000;

interface CrashOptions {
  kills: number;
  who: "backend" | "frontend" | "both";
  moment: Kill["when"] | "any";
  bus: BusKind;
  rate: number;
  lanes: number;
  seed: number;
}

export const proof: Proof = {
  usage: USAGE,
  run: async (args, report) => {
    const given = readOptions(args, DEFAULTS);
    const who = oneOf("who", given.who, ["backend", "frontend", "both"]);
    const bus = oneOf("bus", given.bus, ["link", "nats"]);
    const moment = oneOf("moment", given.moment, ["any", "running", "starting", "stopping"]);
    await crash({ ...given, who, moment, bus }, report);
  },
};

async function crash(options: CrashOptions, report: Report): Promise<void> {
  const { kills, who, bus, rate, lanes, seed } = options;
  const kinds = kindsFor(options);
  const nats = bus === "nats" ? await startNats() : undefined;
  const site = new Site({
    configs: configsOf(kinds, lanes, NODE),
    msq: nats === undefined ? "link" : `nats://127.0.0.1:${nats.port}`,
  });
  await site.start();
  await nats?.subscribed();
  report.say(`${kills} kills (${who}) over ${bus}, ${rate} events/s on ${lanes} connections, seed ${seed}`);
  report.say(`folders: ${site.frontend.folder} and ${site.backend.folder}`);

  const file = new AlarmEventFile(site.alarmEvents);
  const load = new GroupLoad({ port: site.port, kinds, lanes, eventsPerSecond: rate, random: randomFrom(seed) });
  const began = performance.now();
  const killer = new Killer({
    victims: [
      ...(who === "frontend" ? [] : [{ who: "backend", service: site.backend } as const]),
      ...(who === "backend" ? [] : [{ who: "frontend", service: site.frontend } as const]),
    ],
    file,
    moment: options.moment,
    random: randomFrom(seed + 1),
    onKill: (_, number) => {
      if (number % 20 === 0) report.say(`  ${number} kills, ${load.counters.acked} events acknowledged`);
    },
  });
  await sleep(UNDISTURBED_MS);
  await within(`${kills} kills`, kills * MOST_MS_PER_KILL + SPARE_MS, killer.run(kills));
  await sleep(UNDISTURBED_MS);
  const seconds = (performance.now() - began) / 1000;
  await load.stop();
  await quiet(load.groups, file);
  const ends = await site.stop();
  await nats?.stop();

  const findings = await check.checkAlarms({ alarmEvents: site.alarmEvents, alarms: site.alarms }, load.groups);
  const saved = check.checkSavedBacklogs(join(site.backend.folder, "logs", "backlogs"), load.groups, findings);
  sayFigures(report, { load, killer, findings, seconds, saved });
  sayWarnings(report, site);
  judge(report, { options, killer, findings });
  report.check("both services stop in order at the end", Object.values(ends).every(isClean), JSON.stringify(ends));
  const counters = lastCounters(site.backend.log);
  report.check("received = correlated + skipped + dropped", addsUp(counters), JSON.stringify(counters));
}

/** Over `link`, and while the frontend lives, every event arrives and no group stays half done. */
function kindsFor({ bus, who }: CrashOptions): readonly GroupKind[] {
  if (bus === "nats" && who !== "frontend") return FORGIVING_KINDS;
  return who === "backend" ? ALL_KINDS : INDEPENDENT_KINDS;
}

interface Outcome {
  load: GroupLoad;
  killer: Killer;
  findings: check.AlarmFindings;
  seconds: number;
  saved: number;
}

function sayFigures(report: Report, { load, killer, findings, seconds, saved }: Outcome): void {
  const { counters, groups } = load;
  const { faults, lost } = findings;
  const count = (when: Kill["when"]): number => killer.kills.filter((kill) => kill.when === when).length;
  report.say(
    `kills ${killer.kills.length}: ${count("running")} at work, ${count("starting")} while starting, ` +
      `${count("stopping")} while stopping; ${seconds.toFixed(0)} s`,
  );
  report.say(
    `events acknowledged ${counters.ackedAndNoise} (${(counters.ackedAndNoise / seconds).toFixed(0)}/s), of directives ` +
      `${counters.acked} in ${groups.length} groups; unsure ${counters.unsure}, refused requests ${counters.refused}, ` +
      `groups cut short ${counters.abandoned}`,
  );
  report.say(
    `alarm-event lines ${findings.lines}, alarm records ${findings.records}, files of saved backlogs ${saved}; ` +
      `lost ${lost.length}, torn ${faults.count(check.TORN)}, doubled ${faults.count(check.DOUBLED)}, ` +
      `of unsure requests written ${findings.unsureWritten}`,
  );
  report.say(`ready again: ${spread(killer.readyMs)}; new lines again: ${spread(killer.linesAgainMs)}`);
}

function spread(values: readonly number[]): string {
  if (values.length === 0) return "never";
  return `median ${median(values).toFixed(0)} ms, longest ${Math.max(...values).toFixed(0)} ms`;
}

function judge(
  report: Report,
  outcome: { options: CrashOptions; killer: Killer; findings: check.AlarmFindings },
): void {
  const { options, killer, findings } = outcome;
  const { faults } = findings;
  report.check("lines were written at all", findings.lines > 0 && findings.records > 0);
  judgeLost(report, outcome);
  for (const [what, kind] of [
    ["no line is torn", check.TORN],
    ["no event line is doubled", check.DOUBLED],
    ["a group's lines stand in the order in which its events were sent", check.OUT_OF_ORDER],
    ["every line belongs to an event that was sent", check.STRANGE],
    ["every group has one alarm", check.SECOND_ALARM],
    ["every line names the stage that its directive and the events before make it", check.WRONG_STAGE],
    ["an alarm's records are in order, stages never fall, the last one is final", check.RECORD_ORDER],
    ["no alarm record is lost", check.RECORD_LOST],
    ["no alarm record is doubled", check.RECORD_DOUBLED],
    ["the saved backlogs hold just the events that the lines name", check.STATE],
  ] as const) {
    report.check(what, faults.count(kind) === 0, faultText(faults, kind));
  }
  report.check(`killed ${options.kills} times`, killer.kills.length >= options.kills);
  report.atMost("ready again after each kill", Math.max(0, ...killer.readyMs), READY_MS, "ms");
}

function faultText(faults: check.Faults, kind: string): string {
  return faults.count(kind) === 0 ? "" : `${faults.count(kind)}, such as ${faults.examples(kind)}`;
}

/** What may be lost depends on who was killed: nothing, what a frontend's memory held, or what NATS keeps for nobody. */
function judgeLost(report: Report, { options, killer, findings }: Parameters<typeof judge>[1]): void {
  const { lost } = findings;
  const examples = lost
    .slice(0, 3)
    .map(({ group, step }) => `event g${group.number}-${step} (${group.kind.name})`)
    .join(", ");
  const detail = lost.length === 0 ? "" : `${lost.length}, such as ${examples}`;
  const mayLose = killer.kills.filter(({ who }) => (options.bus === "link" ? who === "frontend" : who === "backend"));
  if (mayLose.length === 0) {
    report.check("no event that got 200 is lost", lost.length === 0, detail);
    return;
  }
  const windows = mayLose.map((kill) => ({
    fromMs: kill.atMs - PROGRESS_MS,
    toMs: options.bus === "link" ? kill.atMs + POLL_MS : nextLines(killer.kills, kill),
  }));
  const outside = lost.filter(({ ackedAtMs }) => !windows.some((w) => ackedAtMs >= w.fromMs && ackedAtMs <= w.toMs));
  const seconds = PROGRESS_MS / 1000;
  const what =
    options.bus === "link"
      ? `what is lost got its 200 within the ${seconds} s before a frontend was killed`
      : `what is lost got its 200 while the backend was away, or within the ${seconds} s before`;
  report.check(what, outside.length === 0, `${lost.length} lost, ${outside.length} of them at another time`);
  const longest = Math.max(0, ...lost.map(({ ackedAtMs }) => ageAt(mayLose, ackedAtMs)));
  if (options.bus === "link") report.say(`  the oldest of them got its 200 ${longest.toFixed(0)} ms before the kill`);
}

function nextLines(kills: readonly Kill[], kill: Kill): number {
  const next = kills.slice(kills.indexOf(kill)).find(({ linesAgainAtMs }) => linesAgainAtMs !== undefined);
  return next?.linesAgainAtMs ?? Number.POSITIVE_INFINITY;
}

/** How long before the next kill an event got its 200. */
function ageAt(kills: readonly Kill[], ackedAtMs: number): number {
  const next = kills.find(({ atMs }) => atMs >= ackedAtMs);
  return next === undefined ? 0 : next.atMs - ackedAtMs;
}

/** What the services complained of, each text once: a proof that passes may still show something. */
function sayWarnings(report: Report, site: Site): void {
  const counts = new Map<string, number>();
  for (const service of [site.frontend, site.backend]) {
    for (const line of readFileSync(service.log, "utf8").split("\n")) {
      if (!/"level":"(WARN|ERROR)"/.test(line)) continue;
      const text = line.replace(/^.*?"message":"((?:[^"\\]|\\.)*)".*$/, "$1").replace(/\d+/g, "N");
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  for (const [text, count] of [...counts].sort((a, b) => b[1] - a[1]).slice(0, MOST_WARNINGS)) {
    report.say(`  logged ${count} times: ${text.slice(0, 200)}`);
  }
}

const MOST_WARNINGS = 12;

function isClean(end: string): boolean {
  return end === "exit code 0";
}

interface Counters {
  received: number;
  malformed: number;
  invalid: number;
  whitelisted: number;
  uninteresting: number;
  dropped: number;
  correlated: number;
}

/** What the backend's last run said about its events when it stopped. */
function lastCounters(log: string): Counters {
  const line = readFileSync(log, "utf8")
    .split("\n")
    .findLast((text) => text.includes("backend has stopped"));
  if (line === undefined) throw new BenchError("the backend's log has no line that it stopped");
  return (JSON.parse(line) as { fields: Counters }).fields;
}

function addsUp(counters: Counters): boolean {
  const { received, malformed, invalid, whitelisted, uninteresting, dropped, correlated } = counters;
  return received === malformed + invalid + whitelisted + uninteresting + dropped + correlated && received > 0;
}
