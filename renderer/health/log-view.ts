import type { LogLine } from "../../engine/contract/console/supervisor.ts";

/** Lines that the page keeps; the files have the rest. */
export const MOST_LINES = 2_000;

/** The levels a person picks: each stands for itself and what is worse. */
export const LOG_LEVELS = [
  { value: "DEBUG", label: "All" },
  { value: "INFO", label: "Info" },
  { value: "WARN", label: "Warnings" },
  { value: "ERROR", label: "Errors" },
] as const;
export type LogLevel = (typeof LOG_LEVELS)[number]["value"];

export function logLevelOf(text: string | null): LogLevel {
  return LOG_LEVELS.find(({ value }) => value === text)?.value ?? "INFO";
}

/** The lines with more behind them, each once, the oldest given up. */
export function withLines(lines: readonly LogLine[], more: readonly LogLine[]): readonly LogLine[] {
  const last = lines.at(-1)?.id ?? -1;
  const fresh = more.filter(({ id }) => id > last);
  return fresh.length === 0 ? lines : [...lines, ...fresh].slice(-MOST_LINES);
}

/** The lines that hold a text, whatever its case. */
export function linesWith(lines: readonly LogLine[], text: string): readonly LogLine[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return lines;
  return lines.filter((line) => `${line.service} ${line.text}`.toLowerCase().includes(wanted));
}
