import { type Address, type Cidr, parseAddress, parseCidr } from "../base/ip.ts";

/**
 * Addresses that mean nothing outside the own network or on the Internet, and are therefore not looked up at intel
 * providers unless `--intel_private_ip` says so (engine.md §8). An IPv4-mapped address is IPv6 and is never unwrapped.
 */
const NOT_GLOBAL = table([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "240.0.0.0/4",
  "::/128",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
  "2001:db8::/32",
  "ff00::/8",
]);

/** What lies inside `NOT_GLOBAL` and is global all the same: two anycast addresses, and multicast of global scope. */
const GLOBAL_ALL_THE_SAME = table(["192.0.0.9/32", "192.0.0.10/32", "ff0e::/16"]);

/**
 * Link-local addresses, which no look-up may reach (reliability.md §4): behind 169.254.169.254 clouds keep their
 * credentials. The last two are the spellings under which an IPv6 socket reaches the same IPv4 network.
 */
const LINK_LOCAL = table(["169.254.0.0/16", "fe80::/10", "::ffff:169.254.0.0/112", "64:ff9b::169.254.0.0/112"]);

/** Whether intel providers are asked about this address without `--intel_private_ip`. */
export function isGlobal(address: Address): boolean {
  return !contained(NOT_GLOBAL, address) || contained(GLOBAL_ALL_THE_SAME, address);
}

/** Whether this is the text of a link-local address; a zone (`fe80::1%eth0`) is allowed. Other text is not one. */
export function isLinkLocal(text: string): boolean {
  const zone = text.indexOf("%");
  const address = parseAddress(zone < 0 ? text : text.slice(0, zone));
  return address !== undefined && contained(LINK_LOCAL, address);
}

function contained(cidrs: readonly Cidr[], address: Address): boolean {
  return cidrs.some((cidr) => cidr.contains(address));
}

function table(texts: readonly string[]): readonly Cidr[] {
  return texts.map((text) => {
    const cidr = parseCidr(text);
    if ("error" in cidr) throw new Error(`broken invariant: ${text} in a table of networks: ${cidr.error}`);
    return cidr;
  });
}
