import { isObject } from "../base/expected.ts";

/** Entries that a list keeps at first; a quarter of that with each further attempt. */
const FIRST_LENGTH = 4096;
const SHORTEST_LENGTH = 4;
/** A text keeps so many characters for each entry that a list keeps. */
const CHARACTERS_PER_ENTRY = 8;
/** Cuts that are told apart; the rest of them is done without a word. */
const MAX_CUTS_NAMED = 50;

/** The lists and texts that were cut, by path, and how long they are. */
type Cuts = Record<string, number>;

/**
 * The JSON text of `value` in at most `maxBytes`: its long lists and texts are cut until it fits, and `shortened` then
 * says which and how long they are (operation.md §4). `undefined` when it can't be made to fit.
 */
export function fittingJson(value: object, maxBytes: number): string | undefined {
  const whole = JSON.stringify(value);
  if (Buffer.byteLength(whole) <= maxBytes) return whole;
  for (let length = FIRST_LENGTH; length >= SHORTEST_LENGTH; length /= 4) {
    const cuts: Cuts = {};
    const short = cut(value, length, "", cuts);
    const text = JSON.stringify({ ...(isObject(short) ? short : {}), shortened: cuts });
    if (Buffer.byteLength(text) <= maxBytes) return text;
  }
  return undefined;
}

function cut(value: unknown, length: number, path: string, cuts: Cuts): unknown {
  if (typeof value === "string") {
    const most = length * CHARACTERS_PER_ENTRY;
    if (value.length <= most) return value;
    note(cuts, path, value.length);
    return `${value.slice(0, most).toWellFormed()}…`;
  }
  if (Array.isArray(value)) {
    if (value.length > length) note(cuts, path, value.length);
    return value.slice(0, length).map((each: unknown, i) => cut(each, length, `${path}.${i}`, cuts));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, cut(each, length, path === "" ? key : `${path}.${key}`, cuts)]),
  );
}

function note(cuts: Cuts, path: string, length: number): void {
  if (Object.keys(cuts).length < MAX_CUTS_NAMED) cuts[path] = length;
}

/** Divides JSON texts among as few messages as keep to `maxBytes` each, in order. Each text fits by itself. */
export function packed(texts: readonly string[], maxBytes: number): string[][] {
  const packets: string[][] = [];
  let last: string[] = [];
  let lastBytes = 0;
  for (const text of texts) {
    // And a comma.
    const bytes = Buffer.byteLength(text) + 1;
    if (last.length === 0 || lastBytes + bytes > maxBytes) {
      last = [];
      lastBytes = 0;
      packets.push(last);
    }
    last.push(text);
    lastBytes += bytes;
  }
  return packets;
}
