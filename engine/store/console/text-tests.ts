import type { DatabaseSync } from "node:sqlite";
import { type Pattern, patternEquals, patternHeld } from "../../query/pattern.ts";

/** Patterns that are kept compiled. */
const MAX_TESTS = 1000;

/** SQL functions that test text as everywhere in the console. */
export class TextTests {
  readonly #tests = new Map<string, (text: string) => boolean>();

  /** `fits(name, text)`: whether a text is, or holds, what a pattern says; `fits_line`: whether one of its lines does. */
  constructor(db: DatabaseSync) {
    db.function("fits", { deterministic: true }, (name, text) => Number(this.#named(name)(String(text))));
    db.function("fits_line", { deterministic: true }, (name, text) =>
      Number(String(text).split("\n").some(this.#named(name))),
    );
  }

  /** Returns the name by which the SQL calls it. A statement is run before a thousand others are made. */
  add(how: "equals" | "holds", patterns: readonly Pattern[]): string {
    const name = JSON.stringify([how, ...patterns.map(({ parts }) => parts)]);
    if (this.#tests.size >= MAX_TESTS && !this.#tests.has(name)) this.#tests.clear();
    const tests = patterns.map(how === "equals" ? patternEquals : patternHeld);
    this.#tests.set(name, (text) => tests.some((test) => test(text)));
    return name;
  }

  #named(name: unknown): (text: string) => boolean {
    const test = this.#tests.get(String(name));
    if (test === undefined) throw new Error("broken invariant: a pattern that a statement needs is forgotten");
    return test;
  }
}
