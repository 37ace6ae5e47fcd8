/** What the clock is made of: the time, and something that runs again and again until what it returns is called. */
export interface PageClockParts {
  now: () => number;
  every: (milliseconds: number, run: () => void) => () => void;
  /** Nobody sees the page. */
  isHidden: () => boolean;
}

const TICK_MS = 1_000;

/**
 * One clock for all ages of the page. Between two ticks it stands still: what is drawn anew meanwhile shows its age by the
 * same moment as its neighbours, or the ages of a sorted list would stand out of order.
 */
export class PageClock {
  readonly #parts: PageClockParts;
  readonly #tickers = new Set<() => void>();
  #stop: (() => void) | undefined;
  #at = Number.NEGATIVE_INFINITY;

  constructor(parts: PageClockParts) {
    this.#parts = parts;
  }

  /** Milliseconds since the epoch. */
  get now(): number {
    const now = this.#parts.now();
    // Nothing ticks while nothing shows an age, or the page is hidden; a clock that was set back must not stand still.
    if (Math.abs(now - this.#at) >= (this.#stop === undefined ? TICK_MS : 2 * TICK_MS)) this.#at = now;
    return this.#at;
  }

  /** Calls back each second while the page is seen, until what it returns is called. */
  readonly onTick = (run: () => void): (() => void) => {
    this.#tickers.add(run);
    this.#stop ??= this.#parts.every(TICK_MS, () => this.#tick());
    return () => {
      this.#tickers.delete(run);
      if (this.#tickers.size > 0) return;
      this.#stop?.();
      this.#stop = undefined;
    };
  };

  #tick(): void {
    if (this.#parts.isHidden()) return;
    this.#at = this.#parts.now();
    for (const ticker of this.#tickers) ticker();
  }
}
