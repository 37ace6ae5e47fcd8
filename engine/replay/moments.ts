import type { Checkpoint } from "./replay-run.ts";

/** Steps between two checkpoints at first, and how many there are before every second one goes. */
const FIRST_SPACING = 256;
const MAX_MOMENTS = 512;
/** Kept backlogs and alarms over all checkpoints, each counted once: some 1.5 kB each. */
const MAX_KEPT = 250_000;

interface Moment {
  readonly step: number;
  readonly checkpoint: Checkpoint;
}

/**
 * The checkpoints of a run in the order of their steps. As they get many, or hold much, every second one goes: going back
 * then costs running up to twice as many events again, and memory stays bounded.
 */
export class Moments {
  #spacing = FIRST_SPACING;
  #moments: Moment[] = [];
  #kept = 0;

  /** Whether there should be a checkpoint at this step. */
  wants(step: number): boolean {
    const last = this.#moments.at(-1);
    return last === undefined || step >= last.step + this.#spacing;
  }

  /** Behind all others. `changed`: how many slots it doesn't share with the one before. */
  add(step: number, checkpoint: Checkpoint, changed: number): void {
    this.#moments.push({ step, checkpoint });
    this.#kept += changed;
    while (this.#moments.length > 2 && (this.#moments.length > MAX_MOMENTS || this.#kept > MAX_KEPT)) this.#thin();
  }

  /** The last one at or before a step. */
  before(step: number): Moment | undefined {
    let low = 0;
    let high = this.#moments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#moments[middle]?.step ?? 0) <= step) low = middle + 1;
      else high = middle;
    }
    return this.#moments[low - 1];
  }

  #thin(): void {
    this.#spacing *= 2;
    this.#moments = this.#moments.filter((_, index) => index % 2 === 0);
    const pages = new Set<readonly unknown[]>();
    for (const { checkpoint } of this.#moments)
      for (const page of checkpoint.slots) if (page !== undefined) pages.add(page);
    const slots = new Set<unknown>();
    for (const page of pages) for (const slot of page) if (slot !== undefined) slots.add(slot);
    this.#kept = slots.size;
  }
}
