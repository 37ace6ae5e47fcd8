// `npm run check`: everything about the code that needs no run of the product, side by side, one line each.
// `npm run check -- lint types` runs only those; `--fix` lets the formatter and the linter mend what they can.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { root } from "./bootstrap/root.mjs";
import { checkBoundaries } from "./checks/boundaries.mjs";
import { verdictOf } from "./checks/check.mjs";
import { checkLockFile } from "./checks/lock-file.mjs";
import { runTool, toolPath } from "./checks/run-tool.mjs";
import { sourceFiles } from "./checks/source-files.mjs";
import { checkTexts } from "./checks/text-rules.mjs";

const args = process.argv.slice(2);
const fix = args.includes("--fix");
const wanted = args.filter((arg) => !arg.startsWith("--"));

/** The engine sees no DOM, the renderer sees no Node; the renderer's tests, which run in Node, see both. */
const TYPE_PROJECTS = [".", "e2e", "renderer", "renderer/tsconfig.tests.json"];

/** @type {readonly import("./checks/check.mjs").Check[]} */
const CHECKS = [
  // The slowest first: the others fit in beside it.
  { name: "boundaries", run: () => checkBoundaries() },
  { name: "types", run: checkTypes },
  { name: "dead code", run: () => tool("knip", "knip", "--no-progress", "--treat-config-hints-as-errors") },
  { name: "format and lint", run: () => tool("@biomejs/biome", "biome", "check", ...(fix ? ["--write"] : []), ".") },
  { name: "lock file", run: async () => checkLockFile(json("package-lock.json"), json("package.json")) },
  { name: "texts", run: async () => checkTexts(sourceFiles()) },
];

const chosen = CHECKS.filter((check) => wanted.length === 0 || wanted.some((word) => check.name.includes(word)));
if (chosen.length === 0) {
  console.error(`No such check; there are: ${CHECKS.map((check) => check.name).join(", ")}.`);
  process.exit(2);
}
const began = performance.now();
const results = await Promise.all(chosen.map(report));
const failed = results.filter((passed) => !passed).length;
console.log(`${results.length - failed} checks passed, ${failed} failed in ${seconds(began)}`);
process.exitCode = failed === 0 ? 0 : 1;

/** @param {import("./checks/check.mjs").Check} check */
async function report(check) {
  const start = performance.now();
  const verdict = await check.run().catch((error) => ({ problems: [String(error.stack ?? error)] }));
  const ok = verdict.problems.length === 0;
  const note = "note" in verdict && verdict.note !== undefined ? `  ${verdict.note}` : "";
  console.log(`${ok ? "ok  " : "FAIL"} ${check.name.padEnd(16)} ${seconds(start).padStart(7)}${note}`);
  for (const question of "questions" in verdict ? (verdict.questions ?? []) : []) console.log(`  ?  ${question}`);
  for (const problem of verdict.problems) console.log(problem.replace(/^/gm, "  "));
  return ok;
}

async function checkTypes() {
  const verdicts = await Promise.all(TYPE_PROJECTS.map((project) => tool("@typescript/native", "tsc", "-p", project)));
  return { problems: verdicts.flatMap((verdict) => verdict.problems), note: TYPE_PROJECTS.join(" · ") };
}

/**
 * @param {string} name
 * @param {string} command
 * @param {readonly string[]} rest
 */
async function tool(name, command, ...rest) {
  return verdictOf(await runTool(process.execPath, [toolPath(name, command), ...rest], root));
}

/** @param {string} file */
function json(file) {
  return JSON.parse(readFileSync(join(root, file), "utf8"));
}

/** @param {number} since */
function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
