import { readFileSync } from "node:fs";
import {
  type ConnectionOptions,
  credsAuthenticator,
  NatsConnectionImpl,
  setTransportFactory,
} from "@nats-io/transport-node";
import { NodeTransport, nodeResolveHost } from "@nats-io/transport-node/lib/node_transport.js";
import { NatsEventStream } from "./nats-event-stream.ts";

/** One server of `--msq`. */
export interface NatsServer {
  host: string;
  port: number;
  tls: boolean;
  user?: string;
  password?: string;
}

/** How to reach NATS beyond its URL (operation.md §1); all from the environment, never from argv. */
export interface NatsCredentials {
  user?: string;
  password?: string;
  token?: string;
  /** Path of a creds file. */
  credsFile?: string;
  tlsCaFile?: string;
  tlsCertFile?: string;
  tlsKeyFile?: string;
}

/** What a connection is made with. */
export interface DialOptions {
  credentials: NatsCredentials;
  /** Shown in the server's list of connections. */
  name: string;
  /** Whether what it publishes comes back to its own subscriptions, too; true unless given. */
  echo?: boolean;
}

/** From the first byte to the server's first PONG. */
const CONNECT_TIMEOUT_MS = 5000;
/** A server that answers none of two pings in a row is given up: after 10 to 15 s. */
const PING_INTERVAL_MS = 5000;
const MAX_UNANSWERED_PINGS = 2;

/** What the socket reads, without the events; see `NatsEventStream`. */
class EventTransport extends NodeTransport {
  readonly events = new NatsEventStream();

  override async *iterate(): AsyncIterableIterator<Uint8Array> {
    for await (const bytes of super.iterate()) {
      for (const rest of this.events.take(bytes)) yield rest;
    }
  }

  /** The client drops a failed attempt without its socket when the server accepts and then says nothing. */
  override async close(error?: Error): Promise<void> {
    if (!this.connected) this.discard();
    await super.close(error);
  }
}

/**
 * One attempt to connect to one server. The client's own reconnect is off, because every connection has to be a new
 * one: its outbound buffer dies with it, so that what to send again is decided in one place (`EventOutbox`).
 */
export async function dialNats(server: NatsServer, options: DialOptions): Promise<NatsConnectionImpl> {
  setTransportFactory({ factory: () => new EventTransport(), dnsResolveFn: nodeResolveHost });
  const connection = await NatsConnectionImpl.connect(connectionOptions(server, options));
  if (!(connection instanceof NatsConnectionImpl)) throw new Error("broken invariant: an unknown kind of connection");
  return connection;
}

/** The events of a connection that `dialNats` made. */
export function eventsOf(connection: NatsConnectionImpl): NatsEventStream {
  const { transport } = connection.protocol;
  if (!(transport instanceof EventTransport)) throw new Error("broken invariant: the transport isn't ours");
  return transport.events;
}

function connectionOptions(server: NatsServer, { credentials, name, echo }: DialOptions): ConnectionOptions {
  const { tlsCaFile, tlsCertFile, tlsKeyFile } = credentials;
  const wantsTls = server.tls || tlsCaFile !== undefined || tlsCertFile !== undefined;
  // The client checks a certificate's name only against a host name; `host` makes it check an address, too.
  const tls = {
    host: server.host,
    ...(tlsCaFile === undefined ? {} : { caFile: tlsCaFile }),
    ...(tlsCertFile === undefined ? {} : { certFile: tlsCertFile }),
    ...(tlsKeyFile === undefined ? {} : { keyFile: tlsKeyFile }),
  };
  return {
    servers: [serverText(server)],
    name,
    ...(echo === false && { noEcho: true }),
    reconnect: false,
    ignoreClusterUpdates: true,
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: MAX_UNANSWERED_PINGS,
    ...(wantsTls ? { tls } : {}),
    ...authentication(server, credentials),
  };
}

/** What the URL says beats the environment; a user without a password is a token, as everywhere in NATS. */
function authentication(server: NatsServer, credentials: NatsCredentials): ConnectionOptions {
  if (server.user !== undefined && server.user !== "") {
    return server.password === undefined ? { token: server.user } : { user: server.user, pass: server.password };
  }
  const { user, password, token, credsFile } = credentials;
  return {
    ...(user === undefined ? {} : { user, pass: password ?? "" }),
    ...(token === undefined ? {} : { token }),
    // Read anew for each attempt: the file may be renewed, or mounted late.
    ...(credsFile === undefined ? {} : { authenticator: credsAuthenticator(() => readFileSync(credsFile)) }),
  };
}

/** `host:port`, and never the credentials. */
export function serverText(server: NatsServer): string {
  const bare = server.host.includes(":") && !server.host.startsWith("[");
  return `${bare ? `[${server.host}]` : server.host}:${server.port}`;
}

/** Other members of the cluster, reached as the one that named them: same credentials, same encryption. */
export function discoveredServers(from: NatsServer, urls: readonly string[], own: readonly NatsServer[]): NatsServer[] {
  const known = new Set(own.map(serverText));
  const found: NatsServer[] = [];
  for (const url of urls) {
    const end = url.lastIndexOf(":");
    const port = Number(url.slice(end + 1));
    const host = url.slice(0, end).replace(/^\[|\]$/g, "");
    const server: NatsServer = { ...from, host, port };
    if (host !== "" && Number.isInteger(port) && !known.has(serverText(server))) found.push(server);
  }
  return found;
}
