import { type Few, fewFirst, fewHas, fewSize, fewValues, fewWith } from "./few.ts";

/** Every second part that a first part was seen with: the ports of an address, the contents of a label. */
interface PairGroup<S extends string | number> {
  readonly first: string;
  seconds: Few<S>;
}

/**
 * A set of pairs of which nearly all share one or two first parts. Kept by first part, because joining the two into one
 * text for each event, and comparing or hashing that, was a quarter of what a matching event cost.
 */
export type Pairs<S extends string | number> = undefined | PairGroup<S>[] | Map<string, PairGroup<S>>;

/** More first parts than these are looked up in a map. */
const LONGEST_LIST = 8;

/** The set with this pair in it; the old one must not be used any more. */
export function pairsWith<S extends string | number>(pairs: Pairs<S>, first: string, second: S): Pairs<S> {
  if (pairs === undefined) return [{ first, seconds: second }];
  const group = pairs instanceof Map ? pairs.get(first) : groupIn(pairs, first);
  if (group !== undefined) {
    group.seconds = fewWith(group.seconds, second);
    return pairs;
  }
  const fresh: PairGroup<S> = { first, seconds: second };
  if (pairs instanceof Map) return pairs.set(first, fresh);
  if (pairs.length === LONGEST_LIST) return new Map([...pairs, fresh].map((each) => [each.first, each]));
  pairs.push(fresh);
  return pairs;
}

export function pairsHave<S extends string | number>(pairs: Pairs<S>, first: string, second: S): boolean {
  if (pairs === undefined) return false;
  const group = pairs instanceof Map ? pairs.get(first) : groupIn(pairs, first);
  return group !== undefined && fewHas(group.seconds, second);
}

/** All pairs, by first part in the order in which those came. */
export function* eachPair<S extends string | number>(pairs: Pairs<S>): Generator<[first: string, second: S]> {
  for (const { first, seconds } of pairs?.values() ?? []) {
    for (const second of fewValues(seconds)) yield [first, second];
  }
}

export function pairsSize<S extends string | number>(pairs: Pairs<S>): number {
  let size = 0;
  for (const { seconds } of pairs?.values() ?? []) size += fewSize(seconds);
  return size;
}

/** The first `most` of what `eachPair` gives, at the cost of these. */
export function firstPairs<S extends string | number>(pairs: Pairs<S>, most: number): [first: string, second: S][] {
  const found: [string, S][] = [];
  for (const { first, seconds } of pairs?.values() ?? []) {
    for (const second of fewFirst(seconds, most - found.length)) found.push([first, second]);
    if (found.length === most) break;
  }
  return found;
}

function groupIn<S extends string | number>(groups: readonly PairGroup<S>[], first: string): PairGroup<S> | undefined {
  for (const group of groups) {
    if (group.first === first) return group;
  }
  return undefined;
}
