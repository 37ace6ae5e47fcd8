/** A time range as an address writes it: `24h`, `7d`, `all`, or `FROM-TO` in milliseconds. */
export interface EventRange {
  from?: number;
  to?: number;
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Nothing, and what makes no sense, is all that is retained. */
export function rangeOf(text: string | null, now: number): EventRange {
  const span = /^(\d{1,6})([mhd])$/.exec(text ?? "");
  const unit = UNITS[span?.[2] ?? ""];
  if (span !== null && unit !== undefined) return { from: now - Number(span[1]) * unit };
  const ends = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? "");
  if (ends !== null) return { from: Number(ends[1]), to: Number(ends[2]) };
  return {};
}
