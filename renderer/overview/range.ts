/** The time range that an address names: `24h`, `all`, or `FROM-TO` in milliseconds. */
export type Range = { kind: "last"; seconds: number } | { kind: "all" } | { kind: "between"; from: number; to: number };

export const DEFAULT_RANGE = "24h";
const UNIT_SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** What can't be read counts as the default, as an old or mistyped link should. */
export function rangeOf(text: string | null): Range {
  if (text === "all") return { kind: "all" };
  const last = /^(\d{1,6})([mhd])$/.exec(text ?? "");
  if (last !== null) return { kind: "last", seconds: Number(last[1]) * (UNIT_SECONDS[last[2] ?? ""] ?? 3600) };
  const between = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? "");
  if (between !== null) return { kind: "between", from: Number(between[1]), to: Number(between[2]) };
  return { kind: "last", seconds: 86_400 };
}

export function rangeQuery(range: Range): { from?: number; to?: number; lastSeconds?: number } {
  if (range.kind === "last") return { lastSeconds: range.seconds };
  return range.kind === "all" ? {} : { from: range.from, to: range.to };
}

/** How far back the same range before lies, in words: `24 h`, `7 d`. */
export function rangeSpan(range: Range): string | undefined {
  if (range.kind === "all") return undefined;
  const minutes = Math.round((range.kind === "last" ? range.seconds : (range.to - range.from) / 1000) / 60);
  if (minutes < 120) return `${minutes} min`;
  return minutes <= 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 60 / 24)} d`;
}
