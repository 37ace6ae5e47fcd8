import type { NormalizedEvent } from "../contract/event.ts";

const DOT = 46;
const ZERO = 48;

/** The event's own time in milliseconds since the epoch, rounded down. */
export function eventMs({ seconds, timestamp }: Pick<NormalizedEvent, "seconds" | "timestamp">): number {
  // `2026-11-23T00:28:22.068874Z`: three digits after the dot, where there is one, or fewer.
  if (timestamp.charCodeAt(19) !== DOT) return seconds * 1000;
  return seconds * 1000 + digit(timestamp, 20) * 100 + digit(timestamp, 21) * 10 + digit(timestamp, 22);
}

/** 0 for the `Z` at the end, and for what is behind it. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : 0;
}
