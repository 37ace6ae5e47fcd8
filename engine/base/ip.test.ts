import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Address, addressText, type Cidr, canonicalAddress, parseAddress, parseCidr } from "./ip.ts";

const spellings = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV6().map((text) => text.toUpperCase()),
  fc.string({ unit: fc.constantFrom("0", "1", "f", "F", ":", "::", ".", "25", "%", "g"), maxLength: 24 }),
);

function network(text: string): Cidr {
  const cidr = parseCidr(text);
  if ("error" in cidr) throw new Error(cidr.error);
  return cidr;
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  return parsed;
}

/** All bits of an address as one number: the slow and obvious way. */
function bits(parsed: Address): bigint {
  if (typeof parsed === "number") return BigInt(parsed);
  const { w0, w1, w2, w3 } = parsed;
  return (BigInt(w0) << 96n) | (BigInt(w1) << 64n) | (BigInt(w2) << 32n) | BigInt(w3);
}

describe("parseAddress", () => {
  test("reads both families as numbers", () => {
    expect(parseAddress("255.255.255.255")).toBe(0xffffffff);
    expect(parseAddress("0.0.0.0")).toBe(0);
    expect(parseAddress("2001:DB8:0::1")).toEqual({ w0: 0x20010db8, w1: 0, w2: 0, w3: 1 });
    expect(parseAddress("::ffff:10.0.0.1")).toEqual({ w0: 0, w1: 0, w2: 0xffff, w3: 0x0a000001 });
  });

  test.each([
    ...[
      "",
      "nowhere",
      "10.0.0",
      "10.0.0.1/32",
      "10.0.0.256",
      "010.0.0.1",
      "10.0.0.1.2",
      "1.2.3.4 ",
      " 1.2.3.4",
      "1..2.3",
      "10.0.0.",
      "1.2.3.0004",
    ],
    ...[
      "[::1]",
      "::1%lo",
      ":",
      ":::",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1::2::3",
      "12345::",
      ":1::2",
      "1::2:",
      "g::",
    ],
    ...["1:2:3:4::5:6:7:8", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::01.2.3.4", "::1.2.3.4:5", "1.2.3.4::", "::1/128"],
  ])("refuses %j", (text) => {
    expect(parseAddress(text)).toBeUndefined();
    expect(canonicalAddress(text)).toBeUndefined();
  });

  test("agrees with node:net over random spellings", () => {
    fc.assert(
      fc.property(spellings, (text) => {
        const family = text.includes("%") ? 0 : isIP(text);
        const parsed = parseAddress(text);
        expect(parsed === undefined ? 0 : typeof parsed === "number" ? 4 : 6).toBe(family);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("canonical spelling", () => {
  test.each([
    ["0:0:0:0:0:0:0:1", "::1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::FFFF:0a00:0001", "::ffff:10.0.0.1"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["::1.2.3.4", "::102:304"],
    ["192.168.0.10", "192.168.0.10"],
  ])("%s is written %s", (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
    expect(addressText(address(text))).toBe(canonical);
  });

  test("is the URL standard's, but for mapped addresses, and equal exactly when the value is", () => {
    const any = fc.tuple(
      fc.array(fc.constantFrom(0, 0, 1, 0xffff, 0xab), { minLength: 8, maxLength: 8 }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(any, any, ([a, upper], [b]) => {
        const spelt = a.map((group) => group.toString(16).padStart(4, "0")).join(":");
        const canonical = canonicalAddress(upper ? spelt.toUpperCase() : spelt) ?? "";
        if (!canonical.includes(".")) expect(`[${canonical}]`).toBe(new URL(`http://[${spelt}]/`).hostname);
        const other = b.map((group) => group.toString(16)).join(":");
        expect(canonicalAddress(other) === canonical).toBe(bits(address(other)) === bits(address(spelt)));
        expect(bits(address(canonical))).toBe(bits(address(spelt)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("parseCidr", () => {
  test("without a prefix it is a host", () => {
    expect(network("10.0.0.1")).toMatchObject({ text: "10.0.0.1", family: 4, prefix: 32, isHost: true });
    expect(network("10.0.0.1/32").text).toBe("10.0.0.1");
    expect(network("2001:DB8::1/128")).toMatchObject({ text: "2001:db8::1", family: 6, prefix: 128, isHost: true });
  });

  test("writes networks canonically", () => {
    expect(network("2002:C0A8:0001:0::/64")).toMatchObject({ text: "2002:c0a8:1::/64", isHost: false });
    expect(network("0.0.0.0/0").text).toBe("0.0.0.0/0");
  });

  test.each([
    ["10.0.0.1/8", '"10.0.0.1/8" has host bits set beyond its prefix; the network is 10.0.0.0/8'],
    ["2001:db8::1/64", '"2001:db8::1/64" has host bits set beyond its prefix; the network is 2001:db8::/64'],
    ["10.0.0.0/33", '"10.0.0.0/33" needs a prefix length from 0 to 32 after the slash'],
    ["::/129", '"::/129" needs a prefix length from 0 to 128 after the slash'],
    ["10.0.0.0/", '"10.0.0.0/" needs a prefix length from 0 to 32 after the slash'],
    ["10.0.0.0/8/8", '"10.0.0.0/8/8" needs a prefix length from 0 to 32 after the slash'],
    ["10.0.0.0/-1", '"10.0.0.0/-1" needs a prefix length from 0 to 32 after the slash'],
    ["nowhere/8", '"nowhere" is not an IPv4 or IPv6 address'],
    ["", '"" is not an IPv4 or IPv6 address'],
  ])("refuses %j with a sentence", (text, error) => {
    expect(parseCidr(text)).toEqual({ error });
  });

  test("a mapped address is IPv6 and never in an IPv4 network", () => {
    expect(network("10.0.0.0/8").contains(address("::ffff:10.0.0.1"))).toBe(false);
    expect(network("0.0.0.0/0").contains(address("::1"))).toBe(false);
    expect(network("::/0").contains(address("10.0.0.1"))).toBe(false);
    expect(network("::ffff:10.0.0.0/104").contains(address("::ffff:10.1.2.3"))).toBe(true);
  });

  test("contains what shares the prefix, over random addresses", () => {
    const pair = fc.oneof(fc.tuple(fc.ipV4(), fc.ipV4(), fc.nat(32)), fc.tuple(fc.ipV6(), fc.ipV6(), fc.nat(128)));
    fc.assert(
      fc.property(pair, fc.nat(128), ([base, other, prefix], common) => {
        const size = typeof address(base) === "number" ? 32 : 128;
        const drop = BigInt(size - prefix);
        const value = (bits(address(base)) >> drop) << drop;
        const made = parseCidr(`${numberText(value, size)}/${prefix}`);
        if ("error" in made) throw new Error(made.error);
        expect(made.contains(address(other))).toBe(bits(address(other)) >> drop === value >> drop);
        // A neighbour that shares the first `common` bits and no further one.
        const flipped = value ^ (1n << BigInt(size - 1 - (common % size)));
        expect(made.contains(address(numberText(flipped, size)))).toBe(common % size >= prefix);
        const exact = parseCidr(`${base}/${prefix}`);
        expect("error" in exact).toBe(bits(address(base)) !== value);
      }),
      { numRuns: 2000 },
    );
  });
});

function numberText(value: bigint, size: number): string {
  if (size === 32) return addressText(Number(value));
  const w = (shift: bigint): number => Number((value >> shift) & 0xffffffffn);
  return addressText({ w0: w(96n), w1: w(64n), w2: w(32n), w3: w(0n) });
}
