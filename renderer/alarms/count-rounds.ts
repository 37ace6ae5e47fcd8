/** Counts follow the alarms at this pace: they are figures to choose by, not to watch. */
const REST_MS = 10_000;
/** After a round that took long there is a rest of so many times as long: counting is never most of what the server does. */
const REST_SHARE = 20;
const LOOK_MS = 1_000;

export interface CountRoundsParts {
  ids: () => readonly string[];
  /** Rejects where it can't be counted; the count before stays. */
  count: (id: string, signal: AbortSignal) => Promise<number>;
  onCount: (id: string, count: number) => void;
  /** Milliseconds of a clock that only goes forward. */
  now: () => number;
  /** Somebody can see the counts. */
  isWanted: () => boolean;
}

/** Counts one thing after the other, then rests; counts again when something has changed and somebody can see it. */
export class CountRounds {
  readonly #parts: CountRoundsParts;
  readonly #gaveUp = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #isStale = true;
  #isCounting = false;
  #restsUntil = Number.NEGATIVE_INFINITY;

  constructor(parts: CountRoundsParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#look();
  }

  changed(): void {
    this.#isStale = true;
  }

  end(): void {
    clearInterval(this.#timer);
    this.#gaveUp.abort();
  }

  #look(): void {
    const { now, isWanted } = this.#parts;
    if (!this.#isStale || this.#isCounting || now() < this.#restsUntil || !isWanted()) return;
    this.#isStale = false;
    void this.#round();
  }

  async #round(): Promise<void> {
    const { ids, count, onCount, now } = this.#parts;
    this.#isCounting = true;
    const began = now();
    for (const id of ids()) {
      if (this.#gaveUp.signal.aborted) return;
      try {
        const counted = await count(id, this.#gaveUp.signal);
        if (!this.#gaveUp.signal.aborted) onCount(id, counted);
      } catch {
        // Without contact the frame says so; what can't be counted keeps the number that it had.
        this.#isStale = true;
      }
    }
    this.#restsUntil = now() + Math.max(REST_MS, (now() - began) * REST_SHARE);
    this.#isCounting = false;
  }
}
