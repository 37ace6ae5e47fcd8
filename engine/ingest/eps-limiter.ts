import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";

/** How often the limit is adjusted to the overload signal, in milliseconds (engine.md §3). */
const ADJUST_EVERY_MS = 5000;

/**
 * Limits the events per second that are taken in (engine.md §3). A token bucket whose capacity and refill per second
 * are both the current limit; the limit follows the backends' overload signal between `min` and `max`.
 */
export class EpsLimiter {
  readonly #min: number;
  readonly #max: number;
  readonly #clock: Clock;
  readonly #log: Logger;
  #limit: number;
  /** Below zero after a batch that was larger than the bucket: then everything waits until the debt is paid. */
  #tokens: number;
  #refilledAt: number;
  #overloaded = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(min: number, max: number, clock: Clock, log: Logger) {
    this.#min = min;
    this.#max = max;
    this.#clock = clock;
    this.#log = log;
    this.#limit = min + (max - min) / 2;
    this.#tokens = this.#limit;
    this.#refilledAt = clock.monotonic();
  }

  /** Events per second that are let through at present. */
  get limit(): number {
    return this.#limit;
  }

  /** Adjusts now, and from now on every `ADJUST_EVERY_MS`. */
  start(): void {
    this.adjust();
    this.#timer = setInterval(() => this.adjust(), ADJUST_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The last overload signal decides at the next adjustment; a text that is neither `true` nor `false` is ignored. */
  hear(signal: string): void {
    if (signal === "true") this.#overloaded = true;
    else if (signal === "false") this.#overloaded = false;
  }

  adjust(): void {
    const range = this.#max - this.#min;
    const wanted = this.#overloaded ? this.#limit - range / 10 : this.#limit + range / 100;
    const limit = Math.min(this.#max, Math.max(this.#min, wanted));
    if (limit === this.#limit) return;
    this.#log.info(
      `overload status is ${this.#overloaded}, EPS rate limit changed from ${rate(this.#limit)} to ${rate(limit)}`,
    );
    // What has passed since the last refill was earned at the old rate.
    this.#refill();
    this.#limit = limit;
    this.#tokens = Math.min(this.#tokens, limit);
  }

  /** True when not even one event would be let through: lets the door refuse before it parses anything. */
  get exhausted(): boolean {
    this.#refill();
    return this.#tokens < 1;
  }

  /**
   * Takes `count` events' worth of tokens, or none. A batch larger than the bucket is let through when the bucket is
   * full, and leaves it in debt: it pays its price afterwards instead of being refused for ever.
   */
  take(count: number): boolean {
    this.#refill();
    const enough = count <= this.#tokens || (count > this.#limit && this.#tokens >= this.#limit);
    if (enough) this.#tokens -= count;
    return enough;
  }

  /** Returns the tokens of events that were refused after all, such as by a full bus. */
  giveBack(count: number): void {
    this.#tokens = Math.min(this.#limit, this.#tokens + count);
  }

  #refill(): void {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#limit, this.#tokens + ((now - this.#refilledAt) / 1000) * this.#limit);
    this.#refilledAt = now;
  }
}

function rate(limit: number): number {
  return Math.round(limit * 100) / 100;
}
