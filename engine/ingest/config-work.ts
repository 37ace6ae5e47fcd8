import { createHash } from "node:crypto";
import type { ConfigFile } from "../base/config-file.ts";
import { findJsonFault } from "../base/json-fault.ts";
import { configFileText, notJson } from "../base/json-text.ts";
import { type Problem, problemText } from "../base/problem.ts";
import { prettyJson } from "./pretty-json.ts";

/** A configuration file as it is served, with the SHA-256 of that, or why it can't be. */
export type PrintedFile = { printed: Uint8Array; sha256: string } | { problem: string };

/** What was found wrong with a file that is to be stored; the bytes come back, because a thread takes them away. */
export interface CheckedFile {
  problems: string[];
  bytes: Uint8Array;
}

/** The work on configuration files that can take seconds, so that the event loop has to be kept free of it. */
export interface ConfigWork {
  /** Takes the file's bytes over. */
  print(file: ConfigFile): Promise<PrintedFile>;
  /** Takes the file's bytes over. */
  check(file: ConfigFile): Promise<CheckedFile>;
}

/** A file may have as many problems as entries; an answer names no more than these. */
const MAX_PROBLEMS = 1000;

/** `mostBytes`: what printing may make of it. */
export function printConfigFile(file: ConfigFile, mostBytes?: number): PrintedFile {
  const text = configFileText(file);
  if (!Buffer.isBuffer(text)) return { problem: problemText(text) };
  if (findJsonFault(text) !== undefined) return { problem: problemText(notJson(file.name, text)) };
  // One that would grow out of all proportion is served as it is stored: it is JSON all the same.
  const printed = prettyJson(text, mostBytes) ?? text;
  return { printed, sha256: createHash("sha256").update(printed).digest("hex") };
}

export function checkedFile(file: ConfigFile, problems: readonly Problem[]): CheckedFile {
  const texts = problems.slice(0, MAX_PROBLEMS).map(problemText);
  if (problems.length > MAX_PROBLEMS) texts.push(`and ${problems.length - MAX_PROBLEMS} more problems`);
  return { problems: texts, bytes: file.bytes };
}
