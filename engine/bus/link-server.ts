import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { MAX_LINK_PAYLOAD_BYTES } from "../contract/limits.ts";
import type { FrontendDropCause } from "../contract/loss.ts";
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
  type Subscription,
} from "./bus.ts";
import { EventLog } from "./event-log.ts";
import { LinkDoor, type UpgradeSource } from "./link-door.ts";
import {
  CLOSE_MALFORMED,
  CLOSE_STOPPING,
  CLOSE_SUPERSEDED,
  type Hello,
  newBootId,
  type Proof,
} from "./link-handshake.ts";
import { type LinkNode, NodeConnection } from "./link-node.ts";
import { HEARTBEAT_MS, type LinkSocket } from "./link-socket.ts";
import { type MessageListener, type Responder, SubjectTable } from "./subject-table.ts";

export interface LinkServerOptions {
  /** The shared secret (operation.md §3). */
  token: string;
  /** Events that wait until a first backend joins, or while one is away (`--max_queue`). */
  maxBuffered: number;
  /** Names this run of the frontend; a new one unless given. */
  boot?: string;
  logger: Logger;
  clock: Clock;
  onLoss?: LossListener;
  heartbeatMs?: number;
}

/** Bytes of events in the replay buffer, whatever `--max_queue` says: 25,000 of 1 MiB would be 25 GB. */
const MAX_BUFFERED_BYTES = 256 * 1024 * 1024;
/**
 * While every known node is there, at least so many events may be unacknowledged: they aren't waiting for anybody,
 * and a `--max_queue` of 20 must not turn a busy moment into 503.
 */
const MIN_IN_FLIGHT_EVENTS = 1024;
/** A known node that is away is buffered for this long (operation.md §4). */
const MAX_AWAY_MS = 60 * 60 * 1000;
/** Nodes that may be known at once; a backend is a process on this very host. */
const MAX_NODES = 256;
const SWEEP_MS = 10_000;
const DRAIN_POLL_MS = 5;

/**
 * The frontend's end of `link` (operation.md §4): numbers the events, keeps each until every known node acknowledged
 * it, and sends every node what comes after its own position. What is kept is bounded by `maxBuffered` and by bytes;
 * the slowest known node decides.
 */
export class LinkServer implements Bus {
  readonly kind = "link";
  readonly maxPayload = MAX_LINK_PAYLOAD_BYTES;
  readonly #options: LinkServerOptions;
  readonly #log: Logger;
  readonly #events = new EventLog();
  readonly #nodes = new Map<string, LinkNode>();
  readonly #table: SubjectTable;
  readonly #door: LinkDoor;
  readonly #taps = new Set<EventListener>();
  readonly #statusListeners: ((status: BusStatus) => void)[] = [];
  readonly #sweeper: NodeJS.Timeout;
  /** How many of the known nodes are away: 0 lets `publishEvents` skip looking. */
  #away = 0;
  #closed = false;

  constructor(options: LinkServerOptions) {
    this.#options = options;
    this.#log = options.logger;
    this.#table = new SubjectTable(options.logger, () => this.#announce());
    this.#door = new LinkDoor({
      token: options.token,
      boot: options.boot ?? newBootId(),
      logger: options.logger,
      heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
      join: (socket, hello, proof) => this.#join(socket, hello, proof),
    });
    this.#sweeper = setInterval(() => this.#forgetAway(), SWEEP_MS);
    this.#sweeper.unref();
  }

  /** Lets backends join over this server, at `LINK_PATH`. */
  attach(server: UpgradeSource): void {
    this.#door.attach(server);
  }

  status(): BusStatus {
    return { state: this.#state(), detail: this.#detail(), buffered: this.#events.length };
  }

  onStatus(listener: (status: BusStatus) => void): void {
    this.#statusListeners.push(listener);
  }

  publishEvents(events: readonly Uint8Array[], done: (error?: Error) => void): void {
    let bytes = 0;
    for (let index = 0; index < events.length; index++) {
      const size = events[index]?.length ?? 0;
      if (size > this.maxPayload) throw new PayloadTooLargeError(index, size, this.maxPayload);
      bytes += size;
    }
    if (this.#away > 0) this.#forgetAway();
    this.#assertRoom(events.length, bytes);
    for (const event of events) {
      this.#events.push(event);
      for (const tap of this.#taps) tap(event, this.#events.next - 1);
    }
    for (const node of this.#nodes.values()) node.connection?.wake();
    done();
  }

  /** Taps what this frontend publishes, from now on: nothing is replayed, held back or acknowledged here. */
  subscribeEvents(listener: EventListener): EventSubscription {
    const tap: EventListener = (payload, position) => listener(payload, position);
    this.#taps.add(tap);
    return { close: () => this.#taps.delete(tap), pause: () => undefined, resume: () => undefined };
  }

  ack(_position: Position): void {}

  /** What is tapped here can't be asked for again. */
  streamPosition(_position: Position): undefined {
    return undefined;
  }

  /** To the backends that listen, and to listeners in this process; backends don't hear each other. */
  publish(subject: string, payload: Uint8Array): void {
    this.#table.deliver(subject, payload);
    for (const node of this.#nodes.values()) node.connection?.lane.publish(subject, payload);
  }

  subscribe(subject: string, listener: MessageListener): Subscription {
    return this.#table.listen(subject, listener);
  }

  async request(subject: string, payload: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    for (const node of this.#nodes.values()) {
      const lane = node.connection?.lane;
      if (lane?.responds(subject) === true) return lane.request(subject, payload, timeoutMs);
    }
    throw new NoResponderError(subject);
  }

  respond(subject: string, handler: Responder): Subscription {
    return this.#table.respond(subject, handler);
  }

  /** Waits until every known node acknowledged everything. */
  async drain(timeoutMs: number): Promise<number> {
    const deadline = performance.now() + timeoutMs;
    while (this.#events.length > 0 && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    }
    return this.#events.length;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const detail = this.#detail();
    this.#closed = true;
    clearInterval(this.#sweeper);
    this.#door.close();
    for (const node of this.#nodes.values()) node.connection?.close(CLOSE_STOPPING, "the frontend stops");
    const deadline = performance.now() + 1000;
    while ([...this.#nodes.values()].some((node) => node.connection !== undefined) && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    }
    this.#lose("left_in_frontend", this.#events.length, `the frontend stopped: ${detail}`);
    this.#changed();
  }

  #lose(cause: FrontendDropCause, events: number, text: string): void {
    if (events > 0) this.#options.onLoss?.({ cause, events, text });
  }

  #assertRoom(count: number, bytes: number): void {
    if (this.#closed) throw new BusFullError("the frontend stops");
    const allThere = this.#nodes.size > 0 && this.#away === 0;
    const held = this.#events.length;
    // Whatever comes in one request must fit an empty buffer, or it never could be taken.
    if (allThere && held === 0) return;
    const { maxBuffered } = this.#options;
    const most = allThere ? Math.max(maxBuffered, MIN_IN_FLIGHT_EVENTS) : maxBuffered;
    if (held + count <= most && this.#events.bytes + bytes <= MAX_BUFFERED_BYTES) return;
    throw new BusFullError(`${this.#detail()}, and the buffer of ${maxBuffered} events is full; try again`);
  }

  #join(socket: LinkSocket, hello: Hello, proof: Proof): void {
    this.#forgetAway();
    const known = this.#nodes.get(hello.node);
    if (this.#closed) {
      socket.close(CLOSE_STOPPING, "the frontend stops");
      return;
    }
    if (known === undefined && this.#nodes.size >= MAX_NODES) {
      socket.close(CLOSE_MALFORMED, `more than ${MAX_NODES} nodes are known already`);
      return;
    }
    if (proof.received !== undefined && proof.received >= this.#events.next) {
      socket.close(CLOSE_MALFORMED, "it says that it has events which it cannot have");
      return;
    }
    const node = known ?? this.#newNode(hello);
    // What it has isn't acknowledged by that: a process that comes back may have it in its queue only.
    const sent = Math.max(proof.received ?? 0, node.acknowledged);
    if (node.connection !== undefined) this.#supersede(node, hello.boot);
    else if (known !== undefined) this.#away -= 1;
    node.boot = hello.boot;
    this.#welcome(node, socket, sent, proof.credit);
    const fields = { from: sent + 1, waiting: this.#events.next - 1 - sent };
    this.#log.info(`backend ${node.name} ${known === undefined ? "joined" : "is back"}`, fields);
    this.#changed();
  }

  #supersede(node: LinkNode, boot: string): void {
    const replaced = node.connection;
    node.connection = undefined;
    this.#log.warn(`a second connection of backend ${node.name} takes over from the first`);
    // The same process has given its first connection up; another one has to be told why it is cut off.
    if (node.boot === boot) replaced?.terminate("superseded");
    else replaced?.close(CLOSE_SUPERSEDED, "another process of the same node joined");
  }

  #welcome(node: LinkNode, socket: LinkSocket, sent: number, credit: number): void {
    socket.sendText({ type: "welcome", next: sent + 1 });
    const connection = new NodeConnection({
      node,
      socket,
      log: this.#events,
      table: this.#table,
      logger: this.#log,
      sent,
      credit,
      onAck: () => this.#trim(),
      onClosed: (closed, reason) => this.#left(node, closed, reason),
    });
    node.connection = connection;
    connection.lane.announce();
    connection.wake();
  }

  #newNode(hello: Hello): LinkNode {
    // The first one gets what waits; whoever joins later, what comes from now on.
    const acknowledged = this.#nodes.size === 0 ? this.#events.first - 1 : this.#events.next - 1;
    const node: LinkNode = { name: hello.node, boot: hello.boot, acknowledged, connection: undefined, awaySinceMs: 0 };
    this.#nodes.set(hello.node, node);
    return node;
  }

  #left(node: LinkNode, connection: NodeConnection, reason: string): void {
    if (node.connection !== connection) return;
    node.connection = undefined;
    node.awaySinceMs = this.#options.clock.monotonic();
    this.#away += 1;
    if (!this.#closed) this.#log.warn(`backend ${node.name} is away: ${reason}; its events are kept for it`);
    this.#changed();
  }

  #forgetAway(): void {
    const now = this.#options.clock.monotonic();
    for (const node of this.#nodes.values()) {
      if (node.connection !== undefined || now - node.awaySinceMs < MAX_AWAY_MS) continue;
      const discarded = this.#events.next - 1 - node.acknowledged;
      this.#nodes.delete(node.name);
      this.#away -= 1;
      this.#lose("away_too_long", discarded, `backend ${node.name} stayed away for an hour`);
      this.#log.warn(`backend ${node.name} stayed away for an hour; what was kept for it is discarded`, { discarded });
      // Nobody else needs it, and the next node to join is a first one again.
      if (this.#nodes.size === 0) this.#events.trimTo(this.#events.next - 1);
      else this.#trim();
      this.#changed();
    }
  }

  #trim(): void {
    let done = Number.MAX_SAFE_INTEGER;
    for (const node of this.#nodes.values()) done = Math.min(done, node.acknowledged);
    this.#events.trimTo(done);
  }

  #announce(): void {
    for (const node of this.#nodes.values()) node.connection?.lane.announce();
  }

  #state(): BusState {
    if (this.#closed) return "closed";
    if (this.#nodes.size === 0) return "connecting";
    return this.#away < this.#nodes.size ? "connected" : "disconnected";
  }

  #detail(): string {
    if (this.#closed) return "closed";
    if (this.#nodes.size === 0) return "no backend has joined yet";
    const there: string[] = [];
    const away: string[] = [];
    for (const node of this.#nodes.values()) (node.connection === undefined ? away : there).push(node.name);
    const parts = there.length > 0 ? [`joined by ${there.join(", ")}`] : [];
    if (away.length > 0) parts.push(`waiting for ${away.join(", ")} to come back`);
    return parts.join("; ");
  }

  #changed(): void {
    const status = this.status();
    for (const listener of this.#statusListeners) listener(status);
  }
}
