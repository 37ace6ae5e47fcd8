import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { OwnNames } from "../base/own-names.ts";

/** What a request is answered that doesn't get past the gate. */
export interface GateRefusal {
  status: 401 | 403;
  /** One sentence for people, with a line end. */
  text: string;
  /** Names and values in turn. */
  headers?: readonly string[];
}

const BEARER = "Bearer ";
/**
 * A browser's WebSocket can send no header of its own, so there the token is the rest of a sub-protocol.
 */
const TOKEN_PROTOCOL = "dsiem.token.";

/** Who may come in, and who may do what needs the launch token, in console mode (operation.md §1, §3). */
export class Gate {
  readonly #names: OwnNames;
  readonly #tokenHash: Buffer;

  constructor(names: OwnNames, token: string) {
    this.#names = names;
    this.#tokenHash = hash(token);
  }

  /** For every request and every upgrade, whatever it asks for. */
  foreign(request: IncomingMessage): GateRefusal | undefined {
    const fault = this.#names.fault(request);
    return fault === undefined ? undefined : { status: 403, text: `${fault}\n` };
  }

  /** For what only the console may do. */
  unauthorised(request: IncomingMessage): GateRefusal | undefined {
    const given = tokenOf(request);
    // Of the hashes, which are of one length: how long it takes tells nothing of the token.
    if (given !== undefined && timingSafeEqual(hash(given), this.#tokenHash)) return undefined;
    const text =
      given === undefined
        ? "This needs the launch token, in the header Authorization: Bearer TOKEN.\n"
        : "The launch token is another.\n";
    return { status: 401, text, headers: ["WWW-Authenticate", "Bearer"] };
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
