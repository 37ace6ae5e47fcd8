export type DeadlineTone = "calm" | "soon" | "now" | "over";

/** A deadline as the meter draws it: what is left in words, as a share of the whole, and how urgent that is. */
export interface Deadline {
  leftMs: number;
  /** `28 s`, `1:06`, `2:05:00`; `expired` when nothing is left. */
  text: string;
  /** 0 to 1; what is left of the stage's time. */
  share: number;
  tone: DeadlineTone;
}

/** Amber from here, red from there (design, screen 05). */
export const SOON_MS = 3 * 60_000;
export const NOW_MS = 60_000;

/** `deadline` and `now` are milliseconds since the epoch, `span` is the time that the stage had from its beginning. */
export function deadlineAt(deadline: number, span: number, now: number): Deadline {
  const leftMs = deadline - now;
  if (leftMs <= 0) return { leftMs: 0, text: "expired", share: 0, tone: "over" };
  const share = span > 0 ? Math.min(1, leftMs / span) : 1;
  return { leftMs, text: clockText(leftMs), share, tone: toneOf(leftMs) };
}

function toneOf(leftMs: number): DeadlineTone {
  if (leftMs <= NOW_MS) return "now";
  return leftMs <= SOON_MS ? "soon" : "calm";
}

/** Seconds are rounded up: `0 s` would be said of something that still lives. */
function clockText(leftMs: number): string {
  const seconds = Math.ceil(leftMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}:${two(minutes % 60)}:${two(seconds % 60)}`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
