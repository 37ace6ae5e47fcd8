// The tests beside the code, and the short forms of the proofs, by vitest.

import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import process from "node:process";
import { root } from "../bootstrap/root.mjs";
import { toolPath } from "../checks/run-tool.mjs";
import { runGroup } from "./process-group.mjs";

const LIMIT_MS = 8 * 60 * 1000;

/**
 * @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: { name: string, status: string, message: string, assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[] }} VitestReport
 */

/** A proof measures times and needs the machine for itself, so they come one after another. */
const SETS = { unit: ["--exclude", "proof/*.test.ts"], proof: ["--exclude", "proof/lib/**", "--maxWorkers=1"] };

/**
 * @param {{ set: keyof typeof SETS, filters: readonly string[], folder: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<import("./result.mjs").Result>}
 */
export async function runUnitTests({ set, filters, folder, env }) {
  const began = performance.now();
  const file = join(folder, `vitest-${set}.json`);
  const reporters = ["--reporter=json", `--outputFile.json=${file}`, "--reporter=default"];
  const words = filters.length === 0 ? [""] : filters;
  const paths = set === "proof" ? words.map((word) => `proof/${word}`) : filters;
  const args = ["run", ...SETS[set], ...reporters, ...paths];
  // A word may name suites only; that there is nothing at all is told by the caller.
  if (paths.length > 0) args.push("--passWithNoTests");
  const vitest = [toolPath("vitest", "vitest"), ...args];
  const result = await runGroup(process.execPath, vitest, {
    cwd: root,
    env: { ...env, NO_COLOR: "1" },
    limitMs: LIMIT_MS,
  });
  const report = readReport(file);
  const counts = countsOf(report, result.code === 0 && !result.timedOut);
  return {
    name: set,
    mode: filters.join(" ") || "vitest",
    ...counts,
    seconds: (performance.now() - began) / 1000,
    lines: [
      ...(result.timedOut ? [`killed: vitest didn't end within ${LIMIT_MS / 1000} s`] : []),
      ...(counts.failed > 0 ? failureLines(report, result.output) : []),
      ...skipLines(report),
    ],
  };
}

/**
 * @param {string} file
 * @returns {VitestReport | undefined}
 */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * A file that can't be loaded has no tests to count and yet has failed; so has a run that ends badly without a test
 * to blame (an error after the last one, a kill).
 * @param {VitestReport | undefined} report
 * @param {boolean} endedWell
 */
function countsOf(report, endedWell) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
  const failed = report.numFailedTests + broken;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !endedWell ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * vitest's own report of the failures, from where it begins.
 * @param {VitestReport | undefined} report
 * @param {string} output
 */
function failureLines(report, output) {
  const lines = output.split("\n");
  const start = lines.findIndex((line) => /Failed (Tests|Suites)|Unhandled Errors/.test(line));
  const named = (report?.testResults ?? []).flatMap((file) => [
    ...file.assertionResults
      .filter((test) => test.status === "failed")
      .map((test) => `FAIL ${relative(root, file.name)}: ${test.fullName}`),
    ...(file.status === "failed" && file.message !== "" ? [`FAIL ${relative(root, file.name)}: ${file.message}`] : []),
  ]);
  return [...named, ...lines.slice(start === -1 ? -60 : start)];
}

/** @param {VitestReport | undefined} report */
function skipLines(report) {
  return (report?.testResults ?? []).flatMap((file) =>
    file.assertionResults
      .filter((test) => ["pending", "skipped", "todo"].includes(test.status))
      .map((test) => `SKIP ${relative(root, file.name)}: ${test.fullName}`),
  );
}
