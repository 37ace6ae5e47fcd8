import type { Backlog } from "./backlog.ts";
import type { BacklogEnd, BacklogWatcher } from "./sink.ts";

/**
 * Changed backlogs and ended ones that are kept; whoever missed more than these looks at everything anew. The oldest half
 * goes at once, because finding the first entry of a Map costs what was deleted in front of it.
 */
const MAX_KEPT = 8_192;

interface EndedBacklog {
  readonly id: string;
  readonly directiveId: number;
  readonly why: BacklogEnd;
}

interface News {
  /** Those that live and are different now, the one that changed longest ago first. */
  changed: Backlog[];
  ended: EndedBacklog[];
}

/**
 * What happened to the live backlogs lately, for any number of readers that come back with the number of what they know
 * already. What is kept is bounded, so that watching a flood costs no more than watching a trickle.
 */
export class BacklogNews implements BacklogWatcher {
  #last = 0;
  /** What happened up to this number isn't kept (any more). */
  #floor = 0;
  readonly #changed = new Map<Backlog, number>();
  readonly #ended = new Map<number, EndedBacklog>();

  /** The number of what happened last. */
  get last(): number {
    return this.#last;
  }

  /** Forgets everything, so that whoever was told before asks for everything anew. */
  begin(): void {
    this.#last += 1;
    this.#floor = this.#last;
    this.#changed.clear();
    this.#ended.clear();
  }

  changed(backlog: Backlog): void {
    this.#last += 1;
    this.#changed.delete(backlog);
    this.#changed.set(backlog, this.#last);
    if (this.#changed.size <= MAX_KEPT) return;
    let left = MAX_KEPT / 2;
    for (const [oldest, at] of this.#changed) {
      this.#changed.delete(oldest);
      this.#floor = Math.max(this.#floor, at);
      left -= 1;
      if (left === 0) return;
    }
  }

  ended(backlog: Backlog, why: BacklogEnd): void {
    this.#last += 1;
    this.#changed.delete(backlog);
    this.#ended.set(this.#last, { id: backlog.id, directiveId: backlog.header.directiveId, why });
    if (this.#ended.size <= MAX_KEPT) return;
    let left = MAX_KEPT / 2;
    for (const oldest of this.#ended.keys()) {
      this.#ended.delete(oldest);
      this.#floor = Math.max(this.#floor, oldest);
      left -= 1;
      if (left === 0) return;
    }
  }

  /** What happened after this number; `undefined` when some of it isn't known any more. */
  since(number: number): News | undefined {
    if (number < this.#floor || number > this.#last) return undefined;
    const changed: Backlog[] = [];
    const ended: EndedBacklog[] = [];
    for (const [backlog, at] of this.#changed) if (at > number) changed.push(backlog);
    for (const [at, end] of this.#ended) if (at > number) ended.push(end);
    return { changed, ended };
  }
}
