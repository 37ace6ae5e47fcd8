// Room boundaries: dependency-cruiser's verdict, and that it has really seen every file. It passes trees it can't
// read ("0 modules cruised"), so its silence alone proves nothing.

import { existsSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { RENDERER_ROOMS, ROOMS } from "../../.dependency-cruiser.mjs";
import { root } from "../bootstrap/root.mjs";
import { runTool, toolPath } from "./run-tool.mjs";

/** @typedef {{ valid: boolean, rule: { name: string, severity: string }, from: string, to: string, cycle?: { name: string }[] }} Violation */

/**
 * @param {string} tree The folder that holds engine/; tests plant mistakes in one of their own.
 * @returns {Promise<import("./check.mjs").Verdict>}
 */
export async function checkBoundaries(tree = root) {
  const files = sourceFiles(tree);
  const strangers = [...strangersOf(tree, "engine", ROOMS), ...strangersOf(tree, "renderer", RENDERER_ROOMS)];
  if (strangers.length > 0) {
    return { problems: strangers.map((name) => `${name}: a room without a rule in .dependency-cruiser.mjs`) };
  }
  if (files.length === 0) return { problems: [`${tree}: no source files to look at`] };
  const args = ["--config", join(root, ".dependency-cruiser.mjs"), "--output-type", "json", ...topFolders(files)];
  const result = await runTool(process.execPath, [toolPath("dependency-cruiser", "depcruise"), ...args], tree);
  const report = parse(result.stdout);
  if (report === undefined) return { problems: [`dependency-cruiser gave no report:\n${result.output}`] };
  const seen = new Set(report.modules.map((/** @type {{ source: string }} */ module) => module.source));
  const unseen = files.filter((file) => !seen.has(file));
  if (unseen.length > 0) return { problems: [`${seen.size} modules cruised, not among them: ${unseen.join(", ")}`] };
  const problems = report.summary.violations.map((/** @type {Violation} */ violation) => describe(report, violation));
  return { problems, note: `${files.length} files` };
}

/**
 * @param {{ summary: { ruleSetUsed: { forbidden: { name: string, comment: string }[] } } }} report
 * @param {Violation} violation
 */
function describe(report, violation) {
  const rule = report.summary.ruleSetUsed.forbidden.find((each) => each.name === violation.rule.name);
  const way = [violation.from, ...(violation.cycle?.map((step) => step.name) ?? [violation.to])].join(" → ");
  return `${way}\n    ${violation.rule.name}: ${rule?.comment ?? ""}`;
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {readonly string[]} files */
function topFolders(files) {
  return [...new Set(files.map((file) => file.slice(0, file.indexOf("/"))))];
}

/**
 * Folders of engine/ or renderer/ that no rule speaks of.
 * @param {string} tree
 * @param {string} top
 * @param {Record<string, unknown>} rooms
 */
function strangersOf(tree, top, rooms) {
  if (!existsSync(join(tree, top))) return [];
  return readdirSync(join(tree, top), { withFileTypes: true })
    .filter((entry) => (top === "engine" || entry.isDirectory()) && !(entry.name in rooms))
    .map((entry) => `${top}/${entry.name}`);
}

/** @param {string} tree */
function sourceFiles(tree) {
  const files = [];
  for (const folder of ["engine", "electron", "renderer", "bench", "proof", "e2e"]) {
    for (const entry of safeReaddir(join(tree, folder))) {
      if (/[.]tsx?$/.test(entry)) files.push(`${folder}/${entry.split(sep).join("/")}`);
    }
  }
  return files;
}

/** @param {string} folder */
function safeReaddir(folder) {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch {
    return [];
  }
}
