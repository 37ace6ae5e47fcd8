import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { NormalizedEvent } from "../contract/event.ts";

/** An event on its way through a frontend. */
export interface DoorSpan {
  /** The trace context that the event takes along. */
  readonly carrier: Readonly<Record<string, string>>;
  /** The event is the bus's, or was refused for this reason. */
  end(refused?: string): void;
}

/** Begins the span of an event at the door; `undefined` when too many are there that haven't ended. */
export type DoorSpans = (connectionId: number, eventId: string) => DoorSpan | undefined;

/** The kinds of look-up, as their spans are named (engine.md §11). */
export type LookupSpanName = "intel_checkers" | "vuln_checkers";

/**
 * Follows one event at a time through a backend. The correlator finishes an event before it takes the next, so that
 * each call concerns what began last and hasn't ended.
 */
export interface BackendSpans {
  /** `beganMs`: when the event was taken off the queue. */
  eventBegins(event: Pick<NormalizedEvent, "event_id" | "conn_id" | "carrier">, beganMs: number): void;
  eventEnds(): void;
  directiveBegins(directiveId: number): void;
  directiveEnds(): void;
  backlogBegins(backlogId: string): void;
  backlogEnds(): void;
  /** Returns what ends the span, which may outlive the event's own; `undefined` when no event asked for the look-up. */
  lookupBegins(name: LookupSpanName): (() => void) | undefined;
}

/** Values of one moment by their names, without the prefix `dsiem_`. */
export type Figures = Readonly<Record<string, number>>;

/** What a service that was told to export traces, metrics or both calls. */
export interface Telemetry {
  /** Absent while tracing is off. */
  readonly doorSpans: DoorSpans | undefined;
  readonly backendSpans: BackendSpans | undefined;
  /** Exports each figure as a gauge, at once. Absent while metrics are off. */
  readonly export: ((figures: Figures) => void) | undefined;
  /** Exports what waits, for up to `timeoutMs`, and lets the connection go. */
  stop(timeoutMs: number): Promise<void>;
}

export interface TelemetryOptions {
  tracing: boolean;
  metrics: boolean;
  /** `http://host:port` or `https://…`, where OTLP is taken by gRPC. */
  endpoint: string;
  node: string;
  clock: Clock;
  log: Logger;
}
