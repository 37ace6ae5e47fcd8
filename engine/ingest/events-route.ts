import { isAscii, isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../base/clock.ts";
import { DsiemError, errorText } from "../base/errors.ts";
import { type EventFault, isFault, readEvent } from "../base/event.ts";
import { eventJson, rcvdTimeText } from "../base/event-json.ts";
import { plain } from "../base/log.ts";
import { MAX_EVENTS_BODY_BYTES, MAX_JSON_DEPTH } from "../contract/limits.ts";
import { answerLast, answerOk, answerText, declaredLength, refuseUnread } from "./answers.ts";
import type { BodyFault, BodyReader } from "./body-reader.ts";
import type { IngestCounters, RefusalCause } from "./counters.ts";
import { deeperThan, ElementReader, TOO_DEEP } from "./elements.ts";
import type { EpsLimiter } from "./eps-limiter.ts";
import { mediaTypeFault } from "./media-type.ts";

/**
 * Hands events to the bus, in order, all or none: throws at once and takes none, or calls `done` exactly once when
 * they are the bus's (or with the error that kept them from it). The code of a `DsiemError` says what was wrong:
 * `BUS_FULL`, or `PAYLOAD_TOO_LARGE` with the `index` of the event.
 */
export type PublishEvents = (events: readonly Uint8Array[], done: (error?: Error) => void) => void;

export interface EventsRouteParts {
  clock: Clock;
  bodies: BodyReader;
  counters: IngestCounters;
  publish: PublishEvents;
  /** Absent when the rate isn't limited. */
  limiter: EpsLimiter | undefined;
  /** Makes the trace context that an event carries; absent while tracing is off. */
  carrier?: (connectionId: number) => Readonly<Record<string, string>>;
}

/** From this size on a body is taken element by element, with the event loop let go in between. */
const LARGE_BODY_BYTES = 64 * 1024;
/** So long the event loop may be kept by a large body at a time, in milliseconds. */
const SLICE_MS = 5;

/** Answers that are ready get this long to leave a connection that has failed, in milliseconds. */
const LAST_ANSWERS_MS = 100;

/** The events of one request on their way to the bus. */
interface Batch {
  response: ServerResponse;
  /** When the body was there, as it is written into every event. */
  rcvdTime: string;
  /** The body holds no backslash: see `eventJson`. */
  escapeFree: boolean;
  isArray: boolean;
  payloads: Buffer[];
}

/** A large body, waiting for its turn or in the middle of it. */
interface LargeBody {
  batch: Batch;
  body: Buffer;
  ascii: boolean;
  elements: ElementReader;
}

/** `POST /events`: one event or an array of them, all or nothing (engine.md §2, §3). The hot path of the frontend. */
export class EventsRoute {
  readonly #parts: EventsRouteParts;
  /** Requests that haven't been answered yet. */
  readonly #open = new Set<ServerResponse>();
  /** Taken one at a time, so that their parsed events don't add up. */
  readonly #large: LargeBody[] = [];
  /** Connections that failed while answers were due; they are closed after those. */
  readonly #failed = new WeakSet<Socket>();
  #lastConnectionId = 0;
  #stopping = false;
  #whenAnswered: (() => void) | undefined;

  constructor(parts: EventsRouteParts) {
    this.#parts = parts;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const { counters, bodies } = this.#parts;
    counters.requests += 1;
    this.#open.add(response);
    if (request.method !== "POST") {
      return this.#refuseUnread(request, response, 405, "wrong_method", ONLY_POST, ["Allow", "POST"]);
    }
    if (this.#stopping) return this.#refuseUnread(request, response, 503, "stopping", STOPPING);
    const fault = mediaTypeFault(request);
    if (fault !== undefined) return this.#refuseUnread(request, response, 415, "wrong_media_type", fault);
    if (declaredLength(request) > MAX_EVENTS_BODY_BYTES) {
      return this.#refuseUnread(request, response, 413, "too_large", TOO_LARGE);
    }
    if (request.headers.expect !== undefined) response.writeContinue();
    bodies.read(request, MAX_EVENTS_BODY_BYTES, (body, bodyFault) => {
      if (body === undefined) this.#bodyFailed(request, response, bodyFault ?? "truncated");
      else this.#bodyCame(response, body);
    });
  }

  /** From now on everything gets 503 (operation.md §6). */
  refuseNew(): void {
    this.#stopping = true;
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

  #bodyCame(response: ServerResponse, body: Buffer): void {
    if (this.#stopping) {
      this.#parts.bodies.release(body.length);
      return this.#refuse(response, 503, "stopping", STOPPING);
    }
    // Refused before it is parsed: when events come too fast, that is the time to spend little on each.
    if (this.#parts.limiter?.exhausted === true) {
      this.#parts.bodies.release(body.length);
      return this.#refuse(response, 429, "over_rate", OVER_RATE);
    }
    const ascii = isAscii(body);
    if (!ascii && !isUtf8(body)) {
      this.#parts.bodies.release(body.length);
      return this.#refuse(response, 400, "malformed", NOT_UTF8);
    }
    if (body.length >= LARGE_BODY_BYTES) return this.#queueLarge(response, body, ascii);
    this.#parts.bodies.release(body.length);
    this.#takeSmall(response, body.toString(ascii ? "latin1" : "utf8"));
  }

  #takeSmall(response: ServerResponse, text: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      return this.#refuse(response, 400, "malformed", notJson("The body", error));
    }
    const isArray = Array.isArray(value);
    const batch = this.#batch(response, isArray, !text.includes("\\"));
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        if (!this.#takeValue(batch, value[index], index)) return;
      }
    } else if (!this.#takeValue(batch, value, undefined)) {
      return;
    }
    this.#publish(batch);
  }

  #queueLarge(response: ServerResponse, body: Buffer, ascii: boolean): void {
    const elements = new ElementReader(body);
    const batch = this.#batch(response, elements.isArray, !body.includes(BACKSLASH));
    this.#large.push({ batch, body, ascii, elements });
    if (this.#large.length === 1) this.#takeSlice();
  }

  #batch(response: ServerResponse, isArray: boolean, escapeFree: boolean): Batch {
    return { response, rcvdTime: rcvdTimeText(this.#parts.clock.now()), escapeFree, isArray, payloads: [] };
  }

  readonly #takeSlice = (): void => {
    const large = this.#large[0];
    if (large === undefined) return;
    if (!this.#takeLarge(large, performance.now() + SLICE_MS)) {
      setImmediate(this.#takeSlice);
      return;
    }
    this.#large.shift();
    this.#parts.bodies.release(large.body.length);
    if (this.#large.length > 0) setImmediate(this.#takeSlice);
  };

  /** True when the body is done with: published or refused. */
  #takeLarge({ batch, body, ascii, elements }: LargeBody, until: number): boolean {
    const encoding = ascii ? "latin1" : "utf8";
    while (elements.next()) {
      const index = elements.isArray ? elements.index : undefined;
      let value: unknown;
      try {
        value = JSON.parse(body.toString(encoding, elements.from, elements.to));
      } catch (error) {
        this.#refuse(batch.response, 400, "malformed", notJson(subject(index), error));
        return true;
      }
      if (!this.#takeValue(batch, value, index)) return true;
      if (performance.now() >= until) return false;
    }
    if (elements.fault === undefined) this.#publish(batch);
    else {
      const what = subject(elements.isArray ? elements.index : undefined);
      this.#refuse(batch.response, 400, "malformed", `${what} ${elements.fault}.\n`);
    }
    return true;
  }

  /** Reads one event and adds what is published for it; answers and returns false when it is refused. */
  #takeValue(batch: Batch, value: unknown, index: number | undefined): boolean {
    if (deeperThan(value, index === undefined ? MAX_JSON_DEPTH : MAX_JSON_DEPTH - 1)) {
      this.#refuse(batch.response, 400, "malformed", `${subject(index)} ${TOO_DEEP}.\n`);
      return false;
    }
    const event = readEvent(value);
    if (isFault(event)) {
      if (event.fault === "invalid") this.#refuse(batch.response, 418, "invalid", INVALID);
      else this.#refuse(batch.response, 400, "malformed", faultText(event, index));
      return false;
    }
    const connectionId = ++this.#lastConnectionId;
    const carrier = this.#parts.carrier?.(connectionId);
    batch.payloads.push(Buffer.from(eventJson(event, connectionId, batch.rcvdTime, carrier, batch.escapeFree)));
    return true;
  }

  #publish(batch: Batch): void {
    const { limiter, publish, counters } = this.#parts;
    const { response, payloads } = batch;
    const count = payloads.length;
    if (count === 0) return this.#ok(response);
    if (limiter !== undefined && !limiter.take(count)) return this.#refuse(response, 429, "over_rate", OVER_RATE);
    try {
      publish(payloads, (error) => {
        if (error !== undefined) return this.#busRefused(batch, error);
        counters.accepted += count;
        this.#ok(response);
      });
    } catch (error) {
      this.#busRefused(batch, error);
    }
  }

  #busRefused({ response, payloads, isArray }: Batch, error: unknown): void {
    this.#parts.limiter?.giveBack(payloads.length);
    const code = error instanceof DsiemError ? error.code : undefined;
    if (code === "PAYLOAD_TOO_LARGE") {
      const place = isArray && error instanceof DsiemError && "index" in error ? `Event ${error.index}: ` : "";
      return this.#refuse(response, 413, "too_large", `${place}${sentence(errorText(error))}.\n`);
    }
    this.#refuse(response, 503, code === "BUS_FULL" ? "bus_full" : "bus_failed", `${sentence(errorText(error))}.\n`);
  }

  #bodyFailed(request: IncomingMessage, response: ServerResponse, fault: BodyFault): void {
    switch (fault) {
      case "too_large":
        return this.#refuseUnread(request, response, 413, "too_large", TOO_LARGE);
      case "no_room":
        return this.#refuseUnread(request, response, 503, "no_room", NO_ROOM);
      case "stalled":
        return this.#refuseLast(response, 408, "stalled", STALLED);
      case "truncated":
        return this.#refuseLast(response, 400, "truncated", TRUNCATED);
    }
  }

  #ok(response: ServerResponse): void {
    if (this.#stopping) response.shouldKeepAlive = false;
    answerOk(response);
    this.#answered(response);
  }

  #refuse(response: ServerResponse, status: number, cause: RefusalCause, text: string): void {
    this.#parts.counters.refused[cause] += 1;
    if (this.#stopping) response.shouldKeepAlive = false;
    answerText(response, status, text);
    this.#answered(response);
  }

  #refuseLast(response: ServerResponse, status: number, cause: RefusalCause, text: string): void {
    this.#parts.counters.refused[cause] += 1;
    answerLast(response, status, text);
    this.#answered(response);
  }

  #refuseUnread(
    request: IncomingMessage,
    response: ServerResponse,
    status: number,
    cause: RefusalCause,
    text: string,
    headers?: readonly string[],
  ): void {
    this.#parts.counters.refused[cause] += 1;
    refuseUnread(this.#parts.bodies, request, response, status, text, headers);
    this.#answered(response);
  }

  #answered(response: ServerResponse): void {
    this.#open.delete(response);
    if (this.#open.size === 0 && this.#whenAnswered !== undefined) this.#whenAnswered();
  }
}

const BACKSLASH = 0x5c;
const ONLY_POST = "Events are sent with POST.\n";
const STOPPING = "This frontend is stopping; send the events again to another one, or later.\n";
const TOO_LARGE = `The body is larger than ${MAX_EVENTS_BODY_BYTES} bytes; send fewer events at a time.\n`;
const NO_ROOM = "Too many large bodies are on their way in; try again later.\n";
const STALLED = "The body made no progress for too long.\n";
const TRUNCATED = "The body ended before its announced end.\n";
const NOT_UTF8 = "The body isn't UTF-8 text.\n";
const OVER_RATE = "EPS rate limit reached\n";
const INVALID = "Invalid event\n";

function subject(index: number | undefined): string {
  return index === undefined ? "The event" : `Event ${index}`;
}

function notJson(what: string, error: unknown): string {
  return `${what} isn't JSON: ${plain(errorText(error))}.\n`;
}

function faultText(fault: EventFault, index: number | undefined): string {
  const place = index === undefined ? "" : `Event ${index}: `;
  return `${place}${fault.message}.\n`;
}

/** A message of another room as the start of a sentence of this one. */
function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1).replace(/\.$/, "");
}
