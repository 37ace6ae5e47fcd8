import type { WebSocket } from "ws";
import type { Logger } from "../../base/log.ts";
import {
  LIVE_PING_SECONDS,
  LIVE_TOPICS,
  type LiveClientMessage,
  type LiveTopicName,
  liveClientMessageSchema,
} from "../../contract/console/live.ts";
import { controlMessage } from "./message.ts";
import { Subscription, TICK_MS } from "./subscription.ts";
import type { LiveTopic, LiveTopics } from "./topic.ts";

/** A screen needs a handful. */
const MAX_SUBSCRIPTIONS = 32;
/** A client with more than this waiting for it is behind, until less than the lesser waits, in bytes. */
const BEHIND_BYTES = 4 * 1024 * 1024;
const CAUGHT_UP_BYTES = 512 * 1024;
/** What happens while a client is behind for no longer than this reaches it late; then it gets a snapshot instead. */
const PATIENCE_MS = 1000;
/** A client that takes nothing for so long is gone. */
const GONE_MS = 30_000;
/** What a client says is short; more than this many messages in a second are no person's doing. */
const MAX_MESSAGES_PER_SECOND = 100;

const CLOSE_MALFORMED = 1007;
const CLOSE_POLICY = 1008;

export interface ConnectionParts {
  socket: WebSocket;
  topics: LiveTopics;
  log: Logger;
  /** Milliseconds that never go back. */
  now: () => number;
  closed(): void;
}

/** One client of the hub with its subscriptions. */
export class Connection {
  readonly #parts: ConnectionParts;
  /** By the client's own numbers. */
  readonly #subscriptions = new Map<number, { tick(): void; miss(): void; close(): void }>();
  #behindSince: number | undefined;
  #lastSent: number;
  #lastHeard: number;
  #secondStarted = 0;
  #messages = 0;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    const { socket } = parts;
    this.#lastSent = parts.now();
    this.#lastHeard = this.#lastSent;
    socket.on("message", (data, isBinary) => this.#hear(isBinary ? undefined : data.toString()));
    socket.on("pong", () => {
      this.#lastHeard = this.#parts.now();
    });
    // A frame that is too large or malformed: ws closes the connection itself.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      for (const subscription of this.#subscriptions.values()) subscription.close();
      this.#subscriptions.clear();
      parts.closed();
    });
  }

  /** Called ten times a second. */
  tick(): void {
    const { now, socket } = this.#parts;
    const at = now();
    if (at - this.#lastHeard > GONE_MS) {
      socket.terminate();
      return;
    }
    if (this.#isBehind(at)) return;
    for (const subscription of this.#subscriptions.values()) subscription.tick();
    if (at - this.#lastSent >= LIVE_PING_SECONDS * 1000 - TICK_MS / 2) {
      this.#send(controlMessage({ type: "ping" }));
      // Answered by the browser itself, also while its page does nothing.
      socket.ping();
    }
  }

  close(code: number, reason: string): void {
    this.#parts.socket.close(code, reason);
  }

  #isBehind(at: number): boolean {
    const { socket } = this.#parts;
    const waiting = socket.bufferedAmount;
    if (this.#behindSince === undefined) {
      if (waiting > BEHIND_BYTES) this.#behindSince = at;
      return waiting > BEHIND_BYTES;
    }
    const behindFor = at - this.#behindSince;
    if (waiting > CAUGHT_UP_BYTES) {
      if (behindFor > PATIENCE_MS) for (const subscription of this.#subscriptions.values()) subscription.miss();
      if (behindFor > GONE_MS) socket.terminate();
      return true;
    }
    this.#behindSince = undefined;
    return false;
  }

  #hear(text: string | undefined): void {
    const at = this.#parts.now();
    this.#lastHeard = at;
    if (at - this.#secondStarted >= 1000) {
      this.#secondStarted = at;
      this.#messages = 0;
    }
    this.#messages += 1;
    const message = text === undefined ? undefined : readMessage(text);
    if (this.#messages > MAX_MESSAGES_PER_SECOND) this.close(CLOSE_POLICY, "too many messages");
    else if (message === undefined) this.close(CLOSE_MALFORMED, "a message that can't be read");
    else if (message.type === "subscribe") this.#subscribe(message);
    else {
      this.#subscriptions.get(message.id)?.close();
      this.#subscriptions.delete(message.id);
    }
  }

  #subscribe({ id, topic, params }: Extract<LiveClientMessage, { type: "subscribe" }>): void {
    if (this.#subscriptions.has(id)) this.#refuse(id, `There is a subscription ${id} already.`);
    else if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS)
      this.#refuse(id, `A connection may have ${MAX_SUBSCRIPTIONS} subscriptions; end one first.`);
    else if (isTopicName(topic)) this.#open(id, topic, params);
    else this.#refuse(id, "There is no topic of this name.");
  }

  #open<T extends LiveTopicName>(id: number, name: T, params: unknown): void {
    const { log, now, topics } = this.#parts;
    // The table's types are those of each name; the compiler doesn't follow them through the index.
    const topic = topics[name] as LiveTopic<T> | undefined;
    const read = LIVE_TOPICS[name].params.safeParse(params ?? {});
    if (topic === undefined || !read.success) {
      const issue = read.error?.issues[0];
      const fault = `${issue?.path.join(".") || "The parameters"} can't be taken: ${issue?.message ?? ""}.`;
      this.#refuse(id, topic === undefined ? "This frontend doesn't offer this topic." : fault);
      return;
    }
    const connection = this;
    const subscription = new Subscription<T>({
      ...{ id, name, topic, log, now, params: read.data as never },
      line: {
        get behind() {
          return connection.#behindSince !== undefined;
        },
        send: (text) => this.#send(text),
        ended: () => this.#subscriptions.delete(id),
      },
    });
    this.#subscriptions.set(id, subscription);
    void subscription.open();
  }

  #refuse(id: number, error: string): void {
    this.#send(controlMessage({ type: "error", id, error }));
  }

  #send(text: string): void {
    const { now, socket } = this.#parts;
    if (socket.readyState !== socket.OPEN) return;
    this.#lastSent = now();
    socket.send(text);
  }
}

function isTopicName(name: string): name is LiveTopicName {
  return Object.hasOwn(LIVE_TOPICS, name);
}

function readMessage(text: string): LiveClientMessage | undefined {
  try {
    return liveClientMessageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
