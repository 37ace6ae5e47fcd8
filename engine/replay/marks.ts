import type { ReplayState } from "../contract/console/replay.ts";

export type Mark = ReplayState["marks"][number];

/** Marks that are kept: a scrubber shows no more, and they are told with every step. */
const MAX_MARKS = 400;
/** Characters of a sentence: titles are as long as whoever sends events makes them. */
const MAX_SENTENCE = 300;

/**
 * What happened in a recording, from its beginning to where it was run, however much that is: as it gets more, only the
 * first of each kind within so many steps stays.
 */
export class Marks {
  /** By kind and place, in the order in which they came. */
  #kept = new Map<string, Mark>();
  /** Steps within which one mark of a kind is enough. */
  #spacing = 1;

  get all(): Mark[] {
    return [...this.#kept.values()];
  }

  add(mark: Mark): void {
    const key = this.#keyOf(mark);
    if (this.#spacing > 1 && this.#kept.has(key)) return;
    const { sentence } = mark;
    const short = sentence.length > MAX_SENTENCE ? `${sentence.slice(0, MAX_SENTENCE).toWellFormed()}…` : sentence;
    // Several of one step are told one by one while there is room.
    this.#kept.set(this.#kept.has(key) ? `${key} ${this.#kept.size}` : key, { ...mark, sentence: short });
    while (this.#kept.size > MAX_MARKS) this.#thin();
  }

  /** What came behind this step hasn't happened. */
  forgetBehind(step: number): void {
    for (const [key, mark] of this.#kept) if (mark.step > step) this.#kept.delete(key);
  }

  #thin(): void {
    this.#spacing *= 2;
    const before = this.#kept;
    this.#kept = new Map();
    for (const mark of before.values()) {
      const key = this.#keyOf(mark);
      if (!this.#kept.has(key)) this.#kept.set(key, mark);
    }
  }

  #keyOf({ kind, step }: Mark): string {
    return `${kind} ${Math.floor(step / this.#spacing)}`;
  }
}
