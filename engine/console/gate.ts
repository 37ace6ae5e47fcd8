import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { sessionOf } from "../base/console-session.ts";
import type { OwnNames } from "../base/own-names.ts";
import { TOKEN_PROTOCOL } from "../contract/console/live.ts";
import { cookieHeader, readCookie } from "./cookies.ts";

/** What a request is answered that doesn't get past the gate. */
export interface GateRefusal {
  status: 401 | 403;
  /** One sentence for people, with a line end. */
  text: string;
  /** Names and values in turn. */
  headers?: readonly string[];
}

const BEARER = "Bearer ";
const SESSION_COOKIE = "session";
/** Who may come in, and who may do what needs the launch token, in console mode (operation.md §1, §3). */
export class Gate {
  readonly #names: OwnNames;
  readonly #tokenHash: Buffer;
  readonly #session: string;

  constructor(names: OwnNames, token: string) {
    this.#names = names;
    this.#tokenHash = hash(token);
    this.#session = sessionOf(token);
  }

  /** For every request and every upgrade, whatever it asks for. */
  foreign(request: IncomingMessage): GateRefusal | undefined {
    const fault = this.#names.fault(request);
    return fault === undefined ? undefined : { status: 403, text: `${fault}\n` };
  }

  /** For what only the console may do. */
  unauthorised(request: IncomingMessage): GateRefusal | undefined {
    const given = tokenOf(request);
    if (given === undefined ? this.isLoggedIn(request) : this.isToken(given)) return undefined;
    const text =
      given === undefined
        ? "This needs the launch token, in the header Authorization: Bearer TOKEN, or the cookie of a login.\n"
        : "The launch token is another.\n";
    return { status: 401, text, headers: ["WWW-Authenticate", "Bearer"] };
  }

  isToken(text: string): boolean {
    // Of the hashes, which are of one length: how long it takes tells nothing of the token.
    return timingSafeEqual(hash(text), this.#tokenHash);
  }

  /** Whether the request shows the cookie. */
  isLoggedIn(request: IncomingMessage): boolean {
    const shown = readCookie(request, SESSION_COOKIE);
    return shown !== undefined && timingSafeEqual(hash(shown), hash(this.#session));
  }

  /** The value of the `Set-Cookie` header for a browser that has logged in; it forgets it when it is closed. */
  sessionCookie(request: IncomingMessage): string {
    return cookieHeader(request, SESSION_COOKIE, this.#session, { secure: this.#names.isHttps(request) });
  }

  /** Whom failed logins are counted for. */
  clientOf(request: IncomingMessage): string {
    return this.#names.clientOf(request);
  }
}

function tokenOf({ headers }: IncomingMessage): string | undefined {
  const { authorization } = headers;
  if (authorization?.startsWith(BEARER) === true) return authorization.slice(BEARER.length);
  const protocols = headers["sec-websocket-protocol"]?.split(",").map((protocol) => protocol.trim());
  return protocols?.find((protocol) => protocol.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length);
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
