import type { KnownAnswer } from "../contract/console/coverage.ts";
import type { NormalizedEvent } from "../contract/event.ts";

/** The fields that a rule may refer to, hold against a condition or want to be different, as events spell them. */
const FIELDS = [
  "src_ip",
  "dst_ip",
  "src_port",
  "dst_port",
  "protocol",
  "custom_data1",
  "custom_data2",
  "custom_data3",
] as const;
const EMPTY: ReadonlySet<unknown> = new Set(["", 0, "0.0.0.0", "::"]);
/** A completion list longer than this helps nobody, and hostile events mustn't fill the memory. */
const MOST_PLUGINS = 2_000;
const MOST_SIDS = 5_000;
/** Of all plugins and taxonomies: the whole list is told at once. */
const MOST_NAMES = 20_000;
const MOST_TAXONOMIES = 5_000;
const MOST_PROTOCOLS = 200;
/** Longer names of an event aren't offered. */
const LONGEST_NAME = 200;

interface Seen {
  events: number;
  filled: Record<string, number>;
}
type SeenPlugin = Seen & { sids: Map<number, { title: string; events: number }> };
type SeenTaxonomy = Seen & { product: string; category: string; subcategories: Map<string, number> };

/** Learns from events which plugins, sids and taxonomies there are and which fields they fill. */
export class KnownCount {
  readonly #plugins = new Map<number, SeenPlugin>();
  readonly #taxonomies = new Map<string, SeenTaxonomy>();
  readonly #protocols = new Set<string>();
  #events = 0;
  /** Sids and subcategories that are told apart. */
  #names = 0;

  see(event: NormalizedEvent): void {
    this.#events += 1;
    if (event.plugin_id > 0 && event.plugin_sid > 0) this.#seePlugin(event);
    if (event.product !== "" && event.category !== "") this.#seeTaxonomy(event);
    const { protocol } = event;
    if (protocol !== "" && protocol.length <= LONGEST_NAME && this.#protocols.size < MOST_PROTOCOLS) {
      this.#protocols.add(protocol);
    }
  }

  /** The most frequent first. */
  answer(): KnownAnswer {
    return {
      plugins: Array.from(this.#plugins, ([id, { events, filled, sids }]) => ({
        id,
        events,
        filled,
        sids: Array.from(sids, ([sid, seen]) => ({ sid, ...seen })).sort((a, b) => b.events - a.events),
      })).sort((a, b) => b.events - a.events),
      taxonomies: Array.from(this.#taxonomies.values(), ({ subcategories, ...rest }) => ({
        ...rest,
        subcategories: Array.from(subcategories, ([name, events]) => ({ name, events })).sort(
          (a, b) => b.events - a.events,
        ),
      })).sort((a, b) => b.events - a.events),
      protocols: Array.from(this.#protocols).sort(),
      events: this.#events,
    };
  }

  #seePlugin(event: NormalizedEvent): void {
    let plugin = this.#plugins.get(event.plugin_id);
    if (plugin === undefined) {
      if (this.#plugins.size >= MOST_PLUGINS) return;
      plugin = { events: 0, filled: {}, sids: new Map() };
      this.#plugins.set(event.plugin_id, plugin);
    }
    noteFilled(plugin, event);
    const sid = plugin.sids.get(event.plugin_sid);
    if (sid !== undefined) sid.events += 1;
    else if (plugin.sids.size < MOST_SIDS && this.#names < MOST_NAMES) {
      this.#names += 1;
      plugin.sids.set(event.plugin_sid, { title: event.title.slice(0, LONGEST_NAME), events: 1 });
    }
  }

  #seeTaxonomy(event: NormalizedEvent): void {
    const { product, category, subcategory } = event;
    if (product.length > LONGEST_NAME || category.length > LONGEST_NAME) return;
    const key = JSON.stringify([product, category]);
    let taxonomy = this.#taxonomies.get(key);
    if (taxonomy === undefined) {
      if (this.#taxonomies.size >= MOST_TAXONOMIES) return;
      taxonomy = { product, category, events: 0, filled: {}, subcategories: new Map() };
      this.#taxonomies.set(key, taxonomy);
    }
    noteFilled(taxonomy, event);
    if (subcategory === "" || subcategory.length > LONGEST_NAME) return;
    const { subcategories } = taxonomy;
    const before = subcategories.get(subcategory);
    if (before !== undefined) subcategories.set(subcategory, before + 1);
    else if (subcategories.size < MOST_SIDS && this.#names < MOST_NAMES) {
      this.#names += 1;
      subcategories.set(subcategory, 1);
    }
  }
}

function noteFilled(seen: Seen, event: NormalizedEvent): void {
  seen.events += 1;
  for (const field of FIELDS) if (!EMPTY.has(event[field])) seen.filled[field] = (seen.filled[field] ?? 0) + 1;
}
