/** How long to wait before the next attempt: doubles from `firstMs` up to `maxMs`, each wait up to a fifth shorter. */
export class BackOff {
  readonly #firstMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #nextMs: number;

  constructor(firstMs: number, maxMs: number, random: () => number = Math.random) {
    this.#firstMs = firstMs;
    this.#maxMs = maxMs;
    this.#random = random;
    this.#nextMs = firstMs;
  }

  next(): number {
    const wait = this.#nextMs * (1 - 0.2 * this.#random());
    this.#nextMs = Math.min(this.#maxMs, this.#nextMs * 2);
    return wait;
  }

  /** After a success. */
  reset(): void {
    this.#nextMs = this.#firstMs;
  }
}
