import { useCallback, useMemo } from "react";
import { useUrlState } from "./hash-location.ts";

/** The span of time that a view is about: the last so many seconds, everything, or between two points in time. */
export type ViewRange =
  | { kind: "last"; seconds: number }
  | { kind: "all" }
  | { kind: "between"; from: number; to: number };

export const RANGES: readonly { text: string; value: string; seconds: number }[] = [
  { text: "Last 15 min", value: "15m", seconds: 900 },
  { text: "Last hour", value: "1h", seconds: 3_600 },
  { text: "Last 6 h", value: "6h", seconds: 21_600 },
  { text: "Last 24 h", value: "24h", seconds: 86_400 },
  { text: "Last 7 days", value: "7d", seconds: 604_800 },
  { text: "Last 30 days", value: "30d", seconds: 2_592_000 },
];
const USUAL_RANGE = "24h";
const UNIT_SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };

/** Reads a range as an address has it; what can't be read is the last 24 hours. */
export function readRange(text: string | null): ViewRange {
  if (text === "all") return { kind: "all" };
  const last = /^(\d{1,4})([mhd])$/.exec(text ?? USUAL_RANGE);
  if (last !== null && Number(last[1]) > 0) {
    return { kind: "last", seconds: Number(last[1]) * (UNIT_SECONDS[last[2] ?? ""] ?? 0) };
  }
  const between = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? "");
  const [from, to] = [Number(between?.[1]), Number(between?.[2])];
  if (between !== null && from < to) return { kind: "between", from, to };
  return { kind: "last", seconds: 86_400 };
}

export function writeRange(from: number, to: number): string {
  return `${Math.round(from)}-${Math.round(to)}`;
}

/** In words, as the top bar has it. */
export function rangeText(range: ViewRange, pointText: (at: number) => string): string {
  if (range.kind === "all") return "All time";
  if (range.kind === "between") return `${pointText(range.from)} – ${pointText(range.to)}`;
  const known = RANGES.find(({ seconds }) => seconds === range.seconds);
  if (known !== undefined) return known.text;
  const [unit, seconds] = Object.entries(UNIT_SECONDS).findLast(([, each]) => range.seconds % each === 0) ?? ["m", 60];
  return `Last ${range.seconds / seconds} ${unit === "m" ? "min" : unit}`;
}

/** From and to at a moment, for requests that know no `last`. */
export function rangeAt(range: ViewRange, now: number): { from?: number; to?: number } {
  if (range.kind === "all") return {};
  return range.kind === "between" ? { from: range.from, to: range.to } : { from: now - range.seconds * 1000 };
}

/** The range in the view's address (`t`), and how to set it. */
export function useTimeRange(): { range: ViewRange; text: string; setRange: (text: string) => void } {
  const [url, change] = useUrlState();
  const text = url.get("t") ?? USUAL_RANGE;
  const range = useMemo(() => readRange(text), [text]);
  const setRange = useCallback((t: string) => change({ t: t === USUAL_RANGE ? undefined : t }, "push"), [change]);
  return { range, text, setRange };
}
