import { readFileSync, writeFileSync } from "node:fs";
import type { Row } from "./bench.ts";
import { BenchError } from "./failure.ts";
import type { MachineFacts } from "./system.ts";

const HEADINGS = ["bench", "measure", "target", "median", "lowest – highest", "verdict", "detail"] as const;

function cells(row: Row): string[] {
  return [row.bench, row.measure, row.target, row.value, row.spread, row.verdict, row.detail];
}

function heading(machine: MachineFacts, runs: number): string {
  const facts = Object.entries(machine).map(([name, value]) => `${name} ${value}`);
  return `${facts.join(" · ")} · ${runs} ${runs === 1 ? "run" : "runs"}`;
}

/** For the terminal: columns as wide as what they hold. */
export function plainTable(machine: MachineFacts, runs: number, rows: readonly Row[]): string {
  const all = [[...HEADINGS], ...rows.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [heading(machine, runs), "", lines[0], rule, ...lines.slice(1)].join("\n");
}

function markdownTable(machine: MachineFacts, runs: number, rows: readonly Row[]): string {
  const line = (row: readonly string[]): string => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const table = [line(HEADINGS), line(HEADINGS.map(() => "---")), ...rows.map((row) => line(cells(row)))];
  return [heading(machine, runs), "", ...table].join("\n");
}

/** Puts the table between the two markers of that name in a Markdown file, leaving everything around it as it is. */
export function writeTable(
  file: string,
  marker: string,
  { machine, runs, rows }: { machine: MachineFacts; runs: number; rows: readonly Row[] },
): void {
  const text = readFileSync(file, "utf8");
  const begin = `<!-- ${marker}:begin -->`;
  const end = `<!-- ${marker}:end -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new BenchError(`${file} has no lines ${begin} and ${end} to write between`);
  const table = markdownTable(machine, runs, rows);
  writeFileSync(file, `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`);
}
