import { type Few, fewFirst, fewOf, fewSize, fewValues } from "../backlog/few.ts";
import type { Pairs } from "../backlog/pairs.ts";

/** Sets up to this size are copied whole. */
const COPIED_SIZE = 8;

/**
 * A set as it was at one moment. Replaying the same events adds the same values in the same order, so that what a large
 * set held at an earlier moment is the beginning of what it holds later: both moments share one list.
 */
export interface FrozenFew<T extends string | number> {
  /** In the order in which they came; those behind `size` came later. */
  readonly values: T[];
  readonly size: number;
}

export type MaybeFrozen<T extends string | number> = FrozenFew<T> | undefined;

/** `before`: the same set at another moment of the same history, where it is known. */
export function freezeFew<T extends string | number>(few: Few<T>, before: MaybeFrozen<T>): MaybeFrozen<T> {
  const size = fewSize(few);
  if (size === 0) return undefined;
  // "No address" leaves a set when another one comes: then the beginning is another, and nothing is shared.
  if (before === undefined || before.values[0] !== fewFirst(few, 1)[0]) return { values: fewValues(few), size };
  if (before.size === size) return before;
  if (size <= COPIED_SIZE) return { values: fewValues(few), size };
  const { values } = before;
  if (values.length < size) appendRest(values, few);
  return { values, size };
}

/** A set of its own, which may be changed. */
export function thawFew<T extends string | number>(frozen: MaybeFrozen<T>): Few<T> {
  if (frozen === undefined) return undefined;
  const { values, size } = frozen;
  if (size > COPIED_SIZE) return new Set(size === values.length ? values : values.slice(0, size));
  return fewOf(size === values.length ? values : values.slice(0, size));
}

function appendRest<T extends string | number>(values: T[], few: Few<T>): void {
  const known = values.length;
  let at = 0;
  for (const value of few instanceof Set ? few : fewValues(few)) {
    if (at >= known) values.push(value);
    at += 1;
  }
}

interface FrozenGroup<S extends string | number> {
  readonly first: string;
  readonly seconds: MaybeFrozen<S>;
}

/** Pairs as they were at one moment. */
export type FrozenPairs<S extends string | number> = readonly FrozenGroup<S>[] | undefined;

export function freezePairs<S extends string | number>(pairs: Pairs<S>, before: FrozenPairs<S>): FrozenPairs<S> {
  if (pairs === undefined) return undefined;
  const groups: FrozenGroup<S>[] = [];
  let same = before !== undefined;
  for (const { first, seconds } of pairs.values()) {
    const known = before?.[groups.length];
    const frozen = freezeFew(seconds, known?.first === first ? known.seconds : undefined);
    const isSame = known !== undefined && known.first === first && known.seconds === frozen;
    same &&= isSame;
    groups.push(isSame ? known : { first, seconds: frozen });
  }
  return same && before?.length === groups.length ? before : groups;
}

/** How many groups are looked up in a list before a map is made of them (engine/backlog/pairs.ts). */
const LONGEST_LIST = 8;

export function thawPairs<S extends string | number>(frozen: FrozenPairs<S>): Pairs<S> {
  if (frozen === undefined) return undefined;
  const groups = frozen.map(({ first, seconds }) => ({ first, seconds: thawFew(seconds) }));
  return groups.length <= LONGEST_LIST ? groups : new Map(groups.map((group) => [group.first, group]));
}
