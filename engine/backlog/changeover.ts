import type { Directive } from "../contract/directive.ts";
import { type EventNames, InterestIndex } from "../directive/interest-index.ts";
import type { Backlog } from "./backlog.ts";
import { type DirectiveSlot, newSlot } from "./directive-slot.ts";
import type { LiveDirective, NextVersion } from "./live-directive.ts";

/** A directive of the set to come. */
export interface NextDirective {
  readonly id: number;
  /** Parses it, from now on; missing where it is parsed as before. */
  readonly parse?: (() => Directive) | undefined;
  /**
   * Of a directive that is new or says something else than the loaded one of its id: which events its rules name.
   * Missing where the text is the same: such a directive keeps everything.
   */
  readonly names?: readonly EventNames[] | undefined;
}

/** What became of the directives and their backlogs when another set took over. */
export interface ChangeoverResult {
  same: number;
  changed: number;
  added: number;
  removed: number;
  /** By directive: live backlogs that go on with the rules that they began with. */
  onOldRules: Map<number, number>;
  /** Backlogs that can't go on: of directives that aren't loaded any more, or are called something else. */
  ended: { backlog: Backlog; why: "removed" | "renamed" }[];
}

/** A directive that is alive, with the version that it is to become. */
interface Ready {
  readonly live: LiveDirective;
  readonly version: NextVersion;
}

export interface ChangeoverParts {
  slots: ReadonlyMap<number, DirectiveSlot>;
  index: InterestIndex<DirectiveSlot>;
  /** Directives whose rules are compiled. */
  active: ReadonlySet<DirectiveSlot>;
  /** Compiles a directive that has come in, where all are to stay compiled. */
  preloaded: ((directive: Directive) => LiveDirective) | undefined;
}

/**
 * Another set of directives, made ready beside the loaded one while events go on to meet that: `steps` does it in small
 * pieces, and `apply` then puts it in the place of the other between two events. Until then nothing has changed, and a
 * changeover that is given up leaves nothing behind.
 */
export class Changeover {
  readonly #parts: ChangeoverParts;
  readonly #next: Iterable<NextDirective>;
  /** The directives to come, in their order. */
  readonly #slots = new Map<number, DirectiveSlot>();
  readonly #order = new Map<DirectiveSlot, number>();
  readonly #parses = new Map<DirectiveSlot, () => Directive>();
  /** Those that are new or say something else. */
  readonly #different = new Set<DirectiveSlot>();
  readonly #versions = new Map<DirectiveSlot, Ready>();
  readonly #added: DirectiveSlot[] = [];
  readonly #orderOf = (slot: DirectiveSlot): number => this.#order.get(slot) ?? slot.ordinal;
  #index: InterestIndex<DirectiveSlot> | undefined;

  constructor(parts: ChangeoverParts, next: Iterable<NextDirective>) {
    this.#parts = parts;
    this.#next = next;
  }

  /** Makes the set ready; each step takes a fraction of a millisecond, more only where a single directive is huge. */
  *steps(): Generator<undefined, void> {
    const { slots, index, active } = this.#parts;
    const added = new InterestIndex<DirectiveSlot>(this.#orderOf);
    let moved = false;
    let last = -1;
    for (const next of this.#next) {
      const known = slots.get(next.id);
      const slot = known ?? newSlot(next, this.#slots.size);
      this.#order.set(slot, this.#slots.size);
      this.#slots.set(next.id, slot);
      if (known === undefined) this.#added.push(slot);
      if (next.parse !== undefined) this.#parses.set(slot, next.parse);
      if (next.names === undefined) {
        moved ||= slot.ordinal < last;
        last = slot.ordinal;
      } else {
        this.#different.add(slot);
        added.add(slot, next.names);
        if (known === undefined) this.#preload(slot);
        else this.#ready(slot, added);
      }
      yield;
    }
    const leaving = new Set(this.#different);
    for (const slot of slots.values()) if (!this.#order.has(slot)) leaving.add(slot);
    yield;
    this.#index = yield* index.joined(added, { leaving, moved, orderOf: this.#orderOf });
    // What came to life meanwhile, until there is so little of it that it can be done at once.
    for (let readied = 1; readied > 0; ) {
      readied = 0;
      for (const slot of active) {
        if (!this.#isUnready(slot)) continue;
        this.#ready(slot, this.#index);
        readied += 1;
        yield;
      }
    }
  }

  /** Whether a directive comes new; once all steps are done. */
  isNew(directiveId: number): boolean {
    return this.#slots.has(directiveId) && !this.#parts.slots.has(directiveId);
  }

  /** Takes over, between two events. Returns the set as the population keeps it. */
  apply(nowMs: number): {
    slots: Map<number, DirectiveSlot>;
    index: InterestIndex<DirectiveSlot>;
    result: ChangeoverResult;
  } {
    const index = this.#index;
    if (index === undefined) throw new Error("broken invariant: a changeover isn't ready yet");
    for (const slot of this.#parts.active) if (this.#isUnready(slot)) this.#ready(slot, index);
    const changed = this.#different.size - this.#added.length;
    const result: ChangeoverResult = {
      ...{ same: this.#slots.size - this.#different.size, changed, added: this.#added.length, removed: 0 },
      ...{ onOldRules: new Map(), ended: [] },
    };
    for (const slot of this.#parts.slots.values()) {
      if (this.#order.has(slot)) continue;
      result.removed += 1;
      for (const backlog of slot.live?.backlogs() ?? []) result.ended.push({ backlog, why: "removed" });
      slot.live = undefined;
    }
    for (const [slot, ready] of this.#versions) this.#change(slot, ready, nowMs, result);
    for (const [slot, parse] of this.#parses) slot.parse = parse;
    for (const [slot, ordinal] of this.#order) slot.ordinal = ordinal;
    index.settle();
    return { slots: this.#slots, index, result };
  }

  #change(slot: DirectiveSlot, { live, version }: Ready, nowMs: number, result: ChangeoverResult): void {
    // It has idled meanwhile, or came to life again and was made ready anew.
    if (slot.live !== live) return;
    if (live.backlogCount === 0 && this.#parts.preloaded === undefined) {
      slot.live = undefined;
      return;
    }
    for (const backlog of live.become(version, nowMs)) result.ended.push({ backlog, why: "renamed" });
    const old = live.backlogCount - live.own.backlogCount;
    if (old > 0) result.onOldRules.set(slot.id, old);
  }

  /** Whether the directive changes and has come to life (again) since it was made ready. */
  #isUnready(slot: DirectiveSlot): boolean {
    return slot.live !== undefined && this.#different.has(slot) && this.#versions.get(slot)?.live !== slot.live;
  }

  /** Compiles the next version of a directive that is alive, and notes what the rules of its live backlogs name. */
  #ready(slot: DirectiveSlot, index: InterestIndex<DirectiveSlot>): void {
    const { live } = slot;
    if (live === undefined) return;
    const parse = this.#parses.get(slot) ?? slot.parse;
    const version = live.nextVersion(parse());
    this.#versions.set(slot, { live, version });
    const own = version.rules === undefined ? [] : [live.own];
    for (const { rules } of [...own, ...live.variants()]) {
      index.add(
        slot,
        rules.map(({ rule }) => rule),
      );
    }
  }

  #preload(slot: DirectiveSlot): void {
    const { preloaded } = this.#parts;
    if (preloaded !== undefined) slot.live = preloaded(slot.parse());
  }
}
