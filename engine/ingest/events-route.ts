import { isAscii, isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../base/clock.ts";
import { rcvdTimeText } from "../base/event-json.ts";
import { mediaTypeFault } from "../base/media-type.ts";
import { MAX_EVENTS_BODY_BYTES } from "../contract/limits.ts";
import { type Answer, answerLast, answerOk, answerText, declaredLength, refuseUnread } from "./answers.ts";
import type { BodyFault, BodyReader } from "./body-reader.ts";
import type { IngestCounters, OnRefused } from "./counters.ts";
import { ElementReader } from "./elements.ts";
import type { EpsLimiter } from "./eps-limiter.ts";
import { ConnectionIds, EventBatch, type TraceEvent } from "./event-batch.ts";
import type { Refusal } from "./refusals.ts";
import * as refusals from "./refusals.ts";

/**
 * Hands events to the bus, in order, all or none: throws at once and takes none, or calls `done` exactly once when
 * they are the bus's (or with the error that kept them from it). The code of a `DsiemError` says what was wrong:
 * `BUS_FULL`, or `PAYLOAD_TOO_LARGE` with the `index` of the event.
 */
export type PublishEvents = (events: readonly Uint8Array[], done: (error?: Error) => void) => void;

interface EventsRouteParts {
  clock: Clock;
  bodies: BodyReader;
  counters: IngestCounters;
  onRefused: OnRefused;
  publish: PublishEvents;
  /** Absent when the rate isn't limited. */
  limiter: EpsLimiter | undefined;
  /** Absent while tracing is off. */
  trace?: TraceEvent | undefined;
  /** What every event carries besides its trace context, ASCII; absent in server mode. */
  carrier?: Readonly<Record<string, string>> | undefined;
}

/** What became of events that were offered without a request of their own. */
export interface Offered {
  accepted: number;
  /** Events that are no events, by their place in what was offered, with the door's answer. */
  wrong: { index: number; text: string }[];
  /** Why none of the others was taken: the door's answer, and whether it is worth another try. */
  refusal?: { text: string; again: boolean };
}

/** From this size on a body is taken element by element, with the event loop let go in between. */
const LARGE_BODY_BYTES = 64 * 1024;
/** So long the event loop may be kept by a large body at a time, in milliseconds. */
const SLICE_MS = 5;
/** Answers that are ready get this long to leave a connection that has failed, in milliseconds. */
const LAST_ANSWERS_MS = 100;
const BACKSLASH = 0x5c;

/** A large body, waiting for its turn or in the middle of it. */
interface LargeBody {
  response: ServerResponse;
  batch: EventBatch;
  body: Buffer;
  encoding: "latin1" | "utf8";
  elements: ElementReader;
}

/** `POST /events`: one event or an array of them, all or nothing (engine.md §2, §3). The hot path of the frontend. */
export class EventsRoute {
  readonly #parts: EventsRouteParts;
  readonly #ids = new ConnectionIds();
  /** Requests that haven't been answered yet. */
  readonly #open = new Set<ServerResponse>();
  /** Taken one at a time, so that their parsed events don't add up. */
  readonly #large: LargeBody[] = [];
  /** Connections that failed while answers were due; they are closed after those. */
  readonly #failed = new WeakSet<Socket>();
  #stopping = false;
  #whenAnswered: (() => void) | undefined;

  constructor(parts: EventsRouteParts) {
    this.#parts = parts;
  }

  /** `foreign` is what the request is answered when it may not come in at all. */
  handle(request: IncomingMessage, response: ServerResponse, foreign?: Answer): void {
    const { counters, bodies } = this.#parts;
    counters.requests += 1;
    this.#open.add(response);
    const refusal =
      foreign === undefined ? this.#refusalOfHead(request) : { ...foreign, cause: "refused_foreign" as const };
    if (refusal !== undefined) {
      this.#refuseUnread(request, response, refusal);
      return;
    }
    if (request.headers.expect !== undefined) response.writeContinue();
    bodies.read(request, MAX_EVENTS_BODY_BYTES, (body, fault) => {
      if (body === undefined) this.#bodyFailed(request, response, fault ?? "truncated");
      else this.#bodyCame(response, body);
    });
  }

  /** From now on everything gets 503 (operation.md §6). */
  refuseNew(): void {
    this.#stopping = true;
  }

  /**
   * Takes events that came another way than by a request of their own, as what `JSON.parse` gave: stamped, limited and
   * counted like all others. Those that are no events are left out; of the others all or none are taken. `from` says in
   * the samples of what is refused where they came from.
   */
  offer(values: readonly unknown[], from: string): Promise<Offered> {
    const batch = this.#newBatch(true, false, false);
    const wrong: Offered["wrong"] = [];
    const source = { remoteAddress: from };
    for (const [index, value] of values.entries()) {
      const refusal = batch.take(value, undefined);
      if (refusal === undefined) continue;
      wrong.push({ index, text: refusal.text.trimEnd() });
      this.#parts.onRefused(refusal.cause, refusal.text, source);
    }
    return new Promise((resolve) => {
      const answer = (refusal?: Refusal): void => {
        if (refusal === undefined) {
          resolve({ accepted: values.length - wrong.length, wrong });
          return;
        }
        this.#parts.onRefused(refusal.cause, refusal.text, source);
        const again = refusal.status === 429 || refusal.cause === "refused_bus_full";
        resolve({ accepted: 0, wrong, refusal: { text: refusal.text.trimEnd(), again } });
      };
      if (this.#stopping) answer(refusals.STOPPING);
      else this.#publish(batch, answer);
    });
  }

  /** Resolves when every request has its answer. */
  allAnswered(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenAnswered = resolve;
    });
  }

  get unanswered(): number {
    return this.#open.size;
  }

  /**
   * The connection broke off or went on with what isn't HTTP. Its requests that wait for the bus still get their
   * answers, and the connection ends soon after. True when there was such a request.
   */
  connectionFailed(socket: Socket): boolean {
    if (this.#failed.has(socket) || this.#parts.bodies.connectionFailed(socket)) return true;
    let waiting = 0;
    for (const response of this.#open) {
      if (response.req.socket !== socket) continue;
      waiting += 1;
      response.once("close", () => {
        waiting -= 1;
        // Later, because answers that were ready before this one go out only after it.
        if (waiting === 0) setTimeout(() => socket.destroySoon(), LAST_ANSWERS_MS);
      });
    }
    if (waiting > 0) this.#failed.add(socket);
    return waiting > 0;
  }

  #refusalOfHead(request: IncomingMessage): Refusal | undefined {
    if (request.method !== "POST") return refusals.WRONG_METHOD;
    if (this.#stopping) return refusals.STOPPING;
    const fault = mediaTypeFault(request);
    if (fault !== undefined) return refusals.wrongMediaType(fault);
    return declaredLength(request) > MAX_EVENTS_BODY_BYTES ? refusals.BODY_TOO_LARGE : undefined;
  }

  #bodyCame(response: ServerResponse, body: Buffer): void {
    const ascii = isAscii(body);
    const refusal = this.#refusalOfBody(body, ascii);
    if (refusal === undefined && body.length >= LARGE_BODY_BYTES) {
      this.#queueLarge(response, body, ascii);
      return;
    }
    this.#parts.bodies.release(body.length);
    if (refusal === undefined) this.#takeSmall(response, body, ascii);
    else this.#refuse(response, refusal);
  }

  #refusalOfBody(body: Buffer, ascii: boolean): Refusal | undefined {
    if (this.#stopping) return refusals.STOPPING;
    // Refused before it is parsed: when events come too fast, that is the time to spend little on each.
    if (this.#parts.limiter?.exhausted === true) return refusals.OVER_RATE;
    return ascii || isUtf8(body) ? undefined : refusals.NOT_UTF8;
  }

  #takeSmall(response: ServerResponse, body: Buffer, ascii: boolean): void {
    const text = body.toString(ascii ? "latin1" : "utf8");
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      this.#refuse(response, refusals.notJson("The body", error));
      return;
    }
    const isArray = Array.isArray(value);
    const batch = this.#newBatch(isArray, ascii, !text.includes("\\"));
    let refusal: Refusal | undefined;
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length && refusal === undefined; index++) {
        refusal = batch.take(value[index], index);
      }
    } else {
      refusal = batch.take(value, undefined);
    }
    if (refusal === undefined) this.#publishAndAnswer(response, batch);
    else this.#refuseBatch(response, batch, refusal);
  }

  #queueLarge(response: ServerResponse, body: Buffer, ascii: boolean): void {
    const elements = new ElementReader(body);
    const batch = this.#newBatch(elements.isArray, ascii, !body.includes(BACKSLASH));
    this.#large.push({ response, batch, body, encoding: ascii ? "latin1" : "utf8", elements });
    if (this.#large.length === 1) this.#takeSlice();
  }

  readonly #takeSlice = (): void => {
    const large = this.#large[0];
    if (large === undefined) return;
    const outcome = takeElements(large, performance.now() + SLICE_MS);
    if (outcome === "more") {
      setImmediate(this.#takeSlice);
      return;
    }
    this.#large.shift();
    this.#parts.bodies.release(large.body.length);
    if (outcome === "all") this.#publishAndAnswer(large.response, large.batch);
    else this.#refuseBatch(large.response, large.batch, outcome);
    if (this.#large.length > 0) setImmediate(this.#takeSlice);
  };

  #newBatch(isArray: boolean, ascii: boolean, escapeFree: boolean): EventBatch {
    const { clock, trace, carrier } = this.#parts;
    const rcvdTime = rcvdTimeText(clock.now());
    return new EventBatch({ isArray, ascii, escapeFree, rcvdTime, ids: this.#ids, trace, carrier });
  }

  #publishAndAnswer(response: ServerResponse, batch: EventBatch): void {
    this.#publish(batch, (refusal) => {
      if (refusal === undefined) this.#ok(response);
      else this.#refuse(response, refusal);
    });
  }

  /** Hands the batch to the bus, and says what the sender is answered. */
  #publish(batch: EventBatch, answer: (refusal?: Refusal) => void): void {
    const { limiter, publish, counters } = this.#parts;
    const payloads = batch.payloads();
    const count = payloads.length;
    if (count === 0) {
      answer();
      return;
    }
    const refuse = (refusal: Refusal): void => {
      batch.end(refusal.cause);
      answer(refusal);
    };
    if (limiter?.take(count) === false) {
      refuse(refusals.OVER_RATE);
      return;
    }
    const refused = (error: unknown): void => {
      limiter?.giveBack(count);
      refuse(refusals.busRefusal(error, batch.isArray));
    };
    try {
      publish(payloads, (error) => {
        if (error !== undefined) {
          refused(error);
          return;
        }
        counters.accepted += count;
        batch.end();
        answer();
      });
    } catch (error) {
      refused(error);
    }
  }

  #bodyFailed(request: IncomingMessage, response: ServerResponse, fault: BodyFault): void {
    const refusal = refusals.BODY_REFUSALS[fault];
    if (fault === "too_large" || fault === "no_room") {
      this.#refuseUnread(request, response, refusal);
      return;
    }
    this.#count(response, refusal);
    answerLast(response, refusal.status, refusal.text);
    this.#answered(response);
  }

  #ok(response: ServerResponse): void {
    if (this.#stopping) response.shouldKeepAlive = false;
    answerOk(response);
    this.#answered(response);
  }

  #refuseBatch(response: ServerResponse, batch: EventBatch, refusal: Refusal): void {
    batch.end(refusal.cause);
    this.#refuse(response, refusal);
  }

  #refuse(response: ServerResponse, refusal: Refusal): void {
    this.#count(response, refusal);
    if (this.#stopping) response.shouldKeepAlive = false;
    answerText(response, refusal.status, refusal.text, refusal.headers);
    this.#answered(response);
  }

  #refuseUnread(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
    this.#count(response, refusal);
    refuseUnread(this.#parts.bodies, request, response, refusal);
    this.#answered(response);
  }

  #count({ req }: ServerResponse, { cause, text }: Refusal): void {
    this.#parts.onRefused(cause, text, req.socket);
  }

  #answered(response: ServerResponse): void {
    this.#open.delete(response);
    if (this.#open.size === 0) this.#whenAnswered?.();
  }
}

/** Takes elements of a large body until all are taken, one is refused, or the time is up. */
function takeElements({ batch, body, encoding, elements }: LargeBody, until: number): "all" | "more" | Refusal {
  while (elements.next()) {
    const index = batch.isArray ? elements.index : undefined;
    let value: unknown;
    try {
      value = JSON.parse(body.toString(encoding, elements.from, elements.to));
    } catch (error) {
      return refusals.notJson(refusals.eventAt(index), error);
    }
    const refusal = batch.take(value, index);
    if (refusal !== undefined) return refusal;
    if (performance.now() >= until) return "more";
  }
  if (elements.fault === undefined) return "all";
  return refusals.malformed(refusals.eventAt(batch.isArray ? elements.index : undefined), elements.fault);
}
