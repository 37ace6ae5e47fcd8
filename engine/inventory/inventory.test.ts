import fc from "fast-check";
import { expect, test } from "vitest";
import { type Cidr, parseAddress, parseCidr } from "../base/ip.ts";
import type { Asset } from "../contract/inventory.ts";
import { Inventory } from "./inventory.ts";

const ASSETS: Asset[] = [
  { name: "edge-gw", cidr: "192.168.0.1/32", value: 5 },
  { name: "scanner-01", cidr: "192.168.0.2", value: 5, whitelisted: true },
  { name: "office", cidr: "192.168.0.0/16", value: 2 },
  { name: "office again", cidr: "192.168.0.0/16", value: 3 },
  { name: "core-two", cidr: "10.2.0.0/16", value: 3 },
  { name: "core", cidr: "10.0.0.0/8", value: 1 },
  { name: "db-main", cidr: "10.2.3.4", value: 2 },
  { name: "second-name", cidr: "10.2.3.4/32", value: 4 },
  { name: "pentest-net", cidr: "10.66.0.0/16", value: 4, whitelisted: true },
  { name: "lab", cidr: "172.16.0.0/12", value: 2, whitelisted: true },
  { name: "gw-six", cidr: "2002:c0a8:0001:0:0:0:0:1/128", value: 5 },
  { name: "six-net", cidr: "2002:C0A8:1::/64", value: 2 },
];
const inventory = new Inventory(ASSETS);

test.each([
  ["192.168.0.1", true, false, 5, "edge-gw", ["192.168.0.0/16"]],
  ["192.168.0.2", true, true, 5, "scanner-01", ["192.168.0.0/16"]],
  ["192.168.7.7", true, false, 3, undefined, ["192.168.0.0/16"]],
  // Networks are in the order of the assets, not of their size; of two host assets the first gives the name.
  ["10.2.3.4", true, false, 4, "db-main", ["10.2.0.0/16", "10.0.0.0/8"]],
  // A whitelisted network inside the home network is both; its value counts, and it isn't listed.
  ["10.66.1.1", true, true, 4, undefined, ["10.0.0.0/8"]],
  ["172.31.255.255", false, true, 2, undefined, []],
  ["172.32.0.0", false, false, 0, undefined, []],
  ["8.8.8.8", false, false, 0, undefined, []],
  ["2002:c0a8:1::1", true, false, 5, "gw-six", ["2002:c0a8:1::/64"]],
  ["2002:c0a8:1::2", true, false, 2, undefined, ["2002:c0a8:1::/64"]],
  ["2002:c0a8:1:1::2", false, false, 0, undefined, []],
  // A mapped address is IPv6 and is never unwrapped (engine.md §2).
  ["::ffff:10.0.0.1", false, false, 0, undefined, []],
])(
  "%s: home %s, whitelisted %s, value %s, name %s, networks %j",
  (text, inHomeNet, whitelisted, value, hostName, networks) => {
    const address = parseAddress(text);
    const expected = { text, address, inHomeNet, whitelisted, value, hostName, networks };
    expect(inventory.facts(text)).toEqual(expected);
    expect(inventory.facts(text)).toBe(inventory.facts(text));
  },
);

test("a network that is home and whitelisted by two assets is both", () => {
  const both = new Inventory([
    { name: "a", cidr: "10.0.0.0/8", value: 1, whitelisted: true },
    { name: "b", cidr: "10.1.0.0/16", value: 1 },
    { name: "c", cidr: "10.0.0.0/8", value: 1 },
  ]);
  expect(both.facts("10.1.0.1")).toMatchObject({
    inHomeNet: true,
    whitelisted: true,
    networks: ["10.1.0.0/16", "10.0.0.0/8"],
  });
});

test("the whole of the internet may be home", () => {
  const all = new Inventory([
    { name: "v4", cidr: "0.0.0.0/0", value: 1 },
    { name: "v6", cidr: "::/0", value: 2 },
  ]);
  expect(all.facts("255.255.255.255")).toMatchObject({ value: 1, networks: ["0.0.0.0/0"] });
  expect(all.facts("ffff::1")).toMatchObject({ value: 2, networks: ["::/0"] });
});

test("what isn't an address is a broken invariant", () => {
  expect(() => inventory.facts("server")).toThrow("broken invariant");
});

test("the cache stays bounded and keeps answering right", () => {
  for (let i = 0; i < 150_000; i++) inventory.facts(`${i % 223}.${(i >> 8) & 255}.${i & 255}.${(i * 7) & 255}`);
  expect(inventory.facts("10.2.3.4").hostName).toBe("db-main");
});

const words = fc.array(fc.constantFrom(0, 1, 0x80, 0xff), { minLength: 4, maxLength: 4 });
const v4 = words.map((octets) => octets.join("."));
const v6 = words.map((groups) => `2001:db8:${groups.map((group) => (group * 257).toString(16)).join(":")}:0:1`);

/** Assets whose CIDRs are made by clearing the bits of an address that are too many for the prefix. */
const asset = fc
  .record({
    address: fc.oneof(v4, v6),
    cut: fc.nat(),
    value: fc.integer({ min: 1, max: 255 }),
    whitelisted: fc.boolean(),
    name: fc.constantFrom("a", "b", "c"),
  })
  .map(({ address, cut, ...rest }): Asset => ({ ...rest, cidr: network(address, cut) }));

function network(address: string, cut: number): string {
  if (address.includes(":")) {
    const kept = cut % 9;
    const groups = address.split(":").map((group, i) => (i < kept ? group : "0"));
    return `${groups.join(":")}/${kept * 16}`;
  }
  const length = cut % 33;
  const number = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const masked = length === 0 ? 0 : Math.floor(number / 2 ** (32 - length)) * 2 ** (32 - length);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(masked / 2 ** shift) % 256).join(".")}/${length}`;
}

test("says what a scan of all assets would say", () => {
  fc.assert(
    fc.property(fc.array(asset, { maxLength: 12 }), fc.oneof(v4, v6), (assets, spelling) => {
      const address = parseAddress(spelling);
      if (address === undefined) throw new Error(spelling);
      const holding = assets
        .map((each) => ({ ...each, parsed: parseCidr(each.cidr) }))
        .filter((each): each is Asset & { parsed: Cidr } => "contains" in each.parsed && each.parsed.contains(address));
      const home = holding.filter((each) => each.whitelisted !== true);
      expect(new Inventory(assets).facts(spelling)).toMatchObject({
        inHomeNet: home.length > 0,
        whitelisted: holding.length > home.length,
        value: Math.max(0, ...holding.map((each) => each.value)),
        hostName: holding.find((each) => each.parsed.isHost)?.name,
        networks: [...new Set(home.filter((each) => !each.parsed.isHost).map((each) => each.parsed.text))],
      });
    }),
    { numRuns: 500 },
  );
});
