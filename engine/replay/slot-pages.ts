/** Slots of a page: what a checkpoint copies for one slot that changed. */
const PAGE_SIZE = 32;

type Page<T> = readonly (T | undefined)[];

/** A slot for each ordinal, as it was at one moment; pages that didn't change are shared with other moments. */
export type SlotPages<T> = readonly (Page<T> | undefined)[];

/**
 * Slots by ordinal, of which each moment keeps its own view at the cost of what changed since the moment before
 * (copy-on-write). Two moments are compared by the pages that they don't share.
 */
export class PagedSlots<T> {
  #pages: SlotPages<T> = [];
  readonly #touched = new Set<number>();

  /** The slot may differ from what the current moment has. */
  touch(ordinal: number): void {
    this.#touched.add(ordinal);
  }

  get touched(): number {
    return this.#touched.size;
  }

  /** Makes what is there now a moment; `slotOf` is asked about the touched ones and given what was there before. */
  save(slotOf: (ordinal: number, before: T | undefined) => T | undefined): SlotPages<T> {
    const pages = [...this.#pages];
    const fresh = new Map<number, (T | undefined)[]>();
    for (const ordinal of this.#touched) {
      const at = Math.floor(ordinal / PAGE_SIZE);
      const page = fresh.get(at) ?? [...(pages[at] ?? [])];
      fresh.set(at, page);
      page[ordinal % PAGE_SIZE] = slotOf(ordinal, page[ordinal % PAGE_SIZE]);
    }
    for (const [at, page] of fresh) pages[at] = page;
    this.#touched.clear();
    this.#pages = pages;
    return pages;
  }

  /** Makes another moment the current one; returns the slots in which it may differ from what is there now. */
  moveTo(target: SlotPages<T>): [ordinal: number, slot: T | undefined][] {
    const differing = new Set(this.#touched);
    const from = this.#pages;
    for (let at = 0; at < Math.max(from.length, target.length); at++) {
      const [ours, theirs] = [from[at], target[at]];
      if (ours === theirs) continue;
      for (let i = 0; i < PAGE_SIZE; i++) if (ours?.[i] !== theirs?.[i]) differing.add(at * PAGE_SIZE + i);
    }
    this.#touched.clear();
    this.#pages = target;
    return [...differing].map((ordinal) => [ordinal, target[Math.floor(ordinal / PAGE_SIZE)]?.[ordinal % PAGE_SIZE]]);
  }
}
