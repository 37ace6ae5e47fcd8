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
const NINE = 57;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

const C = 99;
const P = 112;

const PRODUCT = asciiBytes("product");
const CATEGORY = asciiBytes("category");
const PLUGIN_ID = asciiBytes("plugin_id");
const PLUGIN_SID = asciiBytes("plugin_sid");
/** Their lengths all differ. */
const INTEREST_KEYS = [PRODUCT, CATEGORY, PLUGIN_ID, PLUGIN_SID];

/** Numbers of so many digits are exact in a double, and so is the sum that reads them. */
const MAX_DIGITS = 15;

/**
 * Scans the bytes of one event. Of keys that occur more than once the last counts, as in `JSON.parse`. Bytes that
 * aren't UTF-8 are compared as they are, where a decoder would put U+FFFD in their place.
 *
 * Keys are told apart by length and first letter on the spot, so that nearly none costs a call; shorter functions in
 * place of this one took a tenth more time.
 */
export function scanInterest(bytes: Uint8Array, keys: InterestKeys): number {
  const open = skipSpace(bytes, 0);
  // Nothing steps over `close` without being noticed: it is no quote, no colon and no comma.
  const close = lastNonSpace(bytes);
  if (close <= open || bytes[open] !== OPEN_BRACE || bytes[close] !== CLOSE_BRACE) return SCAN_GARBAGE;
  let pluginId = 0;
  let pluginSid = 0;
  let productFrom = 0;
  let productTo = 0;
  let categoryFrom = 0;
  let categoryTo = 0;
  let at = skipSpace(bytes, open + 1);
  while (at !== close) {
    if (bytes[at] !== QUOTE) return SCAN_UNSURE;
    const key = at + 1;
    at = quoteOrBackslash(bytes, key, close);
    if (bytes[at] !== QUOTE) return SCAN_UNSURE;
    const length = at - key;
    at = skipSpace(bytes, at + 1);
    if (bytes[at] !== COLON) return SCAN_UNSURE;
    at = skipSpace(bytes, at + 1);
    if (bytes[at] === QUOTE) {
      const from = at + 1;
      at = quoteOrBackslash(bytes, from, close);
      const escaped = bytes[at] === BACKSLASH;
      if (escaped) at = stringEnd(bytes, at, close);
      if (length === 7 && bytes[key] === P && equals(bytes, key, PRODUCT)) {
        if (escaped) return SCAN_UNSURE;
        productFrom = from;
        productTo = at;
      } else if (length === 8 && bytes[key] === C && equals(bytes, key, CATEGORY)) {
        if (escaped) return SCAN_UNSURE;
        categoryFrom = from;
        categoryTo = at;
      } else if (length > 8 && bytes[key] === P && isInterestKey(bytes, key, length)) {
        return SCAN_UNSURE;
      }
      at++;
    } else if (length === 9 && bytes[key] === P && equals(bytes, key, PLUGIN_ID)) {
      const from = at;
      at = digitsEnd(bytes, from);
      if (at === from || at - from > MAX_DIGITS) return SCAN_UNSURE;
      pluginId = decimal(bytes, from, at);
    } else if (length === 10 && bytes[key] === P && equals(bytes, key, PLUGIN_SID)) {
      const from = at;
      at = digitsEnd(bytes, from);
      if (at === from || at - from > MAX_DIGITS) return SCAN_UNSURE;
      pluginSid = decimal(bytes, from, at);
    } else if (bytes[at] === OPEN_BRACE || bytes[at] === OPEN_BRACKET) {
      if ((bytes[key] === P || bytes[key] === C) && isInterestKey(bytes, key, length)) return SCAN_UNSURE;
      at = nestedEnd(bytes, at + 1, close);
    } else {
      if (length < 9 && (bytes[key] === P || bytes[key] === C) && isInterestKey(bytes, key, length)) return SCAN_UNSURE;
      while (at < close && bytes[at] !== COMMA && (bytes[at] as number) > BLANK) at++;
    }
    at = skipSpace(bytes, at);
    if (bytes[at] === COMMA) {
      at = skipSpace(bytes, at + 1);
      if (at === close) return SCAN_UNSURE;
    } else if (at !== close) {
      return SCAN_UNSURE;
    }
  }
  keys.pluginId = pluginId;
  keys.pluginSid = pluginSid;
  const hasTaxonomy = productTo > productFrom && categoryTo > categoryFrom;
  keys.taxonomyHash = hasTaxonomy ? hash(bytes, productFrom, productTo, categoryFrom, categoryTo) : 0;
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
function hash(
  bytes: Uint8Array,
  productFrom: number,
  productTo: number,
  categoryFrom: number,
  categoryTo: number,
): number {
  let sum = -0x7ee3623b;
  for (let i = productFrom; i < productTo; i++) sum = Math.imul(sum ^ (bytes[i] as number), 0x01000193);
  sum = Math.imul(sum ^ 0xff, 0x01000193);
  for (let i = categoryFrom; i < categoryTo; i++) sum = Math.imul(sum ^ (bytes[i] as number), 0x01000193);
  return sum >>> 0 || 1;
}

/** Whether a key, found with a value that isn't of its type, is one of the four. */
function isInterestKey(bytes: Uint8Array, from: number, length: number): boolean {
  const name = INTEREST_KEYS.find((each) => each.length === length);
  return name !== undefined && equals(bytes, from, name);
}

function equals(bytes: Uint8Array, from: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) {
    if (bytes[from + i] !== name[i]) return false;
  }
  return true;
}

/** The place after the bracket or brace that matches the one before `from`; beyond `close` when none does. */
function nestedEnd(bytes: Uint8Array, from: number, close: number): number {
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
 * why it looks at four in each round: a quarter less time than one by one.
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
  while ((bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at++;
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
