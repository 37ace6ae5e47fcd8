import { useEffect, useMemo, useRef } from "react";

/** What a throttle stands on: the page's clock and timers, or a test's. */
export interface ThrottlePlace {
  now(): number;
  /** Runs later, and returns how to prevent it. */
  after(milliseconds: number, run: () => void): () => void;
}

/**
 * Runs something at most once in so many milliseconds: at once when it didn't run for that long, else when the time is up.
 * However often it is asked for, the last request is never forgotten.
 */
export class Throttle {
  readonly #everyMs: number;
  readonly #run: () => void;
  readonly #place: ThrottlePlace;
  #last = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;

  constructor(everyMs: number, run: () => void, place: ThrottlePlace) {
    this.#everyMs = everyMs;
    this.#run = run;
    this.#place = place;
  }

  request(): void {
    if (this.#cancel !== undefined) return;
    const wait = this.#last + this.#everyMs - this.#place.now();
    if (wait <= 0) this.#now();
    else this.#cancel = this.#place.after(wait, () => this.#now());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #now(): void {
    this.#cancel = undefined;
    this.#last = this.#place.now();
    this.#run();
  }
}

const PAGE: ThrottlePlace = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** The same for a component: ends with it. */
export function useThrottled(run: () => void, everyMs: number): () => void {
  const latest = useRef(run);
  latest.current = run;
  const throttle = useMemo(() => new Throttle(everyMs, () => latest.current(), PAGE), [everyMs]);
  useEffect(() => () => throttle.stop(), [throttle]);
  return useMemo(() => () => throttle.request(), [throttle]);
}
