/**
 * A set that is nearly always of one or two values: the value itself, then a short array, then a real Set. A hundred
 * thousand live backlogs hold half a dozen of these each, and a `Set` of one string costs ten times the string.
 */
export type Few<T extends string | number> = undefined | T | T[] | Set<T>;

/** Arrays longer than this become sets, because from here on searching costs more than hashing. */
const LONGEST_ARRAY = 8;

/** The set with `value` in it; the old one must not be used any more. */
export function fewWith<T extends string | number>(few: Few<T>, value: T): Few<T> {
  if (few === undefined) return value;
  if (few instanceof Set) return few.add(value);
  if (Array.isArray(few)) {
    if (few.includes(value)) return few;
    if (few.length === LONGEST_ARRAY) return new Set(few).add(value);
    few.push(value);
    return few;
  }
  return few === value ? few : [few, value];
}

/** The set without `value`; the old one must not be used any more. */
export function fewWithout<T extends string | number>(few: Few<T>, value: T): Few<T> {
  if (few instanceof Set) {
    few.delete(value);
    return few;
  }
  if (Array.isArray(few)) return few.filter((each) => each !== value);
  return few === value ? undefined : few;
}

export function fewHas<T extends string | number>(few: Few<T>, value: T): boolean {
  if (few instanceof Set) return few.has(value);
  return Array.isArray(few) ? few.includes(value) : few === value;
}

export function fewSize<T extends string | number>(few: Few<T>): number {
  if (few === undefined) return 0;
  if (few instanceof Set) return few.size;
  return Array.isArray(few) ? few.length : 1;
}

/** The values, in the order in which they came; a copy, the caller's to keep. */
export function fewValues<T extends string | number>(few: Few<T>): T[] {
  if (few === undefined) return [];
  if (few instanceof Set || Array.isArray(few)) return [...few];
  return [few];
}

/** The first `most` values at the cost of these, however many there are. */
export function fewFirst<T extends string | number>(few: Few<T>, most: number): T[] {
  if (!(few instanceof Set)) return fewValues(few).slice(0, most);
  const first: T[] = [];
  for (const value of few) {
    if (first.length === most) break;
    first.push(value);
  }
  return first;
}

export function fewOf<T extends string | number>(values: Iterable<T>): Few<T> {
  let few: Few<T>;
  for (const value of values) few = fewWith(few, value);
  return few;
}
