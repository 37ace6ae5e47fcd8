/**
 * What an event names that a directive can be interested in (engine.md §7.2), found by one pass over its bytes without
 * parsing it: for most events of a busy bus this is all that is ever computed (architecture.md §3). Where the bytes
 * leave any doubt the answer is "parse it".
 */

/** The bytes aren't framed by `{` and `}`, with nothing but JSON's white space around: no event. */
export const SCAN_GARBAGE = 0;
/** The keys are those that `JSON.parse` would give, provided that the bytes are JSON. */
export const SCAN_EXACT = 1;
/**
 * The event has to be parsed: a key has an escape in it, product or category has one or isn't a string, plugin_id or
 * plugin_sid is anything but up to 15 digits, or the structure isn't that of a JSON object.
 */
export const SCAN_UNSURE = 2;

/** Filled in by a scan that ends `SCAN_EXACT`, and otherwise left as it was. */
export class InterestKeys {
  /** 0 when there is none. */
  pluginId = 0;
  pluginSid = 0;
  /** As `taxonomyHash` gives it; 0 unless product and category are both there and not empty. */
  taxonomyHash = 0;
}

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BLANK = 32;
const QUOTE = 34;
const COMMA = 44;
const ZERO = 48;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const SMALL_C = 99;
const SMALL_P = 112;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

const PRODUCT_BYTES = asciiBytes("product");
const CATEGORY_BYTES = asciiBytes("category");
const PLUGIN_ID_BYTES = asciiBytes("plugin_id");
const PLUGIN_SID_BYTES = asciiBytes("plugin_sid");

/** What `interestKey` finds a key to be. */
const OTHER = 0;
const PRODUCT = 1;
const CATEGORY = 2;
const PLUGIN_ID = 3;
const PLUGIN_SID = 4;

/** Numbers of so many digits are exact in a double, and so is the sum that reads them. */
const MAX_DIGITS = 15;

/**
 * Scans the bytes of one event. Of keys that occur more than once the last counts, as in `JSON.parse`. Bytes that
 * aren't UTF-8 are compared as they are, where a decoder would put U+FFFD in their place.
 */
export function scanInterest(bytes: Uint8Array, keys: InterestKeys): number {
  const open = skipSpace(bytes, 0);
  const close = lastNonSpace(bytes);
  if (close <= open || bytes[open] !== OPEN_BRACE || bytes[close] !== CLOSE_BRACE) return SCAN_GARBAGE;
  let pluginId = 0;
  let pluginSid = 0;
  let productFrom = 0;
  let productTo = 0;
  let categoryFrom = 0;
  let categoryTo = 0;
  // Nothing below steps over `close` without noticing: it is no quote, no colon and no comma.
  let at = skipSpace(bytes, open + 1);
  while (at !== close) {
    if (bytes[at] !== QUOTE) return SCAN_UNSURE;
    const keyFrom = at + 1;
    const keyTo = quoteOrBackslash(bytes, keyFrom, close);
    if (bytes[keyTo] !== QUOTE) return SCAN_UNSURE;
    const key = interestKey(bytes, keyFrom, keyTo);
    at = skipSpace(bytes, keyTo + 1);
    if (bytes[at] !== COLON) return SCAN_UNSURE;
    at = skipSpace(bytes, at + 1);
    if (bytes[at] === QUOTE) {
      const from = at + 1;
      let to = quoteOrBackslash(bytes, from, close);
      if (key === PRODUCT) {
        productFrom = from;
        productTo = to;
      } else if (key === CATEGORY) {
        categoryFrom = from;
        categoryTo = to;
      } else if (key !== OTHER) {
        return SCAN_UNSURE;
      }
      if (bytes[to] === BACKSLASH) {
        if (key !== OTHER) return SCAN_UNSURE;
        to = stringEnd(bytes, to, close);
      }
      at = to + 1;
    } else if (key === OTHER) {
      at = skipValue(bytes, at, close);
    } else {
      const to = digitsEnd(bytes, at);
      if (to === at || to - at > MAX_DIGITS) return SCAN_UNSURE;
      if (key === PLUGIN_ID) pluginId = decimal(bytes, at, to);
      else if (key === PLUGIN_SID) pluginSid = decimal(bytes, at, to);
      else return SCAN_UNSURE;
      at = to;
    }
    at = skipSpace(bytes, at);
    if (at === close) break;
    if (bytes[at] !== COMMA) return SCAN_UNSURE;
    at = skipSpace(bytes, at + 1);
    if (at === close) return SCAN_UNSURE;
  }
  keys.pluginId = pluginId;
  keys.pluginSid = pluginSid;
  keys.taxonomyHash =
    productTo > productFrom && categoryTo > categoryFrom
      ? hash(bytes, productFrom, productTo, categoryFrom, categoryTo)
      : 0;
  return SCAN_EXACT;
}

/** The hash of a product and category as `scanInterest` finds them; 0 when either is empty. For directives at load. */
export function taxonomyHash(product: string, category: string): number {
  if (product === "" || category === "") return 0;
  const productBytes = Buffer.from(product);
  const bytes = Buffer.concat([productBytes, Buffer.from(category)]);
  return hash(bytes, 0, productBytes.length, productBytes.length, bytes.length);
}

/** FNV-1a over the product, a byte that UTF-8 doesn't have, and the category; never 0. */
function hash(bytes: Uint8Array, productFrom: number, productTo: number, categoryFrom: number, categoryTo: number): number {
  let sum = -0x7ee3623b;
  for (let i = productFrom; i < productTo; i++) sum = Math.imul(sum ^ (bytes[i] as number), 0x01000193);
  sum = Math.imul(sum ^ 0xff, 0x01000193);
  for (let i = categoryFrom; i < categoryTo; i++) sum = Math.imul(sum ^ (bytes[i] as number), 0x01000193);
  return sum >>> 0 || 1;
}

/** Which of the four a key is. */
function interestKey(bytes: Uint8Array, from: number, to: number): number {
  // Nearly every key is told apart by its length and first letter.
  const first = bytes[from];
  switch (to - from) {
    case 7:
      return first === SMALL_P && equals(bytes, from, PRODUCT_BYTES) ? PRODUCT : OTHER;
    case 8:
      return first === SMALL_C && equals(bytes, from, CATEGORY_BYTES) ? CATEGORY : OTHER;
    case 9:
      return first === SMALL_P && equals(bytes, from, PLUGIN_ID_BYTES) ? PLUGIN_ID : OTHER;
    case 10:
      return first === SMALL_P && equals(bytes, from, PLUGIN_SID_BYTES) ? PLUGIN_SID : OTHER;
    default:
      return OTHER;
  }
}

function equals(bytes: Uint8Array, from: number, key: Uint8Array): boolean {
  for (let i = 0; i < key.length; i++) {
    if (bytes[from + i] !== key[i]) return false;
  }
  return true;
}

/** The place after a value that isn't a string; in what isn't JSON some place, which the caller looks at. */
function skipValue(bytes: Uint8Array, at: number, close: number): number {
  if (bytes[at] === OPEN_BRACE || bytes[at] === OPEN_BRACKET) return skipNested(bytes, at + 1, close);
  let to = at;
  while (to < close && bytes[to] !== COMMA && (bytes[to] as number) > BLANK) to++;
  return to;
}

/** The place after the bracket or brace that matches the one before `from`; beyond `close` when none does. */
function skipNested(bytes: Uint8Array, from: number, close: number): number {
  let depth = 1;
  let at = from;
  while (at < close) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = stringEnd(bytes, quoteOrBackslash(bytes, at + 1, close), close);
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) return at + 1;
    }
    at++;
  }
  return close + 1;
}

/** From a backslash (or the end) of a string to the quote that ends it; `close` when none does. */
function stringEnd(bytes: Uint8Array, from: number, close: number): number {
  let at = from;
  while (bytes[at] === BACKSLASH) at = quoteOrBackslash(bytes, at + 2, close);
  return at;
}

/**
 * The first quote or backslash from `from` on, or `close`. Nearly all of an event's bytes pass through here, which is
 * why it looks at four in each round: that is a quarter off the whole scan.
 */
function quoteOrBackslash(bytes: Uint8Array, from: number, close: number): number {
  let at = from;
  for (; at + 3 < close; at += 4) {
    let byte = bytes[at];
    if (byte === QUOTE || byte === BACKSLASH) return at;
    byte = bytes[at + 1];
    if (byte === QUOTE || byte === BACKSLASH) return at + 1;
    byte = bytes[at + 2];
    if (byte === QUOTE || byte === BACKSLASH) return at + 2;
    byte = bytes[at + 3];
    if (byte === QUOTE || byte === BACKSLASH) return at + 3;
  }
  for (; at < close; at++) {
    if (bytes[at] === QUOTE || bytes[at] === BACKSLASH) return at;
  }
  return close;
}

function digitsEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while ((bytes[at] as number) >= ZERO && (bytes[at] as number) <= 57) at++;
  return at;
}

function decimal(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + (bytes[i] as number) - ZERO;
  return value;
}

/** The first byte from `from` on that isn't white space. Most of the time that is `from`, as one comparison says. */
function skipSpace(bytes: Uint8Array, from: number): number {
  return (bytes[from] as number) > BLANK ? from : skipSpaces(bytes, from);
}

function skipSpaces(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at++;
  return at;
}

function lastNonSpace(bytes: Uint8Array): number {
  let at = bytes.length - 1;
  while (at >= 0 && isSpace(bytes[at])) at--;
  return at;
}

/** JSON's white space. */
function isSpace(byte: number | undefined): boolean {
  return byte === BLANK || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB;
}

function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
