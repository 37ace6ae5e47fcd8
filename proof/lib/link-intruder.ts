import { once } from "node:events";
import { WebSocket } from "ws";
import {
  type Challenge,
  LINK_PATH,
  LINK_PROTOCOL,
  newNonce,
  proofOf,
  readChallenge,
} from "../../engine/bus/link-handshake.ts";
import type { Garbage } from "./garbage.ts";

const CLOSED_MS = 8000;

/** Says what it likes to the link door of a frontend; with the token it gets in first. */
export class LinkIntruder {
  readonly #port: number;
  readonly #token: string;
  readonly #garbage: Garbage;

  constructor(port: number, token: string, garbage: Garbage) {
    this.#port = port;
    this.#token = token;
    this.#garbage = garbage;
  }

  /** Garbage instead of the handshake; resolves when the frontend has closed the connection. */
  async shout(): Promise<boolean> {
    const ws = await this.#open();
    const { hello } = this.#hello();
    const said = this.#garbage.damaged(JSON.stringify({ type: "hello", ...hello }));
    ws.send(said, { binary: this.#garbage.below(2) === 0 });
    ws.send(this.#garbage.damaged('{"proof":"00","credit":1}'), { binary: false });
    return this.#closed(ws);
  }

  /** Joins as a backend does, and then sends so many frames of garbage; the frontend may close at any of them. */
  async betray(frames: number): Promise<boolean> {
    const ws = await this.#open();
    const { hello } = this.#hello();
    ws.send(JSON.stringify({ type: "hello", ...hello }));
    const challenge = await this.#next(ws);
    if (challenge === undefined) return this.#closed(ws);
    const proof = proofOf(this.#token, "backend", hello, challenge);
    ws.send(JSON.stringify({ type: "proof", proof, credit: this.#garbage.below(0xffff) }));
    for (let i = 0; i < frames && ws.readyState === WebSocket.OPEN; i++) ws.send(this.#frame());
    // What it sent may all have been well-formed; text is never welcome here.
    ws.send("over", { binary: false });
    return this.#closed(ws);
  }

  #hello() {
    const hello = { protocol: LINK_PROTOCOL, node: "intruder", boot: newNonce().slice(0, 24), nonce: newNonce() };
    return { hello };
  }

  /** Often a message of the right form with anything inside, since a malformed frame ends the connection. */
  #frame(): Buffer {
    const garbage = this.#garbage;
    if (garbage.below(50) === 0) return garbage.bytes(64);
    const subject = Buffer.from(garbage.pick(["dsiem_overload_signals", "dsiem_console.x", "\u0000", "a".repeat(900)]));
    const payload = garbage.damaged('{"listening":["dsiem_events"],"responding":["x"]}');
    const head = Buffer.alloc(9);
    // A message frame, whole in one piece; kinds 1 to 4, since a wrong list of subjects ends the connection as well.
    head.set([3, 1, 1 + garbage.below(4)]);
    head.writeUInt32BE(garbage.below(0xffff_ffff), 3);
    head.writeUInt16BE(subject.length, 7);
    return Buffer.concat([head, subject, payload]);
  }

  async #open(): Promise<WebSocket> {
    const ws = new WebSocket(`ws://127.0.0.1:${this.#port}${LINK_PATH}`, { perMessageDeflate: false });
    ws.on("error", () => undefined);
    await Promise.race([once(ws, "open"), once(ws, "close")]);
    return ws;
  }

  #next(ws: WebSocket): Promise<Challenge | undefined> {
    return new Promise((resolve) => {
      ws.once("message", (data) => resolve(readChallenge(data.toString())));
      ws.once("close", () => resolve(undefined));
    });
  }

  #closed(ws: WebSocket): Promise<boolean> {
    if (ws.readyState === WebSocket.CLOSED) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        ws.terminate();
        resolve(false);
      }, CLOSED_MS);
      ws.once("close", () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
}
