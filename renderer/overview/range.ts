import type { ViewRange } from "../ui/time-range.ts";

/** What the server is asked for a range. */
export function rangeQuery(range: ViewRange): { from?: number; to?: number; lastSeconds?: number } {
  if (range.kind === "last") return { lastSeconds: range.seconds };
  return range.kind === "all" ? {} : { from: range.from, to: range.to };
}

/** How far back the same range before lies, in words: `24 h`, `7 d`. */
export function rangeSpan(range: ViewRange): string | undefined {
  if (range.kind === "all") return undefined;
  const minutes = Math.round((range.kind === "last" ? range.seconds : (range.to - range.from) / 1000) / 60);
  if (minutes < 120) return `${minutes} min`;
  return minutes <= 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 60 / 24)} d`;
}
