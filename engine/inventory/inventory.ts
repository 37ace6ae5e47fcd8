import { type Address, type Cidr, parseAddress, parseCidr } from "../base/ip.ts";
import type { Asset } from "../contract/inventory.ts";

export { loadAssets } from "./load.ts";

/** All that the assets say about one address (engine.md §5). */
export interface AddressFacts {
  /** The address in canonical text (RFC 5952). */
  readonly text: string;
  readonly address: Address;
  /** Whether a network or host that isn't whitelisted contains it. */
  readonly inHomeNet: boolean;
  readonly whitelisted: boolean;
  /** The highest value among all assets that contain it; 0 when none does. */
  readonly value: number;
  /** Name of the first host asset that is this very address. */
  readonly hostName: string | undefined;
  /** Home networks that contain it, host assets excluded, each once, in the order of the assets. */
  readonly networks: readonly string[];
}

/** What the assets of one CIDR say of an address in it. */
export interface ContainingNetwork {
  /** Canonical CIDR, or the address of a host. */
  readonly text: string;
  readonly value: number;
  readonly whitelisted: boolean;
  /** Whether it is part of HOME_NET. */
  readonly home: boolean;
}

/** Everything that assets with one and the same CIDR say. */
interface Network {
  readonly text: string;
  value: number;
  whitelisted: boolean;
  /** Place of the first asset that makes it part of the home network; `undefined` when all are whitelisted. */
  homeOrder: number | undefined;
  readonly hostName: string | undefined;
}

/** Networks of one family with the same prefix length, by their address. */
interface Prefix {
  readonly length: number;
  readonly networks: Map<string | number, Network>;
}

/** Addresses that are kept in each of the cache's two generations. */
const CACHE_SIZE = 65_536;
const NO_NETWORKS: readonly string[] = [];

/**
 * What the assets say about addresses. There is one map for each prefix length that occurs, so a look-up costs one
 * probe per length, however many thousands of networks there are; what was found is kept for the addresses seen last.
 */
export class Inventory {
  readonly #v4: Prefix[];
  readonly #v6: Prefix[];
  /** Two generations instead of a list of uses: when the new one is full it becomes the old one, which is dropped. */
  #recent = new Map<string, AddressFacts>();
  #older = new Map<string, AddressFacts>();

  /** The assets are validated ones (`loadAssets`); a CIDR that can't be read is a broken invariant and throws. */
  constructor(assets: readonly Asset[]) {
    const byLength = { 4: new Map<number, Prefix>(), 6: new Map<number, Prefix>() };
    for (const [order, asset] of assets.entries()) {
      const cidr = parseCidr(asset.cidr);
      if ("error" in cidr) throw new Error(`broken invariant: asset ${asset.name} has no valid CIDR: ${cidr.error}`);
      const prefixes = byLength[cidr.family];
      const prefix = prefixes.get(cidr.prefix) ?? {
        length: cidr.prefix,
        networks: new Map<string | number, Network>(),
      };
      prefixes.set(cidr.prefix, prefix);
      addAsset(prefix, cidr, asset, order);
    }
    this.#v4 = [...byLength[4].values()];
    this.#v6 = [...byLength[6].values()];
  }

  /** `canonicalText` is an address as events carry it, in its RFC 5952 spelling; anything else throws. */
  facts(canonicalText: string): AddressFacts {
    const recent = this.#recent.get(canonicalText);
    if (recent !== undefined) return recent;
    const facts = this.#older.get(canonicalText) ?? this.#find(canonicalText);
    if (this.#recent.size >= CACHE_SIZE) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(canonicalText, facts);
    return facts;
  }

  /** The networks and hosts that contain an address, the narrowest first; each CIDR once, for those who want to know why. */
  containing(canonicalText: string): ContainingNetwork[] {
    const { address } = this.facts(canonicalText);
    const prefixes = typeof address === "number" ? this.#v4 : this.#v6;
    return [...prefixes]
      .sort((a, b) => b.length - a.length)
      .flatMap(({ length, networks }) => {
        const network = networks.get(networkKey(address, length));
        if (network === undefined) return [];
        const { text, value, whitelisted, homeOrder } = network;
        return [{ text, value, whitelisted, home: homeOrder !== undefined }];
      });
  }

  #find(text: string): AddressFacts {
    const address = parseAddress(text);
    if (address === undefined) throw new Error(`broken invariant: ${JSON.stringify(text)} is no address`);
    const home: { order: number; text: string }[] = [];
    let inHomeNet = false;
    let whitelisted = false;
    let value = 0;
    let hostName: string | undefined;
    const hostLength = typeof address === "number" ? 32 : 128;
    for (const { length, networks } of typeof address === "number" ? this.#v4 : this.#v6) {
      const network = networks.get(networkKey(address, length));
      if (network === undefined) continue;
      value = Math.max(value, network.value);
      whitelisted ||= network.whitelisted;
      if (length === hostLength) hostName = network.hostName;
      if (network.homeOrder === undefined) continue;
      inHomeNet = true;
      if (length !== hostLength) home.push({ order: network.homeOrder, text: network.text });
    }
    home.sort((a, b) => a.order - b.order);
    const names = home.length === 0 ? NO_NETWORKS : home.map((each) => each.text);
    return { text, address, inHomeNet, whitelisted, value, hostName, networks: names };
  }
}

function addAsset(prefix: Prefix, cidr: Cidr, asset: Asset, order: number): void {
  const address = parseAddress(cidr.text.split("/")[0] ?? "");
  if (address === undefined) throw new Error(`broken invariant: ${cidr.text} doesn't start with an address`);
  const isHome = asset.whitelisted !== true;
  const key = networkKey(address, prefix.length);
  const known = prefix.networks.get(key);
  if (known === undefined) {
    prefix.networks.set(key, {
      text: cidr.text,
      value: asset.value,
      whitelisted: !isHome,
      homeOrder: isHome ? order : undefined,
      hostName: cidr.isHost ? asset.name : undefined,
    });
    return;
  }
  known.value = Math.max(known.value, asset.value);
  known.whitelisted ||= !isHome;
  if (isHome) known.homeOrder ??= order;
}

/** The first `length` bits of an address, as something that a Map can look up. */
function networkKey(address: Address, length: number): string | number {
  if (typeof address === "number") return highBits(address, length);
  const words = [address.w0, address.w1, address.w2, address.w3];
  return words.map((word, i) => highBits(word, length - 32 * i)).join(":");
}

/** The `count` highest of 32 bits, the others cleared; all of them when `count` is 32 or more. */
function highBits(word: number, count: number): number {
  if (count <= 0) return 0;
  return count >= 32 ? word : (word & (-1 << (32 - count))) >>> 0;
}
