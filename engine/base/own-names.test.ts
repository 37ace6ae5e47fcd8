import { describe, expect, it } from "vitest";
import { OwnNames } from "./own-names.ts";

const PORT = 8080;

interface Asked {
  host?: string | undefined;
  origin?: string;
  localAddress?: string;
  localPort?: number;
}

function letsIn(asked: Asked, listensOn = "127.0.0.1", more: string[] = []): boolean {
  const { host = `127.0.0.1:${PORT}`, origin, localAddress = "127.0.0.1", localPort = PORT } = asked;
  const headers = {
    ...("host" in asked && asked.host === undefined ? {} : { host }),
    ...(origin === undefined ? {} : { origin }),
  };
  return new OwnNames(listensOn, more).fault({ headers, socket: { localAddress, localPort } }) === undefined;
}

describe("a request is let in", () => {
  it.each<[string, Asked]>([
    ["by the loopback address", {}],
    ["by localhost", { host: `localhost:${PORT}` }],
    ["however it is spelled", { host: `LOCALHOST:${PORT}` }],
    ["by the loopback address of IPv6", { host: `[::1]:${PORT}` }],
    ["without the usual port", { host: "localhost", localPort: 80 }],
    ["by its own page", { origin: `http://127.0.0.1:${PORT}` }],
    ["by its own page under another of its names", { origin: `http://localhost:${PORT}` }],
    ["by the address that was dialled", { host: `192.0.2.7:${PORT}`, localAddress: "192.0.2.7" }],
    [
      "by that address where both families share a socket",
      { host: `192.0.2.7:${PORT}`, localAddress: "::ffff:192.0.2.7" },
    ],
    ["by that address of IPv6", { host: `[2001:db8::7]:${PORT}`, localAddress: "2001:DB8::7" }],
  ])("%s", (_, asked) => expect(letsIn(asked)).toBe(true));

  it("by what was allowed besides", () => {
    const more = ["https://siem.example.com", "app://dsiem", "http://proxy.example.com:9000"];
    const allowed = (asked: Asked): boolean => letsIn(asked, "0.0.0.0", more);
    expect(allowed({ host: "siem.example.com", origin: "https://siem.example.com" })).toBe(true);
    expect(allowed({ origin: "app://dsiem" })).toBe(true);
    expect(allowed({ host: "proxy.example.com:9000" })).toBe(true);
    expect(allowed({ host: "proxy.example.com" })).toBe(false);
    expect(allowed({ origin: "http://siem.example.com" })).toBe(false);
    expect(allowed({ host: "dsiem" })).toBe(false);
  });
});

describe("a request is kept out", () => {
  it.each<[string, Asked]>([
    ["of a name that was rebound to us", { host: `attacker.example:${PORT}` }],
    ["of a name that looks like ours", { host: `localhost.attacker.example:${PORT}` }],
    ["of another port", { host: "127.0.0.1:9090" }],
    ["without a port", { host: "127.0.0.1" }],
    ["without a host", { host: undefined }],
    ["of an empty host", { host: "" }],
    ["of another address", { host: `192.0.2.7:${PORT}` }],
    ["of a host with somebody in front", { host: `user@127.0.0.1:${PORT}` }],
    ["of a foreign page", { origin: "http://attacker.example" }],
    ["of a foreign page on our port", { origin: `http://attacker.example:${PORT}` }],
    ["of another address's page", { origin: `http://192.0.2.7:${PORT}` }],
    ["of another local server's page", { origin: "http://127.0.0.1:3000" }],
    ["of a page of ours without its port", { origin: "http://127.0.0.1" }],
    ["of another scheme", { origin: `https://127.0.0.1:${PORT}` }],
    ["of nobody's page", { origin: "null" }],
    ["of an empty origin", { origin: "" }],
    ["of two origins", { origin: `http://127.0.0.1:${PORT}, http://attacker.example` }],
    ["of an origin with a path", { origin: `http://127.0.0.1:${PORT}/` }],
  ])("%s", (_, asked) => expect(letsIn(asked)).toBe(false));
});

describe("behind a proxy under an origin that was allowed", () => {
  const names = new OwnNames("0.0.0.0", ["https://siem.example.com", "https://both.example", "http://both.example"]);
  const asked = (host: string, more: Record<string, string> = {}, remoteAddress = "127.0.0.1") => ({
    headers: { host, ...more },
    socket: { localAddress: "127.0.0.1", localPort: PORT, remoteAddress },
  });

  it("a request came by https where browsers can't come otherwise", () => {
    expect(names.isHttps(asked("SIEM.example.com"))).toBe(true);
    expect(names.isHttps(asked("both.example"))).toBe(false);
    expect(names.isHttps(asked("both.example", { origin: "https://both.example" }))).toBe(true);
    expect(names.isHttps(asked(`localhost:${PORT}`, { "x-forwarded-proto": "https" }))).toBe(false);
    expect(names.isHttps(asked(`localhost:${PORT}`, { origin: "https://attacker.example" }))).toBe(false);
  });

  it("a client is whom the proxy on this machine names last, and nobody else is believed", () => {
    const forwarded = { "x-forwarded-for": "203.0.113.1, 192.0.2.7" };
    expect(names.clientOf(asked("siem.example.com", forwarded))).toBe("192.0.2.7");
    expect(names.clientOf(asked("siem.example.com"))).toBe("127.0.0.1");
    expect(names.clientOf(asked(`localhost:${PORT}`, forwarded))).toBe("127.0.0.1");
    expect(names.clientOf(asked("siem.example.com", forwarded, "198.51.100.9"))).toBe("198.51.100.9");
  });
});
