import { taxonomyHash } from "../base/interest-scan.ts";
import type { Rule } from "../contract/directive.ts";
import type { NormalizedEvent } from "../contract/event.ts";

/** As much of a rule as says which events it is about. */
export type EventNames = Pick<Rule, "type" | "stage" | "plugin_id" | "plugin_sid" | "product" | "category">;

/** One directive that wants to hear of an event, and the stages (ascending) whose rules name it. */
export interface Interested<T> {
  readonly owner: T;
  readonly stages: readonly number[];
}

/** Those that are interested in the same events, in the order in which they are offered one. */
type List<T> = Interested<T>[];

const NOBODY: readonly never[] = [];
/** Entries that one step of joining two indices looks at: a fraction of a millisecond. */
const ENTRIES_PER_STEP = 1_000;

/**
 * Who is interested in which events: by plugin_id and plugin_sid, and by product and category (engine.md §8). For an
 * event that concerns nobody, one look-up here is all that is ever done.
 */
export class InterestIndex<T extends { readonly ordinal: number }> {
  readonly #plugins = new Map<number, Map<number, List<T>>>();
  readonly #taxonomies = new Map<string, Map<string, List<T>>>();
  /** Of every (product, category) that a rule names, for the scan that reads no texts. */
  readonly #taxonomyHashes = new Set<number>();
  /** Equal lists of stages are one list: twenty thousand directives have a handful of different ones. */
  readonly #stageLists = new Map<string, readonly number[]>();
  #orderOf: (owner: T) => number;
  /** Whether lists may be another index's too, which this one then leaves as they are. */
  #sharesLists = false;

  /** `orderOf` says in which order the owners are offered events, until `settle` is called. */
  constructor(orderOf: (owner: T) => number = ordinalOf) {
    this.#orderOf = orderOf;
  }

  /** Notes every event that these rules name; it is quickest in the order in which they are to be offered events. */
  add(owner: T, rules: readonly EventNames[]): void {
    for (const rule of rules) {
      if (rule.type === "PluginRule") {
        for (const sid of rule.plugin_sid) this.#note(inner(this.#plugins, rule.plugin_id), sid, owner, rule.stage);
      } else {
        for (const product of rule.product) {
          const name = product.trim();
          this.#note(inner(this.#taxonomies, name), rule.category, owner, rule.stage);
          this.#taxonomyHashes.add(taxonomyHash(name, rule.category));
        }
      }
    }
  }

  /**
   * A new index beside this one: of those here that don't leave, and those that
   * are added, in a new order. Each step is a small piece of work. `moved`: those that stay don't keep their order.
   */
  *joined(
    added: InterestIndex<T>,
    { leaving, moved, orderOf }: { leaving: ReadonlySet<T>; moved: boolean; orderOf: (owner: T) => number },
  ): Generator<undefined, InterestIndex<T>> {
    const joined = new InterestIndex(orderOf);
    joined.#sharesLists = true;
    const byOrder = (a: Interested<T>, b: Interested<T>): number => orderOf(a.owner) - orderOf(b.owner);
    const staying = (list: List<T>): List<T> => {
      const stay = list.some(({ owner }) => leaving.has(owner))
        ? list.filter(({ owner }) => !leaving.has(owner))
        : list;
      return moved && stay.length > 1 ? stay.toSorted(byOrder) : stay;
    };
    const both = (stay: List<T>, more: List<T> | undefined): List<T> => {
      if (more === undefined) return stay;
      return stay.length === 0 ? more : [...stay, ...more].sort(byOrder);
    };
    yield* join(this.#plugins, added.#plugins, joined.#plugins, staying, both);
    yield* join(this.#taxonomies, added.#taxonomies, joined.#taxonomies, staying, both);
    for (const [product, category] of joined.taxonomies()) {
      joined.#taxonomyHashes.add(taxonomyHash(product, category));
      yield;
    }
    return joined;
  }

  /** From now on the owners' ordinals say the same as `orderOf` did, and the indices that this one came of are no more. */
  settle(): void {
    this.#orderOf = ordinalOf;
    this.#sharesLists = false;
  }

  /** The interested ones, in the order of their ordinals, each once. */
  find(event: NormalizedEvent): readonly Interested<T>[] {
    const byPlugin = this.#plugins.get(event.plugin_id)?.get(event.plugin_sid) ?? NOBODY;
    const byTaxonomy = this.#taxonomies.get(event.product)?.get(event.category) ?? NOBODY;
    if (byTaxonomy.length === 0) return byPlugin;
    return byPlugin.length === 0 ? byTaxonomy : this.#merge(byPlugin, byTaxonomy);
  }

  /** Whether `find` would find anybody. */
  concerns(event: NormalizedEvent): boolean {
    if (this.hasPlugin(event.plugin_id, event.plugin_sid)) return true;
    return this.#taxonomies.get(event.product)?.has(event.category) ?? false;
  }

  hasPlugin(pluginId: number, pluginSid: number): boolean {
    return this.#plugins.get(pluginId)?.has(pluginSid) ?? false;
  }

  /** Whether some rule names a product and category of this hash (`taxonomyHash`); another pair may have the same. */
  hasTaxonomyHash(hash: number): boolean {
    return this.#taxonomyHashes.has(hash);
  }

  /** Every (product, category) that some rule names. */
  *taxonomies(): Generator<readonly [product: string, category: string]> {
    for (const [product, categories] of this.#taxonomies) {
      for (const category of categories.keys()) yield [product, category];
    }
  }

  /**
   * Those who look for something like the event, whether or not they are interested in it: for another sid of its
   * plugin, or for its product or its category with another of the two. For an explanation: it looks through a lot.
   */
  resembling(event: NormalizedEvent): Set<T> {
    const found = new Set<T>();
    const note = (lists: Iterable<Interested<T>[]>): void => {
      for (const list of lists) for (const { owner } of list) found.add(owner);
    };
    if (event.plugin_id !== 0) note(this.#plugins.get(event.plugin_id)?.values() ?? NOBODY);
    if (event.product !== "") note(this.#taxonomies.get(event.product)?.values() ?? NOBODY);
    if (event.category === "") return found;
    for (const categories of this.#taxonomies.values()) note([categories.get(event.category) ?? []]);
    return found;
  }

  #note<K>(map: Map<K, List<T>>, key: K, owner: T, stage: number): void {
    let list = map.get(key);
    if (list === undefined) {
      map.set(key, [{ owner, stages: this.#stages([stage]) }]);
      return;
    }
    if (this.#sharesLists) {
      list = [...list];
      map.set(key, list);
    }
    const orderOf = this.#orderOf;
    // Directives are noted one after the other, so the one at hand is the last of the list or comes after it; only
    // the rules of a loaded backlog are noted out of turn.
    const last = list.at(-1);
    if (last !== undefined && orderOf(last.owner) < orderOf(owner)) {
      list.push({ owner, stages: this.#stages([stage]) });
      return;
    }
    const known = last?.owner === owner ? list.length - 1 : list.findIndex((each) => each.owner === owner);
    const entry = list[known];
    if (entry !== undefined) {
      list[known] = { owner, stages: this.#stages([...entry.stages, stage]) };
      return;
    }
    list.push({ owner, stages: this.#stages([stage]) });
    list.sort((a, b) => orderOf(a.owner) - orderOf(b.owner));
  }

  #stages(stages: readonly number[]): readonly number[] {
    const sorted = [...new Set(stages)].sort((a, b) => a - b);
    const key = sorted.join();
    const known = this.#stageLists.get(key);
    if (known !== undefined) return known;
    this.#stageLists.set(key, sorted);
    return sorted;
  }

  #merge(left: readonly Interested<T>[], right: readonly Interested<T>[]): Interested<T>[] {
    const byOwner = new Map(left.map((each) => [each.owner, each]));
    for (const each of right) {
      const other = byOwner.get(each.owner);
      byOwner.set(
        each.owner,
        other === undefined ? each : { owner: each.owner, stages: this.#stages([...other.stages, ...each.stages]) },
      );
    }
    return [...byOwner.values()].sort((a, b) => a.owner.ordinal - b.owner.ordinal);
  }
}

function inner<A, B, V>(map: Map<A, Map<B, V>>, key: A): Map<B, V> {
  let found = map.get(key);
  if (found === undefined) {
    found = new Map();
    map.set(key, found);
  }
  return found;
}

function ordinalOf({ ordinal }: { readonly ordinal: number }): number {
  return ordinal;
}

/** Puts what stays of one map and all of another into a third. */
function* join<A, B, T>(
  before: ReadonlyMap<A, ReadonlyMap<B, List<T>>>,
  added: ReadonlyMap<A, ReadonlyMap<B, List<T>>>,
  into: Map<A, Map<B, List<T>>>,
  staying: (list: List<T>) => List<T>,
  both: (stay: List<T>, more: List<T> | undefined) => List<T>,
): Generator<undefined, void> {
  let looked = 0;
  for (const [outerKey, lists] of before) {
    for (const [key, list] of lists) {
      const joined = both(staying(list), added.get(outerKey)?.get(key));
      if (joined.length > 0) inner(into, outerKey).set(key, joined);
      looked += joined.length + 1;
      if (looked < ENTRIES_PER_STEP) continue;
      looked = 0;
      yield;
    }
  }
  for (const [outerKey, lists] of added) {
    for (const [key, list] of lists) {
      if (before.get(outerKey)?.has(key) !== true) inner(into, outerKey).set(key, list);
      looked += 1;
      if (looked < ENTRIES_PER_STEP) continue;
      looked = 0;
      yield;
    }
  }
}
