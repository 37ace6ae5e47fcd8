import { DsiemError } from "../base/errors.ts";
import type { FrontendDropCause } from "../contract/loss.ts";

/**
 * Where an event stands in the stream that a subscriber gets: grows by one with each delivered event. What it counts
 * is the transport's own affair (`link`: sequence numbers of the frontend; core NATS: deliveries since the start).
 */
export type Position = number;

/** Where an event stands in terms that outlive this process: the frontend's run, and the number in it. */
export interface StreamPosition {
  stream: string;
  sequence: number;
}

export type BusState = "connecting" | "connected" | "disconnected" | "closed";

export interface BusStatus {
  state: BusState;
  /** One sentence for people: to whom, since when not, why. Never holds a password. */
  detail: string;
  /** Events taken in and not yet handed to the other side. */
  buffered: number;
}

export interface Subscription {
  close(): void;
}

export interface EventSubscription extends Subscription {
  /** Stops deliveries where the transport can hold events back (`link`); core NATS goes on delivering. */
  pause(): void;
  resume(): void;
}

/** Takes one event as the bytes that were published. The bytes stay valid and unchanged. */
export type EventListener = (payload: Uint8Array, position: Position) => void;

/** Events that were answered for with `done`, and that a backend will never be done with. */
export interface BusLoss {
  cause: FrontendDropCause;
  /** Over `link` they count once for each node that missed them. */
  events: number;
  /** Why, in one sentence. */
  text: string;
}

export type LossListener = (loss: BusLoss) => void;

/**
 * What joins frontends and backends (engine.md §4, operation.md §4). Events travel in a lane of their own: in order,
 * with positions, acknowledged, never behind other traffic. Everything else is small messages by subject.
 */
export interface Bus {
  readonly kind: "nats" | "link" | "memory";
  /** Largest payload of one message, in bytes. */
  readonly maxPayload: number;
  status(): BusStatus;
  onStatus(listener: (status: BusStatus) => void): void;

  /**
   * Takes events over, in order, all or none. Throws `BusFullError` or `PayloadTooLargeError` at once and takes none;
   * else `done` is called exactly once, when the transport answers for them (NATS: flushed to the server; `link`: in
   * the replay buffer; NATS away: in the bounded buffer), or with the error that kept it from doing so. It may be
   * called before `publishEvents` returns. The bytes belong to the bus from then on and must not be changed.
   */
  publishEvents(events: readonly Uint8Array[], done: (error?: Error) => void): void;
  subscribeEvents(listener: EventListener): EventSubscription;
  /** Everything up to and including `position` is done with; what isn't acknowledged may be delivered again. */
  ack(position: Position): void;
  /**
   * What a state stored on disk has to remember of a position, so that the next process can go on behind it. Undefined
   * where the transport replays nothing, and for positions of a stream that has ended: nobody can go on there.
   */
  streamPosition(position: Position): StreamPosition | undefined;

  /**
   * A small message to whoever listens now. While the bus is away the last one of each subject is kept for its return
   * (`nats`, `link` in the backend), which is what state such as the overload signal needs; no other is.
   */
  publish(subject: string, payload: Uint8Array): void;
  /** In `subject` a token may be `*`, and the last one `>`, as in NATS. */
  subscribe(subject: string, listener: (payload: Uint8Array) => void): Subscription;
  /**
   * Rejects with `RequestTimeoutError` when nobody answered in time, and at once with `NoResponderError` where the
   * transport knows that nobody can. A handler that fails doesn't answer: what it has to say belongs in its answer.
   */
  request(subject: string, payload: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
  respond(subject: string, handler: (payload: Uint8Array) => Promise<Uint8Array>): Subscription;

  /** Hands over what is buffered, for up to `timeoutMs`; resolves with the number of events that were left. */
  drain(timeoutMs: number): Promise<number>;
  close(): Promise<void>;
}

/** The bus is away, or slower than the events come, and its buffer is full: the sender has to try again (HTTP 503). */
export class BusFullError extends DsiemError {
  constructor(message: string) {
    super("BUS_FULL", message);
  }
}

/** An event is larger than the bus carries (HTTP 413). */
export class PayloadTooLargeError extends DsiemError {
  /** Index of the event in what was published. */
  readonly index: number;
  readonly limit: number;

  constructor(index: number, size: number, limit: number) {
    super("PAYLOAD_TOO_LARGE", `the event takes ${size} bytes on the bus, which carries at most ${limit}`);
    this.index = index;
    this.limit = limit;
  }
}

export class RequestTimeoutError extends DsiemError {
  constructor(subject: string, timeoutMs: number) {
    super("REQUEST_TIMEOUT", `nobody answered on ${subject} within ${timeoutMs} ms`);
  }
}

/** Nobody is there to answer a request: the bus is away, or nobody on it responds to the subject. */
export class NoResponderError extends DsiemError {
  constructor(subject: string) {
    super("NO_RESPONDER", `nobody on the bus answers ${subject}`);
  }
}
