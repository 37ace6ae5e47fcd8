// The journeys through the running product, by Playwright: in a browser, and in Electron where its binary is.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { root } from "../bootstrap/root.mjs";
import { toolPath } from "../checks/run-tool.mjs";
import { runGroup } from "./process-group.mjs";

const LIMIT_MS = 15 * 60 * 1000;

/**
 * @typedef {{ title: string, specs?: Spec[], suites?: Suite[] }} Suite
 * @typedef {{ title: string, tests: { projectName: string, status: "expected" | "unexpected" | "flaky" | "skipped",
 *   annotations: { type: string, description?: string }[], results: { error?: { message?: string } }[] }[] }} Spec
 * @typedef {{ suites: Suite[], errors: { message?: string }[] }} Report
 */

/**
 * @param {{ words: readonly string[], folder: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<import("./result.mjs").Result>}
 */
export async function runJourneys({ words, folder, env }) {
  const began = performance.now();
  const file = join(folder, "journeys.json");
  const cli = toolPath("@playwright/test", "playwright");
  const args = [
    cli,
    "test",
    "-c",
    join(root, "e2e"),
    "--reporter=json",
    "--output",
    join(folder, "journeys"),
    ...words,
  ];
  const result = await runGroup(process.execPath, args, {
    cwd: root,
    env: { ...env, NO_COLOR: "1", PLAYWRIGHT_JSON_OUTPUT_NAME: file },
    limitMs: LIMIT_MS,
  });
  const report = readReport(file);
  const tests = (report?.suites ?? []).flatMap((suite) => testsOf(suite, []));
  const failed = tests.filter(({ status }) => status === "unexpected" || status === "flaky");
  const skipped = tests.filter(({ status }) => status === "skipped");
  const broken = failed.length === 0 && (result.code !== 0 || report === undefined);
  return {
    name: "journeys",
    mode: words.join(" ") || "playwright",
    passed: tests.length - failed.length - skipped.length,
    failed: broken ? 1 : failed.length,
    skipped: skipped.length,
    seconds: (performance.now() - began) / 1000,
    lines: [
      ...(result.timedOut ? [`killed: the journeys didn't end within ${LIMIT_MS / 1000} s`] : []),
      ...(broken ? [...(report?.errors ?? []).map(({ message }) => message ?? ""), ...result.output.split("\n")] : []),
      ...failed.flatMap(({ name, message }) => [`FAIL ${name}`, ...message.split("\n").slice(0, 12)]),
      ...skipped.map(({ name, reason }) => `SKIP ${name}: ${reason}`),
    ],
  };
}

/**
 * @param {Suite} suite
 * @param {readonly string[]} path
 * @returns {{ name: string, status: string, message: string, reason: string }[]}
 */
function testsOf(suite, path) {
  const titles = [...path, suite.title].filter((title) => title !== "");
  const own = (suite.specs ?? []).flatMap((spec) =>
    spec.tests.map((test) => ({
      name: [test.projectName, ...titles, spec.title].join(" › "),
      status: test.status,
      message: test.results.map(({ error }) => error?.message ?? "").join("\n"),
      reason: test.annotations.find(({ type }) => type === "skip")?.description ?? "no reason given",
    })),
  );
  return [...own, ...(suite.suites ?? []).flatMap((inner) => testsOf(inner, titles))];
}

/**
 * @param {string} file
 * @returns {Report | undefined}
 */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
