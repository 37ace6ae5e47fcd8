import type { Logger } from "../base/log.ts";
import { Ring } from "../base/ring.ts";
import { MAX_LINK_PAYLOAD_BYTES } from "../contract/limits.ts";
import {
  type Bus,
  BusFullError,
  type BusStatus,
  type EventListener,
  type EventSubscription,
  NoResponderError,
  PayloadTooLargeError,
  type Position,
  RequestTimeoutError,
  type Subscription,
} from "./bus.ts";
import { type MessageListener, type Responder, SubjectTable } from "./subject-table.ts";

interface Held {
  payload: Uint8Array;
  position: Position;
}

/**
 * The bus within one process, for tests and replay. Delivers before `publishEvents` returns; events that come before
 * the first subscriber, or while one pauses, wait, up to `maxBuffered` of them.
 */
export class MemoryBus implements Bus {
  readonly kind = "memory";
  readonly maxPayload: number;
  readonly #maxBuffered: number;
  readonly #table: SubjectTable;
  readonly #statusListeners: ((status: BusStatus) => void)[] = [];
  readonly #listeners: EventListener[] = [];
  #pausedCount = 0;
  /** Bounded by `maxBuffered` in `publishEvents`. */
  readonly #held = new Ring<Held>(Number.MAX_SAFE_INTEGER);
  #delivering = false;
  #position: Position = 0;
  #acked: Position = 0;
  #closed = false;

  constructor(logger: Logger, maxBuffered = 1_000_000, maxPayload = MAX_LINK_PAYLOAD_BYTES) {
    this.#table = new SubjectTable(logger);
    this.#maxBuffered = maxBuffered;
    this.maxPayload = maxPayload;
  }

  /** The highest position that was acknowledged. */
  get acked(): Position {
    return this.#acked;
  }

  status(): BusStatus {
    return {
      state: this.#closed ? "closed" : "connected",
      detail: this.#closed ? "closed" : "everything is in one process",
      buffered: this.#held.length,
    };
  }

  onStatus(listener: (status: BusStatus) => void): void {
    this.#statusListeners.push(listener);
  }

  publishEvents(events: readonly Uint8Array[], done: (error?: Error) => void): void {
    events.forEach((event, index) => {
      if (event.length > this.maxPayload) throw new PayloadTooLargeError(index, event.length, this.maxPayload);
    });
    if (this.#closed) throw new BusFullError("the bus is closed");
    const waits = this.#listeners.length === 0 || this.#pausedCount > 0;
    if (waits && this.#held.length + events.length > this.#maxBuffered) {
      throw new BusFullError(`nobody takes events and the buffer of ${this.#maxBuffered} is full`);
    }
    for (const payload of events) this.#held.push({ payload, position: ++this.#position });
    this.#deliver();
    done();
  }

  subscribeEvents(listener: EventListener): EventSubscription {
    this.#listeners.push(listener);
    let paused = false;
    const setPaused = (wanted: boolean) => {
      if (paused === wanted) return;
      paused = wanted;
      this.#pausedCount += wanted ? 1 : -1;
      this.#deliver();
    };
    this.#deliver();
    return {
      pause: () => setPaused(true),
      resume: () => setPaused(false),
      close: () => {
        const index = this.#listeners.indexOf(listener);
        if (index >= 0) this.#listeners.splice(index, 1);
        setPaused(false);
      },
    };
  }

  ack(position: Position): void {
    this.#acked = Math.max(this.#acked, position);
  }

  /** What was delivered is gone with the process. */
  streamPosition(_position: Position): undefined {
    return undefined;
  }

  publish(subject: string, payload: Uint8Array): void {
    if (!this.#closed) this.#table.deliver(subject, payload);
  }

  subscribe(subject: string, listener: MessageListener): Subscription {
    return this.#table.listen(subject, listener);
  }

  async request(subject: string, payload: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    if (this.#closed || !this.#table.responding().includes(subject)) throw new NoResponderError(subject);
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const timer = setTimeout(() => reject(new RequestTimeoutError(subject, timeoutMs)), timeoutMs);
    void this.#table.answer(subject, payload).then((answer) => {
      if (answer !== undefined) resolve(answer);
    });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  respond(subject: string, handler: Responder): Subscription {
    return this.#table.respond(subject, handler);
  }

  async drain(): Promise<number> {
    return this.#held.length;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#statusListeners) listener(this.status());
  }

  #deliver(): void {
    // A listener may publish: its events wait for their turn, or a second listener would get them out of order.
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (this.#pausedCount === 0 && this.#listeners.length > 0) {
        const held = this.#held.shift();
        if (held === undefined) break;
        for (const listener of this.#listeners) listener(held.payload, held.position);
      }
    } finally {
      this.#delivering = false;
    }
  }
}
