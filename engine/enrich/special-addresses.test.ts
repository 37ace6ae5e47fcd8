import { describe, expect, it } from "vitest";
import { parseAddress } from "../base/ip.ts";
import { isGlobal, isLinkLocal } from "./special-addresses.ts";

function global(text: string): boolean {
  const address = parseAddress(text);
  if (address === undefined) throw new Error(`${text} is no address`);
  return isGlobal(address);
}

describe("isGlobal", () => {
  it.each([
    ..."0.0.0.0 0.255.255.255 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 169.254.1.1 172.16.0.1 172.31.255.255".split(
      " ",
    ),
    ..."192.0.0.1 192.0.0.8 192.0.0.11 192.0.2.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.7".split(
      " ",
    ),
    ..."240.0.0.1 255.255.255.255 :: ::1 fc00::1 fdff::1 fe80::1 febf::1 2001:db8::1 ff02::1 ff05::2".split(" "),
  ])("%s is not looked up", (text) => {
    expect(global(text)).toBe(false);
  });

  it.each([
    ..."1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.0 192.0.0.9 192.0.0.10".split(
      " ",
    ),
    ..."192.0.1.1 192.167.1.1 198.17.255.255 198.20.0.0 224.0.0.1 239.255.255.255 45.0.0.1 2606:4700::1111".split(" "),
    ..."2001:db7::1 2001:db9::1 fbff::1 fec0::1 ff0e::1 ::2 2002:c0a8:1::1 ::ffff:10.0.0.1".split(" "),
  ])("%s is looked up", (text) => {
    expect(global(text)).toBe(true);
  });
});

describe("isLinkLocal", () => {
  it.each([
    "169.254.0.1",
    "169.254.169.254",
    "fe80::1",
    "fe80::1%eth0",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
  ])("%s is", (text) => {
    expect(isLinkLocal(text)).toBe(true);
  });

  it.each(["127.0.0.1", "::1", "10.0.0.1", "::ffff:10.0.0.1", "provider.example", ""])("%s isn't", (text) => {
    expect(isLinkLocal(text)).toBe(false);
  });
});
