import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { z } from "zod";
import type { ConfigFile } from "../base/config-file.ts";
import { DsiemError, errorText } from "../base/errors.ts";
import {
  CASE_EVENTS_FILE,
  CASE_EXPECTED_FILE,
  CASE_FILE,
  type CaseFile,
  caseFileSchema,
  type ExpectedFile,
  expectedFileSchema,
} from "../contract/test-case.ts";
import { differencesOf } from "./case-difference.ts";
import { type CaseOutcome, runCase } from "./case-run.ts";
import { readSuite } from "./case-suite.ts";
import { compactJson } from "./compact-json.ts";
import { DEFAULT_REPLAY_FLAGS, loadReplayConfig, type ReplayConfig } from "./replay-config.ts";

/** What is wrong with a case's own files; the message names the file. */
class CaseError extends DsiemError {
  constructor(message: string) {
    super("TEST_CASE", message);
  }
}

/**
 * The folders of cases in this one, at any depth, or itself: those that have an expected.json. Hidden ones aren't looked
 * into: a case that is being written is in one.
 */
export function caseFoldersIn(folder: string): string[] {
  const found = existsSync(join(folder, CASE_EXPECTED_FILE)) ? [folder] : [];
  const entries = readdirSync(folder, { withFileTypes: true });
  const below = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
  return [...found, ...below.sort().flatMap((name) => caseFoldersIn(join(folder, name)))];
}

/**
 * Replays a case and holds what comes of it against its expected.json: a line for each thing that isn't as expected, none
 * when the case passes.
 * @throws DsiemError when the case can't be run; the message says what is wrong with which of its files
 */
export function checkCase(folder: string): string[] {
  const expected = readJson(folder, CASE_EXPECTED_FILE, expectedFileSchema);
  const outcome = replayCase(folder);
  return [...unusableOf(outcome), ...differencesOf(expected, outcome)];
}

/** What expected.json says when all is as it should be now. */
export function expectedText(outcome: CaseOutcome): string {
  const cases = Object.entries(outcome.raised).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${compactJson({ cases: Object.fromEntries(cases) } satisfies ExpectedFile)}\n`;
}

/** @throws DsiemError when the case can't be run */
export function replayCase(folder: string): CaseOutcome {
  const suite = readSuite(folder);
  if (suite !== undefined) return runCase(configOf(folder, { configs: "configs" }), [suite.events], suite);
  const settings = existsSync(join(folder, CASE_FILE)) ? readJson(folder, CASE_FILE, caseFileSchema) : {};
  return runCase(configOf(folder, settings), [bytesOf(folder, CASE_EVENTS_FILE)]);
}

/** What is wrong with the events: a case with fewer than its author wrote would pass for the wrong reason. */
export function unusableOf({ events, problems }: CaseOutcome): string[] {
  const lines = problems.map(({ line, text }) => `${CASE_EVENTS_FILE}, line ${line} ${text}`);
  return events === 0 && lines.length === 0 ? [`there is no event in ${CASE_EVENTS_FILE}`] : lines;
}

function configOf(folder: string, { configs, only, flags }: CaseFile): ReplayConfig {
  const from = resolve(folder, configs ?? ".");
  const of = (prefix: string): ConfigFile[] =>
    namesIn(from)
      .filter((name) => name.startsWith(prefix) && name.endsWith(".json"))
      .map((name) => ({ name, bytes: bytesOf(from, name) }));
  const files = { directives: of("directives_"), assets: of("assets_"), only };
  return loadReplayConfig(files, { ...DEFAULT_REPLAY_FLAGS, ...given(flags) });
}

function given(flags: CaseFile["flags"]): Partial<ReplayConfig["flags"]> {
  return Object.fromEntries(Object.entries(flags ?? {}).filter(([, value]) => value !== undefined));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw new CaseError(`its configuration can't be read: ${errorText(error)}`);
  }
}

function bytesOf(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name));
  } catch (error) {
    throw new CaseError(`${name} can't be read: ${errorText(error)}`);
  }
}

function readJson<T extends z.ZodType>(folder: string, name: string, schema: T): z.output<T> {
  let value: unknown;
  try {
    value = JSON.parse(bytesOf(folder, name).toString("utf8"));
  } catch (error) {
    if (error instanceof DsiemError) throw error;
    throw new CaseError(`${name} isn't JSON: ${errorText(error)}`);
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new CaseError(
    `${name}, ${issue?.path.join(".") || "as a whole"}: ${issue?.message ?? "isn't as it should be"}`,
  );
}
