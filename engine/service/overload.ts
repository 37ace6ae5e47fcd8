/**
 * Back-pressure (engine.md §4): events that waited too long between frontend and correlator raise overload, and it
 * stays up until nothing has raised it for a while.
 */
export class OverloadSignal {
  readonly #holdMs: number;
  readonly #publish: (overloaded: boolean) => void;
  #overloaded = false;
  /** Whether anybody was ever told anything. */
  #told = false;
  #lastRaiseMs = 0;

  /** `publish` gets each change once, and the present state again by `repeat`. */
  constructor(holdMs: number, publish: (overloaded: boolean) => void) {
    this.#holdMs = holdMs;
    this.#publish = publish;
  }

  raise(nowMs: number): void {
    this.#lastRaiseMs = nowMs;
    if (this.#overloaded) return;
    this.#overloaded = true;
    this.#told = true;
    this.#publish(true);
  }

  /** To be called now and then: lets go once the hold has passed without a new raise. */
  tick(nowMs: number): void {
    if (nowMs - this.#lastRaiseMs >= this.#holdMs) this.release();
  }

  /**
   * For a connection that is back: what was said last may have been lost with the one before, and a frontend that missed
   * a `false` would stay slow for ever.
   */
  repeat(): void {
    if (this.#told) this.#publish(this.#overloaded);
  }

  /** Lets go at once: nobody else will tell the frontends when this backend stops. */
  release(): void {
    if (!this.#overloaded) return;
    this.#overloaded = false;
    this.#publish(false);
  }
}
