// The conformance suites: which runs there are, and what one of them comes to.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { root } from "../bootstrap/root.mjs";
import { runGroup } from "./process-group.mjs";

/** Where the suites aren't at hand, these are what is skipped. */
const KNOWN_SUITES = ["crash", "frontend", "handwritten", "random-1", "restart", "saved-by-rs", "validation"];
const BUSES = ["nats", "link"];
const BATCH = 37;
/** A validation case boots a backend of its own and waits for it: these many parts run side by side. */
const VALIDATION_PARTS = 8;
const LIMIT_MS = 6 * 60 * 1000;
/** Over `link` the runner can't see when the backend is up and waits this long. */
const LINK_STARTUP_SECONDS = 5;

/**
 * One call of the runner. `cases`: how many it must report; `undefined` when only the runner knows. `quiet`: it measures
 * rates, so the machine must not be busy with anything else.
 * @typedef {{ suite: string, mode: string, folder: string, args: readonly string[], cases?: number, quiet?: true }} Run
 */

/** The folder of the suites; it may not exist. */
export function conformanceFolder() {
  return join(process.env.DSIEM_SHARED ?? join(root, "..", "shared"), "conformance");
}

/**
 * The runs to do, those that keep a processor busy between those that wait, and a line for each suite that won't be run.
 * @param {string} folder
 * @param {string} scratch A folder for the parts of a suite that is divided.
 * @returns {{ runs: Run[], absent: import("./result.mjs").Result[] }}
 */
export function planConformance(folder, scratch) {
  const present = existsSync(join(folder, "conformance.py")) ? readdirSync(folder).sort() : [];
  const suites = present.filter((name) => existsSync(join(folder, name, "suite.json")));
  const absent = KNOWN_SUITES.filter((name) => !suites.includes(name)).map((name) =>
    skip(name, `SKIP ${name}: not found in ${folder} (set DSIEM_SHARED to the folder that holds conformance/)`),
  );
  const runs = suites.flatMap((name) => runsOf(name, join(folder, name), scratch));
  return { runs: interleave(runs, (run) => run.cases !== undefined), absent };
}

/**
 * @param {string} suite
 * @param {string} folder
 * @param {string} scratch
 * @returns {Run[]}
 */
function runsOf(suite, folder, scratch) {
  const { kind } = JSON.parse(readFileSync(join(folder, "suite.json"), "utf8"));
  if (kind === "validation") return validationParts(suite, folder, scratch);
  const over = BUSES.map((bus) => ({ bus, args: ["--msq", bus, "--startup-wait", String(LINK_STARTUP_SECONDS)] }));
  if (kind === "frontend") return over.map(({ bus, args }) => ({ suite, mode: bus, folder, args, quiet: true }));
  if (kind !== "correlation") throw new Error(`${folder}/suite.json: the kind ${kind} is new to scripts/testing`);
  return over.flatMap(({ bus, args }) => [
    { suite, mode: bus, folder, args },
    { suite, mode: `${bus} batch ${BATCH}`, folder, args: [...args, "--batch", String(BATCH)] },
  ]);
}

/**
 * Divides the cases, each into exactly one part; a part is a suite folder of its own.
 * @param {string} suite
 * @param {string} folder
 * @param {string} scratch
 * @returns {Run[]}
 */
function validationParts(suite, folder, scratch) {
  const all = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"));
  const count = Math.min(VALIDATION_PARTS, all.cases.length);
  return Array.from({ length: count }, (_, index) => {
    const part = join(scratch, `part-${index + 1}`, suite);
    const cases = all.cases.filter((/** @type {unknown} */ _case, /** @type {number} */ at) => at % count === index);
    mkdirSync(part, { recursive: true });
    cpSync(join(folder, "suite.json"), join(part, "suite.json"));
    writeFileSync(join(part, "cases.json"), JSON.stringify({ ...all, cases }));
    return { suite, mode: `nats ${index + 1}/${count}`, folder: part, args: ["--msq", "nats"], cases: cases.length };
  });
}

/**
 * @param {Run} run
 * @param {{ runner: string, python: string, env: NodeJS.ProcessEnv, only: string | undefined }} options
 * @returns {Promise<import("./result.mjs").Result>}
 */
export async function runConformance(run, { runner, python, env, only }) {
  const began = performance.now();
  const command = (/** @type {string} */ file) => `${quoted(process.execPath)} ${quoted(join(root, "dist", file))}`;
  const services = ["--frontend", command("frontend.js"), "--backend", command("backend.js")];
  const args = ["check", run.folder, ...services, ...run.args, ...(only === undefined ? [] : ["--only", only])];
  const result = await runGroup(python, [runner, ...args], { cwd: root, env, limitMs: LIMIT_MS });
  const lines = result.output.split("\n").filter((line) => /^(FAIL|SKIP) /.test(line));
  const said = /^(\d+) passed, (\d+) failed$/m.exec(result.output);
  const skipped = Number(/^(\d+) skipped$/m.exec(result.output)?.[1] ?? 0);
  const counts = { passed: Number(said?.[1] ?? 0), failed: Number(said?.[2] ?? 0), skipped };
  const seen = counts.passed + counts.failed + counts.skipped;
  if (result.timedOut) {
    counts.failed++;
    lines.push(`FAIL ${run.suite}: killed, it didn't end within ${LIMIT_MS / 1000} s`);
  } else if (said === null || (result.code !== 0 && counts.failed === 0)) {
    counts.failed++;
    lines.push(
      `FAIL ${run.suite}: the runner ended with exit code ${result.code}`,
      ...result.output.trim().split("\n"),
    );
  } else if (only === undefined && (seen === 0 || (run.cases !== undefined && seen !== run.cases))) {
    counts.failed++;
    lines.push(`FAIL ${run.suite}: ${seen} cases were reported of ${run.cases ?? "one at least"}`);
  }
  return { name: run.suite, mode: run.mode, ...counts, seconds: (performance.now() - began) / 1000, lines };
}

/**
 * @param {string} name
 * @param {string} line
 * @returns {import("./result.mjs").Result}
 */
function skip(name, line) {
  return { name, mode: "", passed: 0, failed: 0, skipped: 1, seconds: 0, lines: [line] };
}

/**
 * For the runner, which splits commands as a shell does.
 * @param {string} text
 */
function quoted(text) {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => boolean} isOfFirst
 * @returns {T[]}
 */
function interleave(items, isOfFirst) {
  const first = items.filter(isOfFirst);
  const second = items.filter((item) => !isOfFirst(item));
  const length = Math.max(first.length, second.length);
  return Array.from({ length }, (_, at) => [...first.slice(at, at + 1), ...second.slice(at, at + 1)]).flat();
}

/** @param {Run} run */
export function runLabel(run) {
  return `${basename(run.suite)} ${run.mode}`;
}
