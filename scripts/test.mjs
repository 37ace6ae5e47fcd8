// `npm test`: the tests beside the code, then the conformance suites, a few side by side: they mostly wait; then the
// short forms of the proofs and the journeys through the console, one at a time: they measure.
//
//   npm test -- --only unit engine/bus           vitest, only the files whose path holds one of the words
//   npm test -- --only proof crash               the same of the proofs
//   npm test -- --only journey triage            the same of the journeys
//   npm test -- --only conformance restart link  only the runs whose name holds all of the words
//   npm test -- --only conformance --case 'risk*'
//   npm test -- --jobs 3                         so many suites at once

import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { SetupError } from "./bootstrap/setup-error.mjs";
import { conformanceFolder, planConformance, runConformance, runLabel } from "./testing/conformance.mjs";
import { runJourneys } from "./testing/journeys.mjs";
import { ensurePrerequisites } from "./testing/prerequisites.mjs";
import { stopGroups } from "./testing/process-group.mjs";
import { printResult, printSummary } from "./testing/result.mjs";
import { runUnitTests } from "./testing/unit.mjs";

/** Runs at once: most of them wait most of the time. Of those that need quiet, only these few. */
const JOBS_PER_PROCESSOR = 3;
const MOST_JOBS = 12;
const QUIET_JOBS = 2;

const KINDS = ["unit", "conformance", "proof", "journey"];
/** What a developer may tell the tests themselves. */
const KEPT = ["DSIEM_SHARED", "DSIEM_PROPERTY_RUNS"];

const options = readOptions();
const scratch = mkdtempSync(join(tmpdir(), "dsiem-test-"));
/** @type {readonly NodeJS.Signals[]} */
const stops = ["SIGINT", "SIGTERM", "SIGHUP"];
for (const signal of stops) {
  process.on(signal, async () => {
    await stopGroups();
    rmSync(scratch, { recursive: true, force: true });
    process.exit(130);
  });
}

try {
  const programs = ensurePrerequisites();
  /** @type {import("./testing/result.mjs").Result[]} */
  const results = [];
  const take = (/** @type {import("./testing/result.mjs").Result} */ result) => {
    results.push(result);
    printResult(result);
  };
  const env = environment(programs);
  const vitest = async (/** @type {"unit" | "proof"} */ set) => {
    const result = await runUnitTests({ set, filters: options.words, folder: scratch, env });
    if (result.passed + result.failed + result.skipped > 0) take(result);
  };
  if (options.runs("unit")) await vitest("unit");
  if (options.runs("conformance")) await runSuites(programs, env, take);
  if (options.runs("proof")) await vitest("proof");
  if (options.runs("journey")) await journeys(env, take);
  if (results.length === 0) throw new SetupError(`Nothing is named so: ${options.words.join(" ")}`);
  process.exitCode = printSummary(results).failed === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {(result: import("./testing/result.mjs").Result) => void} take
 */
async function journeys(env, take) {
  const result = await runJourneys({ words: options.words, folder: scratch, env });
  if (result.passed + result.failed + result.skipped > 0) take(result);
}

/**
 * @param {import("./testing/prerequisites.mjs").Programs} programs
 * @param {NodeJS.ProcessEnv} env
 * @param {(result: import("./testing/result.mjs").Result) => void} take
 */
async function runSuites(programs, env, take) {
  const folder = conformanceFolder();
  const { runs, absent } = planConformance(folder, scratch);
  const isWanted = (/** @type {string} */ label) => options.words.every((word) => label.includes(word));
  for (const result of absent.filter((each) => isWanted(each.name))) take(result);
  const wanted = runs.filter((run) => isWanted(runLabel(run)));
  const rest = { runner: join(folder, "conformance.py"), python: programs.python, env, only: options.case };
  const quiet = wanted.filter((run) => run.quiet);
  await inParallel(quiet, Math.min(QUIET_JOBS, options.jobs), async (run) => take(await runConformance(run, rest)));
  const others = wanted.filter((run) => !run.quiet);
  await inParallel(others, options.jobs, async (run) => take(await runConformance(run, rest)));
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {number} atOnce
 * @param {(item: T) => Promise<void>} work
 */
async function inParallel(items, atOnce, work) {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/**
 * What a developer has set for services of their own must not reach those under test.
 * @param {import("./testing/prerequisites.mjs").Programs} programs
 * @returns {NodeJS.ProcessEnv}
 */
function environment(programs) {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("DSIEM_") || KEPT.includes(name));
  return {
    ...Object.fromEntries(kept),
    TMPDIR: scratch,
    NATS_SERVER: programs.natsServer,
    DSIEM_CHROMIUM: programs.chromium,
    PATH: [dirname(process.execPath), process.env.PATH, dirname(programs.natsServer)].join(delimiter),
  };
}

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { only: { type: "string" }, case: { type: "string" }, jobs: { type: "string" } },
    });
    const jobs = Number(values.jobs ?? Math.min(availableParallelism() * JOBS_PER_PROCESSOR, MOST_JOBS));
    if (!Number.isInteger(jobs) || jobs < 1) throw new Error(`--jobs takes a number from 1, not ${values.jobs}`);
    if (values.only !== undefined && !KINDS.includes(values.only)) {
      throw new Error(`--only takes ${KINDS.join(", ")}, not ${values.only}`);
    }
    return {
      runs: (/** @type {string} */ kind) => values.only === undefined || values.only === kind,
      case: values.case,
      jobs,
      words: positionals,
    };
  } catch (error) {
    console.error(/** @type {Error} */ (error).message);
    process.exit(2);
  }
}
