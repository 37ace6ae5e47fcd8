import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { type ConfigFile, nodeOfDirectiveFile, nodesOf } from "../base/config-file.ts";
import { DsiemError, errorText } from "../base/errors.ts";
import { plain } from "../base/log.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { EventReader } from "../replay/event-reader.ts";
import { eventMs } from "../replay/event-time.ts";
import { DEFAULT_REPLAY_FLAGS, loadReplayConfig } from "../replay/replay-config.ts";
import { ReplayFeed } from "../replay/replay-feed.ts";
import { REPLAY_LIMITS, ReplayLimitError, type ReplayLimits } from "../replay/replay-limits.ts";
import { ReplayRun } from "../replay/replay-run.ts";
import { Paint } from "./alarm-lines.ts";
import type { Terminal } from "./command-line.ts";
import { readConfigFiles } from "./config-files.ts";
import { UsageError } from "./flags.ts";
import { EventQuestion } from "./replay-explain.ts";
import { HumanReport, JsonReport, type ReplayReport, type ReplayTotals } from "./replay-report.ts";

export interface ReplayOptions {
  configs: string;
  /** `-` is the standard input. */
  events: string;
  explain: string | undefined;
  node: string | undefined;
  json: boolean;
}

/** What is read of a file at once, in bytes. */
const CHUNK_BYTES = 1024 * 1024;
/**
 * Of so many events each is read in full, and what is wrong with it is told. Behind them it is as in a backend: what no
 * directive looks for is known by a scan and not looked at any further.
 */
const CHECKED_EVENTS = 100_000;
/** Lines that couldn't be used, of which the summary tells the text. */
const TOLD_PROBLEMS = 5;

interface NodeRun {
  readonly node: string;
  readonly run: ReplayRun;
  readonly question: EventQuestion | undefined;
}

/** `dsiem replay`: resolves with 0 when all of the file was replayed, whatever alarms there were. */
export async function replayEvents(
  options: ReplayOptions,
  terminal: Terminal,
  stdin: Readable,
  limits: ReplayLimits = REPLAY_LIMITS,
): Promise<number> {
  const runs = openRuns(readConfigFiles(options.configs), options, limits);
  const report: ReplayReport = options.json
    ? new JsonReport(terminal.out, runs.length > 1)
    : new HumanReport(terminal.out, Paint.for(process.stdout, terminal.env), runs.length > 1);
  for (const each of runs) listen(each, report);
  const totals: ReplayTotals = { ...NOTHING, problems: [] };
  const reader = readerOf(runs, totals);
  try {
    for await (const chunk of chunksOf(options.events, stdin)) reader.push(chunk);
    reader.end();
  } catch (error) {
    if (!(error instanceof ReplayLimitError)) throw error;
    sumUp(totals, runs);
    report.end(totals);
    throw error;
  }
  sumUp(totals, runs);
  for (const { run } of runs) run.settle();
  const answers = runs.map(({ question }) => question?.answer()).filter((answer) => answer !== undefined);
  for (const answer of answers) report.explained(answer);
  report.end(totals);
  if (options.explain === undefined || answers.length > 0) return 0;
  terminal.err(`dsiem: there is no event ${plain(options.explain)} among those that were replayed\n`);
  return 1;
}

function listen({ node, run, question }: NodeRun, report: ReplayReport): void {
  run.listener = {
    alarm: (record) => report.alarm(record, node),
    ...(question !== undefined && {
      recorded: (backlog) => question.counted(backlog),
      ended: (end) => question.ended(end),
    }),
  };
}

function readerOf(runs: readonly NodeRun[], totals: ReplayTotals): EventReader {
  const asked = runs.some(({ question }) => question !== undefined);
  const all = runs.map(({ run }) => run);
  const feed = new ReplayFeed(
    all,
    all.map(({ correlator }) => correlator.interest),
  );
  return new EventReader({
    skim: (bytes) => {
      if (asked || totals.events < CHECKED_EVENTS || !feed.stepOver(bytes)) return false;
      totals.events += 1;
      return true;
    },
    event: (event, line) => {
      count(totals, event);
      for (const { run, question } of runs) {
        if (question !== undefined) {
          run.advanceTo(eventMs(event));
          question.before(event, totals.events, line);
        }
        run.step(event);
      }
    },
    problem: (line, text, bytes) => {
      totals.refused += 1;
      if (totals.problems.length < TOLD_PROBLEMS) totals.problems.push({ line, text });
      for (const { run, question } of runs) question?.refused(bytes, totals.events, line, run.config.inventory);
    },
  });
}

const NOTHING = { events: 0, alarms: 0, highestRisk: 0, riskless: 0, expired: 0, live: 0, refused: 0 };

function count(totals: ReplayTotals, { timestamp }: NormalizedEvent): void {
  totals.events += 1;
  totals.first ??= timestamp;
}

/** As it is after the last event: what time alone does afterwards isn't part of it. */
function sumUp(totals: ReplayTotals, runs: readonly NodeRun[]): void {
  for (const { run } of runs) {
    const { alarms, highestRisk, riskless, expired } = run.figures;
    totals.alarms += alarms;
    totals.highestRisk = Math.max(totals.highestRisk, highestRisk);
    totals.riskless += riskless;
    totals.expired += expired;
    totals.live += run.correlator.liveBacklogs;
    if (run.clockMs !== undefined) totals.last = new Date(run.clockMs).toISOString();
  }
}

function openRuns(
  files: readonly ConfigFile[],
  { node: wanted, explain }: ReplayOptions,
  limits: ReplayLimits,
): NodeRun[] {
  const nodes = nodesOf(files.map(({ name }) => name));
  if (wanted !== undefined && !nodes.includes(wanted)) {
    throw new UsageError(
      `--node is ${plain(wanted)}, and no directive file is named for it; expected one of ${nodes.join(", ")}`,
    );
  }
  const assets = files.filter(({ name }) => name.startsWith("assets_"));
  const chosen = wanted === undefined ? nodes : [wanted];
  if (chosen.length === 0) {
    throw new DsiemError(
      "NO_DIRECTIVES",
      "there is no directive file; expected directives_NODE.json or directives_NODE_….json",
    );
  }
  return chosen.map((node) => {
    const directives = files.filter(({ name }) => nodeOfDirectiveFile(name) === node);
    const config = loadReplayConfig({ directives, assets }, DEFAULT_REPLAY_FLAGS);
    const run = new ReplayRun(config, { keeps: false, limits });
    return { node, run, question: explain === undefined ? undefined : new EventQuestion(explain, node, run) };
  });
}

async function* chunksOf(path: string, stdin: Readable): AsyncGenerator<Uint8Array> {
  const stream = path === "-" ? stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  try {
    for await (const chunk of stream) yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
  } catch (error) {
    throw new DsiemError("INPUT", `the events can't be read: ${errorText(error)}`, { cause: error });
  }
}
