import { TraceFlags } from "@opentelemetry/api";
import type { ReadableSpan, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Logger } from "../../base/log.ts";
import { type ExportState, resultOf } from "./export-state.ts";

/**
 * Spans that may wait for their export, at about 1 kB each: a collector that is away or slow costs spans, never memory
 * and never an event's time.
 */
export const MAX_WAITING_SPANS = 16_384;
/** Spans of one request: a few hundred kilobytes, where collectors take 4 MiB. */
const SPANS_PER_EXPORT = 1024;
/** Fewer spans than that wait for others so long, in milliseconds. */
const EXPORT_EVERY_MS = 1000;
/** After an export that failed the next one waits so long, in milliseconds, so that a dead collector is hardly any work. */
const AFTER_FAILURE_MS = 5000;
/** Dropped spans are summed up in the log at most this often, in milliseconds. */
const DROP_LOG_MS = 60_000;

/** What became of the spans that have ended; those that wait or are under way are in none of them yet. */
export interface SpanCounters {
  exported: number;
  /** Sent off in a request that failed, or wasn't answered before the stop. */
  failed: number;
  /** Too many waited. */
  dropped: number;
}

/**
 * The spans between their end and their export. Unlike the SDK's own queue it counts every span that it loses, and
 * leaves a collector that refuses in peace for a while.
 */
export class SpanQueue implements SpanProcessor {
  readonly counters: SpanCounters = { exported: 0, failed: 0, dropped: 0 };
  readonly #exporter: SpanExporter;
  readonly #state: ExportState;
  readonly #log: Logger;
  #waiting: ReadableSpan[] = [];
  #timer: NodeJS.Timeout | undefined;
  #exporting: Promise<boolean> | undefined;
  #underWay = 0;
  #pausing = false;
  #stopped = false;
  #droppedSaid = 0;
  #dropLogTimer: NodeJS.Timeout | undefined;

  constructor(exporter: SpanExporter, state: ExportState, log: Logger) {
    this.#exporter = exporter;
    this.#state = state;
    this.#log = log;
  }

  onStart(): void {
    // A span is of interest once it has ended.
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.#stopped || this.#waiting.length >= MAX_WAITING_SPANS) {
      this.drop();
      return;
    }
    this.#waiting.push(span);
    if (this.#exporting !== undefined || this.#pausing) return;
    if (this.#waiting.length === SPANS_PER_EXPORT) this.#exportIn(0);
    else if (this.#timer === undefined) this.#exportIn(EXPORT_EVERY_MS);
  }

  /** Exports until nothing waits or an export fails. */
  async forceFlush(): Promise<void> {
    clearTimeout(this.#timer);
    let works = (await this.#exporting) ?? true;
    while (works && this.#waiting.length > 0) works = await this.#exportSome();
  }

  async shutdown(): Promise<void> {
    await this.forceFlush();
    this.abandon();
    await this.#exporter.shutdown();
  }

  /** The time to stop is up: what waits or is under way is lost, and counted. */
  abandon(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.counters.failed += this.#underWay;
    clearTimeout(this.#timer);
    clearTimeout(this.#dropLogTimer);
    this.counters.dropped += this.#waiting.length;
    this.#waiting = [];
  }

  #exportIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#exportSome(), milliseconds).unref();
  }

  /** Resolves with whether it worked. One export at a time, so that a slow collector isn't sent ever more. */
  #exportSome(): Promise<boolean> {
    this.#timer = undefined;
    this.#exporting ??= this.#export(this.#waiting.splice(0, SPANS_PER_EXPORT)).then((works) => {
      this.#exporting = undefined;
      this.#pausing = !works;
      if (this.#stopped) return works;
      if (!works) this.#exportIn(AFTER_FAILURE_MS);
      else if (this.#waiting.length > 0) this.#exportIn(this.#waiting.length < SPANS_PER_EXPORT ? EXPORT_EVERY_MS : 0);
      return works;
    });
    return this.#exporting;
  }

  async #export(spans: ReadableSpan[]): Promise<boolean> {
    if (spans.length === 0) return true;
    this.#underWay = spans.length;
    const result = await resultOf((done) => this.#exporter.export(spans, done));
    this.#underWay = 0;
    if (this.#stopped) return false;
    const works = this.#state.note(result);
    if (works) this.counters.exported += spans.length;
    else this.counters.failed += spans.length;
    return works;
  }

  /** Counts a span that is lost, or that wasn't begun because there are too many. */
  drop(): void {
    this.counters.dropped += 1;
    if (this.#dropLogTimer === undefined && !this.#stopped) this.#logDropped();
  }

  /** At once for the first, and for what followed once the minute is over. */
  readonly #logDropped = (): void => {
    this.#dropLogTimer = undefined;
    const spans = this.counters.dropped - this.#droppedSaid;
    if (spans === 0) return;
    this.#droppedSaid = this.counters.dropped;
    this.#log.warn("spans are dropped: there are more than can be exported", { spans });
    this.#dropLogTimer = setTimeout(this.#logDropped, DROP_LOG_MS).unref();
  };
}
