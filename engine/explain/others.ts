import type { NormalizedEvent } from "../contract/event.ts";
import type { AttemptVerdict, Explanation } from "../contract/explain.ts";
import { counted, quote } from "./texts.ts";
import { consumes } from "./verdict.ts";

/** Counts the directives that aren't explained one by one, by the reason. */
export class Others {
  readonly #event: NormalizedEvent;
  #took = 0;
  #refused = 0;
  #resembling = 0;
  #unconcerned = 0;

  constructor(event: NormalizedEvent) {
    this.#event = event;
  }

  add(verdict: AttemptVerdict, interested: boolean): void {
    if (!interested) this.#resembling += 1;
    else if (consumes(verdict) || verdict === "backlog begun") this.#took += 1;
    else this.#refused += 1;
  }

  addResembling(count: number): void {
    this.#resembling += count;
  }

  addUnconcerned(count: number): void {
    this.#unconcerned += count;
  }

  list(): Explanation["others"] {
    const { plugin_id, product, category } = this.#event;
    const more = (count: number): string => counted(count, "more directive");
    const does = (count: number, one: string, many: string): string => `${more(count)} ${count === 1 ? one : many}`;
    const kind = plugin_id !== 0 ? `plugin ${plugin_id}` : `product ${quote(product)} of category ${quote(category)}`;
    const near =
      plugin_id !== 0
        ? "for other events of this plugin, product or category"
        : "for other events of this product or category";
    return [
      { count: this.#took, sentence: `${does(this.#took, "takes", "take")} it.` },
      {
        count: this.#refused,
        sentence: `${does(this.#refused, "looks", "look")} for such events and ${this.#refused === 1 ? "doesn't" : "don't"} take it.`,
      },
      { count: this.#resembling, sentence: `${does(this.#resembling, "looks", "look")} ${near}.` },
      { count: this.#unconcerned, sentence: `${does(this.#unconcerned, "never looks", "never look")} at ${kind}.` },
    ].filter(({ count }) => count > 0);
  }
}
