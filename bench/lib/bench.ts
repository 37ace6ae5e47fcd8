import { median } from "./figures.ts";
import type { BenchOptions } from "./options.ts";

/** One line of the table. */
export interface Row {
  readonly bench: string;
  readonly measure: string;
  readonly target: string;
  /** The median. */
  readonly value: string;
  /** Lowest and highest of the runs. */
  readonly spread: string;
  readonly verdict: "met" | "missed" | "failed" | "–";
  /** The absolute figures behind a ratio: they depend on the machine and its mood. */
  readonly detail: string;
}

export interface BenchContext {
  readonly options: BenchOptions;
  /** Tells the person at the terminal how far the bench is; no part of the result. */
  readonly say: (line: string) => void;
}

export interface Bench {
  readonly name: string;
  run(context: BenchContext): Promise<Row[]>;
}

interface Measured {
  bench: string;
  measure: string;
  /** One value for each run. */
  values: readonly number[];
  format: (value: number) => string;
  detail?: string;
}

/** A figure that is the better the larger it is. */
export function rowAtLeast(measured: Measured, least: number): Row {
  const verdict = median(measured.values) >= least ? "met" : "missed";
  return { ...rowOf(measured), target: `≥ ${measured.format(least)}`, verdict };
}

/** A figure that is the better the smaller it is. */
export function rowAtMost(measured: Measured, most: number): Row {
  const verdict = median(measured.values) <= most ? "met" : "missed";
  return { ...rowOf(measured), target: `≤ ${measured.format(most)}`, verdict };
}

/** A figure without a target, printed because it explains another. */
export function rowForInformation(measured: Measured): Row {
  return rowOf(measured);
}

export function failedRow(bench: string, detail: string): Row {
  return { bench, measure: "", target: "", value: "", spread: "", verdict: "failed", detail };
}

function rowOf({ bench, measure, values, format, detail }: Measured): Row {
  const spread = values.length > 1 ? `${format(Math.min(...values))} – ${format(Math.max(...values))}` : "";
  return { bench, measure, target: "–", value: format(median(values)), spread, verdict: "–", detail: detail ?? "" };
}

export const asRatio = (value: number): string => `${value.toFixed(2)}×`;
export const asMs = (value: number): string => `${value.toFixed(1)} ms`;
export const asMib = (value: number): string => `${value.toFixed(0)} MiB`;

/**
 * Measures a baseline and the thing itself in turn, baseline first and last, and gives the ratio of each measurement
 * to the mean of the baselines right before and after it: the machine's drift cancels out.
 */
export async function alternate<B, T>(
  runs: number,
  baseline: () => Promise<B>,
  subject: () => Promise<T>,
): Promise<{ before: B; measured: T; after: B }[]> {
  const pairs: { before: B; measured: T; after: B }[] = [];
  let before = await baseline();
  for (let i = 0; i < runs; i++) {
    const measured = await subject();
    const after = await baseline();
    pairs.push({ before, measured, after });
    before = after;
  }
  return pairs;
}
