import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { parseTraceParent, TraceState } from "@opentelemetry/core";
import type { Clock } from "../../base/clock.ts";
import type { NormalizedEvent } from "../../contract/event.ts";
import type { BackendSpans, DoorSpans, LookupSpanName } from "../telemetry.ts";

/**
 * Events at the door that may have a span at once: an array of a hundred thousand events that is read, or waits for the
 * bus, would else hold as many, and when it is through most of them would be dropped by the queue behind.
 */
export const MAX_SPANS_AT_DOOR = 16_384;

/**
 * The span of each event at the door; what happens to the event in a backend becomes part of its trace. `onDropped` is
 * called for each event that gets none.
 */
export function doorSpans(tracer: Tracer, clock: Clock, onDropped: () => void): DoorSpans {
  let open = 0;
  return (connectionId, eventId) => {
    if (open >= MAX_SPANS_AT_DOOR) {
      onDropped();
      return undefined;
    }
    open += 1;
    const attributes = { "conn.id": connectionId, "event.id": eventId };
    const kind = SpanKind.PRODUCER;
    const span = tracer.startSpan("frontend handler", { kind, attributes, startTime: clock.now() }, ROOT_CONTEXT);
    return {
      carrier: { traceparent: traceparentOf(span) },
      end: (refused) => {
        open -= 1;
        if (refused !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: refused });
        span.end(clock.now());
      },
    };
  };
}

interface OpenSpan {
  span: Span;
  context: Context;
  /** Its own and those of the spans around it. */
  attributes: Attributes;
}

/** The spans of the event that a backend is at (engine.md §11), from `backend handler` down to the look-ups. */
export class CorrelationSpans implements BackendSpans {
  readonly #tracer: Tracer;
  readonly #clock: Clock;
  /** Outermost first. */
  readonly #open: OpenSpan[] = [];

  constructor(tracer: Tracer, clock: Clock) {
    this.#tracer = tracer;
    this.#clock = clock;
  }

  eventBegins(event: Pick<NormalizedEvent, "event_id" | "conn_id" | "carrier">, beganMs: number): void {
    const attributes = { "conn.id": event.conn_id, "event.id": event.event_id };
    const kind = SpanKind.CONSUMER;
    this.#open.push(this.#start("backend handler", contextOf(event.carrier), attributes, beganMs, kind));
    this.#begin("event distribution", {});
  }

  eventEnds(): void {
    this.#end();
    this.#end();
  }

  directiveBegins(directiveId: number): void {
    this.#begin("backlog manager processing", { "directive.id": directiveId });
  }

  directiveEnds(): void {
    this.#end();
  }

  backlogBegins(backlogId: string): void {
    this.#begin("backlog processing", { "backlog.id": backlogId });
  }

  backlogEnds(): void {
    this.#end();
  }

  lookupBegins(name: LookupSpanName): (() => void) | undefined {
    const around = this.#open.at(-1);
    if (around === undefined) return undefined;
    const { span } = this.#start(name, around.context, around.attributes, this.#clock.now());
    return () => span.end(this.#clock.now());
  }

  #begin(name: string, more: Attributes): void {
    const around = this.#open.at(-1);
    // What isn't done for an event that is being followed, such as rebuilding a state, has no trace.
    if (around === undefined) return;
    this.#open.push(this.#start(name, around.context, { ...around.attributes, ...more }, this.#clock.now()));
  }

  #start(name: string, around: Context, attributes: Attributes, startTime: number, kind?: SpanKind): OpenSpan {
    const options = { kind: kind ?? SpanKind.INTERNAL, attributes, startTime };
    const span = this.#tracer.startSpan(name, options, around);
    return { span, context: trace.setSpan(around, span), attributes };
  }

  #end(): void {
    this.#open.pop()?.span.end(this.#clock.now());
  }
}

/** The trace that an event's carrier names; without one its first span here begins a trace. */
function contextOf(carrier: Readonly<Record<string, string>> | undefined): Context {
  const parent = carrier?.traceparent === undefined ? null : parseTraceParent(carrier.traceparent);
  if (parent === null) return ROOT_CONTEXT;
  const state = carrier?.tracestate;
  return trace.setSpanContext(ROOT_CONTEXT, {
    ...parent,
    isRemote: true,
    ...(state === undefined ? {} : { traceState: new TraceState(state) }),
  });
}

/** As W3C Trace Context spells it, with the one flag that its first edition knows: others may be refused by a reader. */
function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED) === 0 ? "00" : "01"}`;
}
