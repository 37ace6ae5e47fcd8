import type { KnownAnswer } from "../../contract/console/coverage.ts";
import type { Directive, Rule } from "../../contract/directive.ts";

/** What a directive is held against besides itself. */
export interface LintFacts {
  /** The highest value of any asset; 0 when there is none. */
  highestValue: number;
  /** What the events seen say; `undefined` when none were looked at. */
  known: KnownAnswer | undefined;
}

/** Something that is valid and probably not what its author wants. */
export interface Finding {
  severity: "warning" | "note";
  /** The rule that it is about, by its place in the directive's list; `undefined` for the directive as a whole. */
  rule?: number;
  field?: string;
  /** One sentence that says what is odd. */
  text: string;
  /** What follows from it, with figures, or what to do. */
  detail?: string;
  /** Puts `value` at `path` inside the directive, or takes the field away when there is no value. */
  fix?: { label: string; path: (string | number)[]; value?: unknown };
}

/** One thing that is looked for. */
export type LintRule = (directive: Directive, facts: LintFacts) => Finding[];

/** What the events say of the plugin or the taxonomy that a rule names; `undefined` when they say too little. */
export interface KnownOfRule {
  /** `plugin 1001`, or `product, category`. */
  readonly name: string;
  readonly events: number;
  readonly filled: Readonly<Record<string, number>>;
}

/** From fewer events nothing is concluded. */
export const ENOUGH_EVENTS = 20;

export function knownOf(rule: Rule, { known }: LintFacts): KnownOfRule | undefined {
  if (known === undefined) return undefined;
  if (rule.type === "PluginRule") {
    const plugin = known.plugins.find(({ id }) => id === rule.plugin_id);
    if (plugin === undefined || plugin.events < ENOUGH_EVENTS) return undefined;
    return { name: `plugin ${rule.plugin_id}`, events: plugin.events, filled: plugin.filled };
  }
  const products = new Set(rule.product.map((text) => text.trim()));
  const seen = known.taxonomies.filter(({ product, category }) => category === rule.category && products.has(product));
  const events = seen.reduce((sum, each) => sum + each.events, 0);
  if (events < ENOUGH_EVENTS) return undefined;
  const filled: Record<string, number> = {};
  for (const each of seen) {
    for (const [field, count] of Object.entries(each.filled)) filled[field] = (filled[field] ?? 0) + count;
  }
  return { name: `${[...products].join(" or ")}, ${rule.category}`, events, filled };
}

/** `9,114`, as the console writes numbers. */
export function figure(count: number): string {
  return count.toLocaleString("en-US");
}
