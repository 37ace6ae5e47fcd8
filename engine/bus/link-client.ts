import { WebSocket } from "ws";
import { DsiemError, errorText } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { MAX_LINK_PAYLOAD_BYTES } from "../contract/limits.ts";
import { BackOff } from "./back-off.ts";
import {
  type Bus,
  type BusState,
  type BusStatus,
  type EventListener,
  type EventSubscription,
  NoResponderError,
  type Position,
  type StreamPosition,
  type Subscription,
} from "./bus.ts";
import { LatestMessages } from "./latest-messages.ts";
import { decodeEvents, encodeAck, FRAME_EVENTS, FRAME_MESSAGE, FRAME_TAKEN, MAX_FRAME_BYTES } from "./link-frames.ts";
import {
  type Challenge,
  CLOSE_DONE,
  CLOSE_MALFORMED,
  CLOSE_PROTOCOL,
  CLOSE_SUPERSEDED,
  CLOSE_TIMEOUT,
  CLOSE_WRONG_TOKEN,
  HANDSHAKE_TIMEOUT_MS,
  LINK_PATH,
  LINK_PROTOCOL,
  newBootId,
  newNonce,
  proofOf,
  readChallenge,
  readWelcome,
  sameProof,
} from "./link-handshake.ts";
import { MessageLane } from "./link-lane.ts";
import { HEARTBEAT_MS, LinkSocket } from "./link-socket.ts";
import { LinkStream } from "./link-stream.ts";
import { type MessageListener, type Responder, SubjectTable } from "./subject-table.ts";

export interface LinkClientOptions {
  /** Base URL of the frontend, `http://` or `https://`. */
  url: string;
  /** The shared secret (operation.md §3). */
  token: string;
  node: string;
  /** Events that may be delivered and not yet acknowledged (`--max_queue` of the backend): at least 1. */
  maxQueue: number;
  /** Up to where the stored state has the events: when that frontend still runs, it goes on behind it. */
  resume?: StreamPosition | undefined;
  logger: Logger;
  heartbeatMs?: number;
  /** Between attempts after a refusal that only a person can put right, in milliseconds. */
  slowRetryMs?: number;
}

const FIRST_RETRY_MS = 200;
const MAX_RETRY_MS = 5000;
const SLOW_RETRY_MS = 15_000;
/** An acknowledgement waits so long for more of them, unless a quarter of the credit is used up. */
const ACK_AFTER_MS = 5;
const POLL_MS = 5;

/** Returns at once, connects in the background, and tries again for ever (operation.md §4). */
export function connectLink(options: LinkClientOptions): Bus {
  const client = new LinkClient(options);
  client.start();
  return client;
}

/** The backend's end of `link`: takes events from the frontend, and carries small messages both ways. */
class LinkClient implements Bus {
  readonly kind = "link";
  readonly maxPayload = MAX_LINK_PAYLOAD_BYTES;
  readonly #options: LinkClientOptions;
  readonly #log: Logger;
  readonly #url: URL;
  readonly #boot = newBootId();
  readonly #stream: LinkStream;
  readonly #table: SubjectTable;
  readonly #latest = new LatestMessages();
  readonly #statusListeners: ((status: BusStatus) => void)[] = [];
  readonly #backOff = new BackOff(FIRST_RETRY_MS, MAX_RETRY_MS);
  #state: BusState = "connecting";
  #detail: string;
  #lastFailure = "";
  /** Set from the first attempt until its end, whether or not it got as far as joining. */
  #socket: LinkSocket | undefined;
  /** Set while joined. */
  #lane: MessageLane | undefined;
  #retry: NodeJS.Timeout | undefined;
  #ackTimer: NodeJS.Timeout | undefined;
  #ackSent = 0;

  constructor(options: LinkClientOptions) {
    this.#options = options;
    this.#log = options.logger;
    this.#url = linkUrl(options.url);
    this.#detail = `joining the frontend at ${this.#url.host}`;
    this.#stream = new LinkStream(options.maxQueue, () => this.#sendAck(), options.resume);
    this.#table = new SubjectTable(options.logger, () => this.#lane?.announce());
  }

  start(): void {
    this.#connect();
  }

  status(): BusStatus {
    return { state: this.#state, detail: this.#detail, buffered: this.#stream.heldCount };
  }

  onStatus(listener: (status: BusStatus) => void): void {
    this.#statusListeners.push(listener);
  }

  /** Over `link` events travel one way: this is a broken invariant of whoever calls it. */
  publishEvents(): void {
    throw new DsiemError("NOT_A_FRONTEND", "over link only the frontend publishes events");
  }

  subscribeEvents(listener: EventListener): EventSubscription {
    return this.#stream.subscribe(listener);
  }

  ack(position: Position): void {
    if (!this.#stream.acknowledge(position)) return;
    if (this.#stream.acknowledged - this.#ackSent >= this.#options.maxQueue / 4) this.#sendAck();
    else this.#ackTimer ??= setTimeout(() => this.#sendAck(), ACK_AFTER_MS);
  }

  streamPosition(position: Position): StreamPosition | undefined {
    return this.#stream.streamPosition(position);
  }

  publish(subject: string, payload: Uint8Array): void {
    this.#table.deliver(subject, payload);
    if (this.#lane?.knowsRemote === true) this.#lane.publish(subject, payload);
    else this.#latest.keep(subject, payload);
  }

  subscribe(subject: string, listener: MessageListener): Subscription {
    return this.#table.listen(subject, listener);
  }

  async request(subject: string, payload: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    if (this.#lane === undefined) throw new NoResponderError(subject);
    return this.#lane.request(subject, payload, timeoutMs);
  }

  respond(subject: string, handler: Responder): Subscription {
    return this.#table.respond(subject, handler);
  }

  /** Hands over acknowledgements and messages; returns how many events were never given to the subscriber. */
  async drain(timeoutMs: number): Promise<number> {
    this.#sendAck();
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline && !this.#handedOver()) await pause(POLL_MS);
    return this.#stream.heldCount;
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    this.#sendAck();
    this.#change("closed", "closed");
    clearTimeout(this.#retry);
    clearTimeout(this.#ackTimer);
    this.#socket?.close(CLOSE_DONE, "the backend stops");
    const deadline = performance.now() + 1500;
    while (this.#socket !== undefined && performance.now() < deadline) await pause(POLL_MS);
  }

  #handedOver(): boolean {
    return this.#lane === undefined || (this.#lane.idle && this.#socket?.backlogBytes === 0);
  }

  #connect(): void {
    const { token, node, heartbeatMs } = this.#options;
    const hello = { protocol: LINK_PROTOCOL, node, boot: this.#boot, nonce: newNonce() };
    const ws = new WebSocket(this.#url, {
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    });
    const timer = setTimeout(() => socket.close(CLOSE_TIMEOUT, "the handshake took too long"), HANDSHAKE_TIMEOUT_MS);
    let challenge: Challenge | undefined;
    let received: number | undefined;
    const text = (said: string) => {
      if (challenge !== undefined) {
        const welcome = readWelcome(said);
        if (welcome === undefined) return socket.close(CLOSE_MALFORMED, "a malformed welcome");
        // Whatever came again would be counted again.
        if (received !== undefined && welcome.next <= received) {
          return socket.close(CLOSE_MALFORMED, "a welcome to a place before what this backend has");
        }
        clearTimeout(timer);
        return this.#joined(socket, challenge.boot, welcome.next);
      }
      const given = readChallenge(said);
      if (given === undefined) return socket.close(CLOSE_MALFORMED, "a malformed challenge");
      if (given.protocol !== LINK_PROTOCOL) {
        return socket.close(CLOSE_PROTOCOL, `the frontend speaks link protocol ${given.protocol}`);
      }
      if (!sameProof(given.proof, proofOf(token, "frontend", hello, given))) {
        return socket.close(CLOSE_WRONG_TOKEN, "wrong link token");
      }
      challenge = given;
      received = this.#stream.receivedFrom(given.boot);
      return socket.sendText({
        type: "proof",
        proof: proofOf(token, "backend", hello, given),
        credit: this.#stream.joinCredit,
        ...(received === undefined ? {} : { received }),
      });
    };
    const socket = new LinkSocket(
      ws,
      {
        text,
        frame: () => socket.close(CLOSE_MALFORMED, "a binary frame before the handshake was over"),
        writable: () => undefined,
        closed: (code, reason) => {
          clearTimeout(timer);
          this.#failed(code, reason);
        },
      },
      heartbeatMs ?? HEARTBEAT_MS,
    );
    this.#socket = socket;
    ws.on("open", () => socket.sendText({ type: "hello", ...hello }));
  }

  #joined(socket: LinkSocket, boot: string, next: number): void {
    this.#stream.continueAt(boot, next);
    this.#backOff.reset();
    this.#lastFailure = "";
    const lane = new MessageLane(
      this.#table,
      {
        send: (frame) => socket.sendFrame(frame),
        pump: () => lane.pump(),
      },
      this.#log,
      () => this.#publishLatest(),
    );
    this.#lane = lane;
    socket.handOver({
      text: () => this.#malformed("a text frame after the handshake"),
      frame: (frame) => this.#receive(frame),
      writable: () => lane.pump(),
      closed: (code, reason) => {
        lane.close();
        this.#lane = undefined;
        this.#lost(code, reason);
      },
    });
    this.#log.info(`joined the frontend at ${this.#url.host}`, { node: this.#options.node, next });
    // What was acknowledged while the link was down, and the credit as it is now.
    this.#sendAck();
    lane.announce();
    this.#change("connected", `joined the frontend at ${this.#url.host}`);
  }

  #receive(frame: Buffer): void {
    let problem: string | undefined;
    const kind = frame[0];
    if (kind === FRAME_EVENTS) {
      const decoded = decodeEvents(frame);
      problem = decoded === undefined ? "malformed events" : this.#stream.receive(decoded.first, decoded.events);
    } else if (kind === FRAME_MESSAGE || kind === FRAME_TAKEN) {
      problem = this.#lane?.receive(frame);
    } else {
      problem = `a frame of the unknown kind ${kind ?? "none"}`;
    }
    if (problem !== undefined) this.#malformed(problem);
  }

  #malformed(problem: string): void {
    this.#log.error(`the frontend sent ${problem}; the link is closed`);
    this.#socket?.close(CLOSE_MALFORMED, problem);
  }

  #publishLatest(): void {
    for (const [subject, payload] of this.#latest.take()) this.#lane?.publish(subject, payload);
  }

  #sendAck(): void {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
    if (this.#lane === undefined) return;
    this.#ackSent = this.#stream.acknowledged;
    this.#socket?.sendFrame(encodeAck(this.#ackSent, this.#stream.credit));
  }

  #lost(code: number, reason: string): void {
    this.#socket = undefined;
    if (this.#state === "closed") return;
    const failure = this.#failureText(code, reason);
    const line = `the link to the frontend at ${this.#url.host} is lost: ${failure}; joining again`;
    if (needsPerson(code)) this.#log.error(line);
    else this.#log.warn(line);
    this.#change("disconnected", `the link to the frontend at ${this.#url.host} is lost: ${failure}`);
    this.#again(code);
  }

  #failed(code: number, reason: string): void {
    this.#socket = undefined;
    if (this.#state === "closed") return;
    const failure = this.#failureText(code, reason);
    if (failure !== this.#lastFailure) {
      this.#lastFailure = failure;
      const line = `the frontend at ${this.#url.host} cannot be joined: ${failure}; trying again until it can`;
      if (needsPerson(code)) this.#log.error(line);
      else this.#log.warn(line);
    }
    this.#change("disconnected", `the frontend at ${this.#url.host} cannot be joined: ${failure}`);
    this.#again(code);
  }

  #again(code: number): void {
    const wait = needsPerson(code) ? (this.#options.slowRetryMs ?? SLOW_RETRY_MS) : this.#backOff.next();
    this.#retry = setTimeout(() => this.#connect(), wait);
  }

  #failureText(code: number, reason: string): string {
    if (code === CLOSE_WRONG_TOKEN) {
      return "its link token is another; give both services the same DSIEM_LINK_TOKEN or --link-token-file";
    }
    if (code === CLOSE_SUPERSEDED) {
      return `another process calls itself ${this.#options.node}, too, and took over; stop one of them`;
    }
    const unexpected = "Unexpected server response: ";
    if (reason.startsWith(unexpected)) {
      return `it answers HTTP ${reason.slice(unexpected.length)}; is it a frontend that runs with --msq link?`;
    }
    return reason;
  }

  #change(state: BusState, detail: string): void {
    if (this.#state === state && this.#detail === detail) return;
    this.#state = state;
    this.#detail = detail;
    for (const listener of this.#statusListeners) listener(this.status());
  }
}

/** Trying again soon won't help: somebody has to do something first. */
function needsPerson(code: number): boolean {
  return [CLOSE_WRONG_TOKEN, CLOSE_SUPERSEDED, CLOSE_PROTOCOL, CLOSE_MALFORMED].includes(code);
}

/** `ws://host:port/link`; credentials in the URL are no business of the link. */
function linkUrl(base: string): URL {
  let url: URL;
  try {
    url = new URL(base);
  } catch (error) {
    throw new DsiemError("BAD_URL", `the frontend's URL cannot be read: ${errorText(error)}`);
  }
  const path = url.pathname.endsWith("/") ? url.pathname.slice(0, -1) : url.pathname;
  return new URL(`${url.protocol === "https:" ? "wss:" : "ws:"}//${url.host}${path}${LINK_PATH}`);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
