import { isIP } from "node:net";
import type { NatsServer } from "../service/config.ts";
import { BadValue } from "./flags.ts";

/** What `--msq` says; the credentials and the link token come from elsewhere. */
export type MessageQueue = { kind: "nats"; servers: readonly NatsServer[] } | { kind: "link" };

const DEFAULT_PORT = 4222;

/**
 * Reads `--msq` (engine.md §4): `link`, or a comma list of `host`, `host:port`, `nats://[user:pass@]host[:port][/]` and
 * `tls://…`; IPv6 addresses in brackets. No message quotes the value, which may hold a password.
 * @throws BadValue
 */
export function readMessageQueue(text: string): MessageQueue {
  const items = text.split(",").map((item) => item.trim());
  if (items.length === 1 && items[0] === "link") return { kind: "link" };
  return { kind: "nats", servers: items.map(readServer) };
}

function readServer(item: string): NatsServer {
  if (item === "") throw new BadValue("names no server (or ends in a comma); write nats://host:4222, or link");
  if (item === "link") throw new BadValue("can't join link with NATS servers");
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\//.exec(item);
  const kind = scheme?.[1]?.toLowerCase() ?? "nats";
  if (kind !== "nats" && kind !== "tls")
    throw new BadValue(`has the scheme ${kind}://; only nats:// and tls:// are known`);
  const rest = item.slice(scheme?.[0].length ?? 0).replace(/\/$/, "");
  const at = rest.lastIndexOf("@");
  const hostAndPort = at < 0 ? rest : rest.slice(at + 1);
  if (/[/?#]/.test(hostAndPort)) throw new BadValue("has something after the port; write nats://host:4222");
  return { ...readHostAndPort(hostAndPort), tls: kind === "tls", ...readUser(at < 0 ? undefined : rest.slice(0, at)) };
}

function readHostAndPort(text: string): { host: string; port: number } {
  if (isIP(text) === 6) throw new BadValue("has an IPv6 address without brackets; write nats://[::1]:4222");
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(text);
  if (parts === null) throw new BadValue("has no readable host");
  const [, bracketed, name, portText] = parts;
  const host = bracketed ?? name ?? "";
  if (bracketed !== undefined && isIP(bracketed) !== 6)
    throw new BadValue("has brackets around what is no IPv6 address");
  if (bracketed === undefined && !/^[^\s"'<>\\^`{|}%]+$/.test(host)) throw new BadValue("has no readable host");
  if (portText === undefined) return { host, port: DEFAULT_PORT };
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (port < 1 || port > 65535) throw new BadValue("has a port that isn't a number from 1 to 65535");
  return { host, port };
}

function readUser(text: string | undefined): { user?: string; password?: string } {
  if (text === undefined) return {};
  const colon = text.indexOf(":");
  const user = decode(colon < 0 ? text : text.slice(0, colon));
  return colon < 0 ? { user } : { user, password: decode(text.slice(colon + 1)) };
}

/** Percent escapes are decoded; a lone % is taken as it is, since existing URLs may hold one. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
