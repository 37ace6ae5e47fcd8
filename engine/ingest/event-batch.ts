import { isFault, readEvent } from "../base/event.ts";
import { eventJson } from "../base/event-json.ts";
import { MAX_JSON_DEPTH } from "../contract/limits.ts";
import { deeperThan, TOO_DEEP } from "./elements.ts";
import { Payloads } from "./payloads.ts";
import { eventAt, eventRefusal, malformed, type Refusal } from "./refusals.ts";

/** The span of an event at the door. */
export interface TracedEvent {
  /** The trace context that the event takes along. */
  readonly carrier: Readonly<Record<string, string>>;
  /** The event is the bus's, or was refused for this reason. */
  end(refused?: string): void;
}

/** Begins the span of an event; `undefined` when it isn't to be followed. */
export type TraceEvent = (connectionId: number, eventId: string) => TracedEvent | undefined;

/** Numbers the events of a frontend (engine.md §2, `conn_id`). */
export class ConnectionIds {
  #last = 0;

  next(): number {
    this.#last += 1;
    return this.#last;
  }
}

export interface BatchOptions {
  isArray: boolean;
  /** The body is ASCII. */
  ascii: boolean;
  /** The body holds no backslash. */
  escapeFree: boolean;
  /** When the body was there, as it is written into every event. */
  rcvdTime: string;
  ids: ConnectionIds;
  /** Absent while tracing is off. */
  trace: TraceEvent | undefined;
  /** What every event carries besides its trace context, ASCII; absent in server mode. */
  carrier?: Readonly<Record<string, string>> | undefined;
}

/** The events of one request, from what was parsed to the bytes that are published. */
export class EventBatch {
  readonly isArray: boolean;
  readonly #escapeFree: boolean;
  readonly #rcvdTime: string;
  readonly #ids: ConnectionIds;
  readonly #trace: TraceEvent | undefined;
  readonly #carrier: Readonly<Record<string, string>> | undefined;
  /** Of the events that were taken; absent while tracing is off. */
  readonly #traced: TracedEvent[] | undefined;
  readonly #levels: number;
  readonly #payloads: Payloads;

  constructor(options: BatchOptions) {
    this.isArray = options.isArray;
    this.#escapeFree = options.escapeFree;
    this.#rcvdTime = options.rcvdTime;
    this.#ids = options.ids;
    this.#trace = options.trace;
    this.#carrier = options.carrier;
    this.#traced = options.trace === undefined ? undefined : [];
    this.#levels = options.isArray ? MAX_JSON_DEPTH - 1 : MAX_JSON_DEPTH;
    // An escape can stand for any character, and what a carrier holds isn't of this body.
    this.#payloads = new Payloads(options.ascii && options.escapeFree && options.trace === undefined);
  }

  /** Reads and adds one event, or says why the whole batch is refused. */
  take(value: unknown, index: number | undefined): Refusal | undefined {
    if (deeperThan(value, this.#levels)) return malformed(eventAt(index), TOO_DEEP);
    const event = readEvent(value, this.#escapeFree);
    if (isFault(event)) return eventRefusal(event, index);
    const id = this.#ids.next();
    const traced = this.#trace?.(id, event.event_id);
    if (traced !== undefined) this.#traced?.push(traced);
    const carrier = traced === undefined ? this.#carrier : { ...traced.carrier, ...this.#carrier };
    this.#payloads.add(eventJson(event, id, this.#rcvdTime, carrier, this.#escapeFree));
    return undefined;
  }

  /** All of its events are the bus's, or all were refused for this reason. */
  end(refused?: string): void {
    if (this.#traced === undefined) return;
    for (const traced of this.#traced) traced.end(refused);
  }

  payloads(): readonly Buffer[] {
    return this.#payloads.buffers();
  }
}
