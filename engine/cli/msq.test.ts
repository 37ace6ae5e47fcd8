import { describe, expect, test } from "vitest";
import { readMessageQueue } from "./msq.ts";

const server = (host: string, port = 4222, more: object = {}) => ({ host, port, tls: false, ...more });

describe("--msq", () => {
  test.each([
    ["nats", [server("nats")]],
    ["nats:4333", [server("nats", 4333)]],
    ["10.0.0.1", [server("10.0.0.1")]],
    ["nats://dsiem-nats:4222", [server("dsiem-nats")]],
    ["nats://nats_1.local/", [server("nats_1.local")]],
    ["NATS://host", [server("host")]],
    ["tls://host:4443/", [server("host", 4443, { tls: true })]],
    ["nats://u:p@host", [server("host", 4222, { user: "u", password: "p" })]],
    ["nats://u:p%40%3a@host:1", [server("host", 1, { user: "u", password: "p@:" })]],
    ["nats://u:p@ss/w%@host", [server("host", 4222, { user: "u", password: "p@ss/w%" })]],
    ["u:p@host:5", [server("host", 5, { user: "u", password: "p" })]],
    ["nats://token@host", [server("host", 4222, { user: "token" })]],
    ["nats://[::1]:4333", [server("::1", 4333)]],
    ["[2001:db8::1]", [server("2001:db8::1")]],
    [
      "a, tls://b:1 ,nats://u:p@c",
      [server("a"), server("b", 1, { tls: true }), server("c", 4222, { user: "u", password: "p" })],
    ],
  ])("%s", (text, servers) => {
    expect(readMessageQueue(text)).toEqual({ kind: "nats", servers });
  });

  test("link", () => {
    expect(readMessageQueue("link")).toEqual({ kind: "link" });
  });

  test.each([
    ["", "names no server"],
    ["a,", "names no server"],
    ["link,nats://a", "can't join link with NATS servers"],
    ["ws://secret@a", "has the scheme ws://; only nats:// and tls:// are known"],
    ["nats://", "has no readable host"],
    ["nats://:4222", "has no readable host"],
    ["nats://a b", "has no readable host"],
    ["::1", "has an IPv6 address without brackets"],
    ["nats://[10.0.0.1]", "brackets around what is no IPv6 address"],
    ["nats://a:0", "a port that isn't a number from 1 to 65535"],
    ["nats://a:65536", "a port that isn't a number from 1 to 65535"],
    ["nats://a:port", "a port that isn't a number from 1 to 65535"],
    ["nats://a:1/subject", "has something after the port"],
  ])("refuses %j, without a word of what it holds", (text, message) => {
    expect(() => readMessageQueue(text)).toThrow(message);
    expect(() => readMessageQueue(text)).not.toThrow("secret");
  });
});
