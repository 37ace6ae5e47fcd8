import type { Clock } from "../base/clock.ts";

/** Until when somebody wants to be told of something: a wish that isn't renewed ends by itself. */
export class Lease {
  readonly #clock: Clock;
  /** By the monotonic clock. */
  #untilMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get over(): boolean {
    return this.#clock.monotonic() >= this.#untilMs;
  }

  /** For so long from now on, or longer if that was wished before; returns when it ends, milliseconds since the epoch. */
  extend(seconds: number): number {
    const nowMs = this.#clock.monotonic();
    this.#untilMs = Math.max(this.#untilMs, nowMs + seconds * 1000);
    return this.#clock.now() + this.#untilMs - nowMs;
  }

  end(): void {
    this.#untilMs = Number.NEGATIVE_INFINITY;
  }
}
