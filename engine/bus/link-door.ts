import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { Logger } from "../base/log.ts";
import { refuseUpgrade } from "../base/refuse-upgrade.ts";
import { MAX_FRAME_BYTES } from "./link-frames.ts";
import {
  type Challenge,
  CLOSE_MALFORMED,
  CLOSE_PROTOCOL,
  CLOSE_STOPPING,
  CLOSE_TIMEOUT,
  CLOSE_WRONG_TOKEN,
  HANDSHAKE_TIMEOUT_MS,
  type Hello,
  LINK_PATH,
  LINK_PROTOCOL,
  newNonce,
  type Proof,
  proofOf,
  readHello,
  readProof,
  sameProof,
} from "./link-handshake.ts";
import { LinkSocket } from "./link-socket.ts";

/** Connections that haven't proved anything yet; more get 503. */
const MAX_STRANGERS = 64;
/** Names of refused nodes that are remembered, so that each is logged once. */
const MAX_REFUSED = 64;

/** Emits `upgrade` as an HTTP server does. */
export type UpgradeSource = Pick<EventEmitter, "on" | "listenerCount">;

export interface LinkDoorOptions {
  token: string;
  /** Of this run of the frontend. */
  boot: string;
  logger: Logger;
  heartbeatMs: number;
  /** A backend that knows the token; whoever takes it sends the welcome and hands the socket over. */
  join(socket: LinkSocket, hello: Hello, proof: Proof): void;
}

/** The frontend's door for backends: the WebSocket upgrade and the handshake (link-handshake.ts). */
export class LinkDoor {
  readonly #options: LinkDoorOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    clientTracking: false,
  });
  readonly #strangers = new Set<LinkSocket>();
  readonly #refused = new Set<string>();
  #closed = false;

  constructor(options: LinkDoorOptions) {
    this.#options = options;
  }

  /**
   * Answers upgrades of `LINK_PATH` on this server. Those of other paths are left to their own listeners; when there
   * is none they get 404.
   */
  attach(server: UpgradeSource): void {
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const [path] = (request.url ?? "").split("?");
      if (path === LINK_PATH) this.#upgrade(request, socket, head);
      else if (server.listenerCount("upgrade") === 1)
        refuseUpgrade(socket, "404 Not Found", "nothing is upgraded here");
    });
  }

  close(): void {
    this.#closed = true;
    for (const socket of this.#strangers) socket.close(CLOSE_STOPPING, "the frontend stops");
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Every browser names the page's origin here, and no backend does: no web page gets as far as the handshake.
    if (request.headers.origin !== undefined) {
      refuseUpgrade(socket, "403 Forbidden", "the link is for backends, not for web pages");
    } else if (this.#closed || this.#strangers.size >= MAX_STRANGERS) {
      refuseUpgrade(socket, "503 Service Unavailable", "too many connections are being set up; try again");
    } else {
      this.#server.handleUpgrade(request, socket, head, (ws) => this.#greet(ws, request.socket.remoteAddress ?? "?"));
    }
  }

  #greet(ws: WebSocket, address: string): void {
    const { token, boot, heartbeatMs, join } = this.#options;
    const state: { hello?: Hello; challenge?: Challenge } = {};
    const timer = setTimeout(() => socket.close(CLOSE_TIMEOUT, "the handshake took too long"), HANDSHAKE_TIMEOUT_MS);
    const leave = () => {
      clearTimeout(timer);
      this.#strangers.delete(socket);
    };
    const text = (said: string) => {
      const { hello, challenge } = state;
      if (hello === undefined || challenge === undefined) {
        const first = readHello(said);
        if (first === undefined) return socket.close(CLOSE_MALFORMED, "a malformed hello");
        if (first.protocol !== LINK_PROTOCOL) return this.#refuseProtocol(socket, first);
        const nonce = newNonce();
        state.hello = first;
        state.challenge = {
          protocol: LINK_PROTOCOL,
          boot,
          nonce,
          proof: proofOf(token, "frontend", first, { boot, nonce }),
        };
        socket.sendText({ type: "challenge", ...state.challenge });
        return undefined;
      }
      const proof = readProof(said);
      if (proof === undefined) return socket.close(CLOSE_MALFORMED, "a malformed proof");
      if (!sameProof(proof.proof, proofOf(token, "backend", hello, challenge))) {
        socket.close(CLOSE_WRONG_TOKEN, "wrong link token");
        return this.#logRefused(hello.node, address);
      }
      leave();
      this.#refused.delete(hello.node);
      return join(socket, hello, proof);
    };
    const socket = new LinkSocket(
      ws,
      {
        text,
        frame: () => socket.close(CLOSE_MALFORMED, "a binary frame before the handshake was over"),
        writable: () => undefined,
        closed: (code) => {
          leave();
          // The backend sees first that the tokens differ, since the frontend proves first.
          if (code === CLOSE_WRONG_TOKEN && state.hello !== undefined) this.#logRefused(state.hello.node, address);
        },
      },
      heartbeatMs,
    );
    this.#strangers.add(socket);
  }

  #refuseProtocol(socket: LinkSocket, hello: Hello): void {
    const message = `the frontend speaks link protocol ${LINK_PROTOCOL}, the backend ${hello.protocol}`;
    if (this.#rememberRefused(hello.node)) {
      this.#options.logger.error(`backend ${hello.node} cannot join: ${message}; run the same version of both`);
    }
    socket.close(CLOSE_PROTOCOL, message);
  }

  /** One line for a node, not one for each of its attempts. */
  #logRefused(node: string, address: string): void {
    if (!this.#rememberRefused(node)) return;
    const advice = "give both services the same DSIEM_LINK_TOKEN or --link-token-file";
    this.#options.logger.error(`a backend that calls itself ${node} is refused: its link token is another; ${advice}`, {
      address,
    });
  }

  #rememberRefused(node: string): boolean {
    if (this.#refused.has(node)) return false;
    if (this.#refused.size >= MAX_REFUSED) this.#refused.clear();
    this.#refused.add(node);
    return true;
  }
}
