import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from "react";
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

const TICK_MS = 1_000;
const tickers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One timer for all ages of the page. */
function onTick(run: () => void): () => void {
  tickers.add(run);
  timer ??= setInterval(() => {
    if (document.hidden) return;
    for (const ticker of tickers) ticker();
  }, TICK_MS);
  return () => {
    tickers.delete(run);
    if (tickers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** A text made of the clock; the component is drawn again only when the text is another one. */
export function useClockText(textAt: (now: number) => string): string {
  return useSyncExternalStore(onTick, () => textAt(Date.now()));
}

/** The clock in whole seconds, for what is drawn anew each second anyway. */
export function useNow(): number {
  return useSyncExternalStore(onTick, () => Math.floor(Date.now() / TICK_MS) * TICK_MS);
}

/**
 * A point in time as the settings want it: `3 min`, or its clock. `ago` adds the word for prose. The tooltip has the
 * absolute time with its zone.
 */
export function TimeText({ at, ago, absolute }: { at: number; ago?: boolean; absolute?: boolean }) {
  const { zone, times, stoppedAt } = useTimeStyle();
  const textAt = useCallback(
    (now: number) => {
      const clock = stoppedAt ?? now;
      if (absolute || times === "absolute") return shortDateText(at, clock, zone);
      return ago ? `${spanText(clock - at)} ago` : spanText(clock - at);
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
