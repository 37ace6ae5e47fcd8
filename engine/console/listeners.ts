/** Those who want to hear of something, until they don't any more. */
export class Listeners<Args extends unknown[] = []> {
  readonly #all = new Set<(...args: Args) => void>();

  get size(): number {
    return this.#all.size;
  }

  /** @returns what ends it */
  add(listener: (...args: Args) => void): () => void {
    // A function of its own for each, so that the same one may be there twice.
    const own = (...args: Args): void => listener(...args);
    this.#all.add(own);
    return () => void this.#all.delete(own);
  }

  tell(...args: Args): void {
    for (const listener of this.#all) listener(...args);
  }
}
