import WebSocket from "ws";
import {
  LIVE_PATH,
  LIVE_PING_SECONDS,
  LIVE_PROTOCOL,
  LIVE_TOPICS,
  type LiveClientMessage,
  type LiveDelta,
  type LiveParams,
  type LiveSnapshot,
  liveServerMessageSchema,
  MAX_LIVE_MESSAGE_BYTES,
  TOKEN_PROTOCOL,
} from "../../engine/contract/console/live.ts";
import { APP_ORIGIN } from "../../engine/contract/desktop.ts";
import type { ConsoleAddress } from "./console-host.ts";

/** Waits before it dials again, in milliseconds: the first, and the longest. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const SILENT_MS = 3 * LIVE_PING_SECONDS * 1000;

type AlarmsParams = LiveParams<"alarms">;
export interface AlarmsListener {
  snapshot(data: LiveSnapshot<"alarms">): void;
  delta(data: LiveDelta<"alarms">): void;
}
interface Subscription {
  params: AlarmsParams;
  listener: AlarmsListener;
  /** The number of the next delta; `undefined` until a snapshot came. */
  next: number | undefined;
}

/**
 * The main process's own live connection: it hears of alarms also while no window is open. Connects again by itself, and
 * asks for a fresh snapshot wherever something was missed.
 */
export class LiveClient {
  readonly #address: () => ConsoleAddress | undefined;
  readonly #subscriptions = new Map<number, Subscription>();
  #socket: WebSocket | undefined;
  #lastId = 0;
  #failures = 0;
  #redial: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(address: () => ConsoleAddress | undefined) {
    this.#address = address;
  }

  /** Alarms that a query finds, from now on; the returned function ends it. */
  alarms(params: AlarmsParams, listener: AlarmsListener): () => void {
    const id = ++this.#lastId;
    this.#subscriptions.set(id, { params, listener, next: undefined });
    if (this.#socket?.readyState === WebSocket.OPEN) this.#subscribe(id);
    else if (this.#socket === undefined && this.#redial === undefined) this.#dial();
    return () => {
      this.#subscriptions.delete(id);
      this.#send({ type: "unsubscribe", id });
    };
  }

  /** The services were started anew, perhaps elsewhere: dials at once. */
  reconnect(): void {
    this.#failures = 0;
    if (this.#socket === undefined) this.#dial();
    else this.#socket.terminate();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#redial);
    clearTimeout(this.#silence);
    this.#socket?.terminate();
  }

  #dial(): void {
    clearTimeout(this.#redial);
    this.#redial = undefined;
    const address = this.#address();
    if (this.#closed || this.#subscriptions.size === 0) return;
    if (address === undefined) {
      this.#dialLater();
      return;
    }
    const socket = new WebSocket(
      `${address.url.replace(/^http/, "ws")}${LIVE_PATH}`,
      [LIVE_PROTOCOL, TOKEN_PROTOCOL + address.token],
      { origin: APP_ORIGIN, maxPayload: 64 * MAX_LIVE_MESSAGE_BYTES, handshakeTimeout: 10_000 },
    );
    this.#socket = socket;
    this.#heard(socket);
    socket.on("open", () => {
      this.#failures = 0;
      for (const id of this.#subscriptions.keys()) this.#subscribe(id);
    });
    socket.on("message", (data) => {
      this.#heard(socket);
      this.#onMessage(String(data));
    });
    // "close" follows, and says all that matters here: it is tried again.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      clearTimeout(this.#silence);
      this.#dialLater();
    });
  }

  #dialLater(): void {
    if (this.#closed) return;
    const wait = Math.min(FIRST_WAIT_MS * 2 ** this.#failures++, LONGEST_WAIT_MS);
    this.#redial = setTimeout(() => this.#dial(), wait);
  }

  #heard(socket: WebSocket): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => socket.terminate(), SILENT_MS);
  }

  #subscribe(id: number): void {
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined) return;
    subscription.next = undefined;
    this.#send({ type: "subscribe", id, topic: "alarms", params: subscription.params });
  }

  #send(message: LiveClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #onMessage(text: string): void {
    const message = liveServerMessageSchema.safeParse(json(text)).data;
    if (message === undefined || message.type === "ping") return;
    const subscription = this.#subscriptions.get(message.id);
    if (subscription === undefined) return;
    if (message.type === "snapshot") {
      const data = LIVE_TOPICS.alarms.snapshot.safeParse(message.data).data;
      if (data === undefined) return;
      subscription.next = message.seq + 1;
      subscription.listener.snapshot(data);
    } else if (message.type === "delta" && subscription.next !== undefined) {
      const data = LIVE_TOPICS.alarms.delta.safeParse(message.data).data;
      if (data === undefined || message.seq !== subscription.next) {
        this.#send({ type: "unsubscribe", id: message.id });
        this.#subscribe(message.id);
        return;
      }
      subscription.next++;
      subscription.listener.delta(data);
    }
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
