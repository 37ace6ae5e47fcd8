import { assertNever } from "../base/assert.ts";
import { parseAddress } from "../base/ip.ts";
import type { Comparison } from "./comparison.ts";
import { patternEquals, patternHeld } from "./pattern.ts";
import type { FieldTest, Query } from "./query.ts";
import { timeBounds } from "./time-value.ts";
import type { FieldSort, Vocabulary } from "./vocabulary.ts";

/** A field of a `T`, and where its values are. With several values one that fits is enough. */
export type ReadableField<T> = FieldSort &
  (
    | { readonly kind: "text" | "address"; readonly get: (item: T) => string | readonly string[] }
    | { readonly kind: "number"; readonly get: (item: T) => number | readonly number[] }
    /** Milliseconds since the epoch. */
    | { readonly kind: "time"; readonly get: (item: T) => number }
    | { readonly kind: "choice"; readonly is: (item: T, value: string) => boolean }
    | { readonly kind: "age" }
  );

/** A vocabulary whose fields can be read out of a `T`. */
export interface FieldTable<T> extends Vocabulary {
  readonly fields: Readonly<Record<string, ReadableField<T>>>;
  /** All texts that a word alone is looked for in. */
  readonly texts: (item: T) => readonly string[];
}

/** Whether an item is found; `nowMs` is what `now` means in the query. */
export type Predicate<T> = (item: T, nowMs: number) => boolean;

/** A query that was read with this table, as a function that is asked of one item after the other. */
export function predicateOf<T>(query: Query, table: FieldTable<T>): Predicate<T> {
  switch (query.kind) {
    case "all":
      return () => true;
    case "and": {
      const parts = query.parts.map((part) => predicateOf(part, table));
      return (item, nowMs) => parts.every((part) => part(item, nowMs));
    }
    case "or": {
      const parts = query.parts.map((part) => predicateOf(part, table));
      return (item, nowMs) => parts.some((part) => part(item, nowMs));
    }
    case "not": {
      const part = predicateOf(query.part, table);
      return (item, nowMs) => !part(item, nowMs);
    }
    case "word": {
      const held = patternHeld(query.pattern);
      return (item) => table.texts(item).some(held);
    }
    case "test":
      return testOf(query.field, query.test, table);
    default:
      return assertNever(query, "query");
  }
}

function testOf<T>(name: string, test: FieldTest, table: FieldTable<T>): Predicate<T> {
  const field = table.fields[name];
  if (test.of === "text" && field?.kind === "text") return textTest(test, field.get);
  if (test.of === "number" && field?.kind === "number") return numberTest(test, field.get);
  if (test.of === "address" && field?.kind === "address") return addressTest(test, field.get);
  if (test.of === "choice" && field?.kind === "choice") {
    const { is } = field;
    return (item) => test.values.some((value) => is(item, value));
  }
  if (test.of === "time" && field?.kind === "time") {
    const { get } = field;
    return (item, nowMs) => {
      const at = get(item);
      return test.times.some((time) => {
        const { from = at, to = at + 1 } = timeBounds(test.comparison, time, nowMs);
        return from <= at && at < to;
      });
    };
  }
  throw new Error(`broken invariant: the query was read with another table, whose ${name} is ${test.of}`);
}

function textTest<T>(
  { how, patterns }: FieldTest & { of: "text" },
  get: (item: T) => string | readonly string[],
): Predicate<T> {
  const tests = patterns.map(how === "equals" ? patternEquals : patternHeld);
  const fits = (text: string): boolean => tests.some((test) => test(text));
  return (item) => someOf(get(item), fits);
}

function numberTest<T>(
  { comparison, values }: FieldTest & { of: "number" },
  get: (item: T) => number | readonly number[],
): Predicate<T> {
  const fits = (number: number): boolean => values.some((value) => compares(number, comparison, value));
  return (item) => someOf(get(item), fits);
}

function compares(number: number, comparison: Comparison, value: number): boolean {
  switch (comparison) {
    case "=":
      return number === value;
    case ">=":
      return number >= value;
    case ">":
      return number > value;
    case "<=":
      return number <= value;
    case "<":
      return number < value;
  }
}

function addressTest<T>(
  { networks }: FieldTest & { of: "address" },
  get: (item: T) => string | readonly string[],
): Predicate<T> {
  const fits = (text: string): boolean => {
    const address = parseAddress(text);
    return address !== undefined && networks.some((network) => network.contains(address));
  };
  return (item) => someOf(get(item), fits);
}

function someOf<V extends string | number>(values: V | readonly V[], fits: (value: V) => boolean): boolean {
  return typeof values === "object" ? values.some(fits) : fits(values);
}
