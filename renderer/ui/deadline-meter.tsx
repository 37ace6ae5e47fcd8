import { useCallback } from "react";
import { countdownText } from "./time.ts";
import { useClockText, useNow, useTimeStyle } from "./time-text.tsx";

const AMBER_MS = 3 * 60_000;
const RED_MS = 60_000;

/**
 * Time left until a backlog expires: a bar and the time, which is always written. `since` and `until` in milliseconds
 * since the epoch; without a deadline it says so.
 */
export function DeadlineMeter({ since, until }: { since: number; until: number | undefined }) {
  if (until === undefined) return <span className="t3 sm">none</span>;
  return <Meter since={since} until={until} />;
}

function Meter({ since, until }: { since: number; until: number }) {
  const { stoppedAt } = useTimeStyle();
  const text = useClockText(
    useCallback((now: number) => countdownText(until - (stoppedAt ?? now)), [until, stoppedAt]),
  );
  const clock = useNow();
  const left = Math.max(0, until - (stoppedAt ?? clock));
  const level = left <= RED_MS ? "bad" : left <= AMBER_MS ? "warn" : "";
  const share = until <= since ? 0 : Math.min(1, left / (until - since));
  return (
    <span className={`deadline ${level}`}>
      <span className={`meter ${level}`} aria-hidden="true">
        <i style={{ width: `${share * 100}%` }} />
      </span>
      <span className="mono">{text}</span>
    </span>
  );
}
