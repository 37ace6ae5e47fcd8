/* Networks as the tree of assets needs them: what lies in what. The engine's own parser is the server's. */

export interface Network {
  version: 4 | 6;
  /** The address's bits; what is beyond the prefix is 0. */
  bits: bigint;
  prefix: number;
}

const WIDTH = { 4: 32, 6: 128 } as const;

/** A network or an address; undefined for what is neither. */
export function networkOf(text: string): Network | undefined {
  const [address = "", prefixText, more] = text.trim().split("/");
  if (more !== undefined) return undefined;
  const version = address.includes(":") ? 6 : 4;
  const bits = version === 6 ? bitsOf6(address) : bitsOf4(address);
  if (bits === undefined) return undefined;
  if (prefixText === undefined) return { version, bits, prefix: WIDTH[version] };
  if (!/^\d{1,3}$/.test(prefixText) || Number(prefixText) > WIDTH[version]) return undefined;
  return { version, bits: masked(bits, version, Number(prefixText)), prefix: Number(prefixText) };
}

function masked(bits: bigint, version: 4 | 6, prefix: number): bigint {
  const free = BigInt(WIDTH[version] - prefix);
  return (bits >> free) << free;
}

/** Whether the second lies in the first, or is the same. */
export function contains(outer: Network, inner: Network): boolean {
  return (
    outer.version === inner.version &&
    outer.prefix <= inner.prefix &&
    masked(inner.bits, inner.version, outer.prefix) === outer.bits
  );
}

/** By version, address and then the wider first: whoever contains comes before what it contains. */
export function compareNetworks(a: Network, b: Network): number {
  return a.version - b.version || (a.bits < b.bits ? -1 : a.bits > b.bits ? 1 : 0) || a.prefix - b.prefix;
}

function bitsOf4(text: string): bigint | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  let bits = 0n;
  for (const part of match.slice(1)) {
    if (Number(part) > 255) return undefined;
    bits = (bits << 8n) | BigInt(part);
  }
  return bits;
}

function bitsOf6(text: string): bigint | undefined {
  const [before = "", after, more] = text.split("::");
  if (more !== undefined) return undefined;
  const left = groupsOf(before);
  const right = after === undefined ? [] : groupsOf(after);
  if (left === undefined || right === undefined) return undefined;
  const missing = 8 - left.length - right.length;
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...new Array<number>(missing).fill(0), ...right];
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(group), 0n);
}

function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const groups = text.split(":");
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : undefined;
}
