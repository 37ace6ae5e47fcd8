/**
 * Addresses and networks as numbers (architecture.md §3: "addresses compare as numbers"). No BigInt and no text work
 * happens once an address has been parsed.
 */

/** An IPv6 address as four unsigned 32-bit words, the most significant first. */
interface Address6 {
  readonly w0: number;
  readonly w1: number;
  readonly w2: number;
  readonly w3: number;
}

/**
 * An IPv4 address as one unsigned 32-bit number, or an IPv6 address. An IPv4-mapped address (`::ffff:10.0.0.1`) is
 * IPv6 and is never unwrapped (engine.md §2).
 */
export type Address = number | Address6;

/** A network, or a single address when the prefix is as long as the address. */
export interface Cidr {
  /** Canonical, `10.0.0.0/8`; a host is written without a prefix. Equal text means equal value. */
  readonly text: string;
  readonly family: 4 | 6;
  readonly prefix: number;
  readonly isHost: boolean;
  /** False for an address of the other family. */
  contains(address: Address): boolean;
}

const COLON = 58;
const DOT = 46;
const ZERO = 48;
/** `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`: what is longer is no address. */
const LONGEST_ADDRESS = 45;

/**
 * Reads an IPv4 or IPv6 literal and nothing around it: no zone, brackets, port, prefix or blanks, and no leading zeros
 * in IPv4. `undefined` when it is neither.
 */
export function parseAddress(text: string): Address | undefined {
  const v4 = parse4(text, 0);
  if (v4 >= 0) return v4;
  return parse6(text);
}

/** Canonical spelling: RFC 5952, lower case, dotted only for `::ffff:a.b.c.d` (engine.md §2). */
export function addressText(address: Address): string {
  return typeof address === "number" ? text4(address) : text6(address);
}

/**
 * The canonical spelling of an address literal, or `undefined`. Two addresses are equal exactly when their canonical
 * spellings are, so canonical texts may be compared and used as keys in place of the addresses.
 */
export function canonicalAddress(text: string): string | undefined {
  // The strict reader accepts a single spelling of each IPv4 address, which is the canonical one.
  if (parse4(text, 0) >= 0) return text;
  return text.length > LONGEST_ADDRESS ? undefined : canonical6(text);
}

/** IPv6 texts in one generation of the cache; there are two, so that what is still in use survives a change. */
const CACHE_GENERATION = 4096;
let recent = new Map<string, string>();
let older = new Map<string, string>();

/** Reading and writing an IPv6 address costs about ten times a look-up, and the same ones come again and again. */
function canonical6(text: string): string | undefined {
  const known = recent.get(text);
  if (known !== undefined) return known;
  let canonical = older.get(text);
  if (canonical === undefined) {
    const address = parse6(text);
    if (address === undefined) return undefined;
    canonical = text6(address);
  }
  if (recent.size === CACHE_GENERATION) {
    older = recent;
    recent = new Map();
  }
  recent.set(text, canonical);
  return canonical;
}

/** Reads `address` or `address/prefix`. The error says what is wrong and, where that helps, what would be right. */
export function parseCidr(text: string): Cidr | { error: string } {
  const slash = text.indexOf("/");
  const literal = slash < 0 ? text : text.slice(0, slash);
  const address = parseAddress(literal);
  if (address === undefined) return { error: `${quoted(literal)} is not an IPv4 or IPv6 address` };
  const bits = typeof address === "number" ? 32 : 128;
  const prefix = slash < 0 ? bits : parsePrefix(text.slice(slash + 1));
  if (prefix === undefined || prefix > bits) {
    return { error: `${quoted(text)} needs a prefix length from 0 to ${bits} after the slash` };
  }
  const cidr = typeof address === "number" ? new Cidr4(address, prefix) : new Cidr6(address, prefix);
  if (!hasBitsBeyond(address, prefix)) return cidr;
  return { error: `${quoted(text)} has host bits set beyond its prefix; the network is ${cidr.text}` };
}

/** `contains` compares signed 32-bit words: that is what `&` gives, and only equality is asked for. */
class Cidr4 implements Cidr {
  readonly text: string;
  readonly family = 4;
  readonly prefix: number;
  readonly isHost: boolean;
  readonly #mask: number;
  readonly #network: number;

  constructor(address: number, prefix: number) {
    this.#mask = wordMask(prefix);
    this.#network = address & this.#mask;
    this.prefix = prefix;
    this.isHost = prefix === 32;
    const network = text4(this.#network >>> 0);
    this.text = this.isHost ? network : `${network}/${prefix}`;
  }

  contains(address: Address): boolean {
    return typeof address === "number" && (address & this.#mask) === this.#network;
  }
}

class Cidr6 implements Cidr {
  readonly text: string;
  readonly family = 6;
  readonly prefix: number;
  readonly isHost: boolean;
  readonly #mask: Address6;
  readonly #network: Address6;

  constructor(address: Address6, prefix: number) {
    const mask = {
      w0: wordMask(prefix),
      w1: wordMask(prefix - 32),
      w2: wordMask(prefix - 64),
      w3: wordMask(prefix - 96),
    };
    this.#mask = mask;
    this.#network = {
      w0: address.w0 & mask.w0,
      w1: address.w1 & mask.w1,
      w2: address.w2 & mask.w2,
      w3: address.w3 & mask.w3,
    };
    this.prefix = prefix;
    this.isHost = prefix === 128;
    const network = text6(this.#network);
    this.text = this.isHost ? network : `${network}/${prefix}`;
  }

  contains(address: Address): boolean {
    if (typeof address === "number") return false;
    const mask = this.#mask;
    const network = this.#network;
    return (
      (address.w0 & mask.w0) === network.w0 &&
      (address.w1 & mask.w1) === network.w1 &&
      (address.w2 & mask.w2) === network.w2 &&
      (address.w3 & mask.w3) === network.w3
    );
  }
}

function hasBitsBeyond(address: Address, prefix: number): boolean {
  if (typeof address === "number") return (address & ~wordMask(prefix)) !== 0;
  const { w0, w1, w2, w3 } = address;
  return (
    ((w0 & ~wordMask(prefix)) |
      (w1 & ~wordMask(prefix - 32)) |
      (w2 & ~wordMask(prefix - 64)) |
      (w3 & ~wordMask(prefix - 96))) !==
    0
  );
}

/** A word whose highest `bits` bits are set, as a signed number; less than 0 counts as 0, more than 32 as 32. */
function wordMask(bits: number): number {
  // JavaScript shifts by the count modulo 32, so that 0 bits need an answer of their own.
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}

function parsePrefix(text: string): number | undefined {
  if (text.length < 1 || text.length > 3) return undefined;
  let prefix = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    prefix = prefix * 10 + digit;
  }
  return prefix;
}

/** Reads the rest of `text` from `from` on as dotted IPv4; -1 when it isn't that, spelt without leading zeros. */
function parse4(text: string, from: number): number {
  const length = text.length;
  if (length - from < 7 || length - from > 15) return -1;
  let address = 0;
  let at = from;
  for (let part = 0; part < 4; part++) {
    if (part > 0) {
      if (text.charCodeAt(at) !== DOT) return -1;
      at++;
    }
    const start = at;
    let value = 0;
    while (at < length && at - start < 3) {
      const digit = text.charCodeAt(at) - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      at++;
    }
    if (at === start || value > 255) return -1;
    if (at - start > 1 && text.charCodeAt(start) === ZERO) return -1;
    address = address * 256 + value;
  }
  return at === length ? address : -1;
}

/** Scratch for `parse6`: the groups before `::`, then those after it. Nothing here outlives one call. */
const groups = new Uint16Array(8);

function parse6(text: string): Address6 | undefined {
  const length = text.length;
  if (length < 2 || length > LONGEST_ADDRESS) return undefined;
  let count = 0;
  /** How many groups stand before `::`; -1 while there was none. */
  let gap = -1;
  let at = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return undefined;
    gap = 0;
    at = 2;
  }
  while (at < length) {
    if (count === 8) return undefined;
    const start = at;
    let value = 0;
    while (at < length && at - start < 4) {
      const digit = hexDigit(text.charCodeAt(at));
      if (digit < 0) break;
      value = value * 16 + digit;
      at++;
    }
    if (at === start) return undefined;
    if (text.charCodeAt(at) === DOT) {
      const v4 = count <= 6 ? parse4(text, start) : -1;
      if (v4 < 0) return undefined;
      groups[count++] = v4 >>> 16;
      groups[count++] = v4 & 0xffff;
      at = length;
      break;
    }
    groups[count++] = value;
    if (at === length) break;
    if (text.charCodeAt(at) !== COLON) return undefined;
    at++;
    if (text.charCodeAt(at) === COLON) {
      if (gap >= 0) return undefined;
      gap = count;
      at++;
    } else if (at === length) {
      return undefined;
    }
  }
  // `::` stands for one group of zeros at least.
  if (gap < 0 ? count !== 8 : count > 7) return undefined;
  if (gap >= 0) {
    groups.copyWithin(gap + 8 - count, gap, count);
    groups.fill(0, gap, gap + 8 - count);
  }
  return { w0: word(0), w1: word(2), w2: word(4), w3: word(6) };
}

function word(at: number): number {
  return (((groups[at] as number) << 16) | (groups[at + 1] as number)) >>> 0;
}

function hexDigit(code: number): number {
  if (code >= ZERO && code <= 57) return code - ZERO;
  const lower = code | 0x20;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function text4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

function text6({ w0, w1, w2, w3 }: Address6): string {
  if (w0 === 0 && w1 === 0 && w2 === 0xffff) return `::ffff:${text4(w3)}`;
  const parts = [w0 >>> 16, w0 & 0xffff, w1 >>> 16, w1 & 0xffff, w2 >>> 16, w2 & 0xffff, w3 >>> 16, w3 & 0xffff];
  // The longest run of at least two zeros becomes `::`, the first one of several as long (RFC 5952 §4.2).
  let runStart = 8;
  let runLength = 1;
  let zeros = 0;
  for (let i = 0; i < 8; i++) {
    zeros = parts[i] === 0 ? zeros + 1 : 0;
    if (zeros > runLength) {
      runLength = zeros;
      runStart = i + 1 - zeros;
    }
  }
  if (runStart === 8) return hexGroups(parts, 0, 8);
  return `${hexGroups(parts, 0, runStart)}::${hexGroups(parts, runStart + runLength, 8)}`;
}

function hexGroups(parts: readonly number[], from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += `${i === from ? "" : ":"}${(parts[i] as number).toString(16)}`;
  return text;
}

/** The text as it may stand in a message: short, and with nothing in it that a terminal would obey. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
