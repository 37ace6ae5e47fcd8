import { parseTimestamp } from "../base/timestamp.ts";
import type { Comparison } from "./comparison.ts";

/** A moment as a query names it: a stretch as long as what was written (a day, a minute), or so long before now. */
export type TimeValue =
  | { readonly kind: "at"; readonly text: string; readonly from: number; readonly to: number }
  | { readonly kind: "ago"; readonly text: string; readonly ms: number };

const UNITS: ReadonlyMap<string, number> = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
  ["w", 7 * 86_400_000],
]);
const DURATION = /^(\d{1,9})([smhdw])$/;
const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:[.]\d{1,9})?)?)?(Z|[+-]\d{2}:\d{2})?$/i;

/** `90s`, `15m`, `24h`, `7d`, `2w` in milliseconds. */
export function readDuration(text: string): number | undefined {
  const [, digits, unit] = DURATION.exec(text) ?? [];
  const factor = unit === undefined ? undefined : UNITS.get(unit);
  return factor === undefined ? undefined : Number(digits) * factor;
}

/** `2026-11-28`, `2026-11-28T10:00`, a whole timestamp (UTC unless it has an offset), `now`, `now-24h`. */
export function readTime(text: string): TimeValue | undefined {
  if (text === "now") return { kind: "ago", text, ms: 0 };
  if (text.startsWith("now-")) {
    const ms = readDuration(text.slice(4));
    return ms === undefined ? undefined : { kind: "ago", text, ms };
  }
  const [, day, minute, second, offset = "Z"] = MOMENT.exec(text) ?? [];
  if (day === undefined) return undefined;
  const full = `${day}T${minute ?? "00:00"}${second ?? ":00"}${offset.toUpperCase()}`;
  const moment = parseTimestamp(full);
  if (moment === undefined) return undefined;
  const fraction = /[.](\d{1,3})/.exec(second ?? "")?.[1];
  const from = moment.seconds * 1000 + Number((fraction ?? "").padEnd(3, "0"));
  return { kind: "at", text, from, to: from + lengthOf(minute, second, fraction) };
}

function lengthOf(minute: string | undefined, second: string | undefined, fraction: string | undefined): number {
  if (minute === undefined) return 86_400_000;
  if (second === undefined) return 60_000;
  return fraction === undefined ? 1000 : 1;
}

/** What a comparison with a moment leaves: from `from` on and before `to`, milliseconds since the epoch. */
export interface TimeBounds {
  readonly from?: number;
  readonly to?: number;
}

export function timeBounds(comparison: Comparison, time: TimeValue, nowMs: number): TimeBounds {
  const [from, to] = time.kind === "at" ? [time.from, time.to] : [nowMs - time.ms, nowMs - time.ms + 1];
  switch (comparison) {
    case "=":
      return { from, to };
    case ">=":
      return { from };
    case ">":
      return { from: to };
    case "<=":
      return { to };
    case "<":
      return { to: from };
  }
}
