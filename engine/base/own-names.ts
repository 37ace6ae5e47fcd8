import type { IncomingMessage } from "node:http";

/** What a request says of where it comes from and where it goes. */
type Addressed = Pick<IncomingMessage, "headers"> & {
  socket: {
    readonly remoteAddress?: string | undefined;
    readonly localAddress?: string | undefined;
    readonly localPort?: number | undefined;
  };
};

/** Under which every machine reaches itself. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const PLAIN = "http://";
/** Of an address as text, in characters. */
const MAX_ADDRESS = 100;

/**
 * The names under which a server on this machine may be reached. A browser tells in `Host` which name led it here and in
 * `Origin` whose page asks; a page of somebody else's, also one whose name was rebound to this machine's address, can
 * forge neither (reliability.md §4).
 */
export class OwnNames {
  /** Without the port, which is the one that the connection came to. */
  readonly #names: ReadonlySet<string>;
  readonly #moreOrigins: ReadonlySet<string>;
  /** With their port, if they name one. */
  readonly #moreHosts: ReadonlySet<string>;
  /** Those of them that browsers reach by https only. */
  readonly #httpsHosts: ReadonlySet<string>;

  /** @param moreOrigins further ones, such as `https://siem.example.com` for a proxy in front of the server. */
  constructor(listensOn: string, moreOrigins: readonly string[] = []) {
    this.#names = new Set([...LOOPBACK, hostName(listensOn)]);
    this.#moreOrigins = new Set(moreOrigins);
    const hosts = (scheme: RegExp) => moreOrigins.flatMap((origin) => scheme.exec(origin)?.[1] ?? []);
    this.#moreHosts = new Set(hosts(/^https?:\/\/(.*)$/));
    const plain = new Set(hosts(/^http:\/\/(.*)$/));
    this.#httpsHosts = new Set(hosts(/^https:\/\/(.*)$/).filter((host) => !plain.has(host)));
  }

  /** Why a request isn't let in, in one sentence, or `undefined` when it is. */
  fault(request: Addressed): string | undefined {
    const { host, origin } = request.headers;
    const name = host?.toLowerCase();
    if (name === undefined || !(this.#moreHosts.has(name) || this.#isOwnHost(name, request))) {
      return "This address isn't one under which this frontend may be reached (--console-origin allows more).";
    }
    if (origin === undefined || this.#moreOrigins.has(origin)) return undefined;
    if (origin.startsWith(PLAIN) && this.#isOwnHost(origin.slice(PLAIN.length), request)) return undefined;
    return "Pages of this origin may not use this frontend (--console-origin allows more).";
  }

  /** Whether the request came by a proxy that speaks https to browsers: it came under an origin that was allowed besides. */
  isHttps({ headers: { host, origin } }: Addressed): boolean {
    const byOrigin = origin?.startsWith("https://") === true && this.#moreOrigins.has(origin);
    return byOrigin || this.#httpsHosts.has(host?.toLowerCase() ?? "");
  }

  /**
   * Whom a request comes from: what a proxy on this machine says, if the request came under an origin that was allowed
   * besides; else the address at the other end of the connection. What a client says of itself is never believed.
   */
  clientOf(request: Addressed): string {
    const { headers, socket } = request;
    const peer = socket.remoteAddress ?? "";
    const isProxied = this.#moreHosts.has(headers.host?.toLowerCase() ?? "") || this.isHttps(request);
    if (!isProxied || !isLoopback(peer)) return peer;
    // The proxy adds the last one; those before it come from the client.
    const said = [headers["x-forwarded-for"] ?? []].flat().at(-1)?.split(",").at(-1)?.trim().slice(0, MAX_ADDRESS);
    return said === undefined || said === "" ? peer : said;
  }

  #isOwnHost(host: string, { socket }: Addressed): boolean {
    const { localAddress, localPort } = socket;
    const port = `:${localPort}`;
    // Browsers leave the port of http out.
    const name = host.endsWith(port) ? host.slice(0, -port.length) : localPort === 80 ? host : undefined;
    if (name === undefined) return false;
    // The very address that was dialled is a number, which no name server had a hand in.
    return this.#names.has(name) || (localAddress !== undefined && name === hostName(localAddress));
  }
}

function isLoopback(address: string): boolean {
  return address === "::1" || /^(?:::ffff:)?127\./.test(address);
}

/** An address as it stands in a URL. */
function hostName(address: string): string {
  if (address.startsWith("::ffff:") && address.includes(".")) return address.slice("::ffff:".length);
  return address.includes(":") ? `[${address.toLowerCase()}]` : address;
}
