import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { ConfigFile } from "../base/config-file.ts";
import { DsiemError } from "../base/errors.ts";
import {
  CASE_EVENTS_FILE,
  CASE_EXPECTED_FILE,
  CASE_FILE,
  type CaseFile,
  type ExpectedFile,
} from "../contract/test-case.ts";
import { InterestIndex } from "../directive/interest-index.ts";
import { expectedText } from "./case-folder.ts";
import { runCase } from "./case-run.ts";
import { compactJson } from "./compact-json.ts";
import type { Recording } from "./recording.ts";
import { DEFAULT_REPLAY_FLAGS, type ReplayConfig, type ReplayDirective, type ReplayFlags } from "./replay-config.ts";

export interface NewCase {
  description?: string | undefined;
  recording: Recording;
  config: ReplayConfig;
  /** The files that the inventory came from. */
  assets: readonly ConfigFile[];
  /** Whether a folder that is there already may go. */
  replace: boolean;
}

/**
 * Writes a test case: the events of a recording, the directives that they concern, the assets, and the alarms that they
 * raise now. The folder appears whole or not at all. Returns how many alarms it expects.
 * @throws DsiemError when it is there already, or the events concern no directive
 */
export function writeCase(folder: string, { description, recording, config, assets, replace }: NewCase): number {
  if (existsSync(folder) && !replace) {
    throw new DsiemError(
      "CASE_EXISTS",
      `There is a test case ${basename(folder)} already; choose another name, or replace it.`,
    );
  }
  const directives = concerned(recording, config);
  if (directives.length === 0) {
    throw new DsiemError(
      "CASE_EMPTY",
      "None of these events concerns any of the directives: there is nothing that a test could hold.",
    );
  }
  // Names of their own: another replay may keep a case of the same name, and what one that was ended left behind is no part of this.
  const beside = join(dirname(folder), `.${basename(folder)}.${randomUUID()}`);
  const fresh = `${beside}.new`;
  const before = `${beside}.old`;
  try {
    mkdirSync(fresh, { recursive: true });
    const alarms = fill(fresh, { description, recording, directives, config, assets });
    if (existsSync(folder)) renameSync(folder, before);
    renameSync(fresh, folder);
    return alarms;
  } catch (error) {
    if (existsSync(before) && !existsSync(folder)) renameSync(before, folder);
    throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(before, { recursive: true, force: true });
  }
}

function fill(folder: string, { description, recording, directives, config, assets }: Filling): number {
  const settings = { ...(description !== undefined && { description }), ...changedFlags(config.flags) };
  if (Object.keys(settings).length > 0) writeFileSync(join(folder, CASE_FILE), `${compactJson(settings)}\n`);
  for (const [name, text] of directiveFiles(directives)) writeFileSync(join(folder, name), text);
  for (const { name, bytes } of assets) writeFileSync(join(folder, basename(name)), bytes);
  const lines = Array.from({ length: recording.count }, (_, index) => lineOf(recording.bytesOf(index)));
  writeFileSync(join(folder, CASE_EVENTS_FILE), lines.join(""));
  const outcome = runCase(
    { ...config, directives },
    lines.map((line) => Buffer.from(line)),
  );
  writeFileSync(join(folder, CASE_EXPECTED_FILE), expectedText(outcome));
  return alarmsIn(outcome.raised);
}

type Filling = Omit<NewCase, "replace"> & { directives: readonly ReplayDirective[] };

/** One line for each event, however it was spelt. */
function lineOf(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  return `${/[\r\n]/.test(text) ? JSON.stringify(JSON.parse(text)) : text}\n`;
}

function alarmsIn(cases: ExpectedFile["cases"]): number {
  return Object.values(cases).reduce((sum, { alarms }) => sum + alarms.length, 0);
}

/** Those that any of the events is of interest to. */
function concerned(recording: Recording, { directives }: ReplayConfig): ReplayDirective[] {
  const index = new InterestIndex<{ ordinal: number; each: ReplayDirective }>();
  for (const [ordinal, each] of directives.entries()) index.add({ ordinal, each }, each.directive.rules);
  const found = new Set<ReplayDirective>();
  for (let at = 0; at < recording.count; at++) {
    for (const { owner } of index.find(recording.eventAt(at))) found.add(owner.each);
  }
  return directives.filter((each) => found.has(each));
}

/** Each directive in a file of the name of its own, as it was written. */
function directiveFiles(directives: readonly ReplayDirective[]): Map<string, string> {
  const texts = new Map<string, string[]>();
  for (const { source } of directives) {
    const text = Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength).toString("utf8");
    texts.set(source.file, [...(texts.get(source.file) ?? []), text]);
  }
  return new Map([...texts].map(([name, each]) => [basename(name), `{"directives": [\n${each.join(",\n")}\n]}\n`]));
}

function changedFlags(flags: ReplayFlags): Pick<CaseFile, "flags"> {
  const changed = Object.entries(flags).filter(
    ([name, value]) => value !== DEFAULT_REPLAY_FLAGS[name as keyof ReplayFlags],
  );
  return changed.length === 0 ? {} : { flags: Object.fromEntries(changed) };
}
