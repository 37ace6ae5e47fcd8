import type { Rule } from "../contract/directive.ts";
import type { NormalizedEvent } from "../contract/event.ts";

/** One directive that wants to hear of an event, and the stages (ascending) whose rules name it. */
export interface Interested<T> {
  readonly owner: T;
  readonly stages: readonly number[];
}

const NOBODY: readonly never[] = [];

/**
 * Who is interested in which events: by plugin_id and plugin_sid, and by product and category (engine.md §8). For an
 * event that concerns nobody, one look-up here is all that is ever done.
 */
export class InterestIndex<T extends { readonly ordinal: number }> {
  readonly #plugins = new Map<number, Map<number, Interested<T>[]>>();
  readonly #taxonomies = new Map<string, Map<string, Interested<T>[]>>();
  /** Equal lists of stages are one list: twenty thousand directives have a handful of different ones. */
  readonly #stageLists = new Map<string, readonly number[]>();

  /** Notes every event that these rules name; call it in the order in which the directives are to be offered events. */
  add(owner: T, rules: readonly Rule[]): void {
    for (const rule of rules) {
      if (rule.type === "PluginRule") {
        for (const sid of rule.plugin_sid) this.#note(inner(this.#plugins, rule.plugin_id), sid, owner, rule.stage);
      } else {
        for (const product of rule.product) {
          this.#note(inner(this.#taxonomies, product.trim()), rule.category, owner, rule.stage);
        }
      }
    }
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

  /** Every (product, category) that some rule names, for the scan's own table of them. */
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

  #note<K>(map: Map<K, Interested<T>[]>, key: K, owner: T, stage: number): void {
    const list = map.get(key);
    if (list === undefined) {
      map.set(key, [{ owner, stages: this.#stages([stage]) }]);
      return;
    }
    // Directives are noted one after the other, so the one at hand is the last of the list or comes after it; only
    // the rules of a loaded backlog are noted out of turn.
    const last = list.at(-1);
    if (last !== undefined && last.owner.ordinal < owner.ordinal) {
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
    list.sort((a, b) => a.owner.ordinal - b.owner.ordinal);
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
