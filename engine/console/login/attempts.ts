const MAX_FAILURES = 10;
const WINDOW_MS = 60_000;
/** Addresses that are watched; whoever has more of them than that gains as many guesses of 2^256. */
const MAX_ADDRESSES = 1000;

/** Counts failed logins by address, so that nobody goes on guessing. */
export class Attempts {
  readonly #failures = new Map<string, { count: number; until: number }>();
  readonly #now: () => number;

  /** @param now milliseconds that never go back */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds until this address may try again; 0 when it may now. */
  waitSeconds(address: string): number {
    const known = this.#failures.get(address);
    if (known === undefined || known.count < MAX_FAILURES) return 0;
    const left = known.until - this.#now();
    if (left > 0) return Math.ceil(left / 1000);
    this.#failures.delete(address);
    return 0;
  }

  failed(address: string): void {
    const now = this.#now();
    const known = this.#failures.get(address);
    if (known !== undefined && known.until > now) {
      known.count += 1;
      return;
    }
    this.#failures.delete(address);
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined && this.#failures.size >= MAX_ADDRESSES) this.#failures.delete(oldest);
    this.#failures.set(address, { count: 1, until: now + WINDOW_MS });
  }
}
