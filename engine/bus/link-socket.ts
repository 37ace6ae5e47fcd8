import type { WebSocket } from "ws";
import { errorText } from "../base/errors.ts";
import { MAX_HANDSHAKE_BYTES } from "./link-handshake.ts";

/** Each side pings this often. */
export const HEARTBEAT_MS = 3000;
/** This many heartbeats without a sign of life, and the peer is dead: after 9 to 12 s. */
const MAX_SILENT_BEATS = 3;
/** A closing handshake that takes longer is cut short. */
const CLOSE_TIMEOUT_MS = 1000;

export interface LinkSocketHandlers {
  text(text: string): void;
  frame(frame: Buffer): void;
  /** Something that was sent has left this process, so there may be room for more. */
  writable(): void;
  /** Once, whatever the cause. */
  closed(code: number, reason: string): void;
}

/** One WebSocket of `link`, at either end: heartbeats, orderly closing, and what is on its way out. */
export class LinkSocket {
  readonly #ws: WebSocket;
  #handlers: LinkSocketHandlers;
  readonly #beat: NodeJS.Timeout;
  #silentBeats = 0;
  #closing = false;
  #closed = false;
  #reason = "";
  /** What this side closed with: the peer's echo may never come. */
  #code: number | undefined;
  readonly #written: (error?: Error) => void;

  constructor(ws: WebSocket, handlers: LinkSocketHandlers, heartbeatMs = HEARTBEAT_MS) {
    this.#ws = ws;
    this.#handlers = handlers;
    this.#written = () => {
      if (!this.#closing) this.#handlers.writable();
    };
    this.#beat = setInterval(() => this.#heartbeat(), heartbeatMs);
    const alive = () => {
      this.#silentBeats = 0;
    };
    ws.on("ping", alive);
    ws.on("pong", alive);
    ws.on("message", (data, isBinary) => {
      this.#silentBeats = 0;
      if (this.#closing || !Buffer.isBuffer(data)) return;
      if (isBinary) this.#handlers.frame(data);
      else this.#handlers.text(data.length > MAX_HANDSHAKE_BYTES ? "" : data.toString("utf8"));
    });
    // "close" always follows.
    ws.on("error", (error) => {
      if (this.#reason === "") this.#reason = errorText(error) || ("code" in error ? String(error.code) : "");
    });
    ws.on("close", (code, reason) => {
      clearInterval(this.#beat);
      this.#closing = true;
      if (this.#closed) return;
      this.#closed = true;
      const said = reason.toString("utf8");
      this.#handlers.closed(this.#code ?? code, this.#reason || said || "the connection broke");
    });
  }

  /** From now on `handlers` gets what comes: after the handshake. */
  handOver(handlers: LinkSocketHandlers): void {
    this.#handlers = handlers;
  }

  /** Bytes that were sent and still are in this process. */
  get backlogBytes(): number {
    return this.#ws.bufferedAmount;
  }

  sendText(value: object): void {
    if (!this.#closing) this.#ws.send(JSON.stringify(value));
  }

  sendFrame(frame: Buffer): void {
    if (!this.#closing) this.#ws.send(frame, this.#written);
  }

  /** Closes in order, after what was sent, telling the peer why; what still comes is ignored. */
  close(code: number, reason: string): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#code = code;
    this.#reason = reason;
    // The protocol allows 123 bytes.
    this.#ws.close(code, reason.slice(0, 60));
    setTimeout(() => this.#ws.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  /** Cuts the connection at once. */
  terminate(reason: string): void {
    this.#closing = true;
    if (this.#reason === "") this.#reason = reason;
    this.#ws.terminate();
  }

  #heartbeat(): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    this.#silentBeats += 1;
    if (this.#silentBeats > MAX_SILENT_BEATS) this.terminate("nothing was heard any more");
    else this.#ws.ping();
  }
}
