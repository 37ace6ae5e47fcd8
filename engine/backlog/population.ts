import type { Directive, Rule } from "../contract/directive.ts";
import type { SavedBacklog } from "../contract/saved-backlog.ts";
import type { StateChange } from "../contract/state-change.ts";
import { InterestIndex } from "../directive/interest-index.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Backlog } from "./backlog.ts";
import { Changeover, type ChangeoverResult, type NextDirective } from "./changeover.ts";
import { type DirectiveSlot, newSlot } from "./directive-slot.ts";
import { ExpiryQueue } from "./expiry.ts";
import { LiveDirective } from "./live-directive.ts";
import { type Rebuilt, rebuildBacklogs } from "./rebuild.ts";
import { restoreBacklog, saveBacklog } from "./saved.ts";

export interface PopulationOptions {
  inventory: Inventory;
  /** Status and tag of new alarms. */
  status: string;
  tag: string;
  minAlarmLifetimeSeconds: number;
  /** Without backlogs for this long, a directive's compiled rules are dropped again. */
  idleDirectivesMs: number;
}

/** What a directive has done since the start. */
export type DirectiveTally = Pick<DirectiveSlot, "id" | "ordinal" | "matched" | "completedWithoutRisk"> & {
  live: number;
};

/** A backlog that became complete with risk 0. */
export interface RisklessCompletion {
  directiveId: number;
  backlogId: string;
  title: string;
  /** Milliseconds since the epoch. */
  atMs: number;
}

/** Where a population stands in its own counting: what going back in time needs besides the backlogs. */
export interface PopulationPlace {
  readonly nextOrdinal: number;
  readonly expiry: number;
}

/** Completions with risk 0 that are told one by one. */
const MAX_RISKLESS = 20;

/**
 * The directives that are loaded and the backlogs that live: who is interested in what, what is compiled, what comes
 * over from an earlier process, what is saved for a later one. What events do to them is the correlator's.
 */
export class Population {
  readonly #options: PopulationOptions;
  readonly #surroundings: Pick<PopulationOptions, "inventory" | "status" | "tag">;
  protected interestIndex = new InterestIndex<DirectiveSlot>();
  protected readonly expiry: ExpiryQueue;
  #slots = new Map<number, DirectiveSlot>();
  readonly #active = new Set<DirectiveSlot>();
  readonly #riskless: RisklessCompletion[] = [];
  #nextOrdinal = 1;
  #liveBacklogs = 0;
  #preloaded = false;

  constructor(options: PopulationOptions) {
    const { inventory, status, tag } = options;
    this.#options = options;
    this.#surroundings = { inventory, status, tag };
    this.expiry = new ExpiryQueue(options.minAlarmLifetimeSeconds);
  }

  /**
   * Who is interested in what: for the scan that spares the parsing of events which concern nobody, and for
   * explanations.
   */
  get interest(): Pick<
    InterestIndex<DirectiveSlot>,
    "concerns" | "hasPlugin" | "hasTaxonomyHash" | "find" | "resembling"
  > {
    return this.interestIndex;
  }

  get inventory(): Inventory {
    return this.#options.inventory;
  }

  /** A loaded directive, to be looked at and left as it is. */
  slotOf(directiveId: number): Readonly<DirectiveSlot> | undefined {
    return this.#slots.get(directiveId);
  }

  hasDirective(directiveId: number): boolean {
    return this.#slots.has(directiveId);
  }

  get loadedDirectives(): number {
    return this.#slots.size;
  }

  /** Directives with a live backlog. */
  get activeDirectives(): number {
    let active = 0;
    for (const slot of this.#active) {
      if (slot.live !== undefined && slot.live.backlogCount > 0) active += 1;
    }
    return active;
  }

  /** Directives whose compiled rules are in memory. */
  get compiledDirectives(): number {
    return this.#active.size;
  }

  get liveBacklogs(): number {
    return this.#liveBacklogs;
  }

  /** Takes a validated directive in; only its interests are kept until an event concerns it. */
  addDirective(directive: Directive, parse: () => Directive): void {
    const slot = newSlot({ id: directive.id, parse }, this.#slots.size);
    this.#slots.set(directive.id, slot);
    this.interestIndex.add(slot, directive.rules);
  }

  /** Another set of directives, to be made ready and then handed to `changeOver`, one at a time. */
  changeoverTo(next: Iterable<NextDirective>, nowMs: number): Changeover {
    const preloaded = (directive: Directive): LiveDirective => new LiveDirective(directive, this.#surroundings, nowMs);
    return new Changeover(
      {
        ...{ slots: this.#slots, index: this.interestIndex, active: this.#active },
        preloaded: this.#preloaded ? preloaded : undefined,
      },
      next,
    );
  }

  /** Puts another set of directives in the place of the loaded one; what can't go on lives no more from here on. */
  protected takeOver(changeover: Changeover, nowMs: number): ChangeoverResult {
    const { slots, index, result } = changeover.apply(nowMs);
    this.#slots = slots;
    this.interestIndex = index;
    for (const slot of this.#active) if (slot.live === undefined) this.#active.delete(slot);
    if (this.#preloaded) for (const slot of slots.values()) this.#active.add(slot);
    this.#liveBacklogs -= result.ended.length;
    return result;
  }

  /** Compiles every directive at once, to stay in memory (`--preload-all-directives`). */
  preload(nowMs: number): void {
    this.#preloaded = true;
    for (const slot of this.#slots.values()) this.liven(slot, nowMs);
  }

  /** Drops the compiled rules of directives that have had no backlog for long; returns how many. */
  dropIdle(nowMs: number): number {
    if (this.#preloaded) return 0;
    let dropped = 0;
    for (const slot of this.#active) {
      const { live } = slot;
      if (live === undefined || live.backlogCount > 0) continue;
      if (nowMs - live.idleSinceMs < this.#options.idleDirectivesMs) continue;
      slot.live = undefined;
      this.#active.delete(slot);
      dropped += 1;
    }
    return dropped;
  }

  /** Live backlogs by directive in the order of loading, then by age; it goes on unharmed while they come and go. */
  *backlogs(fromDirectiveId?: number): Generator<Backlog> {
    const from = fromDirectiveId === undefined ? 0 : (this.#slots.get(fromDirectiveId)?.ordinal ?? 0);
    for (const { ordinal, live } of this.#slots.values()) {
      if (live !== undefined && ordinal >= from) yield* live.backlogs();
    }
  }

  /** Those of one directive, by age. */
  backlogsOf(directiveId: number): Iterable<Backlog> {
    return this.#slots.get(directiveId)?.live?.backlogs() ?? [];
  }

  /** Those of all directives, the ones that expire first first; it goes on unharmed while they come and go. */
  soonest(): Iterable<Backlog> {
    return this.expiry.soonest();
  }

  /** The completions with risk 0 of last, the oldest first. */
  get risklessCompletions(): readonly RisklessCompletion[] {
    return this.#riskless;
  }

  /** Of every directive in the order of loading, from one on. */
  *tallies(fromOrdinal: number): Generator<DirectiveTally> {
    for (const { id, ordinal, live, matched, completedWithoutRisk } of this.#slots.values()) {
      if (ordinal >= fromOrdinal) yield { id, ordinal, matched, completedWithoutRisk, live: live?.backlogCount ?? 0 };
    }
  }

  /** How many live of one directive. */
  liveBacklogsOf(directiveId: number): number {
    return this.#slots.get(directiveId)?.live?.backlogCount ?? 0;
  }

  /** The live backlogs by directive, in the form in which they are saved: enough to go on as if nothing had been. */
  snapshot(): Map<number, SavedBacklog[]> {
    const saved = new Map<number, SavedBacklog[]>();
    for (const slot of this.#active) {
      const { live } = slot;
      if (live !== undefined && live.backlogCount > 0) saved.set(slot.id, Array.from(live.backlogs(), saveBacklog));
    }
    return saved;
  }

  /**
   * Puts saved backlogs of one directive back. Returns why each unusable one was left out: another title than the
   * directive's name allows, no unfinished stage, or rules that don't validate (engine.md §9).
   */
  restore(
    directiveId: number,
    saved: readonly SavedBacklog[],
    nowMs: number,
    onRestored: (backlog: Backlog, saved: SavedBacklog) => void = () => undefined,
  ): string[] {
    const slot = this.#slots.get(directiveId);
    if (slot === undefined) return saved.map(() => `there is no directive ${directiveId}`);
    const problems: string[] = [];
    for (const each of saved) {
      const live = this.liven(slot, nowMs);
      const restored = restoreBacklog(each, {
        header: live.header,
        name: live.name,
        compile: (rules) => live.compiled(rules),
        ordinal: this.#nextOrdinal,
        nowMs,
      });
      if (typeof restored === "string") {
        problems.push(restored);
        continue;
      }
      this.#nextOrdinal += 1;
      this.#adopt(slot, live, restored);
      onRestored(restored, each);
    }
    return problems;
  }

  /**
   * Goes on from what the changes say that lived (`rebuild.ts`), but for the backlogs of directives that `wanted` is
   * false for. Returns what can't go on, and why. Before the first event and before `restore`.
   */
  rebuild(
    changes: Iterable<StateChange>,
    rules: ReadonlyMap<string, readonly Rule[]>,
    wanted: (directiveId: number) => boolean,
    nowMs: number,
  ): Pick<Rebuilt, "left" | "reasons"> {
    const { inventory } = this.#options;
    const liven = (directiveId: number): LiveDirective | undefined => {
      const slot = this.#slots.get(directiveId);
      return slot === undefined ? undefined : this.liven(slot, nowMs);
    };
    const facts = (address: string) => inventory.facts(address);
    const rebuilt = rebuildBacklogs(changes, { directive: liven, rules, facts, nowMs });
    this.#nextOrdinal = Math.max(this.#nextOrdinal, rebuilt.highestOrdinal + 1);
    const left = [...rebuilt.left];
    for (const backlog of rebuilt.backlogs) {
      const slot = this.#slots.get(backlog.header.directiveId);
      if (slot?.live === undefined || !wanted(slot.id)) left.push(backlog.ordinal);
      else this.#adopt(slot, slot.live, backlog);
    }
    return { left, reasons: rebuilt.reasons };
  }

  /** For `rewind`. */
  get place(): PopulationPlace {
    return { nextOrdinal: this.#nextOrdinal, expiry: this.expiry.place };
  }

  /**
   * Goes to another moment of the same history (replay): these backlogs live no more, as if they had never been, those
   * live again, and counting goes on from that moment's place.
   */
  rewind(place: PopulationPlace, gone: Iterable<Backlog>, back: Iterable<Backlog>, nowMs: number): void {
    for (const backlog of gone) this.leave(backlog, nowMs);
    this.#nextOrdinal = place.nextOrdinal;
    this.expiry.rewind(place.expiry);
    for (const backlog of back) {
      const slot = this.#slots.get(backlog.header.directiveId);
      if (slot === undefined) throw new Error(`broken invariant: the directive of backlog ${backlog.id} isn't loaded`);
      this.enter(this.liven(slot, nowMs), backlog);
    }
  }

  /** Takes a backlog of before in. */
  #adopt(slot: DirectiveSlot, live: LiveDirective, backlog: Backlog): void {
    // What the rules of a variant name may be of no interest to today's.
    if (!this.enter(live, backlog)) return;
    const rules = backlog.rules.map((rule) => rule.rule);
    this.interestIndex.add(slot, rules);
  }

  protected liven(slot: DirectiveSlot, nowMs: number): LiveDirective {
    if (slot.live === undefined) {
      slot.live = new LiveDirective(slot.parse(), this.#surroundings, nowMs);
      this.#active.add(slot);
    }
    return slot.live;
  }

  /** True when the backlog's rules are a variant that wasn't live before. */
  protected enter(live: LiveDirective, backlog: Backlog): boolean {
    const isNewVariant = live.enter(backlog);
    this.expiry.put(backlog);
    this.#liveBacklogs += 1;
    return isNewVariant;
  }

  /** Takes a backlog out that is complete or has expired. */
  protected leave(backlog: Backlog, nowMs: number): void {
    const live = this.#slots.get(backlog.header.directiveId)?.live;
    if (live === undefined) throw new Error(`broken invariant: the directive of backlog ${backlog.id} isn't live`);
    live.leave(backlog, nowMs);
    this.expiry.remove(backlog);
    this.#liveBacklogs -= 1;
  }

  /** Notes a backlog that became complete and raises no alarm. */
  protected noteRiskless({ header, id, title }: Backlog, nowMs: number): void {
    const slot = this.#slots.get(header.directiveId);
    if (slot !== undefined) slot.completedWithoutRisk += 1;
    this.#riskless.push({ directiveId: header.directiveId, backlogId: id, title, atMs: nowMs });
    if (this.#riskless.length > MAX_RISKLESS) this.#riskless.shift();
  }

  /** The ordinal of the next backlog. */
  protected takeOrdinal(): number {
    this.#nextOrdinal += 1;
    return this.#nextOrdinal - 1;
  }
}
