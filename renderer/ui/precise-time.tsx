import { memo } from "react";
import { clockText, isoText } from "./time.ts";
import { useTimeStyle } from "./time-text.tsx";

/** Beyond it nothing is a date. */
const LATEST = 8.64e15;

/** The clock with milliseconds, as events are compared by: `14:32:07.412`. */
export function preciseClockText(at: number, zone: string): string {
  const milliseconds = Math.floor(((at % 1000) + 1000) % 1000);
  return `${clockText(at, zone)}.${String(milliseconds).padStart(3, "0")}`;
}

interface PreciseTimeProps {
  at: number | undefined;
  /** It is known to the second only: three zeros behind it would be a claim. */
  seconds?: boolean;
}

/** A point in time to the millisecond; the whole, with its date and zone, in the tooltip. */
export const PreciseTime = memo(function PreciseTime({ at, seconds = false }: PreciseTimeProps) {
  const { zone } = useTimeStyle();
  if (at === undefined) return <span className="t3">–</span>;
  if (!(Math.abs(at) < LATEST)) return <span className="t3">not a time</span>;
  const iso = isoText(at, zone);
  return (
    <time className="mono" dateTime={iso} title={iso}>
      {seconds && at % 1000 === 0 ? clockText(at, zone) : preciseClockText(at, zone)}
    </time>
  );
});
