import { closeSync, mkdtempSync, openSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfigFile } from "../engine/base/config-file.ts";
import { compareRuns } from "../engine/replay/dry-run.ts";
import { Playback } from "../engine/replay/playback.ts";
import { Recording } from "../engine/replay/recording.ts";
import { DEFAULT_REPLAY_FLAGS, loadReplayConfig, type ReplayConfig } from "../engine/replay/replay-config.ts";
import {
  alternate,
  asMib,
  asMs,
  asRatio,
  type Bench,
  type BenchContext,
  type Row,
  rowAtLeast,
  rowAtMost,
  rowForInformation,
} from "./lib/bench.ts";
import { removeAtExit, removeNow, startChild } from "./lib/children.ts";
import { type DirectiveSet, LONG_LIVED, makeConfigs, SHORT_LIVED, STEADY, writeConfigs } from "./lib/configs.ts";
import { BenchError } from "./lib/failure.ts";
import { mean, median, perSecond } from "./lib/figures.ts";
import { JsonParseBaseline } from "./lib/json-parse-baseline.ts";
import { residentMib } from "./lib/system.ts";
import { sleep } from "./lib/waiting.ts";
import { EVENT_BYTES, EventStream, type Workload } from "./lib/workload.ts";

const NODE = "bench";
const DIRECTIVES = 1_000;
const EVENTS = 1_000_000;
/** A tenth of them concerns a directive. */
const MIXED: Workload = { matchEvery: 10, directives: DIRECTIVES, sources: 1, form: "posted" };
/** Of a second of the recording. */
const EVENTS_PER_SECOND = 1_000;
const STARTED_MS = Date.parse("2026-01-01T00:00:00.000Z");
/** Lines that are written at once. */
const BATCH = 1_000;
const RESIDENT_EVERY_MS = 100;
const MIB = 1024 * 1024;

const RECORDED = 100_000;
/** Every event concerns a directive, and one in two begins a backlog or goes on with one of few. */
const BUSY: Workload = { matchEvery: 1, directives: DIRECTIVES, sources: 10, form: "posted" };
/** Every event begins a backlog of its own that lives to the end. */
const ALL_LIVE: Workload = { matchEvery: 1, directives: DIRECTIVES, sources: 100, form: "posted" };
/** Places from which a step back is measured. */
const PLACES = 200;

const DRY_EVENTS = 200_000;

const seconds = (value: number): string => `${value.toFixed(2)} s`;

/** What replaying costs: a file from the command line, a step back in the debugger, a dry run before a save. */
export const replay: Bench = {
  name: "replay",
  async run(context) {
    return [...(await fileRows(context)), ...stepRows(context), dryRunRow(context)];
  },
};

async function fileRows(context: BenchContext): Promise<Row[]> {
  const events = context.options.quick ? EVENTS / 10 : EVENTS;
  const folder = mkdtempSync(join(tmpdir(), "dsiem-bench-replay-"));
  removeAtExit(folder);
  writeConfigs(join(folder, "configs"), NODE, { count: DIRECTIVES, occurrences: SHORT_LIVED });
  const file = join(folder, "events.ndjson");
  writeEvents(file, events);
  const baseline = new JsonParseBaseline(MIXED);
  const peaks: number[] = [];
  const parseRate = async (): Promise<number> => (await baseline.measure()).perSecond;
  const replayRate = async (): Promise<number> => {
    const { milliseconds, peakMib } = await replayed(context, join(folder, "configs"), file);
    peaks.push(peakMib);
    return (events / milliseconds) * 1000;
  };
  const rounds = await alternate(context.options.runs, parseRate, replayRate);
  await baseline.stop();
  removeNow(folder);
  const bench = replay.name;
  const size = `${((events * (EVENT_BYTES + 1)) / MIB).toFixed(0)} MiB`;
  return [
    rowAtLeast(
      {
        bench,
        measure: `a file of ${events.toLocaleString("en-US")} events at ${DIRECTIVES} directives, in the rate of JSON.parse`,
        values: rounds.map(({ before, measured, after }) => measured / mean([before, after])),
        format: asRatio,
        detail: `${perSecond(median(rounds.map(({ measured }) => measured)))}, start of the command and reading included`,
      },
      0.25,
    ),
    rowForInformation({
      bench,
      measure: "… largest RSS",
      values: peaks,
      format: asMib,
      detail: `the file has ${size}`,
    }),
  ];
}

function writeEvents(file: string, events: number): void {
  const stream = new EventStream(MIXED);
  const line = EVENT_BYTES + 1;
  const batch = Buffer.alloc(line * BATCH, "\n");
  const fd = openSync(file, "w");
  for (let first = 0; first < events; first += BATCH) {
    for (let i = 0; i < BATCH; i++) stream.write(batch, i * line, first + i, timeOf(first + i));
    writeSync(fd, batch);
  }
  closeSync(fd);
}

function timeOf(sequence: number): string {
  return new Date(STARTED_MS + Math.floor((sequence / EVENTS_PER_SECOND) * 1000)).toISOString();
}

async function replayed(context: BenchContext, configs: string, events: string) {
  const script = context.options.sources ? "engine/cli/dsiem.ts" : "dist/dsiem.js";
  const startedMs = performance.now();
  const args = [script, "replay", "--configs", configs, "--events", events];
  const child = startChild("dsiem replay", process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  let peakMib = 0;
  while (child.outcome === undefined) {
    peakMib = Math.max(peakMib, residentOr(child.pid, peakMib));
    await Promise.race([child.ended, sleep(RESIDENT_EVERY_MS)]);
  }
  if (child.outcome !== "dsiem replay ended with exit code 0") throw new BenchError(child.outcome);
  return { milliseconds: performance.now() - startedMs, peakMib };
}

/** What was known before, once the process is about to be gone. */
function residentOr(pid: number, known: number): number {
  try {
    return residentMib(pid);
  } catch {
    return known;
  }
}

function stepRows(context: BenchContext): Row[] {
  const rows: Row[] = [];
  for (const { what, workload, occurrences } of [
    { what: "10,000 backlogs come and go", workload: BUSY, occurrences: STEADY },
    { what: "100,000 backlogs live at the end", workload: ALL_LIVE, occurrences: LONG_LIVED },
  ]) {
    const values = Array.from({ length: context.options.runs }, () => worstStepBackMs(context, workload, occurrences));
    const measure = `worst step back over ${RECORDED.toLocaleString("en-US")} events, ${what}`;
    rows.push(rowAtMost({ bench: replay.name, measure, values, format: asMs, detail: `of ${PLACES} places` }, 200));
  }
  return rows;
}

function worstStepBackMs(context: BenchContext, workload: Workload, occurrences: DirectiveSet["occurrences"]): number {
  const events = context.options.quick ? RECORDED / 10 : RECORDED;
  const recording = new Recording();
  recording.append(Buffer.concat(linesOf(workload, events)));
  const playback = new Playback(configOf({ count: DIRECTIVES, occurrences }), recording);
  playback.goTo(events);
  let worst = 0;
  for (let place = PLACES; place > 0; place--) {
    playback.goTo(Math.floor((events * place) / PLACES));
    const startedMs = performance.now();
    playback.goTo(playback.step - 1);
    worst = Math.max(worst, performance.now() - startedMs);
  }
  return worst;
}

function dryRunRow(context: BenchContext): Row {
  const events = context.options.quick ? DRY_EVENTS / 10 : DRY_EVENTS;
  const payloads = linesOf({ ...MIXED, form: "published" }, events);
  const saved = configOf({ count: DIRECTIVES, occurrences: SHORT_LIVED });
  const edited = configOf({ count: DIRECTIVES, occurrences: STEADY });
  const values = Array.from({ length: context.options.runs }, () => {
    const startedMs = performance.now();
    const { events: done } = compareRuns(edited, saved, payloads);
    if (done !== events) throw new BenchError(`the dry run ended after ${done} of ${events} events`);
    return (performance.now() - startedMs) / 1000;
  });
  const measure = `dry run over ${events.toLocaleString("en-US")} events, ${DIRECTIVES} directives on both sides`;
  return rowAtMost({ bench: replay.name, measure, values, format: seconds }, 5);
}

function linesOf(workload: Workload, events: number): Buffer[] {
  const stream = new EventStream(workload);
  return Array.from({ length: events }, (_, sequence) => {
    const line = Buffer.alloc(EVENT_BYTES + 1, "\n");
    stream.write(line, 0, sequence, timeOf(sequence));
    return line;
  });
}

function configOf(set: DirectiveSet): ReplayConfig {
  const files = makeConfigs(NODE, set).map(({ name, text }): ConfigFile => ({ name, bytes: Buffer.from(text) }));
  const of = (prefix: string): ConfigFile[] => files.filter(({ name }) => name.startsWith(prefix));
  return loadReplayConfig({ directives: of("directives_"), assets: of("assets_") }, DEFAULT_REPLAY_FLAGS);
}
