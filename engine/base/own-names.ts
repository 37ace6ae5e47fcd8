import type { IncomingMessage } from "node:http";

/** What a request says of where it comes from and where it goes. */
type Addressed = Pick<IncomingMessage, "headers"> & {
  socket: { readonly localAddress?: string | undefined; readonly localPort?: number | undefined };
};

/** Under which every machine reaches itself. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const PLAIN = "http://";

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

  /** @param moreOrigins further ones, such as `https://siem.example.com` for a proxy in front of the server. */
  constructor(listensOn: string, moreOrigins: readonly string[] = []) {
    this.#names = new Set([...LOOPBACK, hostName(listensOn)]);
    this.#moreOrigins = new Set(moreOrigins);
    this.#moreHosts = new Set(moreOrigins.flatMap((origin) => /^https?:\/\/(.*)$/.exec(origin)?.[1] ?? []));
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

/** An address as it stands in a URL. */
function hostName(address: string): string {
  if (address.startsWith("::ffff:") && address.includes(".")) return address.slice("::ffff:".length);
  return address.includes(":") ? `[${address.toLowerCase()}]` : address;
}
