// `npm run test:powerloss`: the power is cut at random moments of a recorded run, in all the ways a disk may take that,
// and the backend goes on from what is left.

import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeAtExit } from "../bench/lib/children.ts";
import { BenchError, messageOf } from "../bench/lib/failure.ts";
import { quantile } from "../bench/lib/figures.ts";
import { readOptions } from "./lib/options.ts";
import { openFrontend } from "./lib/own-frontend.ts";
import { type CutOutcome, drawCut, examine, type PowerCut, PowerCuts } from "./lib/power-cut.ts";
import { type Recording, record } from "./lib/recording.ts";
import type { Proof, Report } from "./lib/report.ts";
import { whyNoShim } from "./lib/shim.ts";

const USAGE = `usage: npm run test:powerloss [-- options]
  --seeds N    power cuts, 1000 unless given
  --first N    the first seed, 1 unless given
  --rate N     events a second while the run is recorded, 600 unless given
  --phase N    milliseconds of each of the three parts of that run, 2000 unless given`;

const DEFAULTS = { seeds: 1000, first: 1, rate: 600, phase: 2000 };
const LANES = 12;
/** reliability.md §1 */
const MOST_START_MS = 10_000;
const MOST_PROGRESS_MS = 1000;
const MOST_SHOWN = 8;

export const proof: Proof = {
  usage: USAGE,
  run: async (args, report) => powerloss(readOptions(args, DEFAULTS), report),
};

async function powerloss(options: typeof DEFAULTS, report: Report): Promise<void> {
  const missing = whyNoShim();
  if (missing !== undefined) {
    report.say(`skipped: ${missing}`);
    report.check("there is nothing to prove here", true);
    return;
  }
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "dsiem-powerloss-")));
  removeAtExit(folder);
  const { first, phase, rate, seeds } = options;
  const recording = await record({ folder, seed: first, eventsPerSecond: rate, lanes: LANES, phaseMs: phase });
  const counting = recording.events.filter(({ counts }) => counts).length;
  report.say(
    `recorded ${recording.changes.length} changes of the disk, ${bytesOf(recording)} MiB written, while ` +
      `${recording.events.length} events came, ${counting} of them recorded by alarms`,
  );
  const { frontend } = await openFrontend(join(folder, "frontend-again"), LANES);
  const cuts = Array.from({ length: seeds }, (_, i) => drawCut(first + i, recording.changes));
  const outcomes = await cutAll(recording, { cuts, folder, frontendPort: frontend.port, report });
  await frontend.stop();
  judge(outcomes, seeds, report);
}

interface Cutting {
  readonly cuts: readonly PowerCut[];
  readonly folder: string;
  readonly frontendPort: number;
  readonly report: Report;
}

async function cutAll(recording: Recording, { cuts, folder, frontendPort, report }: Cutting): Promise<CutOutcome[]> {
  const disk = new PowerCuts(recording);
  const outcomes: CutOutcome[] = [];
  let shown = 0;
  for (const cut of cuts.toSorted((a, b) => a.at - b.at)) {
    const image = join(folder, `seed-${cut.seed}`);
    mkdirSync(image);
    disk.writeImage(cut, image);
    const outcome = await outcomeOf(recording, { cut, folder: image, frontendPort });
    outcomes.push(outcome);
    if (outcome.faults.length > 0 && shown < MOST_SHOWN) {
      shown += 1;
      const where = `seed ${cut.seed}: change ${cut.at}, ${cut.sector}-byte sectors, names safe by ${cut.names}`;
      report.say(`${where}\n    ${outcome.faults.join("\n    ")}`);
    }
    rmSync(image, { recursive: true });
    if (outcomes.length % 100 === 0) report.say(`  ${outcomes.length} power cuts`);
  }
  return outcomes;
}

async function outcomeOf(recording: Recording, at: Parameters<typeof examine>[1]): Promise<CutOutcome> {
  try {
    return await examine(recording, at);
  } catch (error) {
    if (error instanceof BenchError) throw error;
    return {
      faults: [`it doesn't start: ${messageOf(error)}`],
      startMs: 0,
      progressLostMs: 0,
      replayed: 0,
      completedLines: 0,
    };
  }
}

function judge(outcomes: readonly CutOutcome[], seeds: number, report: Report): void {
  const starts = outcomes.map(({ startMs }) => startMs);
  const lost = outcomes.map(({ progressLostMs }) => progressLostMs);
  const completed = outcomes.filter(({ completedLines }) => completedLines > 0);
  report.say(
    `${outcomes.length} power cuts: started in ${figures(starts)} ms, progress lost ${figures(lost)} ms; ` +
      `${completed.length} starts had lines to complete`,
  );
  report.check(`${seeds} power cuts were survived`, outcomes.length === seeds && seeds > 0, `${outcomes.length}`);
  const faulty = outcomes.filter(({ faults }) => faults.length > 0).length;
  report.check("no line is torn, lost, doubled or contradicts the state", faulty === 0, `${faulty} faulty starts`);
  report.atMost("the slowest start", Math.max(...starts), MOST_START_MS, "ms");
  report.atMost("the most progress lost", Math.max(...lost), MOST_PROGRESS_MS, "ms");
}

function figures(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return `p50 ${Math.round(quantile(sorted, 0.5))}, p99 ${Math.round(quantile(sorted, 0.99))}, most ${Math.round(sorted.at(-1) ?? 0)}`;
}

function bytesOf({ changes }: Recording): string {
  const bytes = changes.reduce((sum, change) => sum + (change.op === "write" ? change.bytes.length : 0), 0);
  return (bytes / 2 ** 20).toFixed(1);
}
