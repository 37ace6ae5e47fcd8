import { type Msg, type NatsConnectionImpl, NoRespondersError, TimeoutError } from "@nats-io/transport-node";
import type { Clock } from "../base/clock.ts";
import { DsiemError, errorText } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { SUBJECT_EVENTS } from "../contract/subjects.ts";
import { BackOff } from "./back-off.ts";
import {
  type Bus,
  BusFullError,
  type BusState,
  type BusStatus,
  type EventListener,
  type EventSubscription,
  type LossListener,
  NoResponderError,
  PayloadTooLargeError,
  type Position,
  RequestTimeoutError,
  type Subscription,
} from "./bus.ts";
import { EventOutbox } from "./event-outbox.ts";
import { LatestMessages } from "./latest-messages.ts";
import {
  dialNats,
  discoveredServers,
  eventsOf,
  type NatsCredentials,
  type NatsServer,
  serverText,
} from "./nats-dial.ts";
import { encodePublishes } from "./nats-wire.ts";

export interface NatsBusOptions {
  servers: readonly NatsServer[];
  credentials: NatsCredentials;
  /** Events that wait while the server is away; 0 means none (`--max_queue` of the frontend). */
  maxBuffered: number;
  /** Shown in the server's list of connections. */
  name: string;
  /** Whether what this connection publishes comes back to its own subscriptions, too; true unless given. */
  echo?: boolean;
  logger: Logger;
  clock: Clock;
  onLoss?: LossListener;
  /** For tests; `READERS_BACK_MS` unless given. */
  readersBackMs?: number;
}

/** What a NATS server takes unless its INFO says otherwise. */
const DEFAULT_MAX_PAYLOAD = 1024 * 1024;
/** Bytes published before the next confirmation is waited for: bounds the copy that is made of them. */
const BATCH_BYTES = 8 * 1024 * 1024;
const FIRST_RETRY_MS = 200;
const MAX_RETRY_MS = 5000;
/** How often `drain` looks whether everything is out. */
const DRAIN_POLL_MS = 5;
/**
 * A server that was started anew has no subscribers, and keeps nothing for those that come after an event. They try
 * again as we do, every `MAX_RETRY_MS` at most, and Dsiem-rs every 4 s: with a second to connect all are back by then.
 */
const READERS_BACK_MS = MAX_RETRY_MS + 1000;
/** What waits for the subscribers is published at the latest so long before the time for a stop is up. */
const BEFORE_STOP_MS = 1000;

/** Subscribes one listener on a connection; all of them are subscribed again on each new one. */
type Attach = (connection: NatsConnectionImpl) => { unsubscribe(): void };

interface Attached {
  attach: Attach;
  current: { unsubscribe(): void } | undefined;
}

/** The server took the connection but not the events, for want of a permission. */
class NatsRefusedError extends DsiemError {
  constructor(reason: string) {
    super("NATS_REFUSED", `NATS refuses our events: ${reason}`);
  }
}

/** Returns at once, connects in the background, and tries again for ever (engine.md §4). */
export function connectNats(options: NatsBusOptions): Bus {
  const bus = new NatsBus(options);
  bus.start();
  return bus;
}

/**
 * Core NATS. An event is answered for when the server confirmed it (PING/PONG); what a broken connection left
 * unconfirmed is published again, in order, before anything newer. A subscriber can thus see an event twice after an
 * outage of the connection, never miss one.
 */
class NatsBus implements Bus {
  readonly kind = "nats";
  readonly #options: NatsBusOptions;
  readonly #log: Logger;
  readonly #onLoss: LossListener | undefined;
  readonly #outbox: EventOutbox;
  readonly #latest = new LatestMessages();
  readonly #attached = new Set<Attached>();
  readonly #statusListeners: ((status: BusStatus) => void)[] = [];
  readonly #backOff = new BackOff(FIRST_RETRY_MS, MAX_RETRY_MS);
  #state: BusState = "connecting";
  #detail: string;
  #maxPayload = DEFAULT_MAX_PAYLOAD;
  #connection: NatsConnectionImpl | undefined;
  #retry: NodeJS.Timeout | undefined;
  /** Members of the cluster that the servers told us about; tried after our own. */
  #discovered: NatsServer[] = [];
  #nextServer = 0;
  #lastFailure = "";
  /** Since when there is no connection, by the monotonic clock. */
  #awaySinceMs: number;
  /** One flush is in flight at a time; everything published meanwhile rides on the next. */
  #flushing = false;
  /** Runs while a server that was started anew waits for its subscribers; events are taken as if it were away. */
  #readersBack: NodeJS.Timeout | undefined;
  /** Of the server that we were connected to last. */
  #serverId: string | undefined;
  #pumpScheduled = false;
  #refusal: NatsRefusedError | undefined;
  #position: Position = 0;

  constructor(options: NatsBusOptions) {
    this.#options = options;
    this.#log = options.logger;
    this.#onLoss = options.onLoss;
    this.#outbox = new EventOutbox(options.maxBuffered);
    this.#awaySinceMs = options.clock.monotonic();
    this.#detail = `connecting to NATS at ${options.servers.map(serverText).join(", ")}`;
  }

  get maxPayload(): number {
    return this.#maxPayload;
  }

  start(): void {
    this.#connect();
  }

  status(): BusStatus {
    return { state: this.#state, detail: this.#detail, buffered: this.#outbox.events };
  }

  onStatus(listener: (status: BusStatus) => void): void {
    this.#statusListeners.push(listener);
  }

  publishEvents(events: readonly Uint8Array[], done: (error?: Error) => void): void {
    let bytes = 0;
    for (let index = 0; index < events.length; index++) {
      const size = events[index]?.length ?? 0;
      if (size > this.#maxPayload) throw new PayloadTooLargeError(index, size, this.#maxPayload);
      bytes += size;
    }
    if (this.#state === "closed") throw new BusFullError("the bus is closed");
    if (events.length === 0) {
      done();
    } else if (this.#connection === undefined || this.#readersBack !== undefined) {
      this.#outbox.addAway(events, bytes, done);
    } else {
      this.#outbox.addConnected(events, bytes, done);
      this.#schedulePump();
    }
  }

  subscribeEvents(listener: EventListener): EventSubscription {
    const deliver = (payload: Uint8Array): void => {
      try {
        listener(payload, ++this.#position);
      } catch (broken) {
        // Inside the client it would only stop its reader, without a word; a broken invariant ends the process.
        process.nextTick(() => {
          throw broken;
        });
      }
    };
    const subscription = this.#attach((connection) => {
      const events = eventsOf(connection);
      const subscribed = connection.subscribe(SUBJECT_EVENTS, {
        // Only events with headers come this way, which no Dsiem publishes; all others are taken out before.
        callback: (error, message) => {
          if (error === null) deliver(message.data);
          else this.#subscriptionFailed(SUBJECT_EVENTS, error);
        },
      });
      const id = subscribed.getID();
      events.listen(id, deliver);
      const unsubscribe = (): void => {
        events.forget(id);
        subscribed.unsubscribe();
      };
      return { unsubscribe };
    });
    return { close: () => subscription.close(), pause: () => undefined, resume: () => undefined };
  }

  /** Core NATS has nothing to acknowledge. */
  ack(_position: Position): void {}

  /** Core NATS sends nothing again. */
  streamPosition(_position: Position): undefined {
    return undefined;
  }

  publish(subject: string, payload: Uint8Array): void {
    if (this.#connection === undefined) {
      this.#latest.keep(subject, payload);
      return;
    }
    try {
      this.#connection.publish(subject, payload);
    } catch (error) {
      this.#log.warn(`a message could not be published: ${errorText(error)}`, { subject });
    }
  }

  subscribe(subject: string, listener: (payload: Uint8Array) => void): Subscription {
    return this.#listen(subject, (message) => listener(message.data));
  }

  async request(subject: string, payload: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    if (this.#connection === undefined) throw new NoResponderError(subject);
    try {
      const answer = await this.#connection.request(subject, payload, { timeout: timeoutMs });
      return answer.data;
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      if (cause instanceof NoRespondersError) throw new NoResponderError(subject);
      if (cause instanceof TimeoutError) throw new RequestTimeoutError(subject, timeoutMs);
      throw new DsiemError("REQUEST_FAILED", `no answer on ${subject}: ${errorText(error)}`, { cause: error });
    }
  }

  respond(subject: string, handler: (payload: Uint8Array) => Promise<Uint8Array>): Subscription {
    return this.#listen(subject, (message) => {
      handler(message.data).then(
        (answer) => message.respond(answer),
        (error: unknown) => this.#log.error(`a request could not be answered: ${errorText(error)}`, { subject }),
      );
    });
  }

  async drain(timeoutMs: number): Promise<number> {
    const deadline = performance.now() + timeoutMs;
    while (this.#outbox.events > 0 && performance.now() < deadline) {
      if (performance.now() > deadline - BEFORE_STOP_MS) this.#goOn();
      await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    }
    // Small messages, such as the last overload signal, are on their way with the same flush.
    if (this.#connection !== undefined) {
      const patience = Math.max(DRAIN_POLL_MS, deadline - performance.now());
      await Promise.race([
        this.#connection.flush().catch(() => undefined),
        new Promise((resolve) => setTimeout(resolve, patience).unref()),
      ]);
    }
    return this.#outbox.events;
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    clearTimeout(this.#retry);
    clearTimeout(this.#readersBack);
    const connection = this.#connection;
    this.#connection = undefined;
    this.#change("closed", "closed");
    const left = this.#outbox.abandon(new BusFullError("the bus was closed before NATS confirmed"));
    if (left > 0) this.#onLoss?.({ cause: "left_in_frontend", events: left, text: "NATS was away, or too slow" });
    await connection?.close();
  }

  #connect(): void {
    const candidates = [...this.#options.servers, ...this.#discovered];
    const server = candidates[this.#nextServer % candidates.length];
    if (server === undefined) return;
    dialNats(server, this.#options).then(
      (connection) => this.#connected(server, connection),
      (error: unknown) => this.#failed(server, candidates.length, error),
    );
  }

  #failed(server: NatsServer, candidates: number, error: unknown): void {
    if (this.#state === "closed") return;
    const failure = `${serverText(server)}: ${reasonText(error)}`;
    if (failure !== this.#lastFailure) {
      this.#lastFailure = failure;
      this.#log.warn(`NATS cannot be reached at ${failure}; trying again until it can`);
    }
    this.#change("disconnected", `NATS cannot be reached at ${failure}`);
    // A whole round over the servers, then a pause.
    this.#nextServer = (this.#nextServer + 1) % candidates;
    const wait = this.#nextServer === 0 ? this.#backOff.next() : 0;
    this.#retry = setTimeout(() => this.#connect(), wait);
  }

  #connected(server: NatsServer, connection: NatsConnectionImpl): void {
    if (this.#state === "closed") {
      void connection.close();
      return;
    }
    this.#backOff.reset();
    const failed = this.#lastFailure !== "";
    this.#lastFailure = "";
    const { info } = connection;
    this.#maxPayload = info?.max_payload ?? DEFAULT_MAX_PAYLOAD;
    this.#discovered = discoveredServers(server, info?.connect_urls ?? [], this.#options.servers);
    this.#connection = connection;
    this.#flushing = false;
    this.#refusal = undefined;
    this.#dropTooLarge();
    void this.#watchErrors(connection);
    void connection.closed().then((error) => this.#lost(server, connection, error));
    const at = serverText(server);
    const awaySeconds = Math.round((this.#options.clock.monotonic() - this.#awaySinceMs) / 1000);
    const fields = { version: info?.version, waiting: this.#outbox.events, "away.seconds": awaySeconds };
    this.#log.info(`connected to NATS at ${at}`, fields);
    for (const attached of this.#attached) attached.current = attached.attach(connection);
    this.#change("connected", `connected to NATS at ${at}`);
    for (const [subject, payload] of this.#latest.take()) this.publish(subject, payload);
    const anew = this.#serverId === undefined ? failed : this.#serverId !== info?.server_id;
    this.#serverId = info?.server_id;
    if (anew) {
      this.#log.info("the server was started anew; events wait until its subscribers had time to come back");
      this.#readersBack = setTimeout(() => this.#goOn(), this.#options.readersBackMs ?? READERS_BACK_MS);
    } else {
      this.#pump();
    }
  }

  /** The subscribers have had their time. */
  #goOn(): void {
    if (this.#readersBack === undefined) return;
    clearTimeout(this.#readersBack);
    this.#readersBack = undefined;
    this.#pump();
  }

  #lost(server: NatsServer, connection: NatsConnectionImpl, error: unknown): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    clearTimeout(this.#readersBack);
    this.#readersBack = undefined;
    this.#flushing = false;
    this.#awaySinceMs = this.#options.clock.monotonic();
    for (const attached of this.#attached) attached.current = undefined;
    const reason = error === undefined || error === null ? "the server closed it" : reasonText(error);
    this.#outbox.connectionLost();
    const waiting = this.#outbox.events;
    this.#log.warn(`the connection to NATS at ${serverText(server)} is lost: ${reason}; connecting again`, { waiting });
    this.#change("disconnected", `the connection to NATS at ${serverText(server)} is lost: ${reason}`);
    this.#retry = setTimeout(() => this.#connect(), this.#backOff.next());
  }

  /** Errors that leave the connection open. That the events may not be published must not count as a confirmation. */
  async #watchErrors(connection: NatsConnectionImpl): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type !== "error") continue;
      const text = errorText(status.error);
      this.#log.sampled(`NATS reports: ${text}`);
      const { error } = status;
      const refused = "operation" in error && error.operation === "publish";
      if (refused && "subject" in error && error.subject === SUBJECT_EVENTS) this.#refusal = new NatsRefusedError(text);
    }
  }

  #dropTooLarge(): void {
    const limit = this.#maxPayload;
    const dropped = this.#outbox.removeLarger(limit, (size) => new PayloadTooLargeError(0, size, limit));
    if (dropped > 0) {
      this.#log.error(`the server now takes ${limit} bytes a message; waiting events beyond that are dropped`, {
        dropped,
      });
      this.#onLoss?.({ cause: "too_large_for_bus", events: dropped, text: `NATS now takes ${limit} bytes a message` });
    }
  }

  /** Once for everything that this turn of the event loop publishes: a write for each event would double its cost. */
  #schedulePump(): void {
    if (this.#pumpScheduled || this.#flushing) return;
    this.#pumpScheduled = true;
    setImmediate(() => {
      this.#pumpScheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    const connection = this.#connection;
    if (connection === undefined || this.#readersBack !== undefined) return;
    if (this.#flushing || !this.#outbox.hasUnsent) return;
    this.#flushing = true;
    connection.protocol.sendCommand(encodePublishes(this.#outbox.takeUnsent(BATCH_BYTES)));
    connection.flush().then(
      // A refusal stands before the PONG on the wire, but reaches us through an iterator some microtasks later.
      () => setImmediate(() => this.#flushed(connection)),
      // The connection is gone: `#lost` takes over.
      () => undefined,
    );
  }

  #flushed(connection: NatsConnectionImpl): void {
    if (this.#connection !== connection) return;
    this.#flushing = false;
    const refusal = this.#refusal;
    this.#refusal = undefined;
    const lost = this.#outbox.settleSent(refusal);
    if (lost > 0) {
      const reason = refusal?.message ?? "no reason given";
      this.#log.error(`events that were answered 200 are lost: ${reason}`, { lost });
      this.#onLoss?.({ cause: "refused_by_bus", events: lost, text: reason });
    }
    this.#pump();
  }

  #attach(attach: Attach): Subscription {
    const attached: Attached = { attach, current: undefined };
    this.#attached.add(attached);
    if (this.#connection !== undefined) attached.current = attach(this.#connection);
    return {
      close: () => {
        this.#attached.delete(attached);
        attached.current?.unsubscribe();
      },
    };
  }

  #listen(subject: string, handle: (message: Msg) => void): Subscription {
    return this.#attach((connection) =>
      connection.subscribe(subject, {
        callback: (error, message) => {
          if (error !== null) return this.#subscriptionFailed(subject, error);
          try {
            handle(message);
          } catch (failure) {
            this.#log.error(`a message could not be handled: ${errorText(failure)}`, { subject });
          }
        },
      }),
    );
  }

  #subscriptionFailed(subject: string, error: Error): void {
    this.#log.error(`NATS refuses our subscription: ${errorText(error)}`, { subject });
  }

  #change(state: BusState, detail: string): void {
    if (this.#state === state && this.#detail === detail) return;
    this.#state = state;
    this.#detail = detail;
    for (const listener of this.#statusListeners) listener(this.status());
  }
}

function reasonText(error: unknown): string {
  const text = errorText(error);
  return text !== "" ? text : error instanceof Error && "code" in error ? String(error.code) : "no reason given";
}
