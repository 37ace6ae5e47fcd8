import { type Cidr, parseAddress, parseCidr } from "../base/ip.ts";
import type { Asset } from "../contract/inventory.ts";

/** With more entries than these only equal networks are looked for: all others would be compared with each other. */
const MOST_COMPARED = 5_000;
/** Other entries that one is warned of. */
const MOST_WARNINGS = 5;

interface Network {
  asset: Asset;
  cidr: Cidr;
  place: number;
}

/** For each asset, in sentences, what other entries make of it: the same network twice, or a value that never counts. */
export function overlapWarnings(assets: readonly Asset[]): string[][] {
  const warnings = assets.map((): string[] => []);
  const networks = assets.flatMap((asset, place): Network[] => {
    const cidr = parseCidr(asset.cidr);
    return "error" in cidr ? [] : [{ asset, cidr, place }];
  });
  const warn = (place: number, text: string): void => {
    const known = warnings[place];
    if (known !== undefined && known.length < MOST_WARNINGS) known.push(text);
  };
  for (const [one, other] of sameNetworks(networks)) {
    warn(other.place, `${other.cidr.text} is also ${nameOf(one)}; the higher value counts for both.`);
    warn(one.place, `${one.cidr.text} is also ${nameOf(other)}; the higher value counts for both.`);
  }
  if (networks.length > MOST_COMPARED) return warnings;
  for (const inner of networks) {
    const address = parseAddress(inner.cidr.text.split("/")[0] ?? "");
    if (address === undefined) continue;
    for (const outer of networks) {
      if (outer.cidr.prefix >= inner.cidr.prefix || !outer.cidr.contains(address)) continue;
      const text = warningOf(inner.asset, outer.asset);
      if (text !== undefined) warn(inner.place, `It is inside ${nameOf(outer)}, ${text}`);
    }
  }
  return warnings;
}

/** An asset inside a larger one: what is surprising about it, if anything. */
function warningOf(inner: Asset, outer: Asset): string | undefined {
  if (outer.whitelisted === true && inner.whitelisted !== true) {
    return "which is whitelisted: events whose source is here are ignored.";
  }
  if (outer.value <= inner.value) return undefined;
  return `whose value ${outer.value} is higher: its own ${inner.value} never counts.`;
}

function sameNetworks(networks: readonly Network[]): [Network, Network][] {
  const first = new Map<string, Network>();
  const pairs: [Network, Network][] = [];
  for (const network of networks) {
    const known = first.get(network.cidr.text);
    if (known === undefined) first.set(network.cidr.text, network);
    else pairs.push([known, network]);
  }
  return pairs;
}

function nameOf({ asset }: Network): string {
  return `${JSON.stringify(asset.name)} (${asset.cidr})`;
}
