import type { ViewRange } from "../ui/time-range.ts";

/** What the server is asked for a range. */
export function rangeQuery(range: ViewRange): { from?: number; to?: number; lastSeconds?: number } {
  if (range.kind === "last") return { lastSeconds: range.seconds };
  return range.kind === "all" ? {} : { from: range.from, to: range.to };
}

/** When a range begins, in words: `24 h ago`, `7 d ago`. */
export function rangeStart(range: ViewRange): string | undefined {
  if (range.kind === "all") return undefined;
  if (range.kind === "between") return "when the range begins";
  const minutes = Math.round(range.seconds / 60);
  if (minutes < 120) return `${minutes} min ago`;
  return minutes <= 48 * 60 ? `${Math.round(minutes / 60)} h ago` : `${Math.round(minutes / 60 / 24)} d ago`;
}
