import type { LiveServerMessage } from "../../engine/contract/console/live.ts";
import type {
  LiveFault,
  LiveHandlers,
  LiveParams,
  LivePlace,
  LiveSocket,
  LiveStatus,
  LiveTopicName,
} from "./live-types.ts";

/** The server says something at least every 5 seconds (LIVE_PING_SECONDS); three times as long is silence. */
const SILENCE_MS = 15_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
/** A hidden page hears once a second; what waits longer than this many messages is asked for anew in one snapshot. */
const MOST_WAITING = 2_000;

interface Subscription {
  readonly topic: LiveTopicName;
  readonly params: unknown;
  readonly handlers: {
    snapshot(data: unknown, again: boolean): void;
    delta(data: unknown): void;
    error?(fault: LiveFault): void;
  };
  /** The number of the last message; undefined until the snapshot is there. */
  seq: number | undefined;
  hadSnapshot: boolean;
}

/**
 * The one WebSocket of the page (console.md §3). Keeps subscriptions over reconnects, and asks for a new snapshot whenever
 * a sequence number shows that something was missed.
 */
export class LiveConnection {
  readonly #place: LivePlace;
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #listeners = new Set<(status: LiveStatus) => void>();
  #status: LiveStatus;
  #socket: LiveSocket | undefined;
  #nextId = 1;
  #failures = 0;
  #waiting: Exclude<LiveServerMessage, { type: "ping" }>[] = [];
  #frameAsked = false;
  #cancelTimer: () => void = () => undefined;
  #wanted = false;

  constructor(place: LivePlace) {
    this.#place = place;
    this.#status = { kind: "connecting", since: place.now() };
  }

  get status(): LiveStatus {
    return this.#status;
  }

  onStatus(listener: (status: LiveStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Connects now, also when a later try was planned. */
  connectNow(): void {
    this.#wanted = true;
    this.#cancelTimer();
    if (this.#socket === undefined) void this.#connect();
  }

  /** Ends the connection for good: nobody is logged in, or the page is left. */
  stop(): void {
    this.#wanted = false;
    this.#cancelTimer();
    const socket = this.#socket;
    this.#drop();
    socket?.close();
  }

  subscribe<T extends LiveTopicName>(topic: T, params: LiveParams<T>, handlers: LiveHandlers<T>): () => void {
    const id = this.#nextId++;
    // The server's data is of the topic that was asked for; both ends are built from the same contract.
    const untyped = handlers as unknown as Subscription["handlers"];
    this.#subscriptions.set(id, { topic, params, handlers: untyped, seq: undefined, hadSnapshot: false });
    this.#ask(id);
    if (!this.#wanted) this.connectNow();
    return () => {
      if (!this.#subscriptions.delete(id)) return;
      this.#socket?.send(JSON.stringify({ type: "unsubscribe", id }));
    };
  }

  #ask(id: number): void {
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined || this.#socket === undefined) return;
    subscription.seq = undefined;
    const { topic, params } = subscription;
    this.#socket.send(JSON.stringify({ type: "subscribe", id, topic, params }));
  }

  async #connect(): Promise<void> {
    const since = this.#status.kind === "lost" ? this.#status.since : this.#place.now();
    this.#say({ kind: "connecting", since });
    try {
      const socket = await this.#place.connect();
      if (this.#wanted && this.#socket === undefined) this.#opened(socket);
      else socket.close();
    } catch {
      this.#lost(since);
    }
  }

  #opened(socket: LiveSocket): void {
    this.#socket = socket;
    this.#failures = 0;
    socket.onmessage = ({ data }) => this.#heard(socket, data);
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#drop();
      this.#lost(this.#place.now());
    };
    const now = this.#place.now();
    this.#say({ kind: "open", since: now, heardAt: now });
    this.#watchSilence(socket);
    for (const id of this.#subscriptions.keys()) this.#ask(id);
  }

  /** A connection can die without a word, as when a laptop sleeps: silence ends it. */
  #watchSilence(socket: LiveSocket): void {
    this.#cancelTimer = this.#place.after(SILENCE_MS / 3, () => {
      if (this.#socket !== socket || this.#status.kind !== "open") return;
      if (this.#place.now() - this.#status.heardAt < SILENCE_MS) {
        this.#watchSilence(socket);
        return;
      }
      this.#drop();
      socket.close();
      this.#lost(this.#place.now());
    });
  }

  #drop(): void {
    this.#socket = undefined;
    this.#waiting = [];
    for (const subscription of this.#subscriptions.values()) subscription.seq = undefined;
  }

  #lost(since: number): void {
    if (!this.#wanted) return;
    const wait = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#say({ kind: "lost", since, retryAt: this.#place.now() + wait });
    this.#cancelTimer();
    this.#cancelTimer = this.#place.after(wait, () => void this.#connect());
  }

  #say(status: LiveStatus): void {
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
  }

  #heard(socket: LiveSocket, data: unknown): void {
    if (this.#socket !== socket || typeof data !== "string") return;
    if (this.#status.kind === "open") this.#status = { ...this.#status, heardAt: this.#place.now() };
    // Trusted as the API's answers are: same origin, same contract.
    const message = JSON.parse(data) as LiveServerMessage;
    if (message.type === "ping") return;
    this.#waiting.push(message);
    if (this.#waiting.length > MOST_WAITING) this.#startOver();
    if (this.#frameAsked) return;
    this.#frameAsked = true;
    this.#place.frame(() => {
      this.#frameAsked = false;
      this.#deliver();
    });
  }

  #startOver(): void {
    this.#waiting = [];
    for (const id of this.#subscriptions.keys()) this.#ask(id);
  }

  #deliver(): void {
    const messages = this.#waiting;
    this.#waiting = [];
    for (const message of messages) {
      const subscription = this.#subscriptions.get(message.id);
      if (subscription !== undefined) this.#tell(message, subscription);
    }
  }

  #tell(message: Exclude<LiveServerMessage, { type: "ping" }>, subscription: Subscription): void {
    if (message.type === "error") {
      const { error, column, length } = message;
      subscription.handlers.error?.({
        text: error,
        ...(column === undefined ? {} : { column }),
        ...(length === undefined ? {} : { length }),
      });
      return;
    }
    if (message.type === "snapshot") {
      const again = subscription.hadSnapshot;
      subscription.seq = message.seq;
      subscription.hadSnapshot = true;
      subscription.handlers.snapshot(message.data, again);
      return;
    }
    // Deltas of before a new snapshot was asked for may still be under way.
    if (subscription.seq === undefined) return;
    if (message.seq === subscription.seq + 1) {
      subscription.seq = message.seq;
      subscription.handlers.delta(message.data);
    } else {
      this.#ask(message.id);
    }
  }
}
