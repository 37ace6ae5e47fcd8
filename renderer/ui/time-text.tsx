import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from "react";
import { PageClock } from "./page-clock.ts";
import { isoText, shortDateText, spanText } from "./time.ts";

/** How times are written; the app provides it from the settings. */
export interface TimeStyle {
  /** An IANA name; empty for the machine's. */
  zone: string;
  times: "relative" | "absolute";
  /** The clock that ages are counted to, where it stands still: while paused, or without contact. */
  stoppedAt?: number | undefined;
}
export const TimeStyleContext = createContext<TimeStyle>({ zone: "", times: "relative" });
export const useTimeStyle = (): TimeStyle => useContext(TimeStyleContext);

const clock = new PageClock({
  now: () => Date.now(),
  every: (milliseconds, run) => {
    const timer = setInterval(run, milliseconds);
    return () => clearInterval(timer);
  },
  isHidden: () => document.hidden,
});

/** A text made of the clock; the component is drawn again only when the text is another one. */
export function useClockText(textAt: (now: number) => string): string {
  return useSyncExternalStore(clock.onTick, () => textAt(clock.now));
}

/** The clock of all ages, for what is drawn anew each second anyway. */
export function useNow(): number {
  return useSyncExternalStore(clock.onTick, () => clock.now);
}

/**
 * A point in time as the settings want it: `3 min`, or its clock. `ago` adds the word for prose. The tooltip has the
 * absolute time with its zone.
 */
export function TimeText({ at, ago, absolute }: { at: number; ago?: boolean; absolute?: boolean }) {
  const { zone, times, stoppedAt } = useTimeStyle();
  const textAt = useCallback(
    (now: number) => {
      const until = stoppedAt ?? now;
      if (absolute || times === "absolute") return shortDateText(at, until, zone);
      return ago ? `${spanText(until - at)} ago` : spanText(until - at);
    },
    [at, ago, absolute, times, zone, stoppedAt],
  );
  const text = useClockText(textAt);
  const iso = useMemo(() => isoText(at, zone), [at, zone]);
  return (
    <time dateTime={iso} title={iso} className="num">
      {text}
    </time>
  );
}
