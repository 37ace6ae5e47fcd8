import type { Clock } from "../../base/clock.ts";
import { EventChunk, type EventSpan } from "../../base/event-chunk.ts";
import type { RawEvent } from "../../base/raw-event.ts";

/** What the live tail reaches back to, and the bytes of it: 10,000 events of a megabyte are no tail. */
const RING_EVENTS = 10_000;
const RING_BYTES = 16 * 1024 * 1024;
/** How often events are handed on, however few they are, in milliseconds: what a crash costs the retained events. */
const SEAL_MS = 1000;
/** The rate is that of so many of these. */
const RATE_SAMPLES = 5;

/** Whence events come: what this frontend takes in, and what others put on the bus. */
export interface EventSource {
  /** Hands on every event as the bytes that were published, from now on, in order; returns how to end that. */
  open(listener: (payloads: readonly Uint8Array[]) => void): () => void;
}

export interface EventTailOptions {
  source: EventSource;
  clock: Clock;
  /** The id that the first event gets. */
  firstId: number;
  /** Gets all events, in order, some at a time. */
  onSpan: (span: EventSpan) => void;
  /** Id of the first event that was handed on and is still needed; infinite when none is. */
  neededFrom: () => number;
  ringEvents?: number;
}

/**
 * The events that came in last, as bytes, numbered in the order in which they came. Open while somebody holds it; while
 * nobody does, the source is closed and nothing is kept, copied or counted.
 */
export class EventTail {
  readonly #options: EventTailOptions;
  /** The oldest first; the last one is being filled. */
  #chunks: EventChunk[];
  /** So many events of the last chunk were handed on. */
  #sealed = 0;
  /** One that was let go of, to be the next. */
  #spare: EventChunk | undefined;
  #nextId: number;
  #events = 0;
  #bytes = 0;
  #holders = 0;
  #closeSource: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Of the last seconds, the oldest first. */
  #samples: { atMs: number; id: number }[] = [];

  constructor(options: EventTailOptions) {
    this.#options = options;
    this.#nextId = options.firstId;
    this.#chunks = [new EventChunk(options.firstId)];
  }

  /** Id of the event that came last. */
  get newestId(): number {
    return this.#nextId - 1;
  }

  /** Id of the oldest event that is still here; one more than the newest when there is none. */
  get oldestId(): number {
    return this.#chunks[0]?.firstId ?? this.#nextId;
  }

  /** Events a second, over the last few seconds. */
  get perSecond(): number {
    const [first] = this.#samples;
    if (first === undefined) return 0;
    const seconds = (this.#options.clock.monotonic() - first.atMs) / 1000;
    return seconds < 0.1 ? 0 : Math.round(((this.newestId - first.id) / seconds) * 10) / 10;
  }

  /** Wants the events from now on; the function that is returned ends that, once. */
  hold(): () => void {
    this.#holders += 1;
    if (this.#holders === 1) this.#open();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holders -= 1;
      if (this.#holders === 0) this.#close();
    };
  }

  /** Hands on what was gathered, so that it is with the events that are retained. */
  seal(): void {
    const last = this.#chunks.at(-1);
    if (last === undefined || last.count === this.#sealed) return;
    this.#options.onSpan(last.from(this.#sealed));
    this.#sealed = last.count;
  }

  /** The events from the newest down to, and without, the one of `afterId`; their bytes are valid until the next ones come. */
  *newest(afterId: number): Generator<RawEvent, void> {
    for (let i = this.#chunks.length - 1; i >= 0; i--) {
      const chunk = this.#chunks[i];
      if (chunk === undefined) continue;
      for (let at = chunk.count - 1; at >= 0; at--) {
        const id = chunk.firstId + at;
        if (id <= afterId) return;
        yield { id, at: chunk.at(at), payload: chunk.payload(at) };
      }
    }
  }

  #open(): void {
    this.#samples = [{ atMs: this.#options.clock.monotonic(), id: this.newestId }];
    this.#closeSource = this.#options.source.open((payloads) => this.#take(payloads));
    this.#timer = setInterval(() => this.#tick(), SEAL_MS);
    this.#timer.unref();
  }

  #close(): void {
    this.#closeSource?.();
    this.#closeSource = undefined;
    clearInterval(this.#timer);
    this.seal();
    this.#chunks = [new EventChunk(this.#nextId)];
    this.#sealed = 0;
    this.#spare = undefined;
    this.#events = 0;
    this.#bytes = 0;
    this.#samples = [];
  }

  #take(payloads: readonly Uint8Array[]): void {
    const now = this.#options.clock.now();
    let last = this.#chunks.at(-1);
    for (const payload of payloads) {
      if (last === undefined || last.isFullFor(payload.length)) last = this.#nextChunk();
      last.add(payload, now);
      this.#nextId += 1;
      this.#events += 1;
      this.#bytes += payload.length;
    }
  }

  #nextChunk(): EventChunk {
    this.seal();
    this.#forget();
    const chunk = this.#spare ?? new EventChunk(this.#nextId, true);
    this.#spare = undefined;
    chunk.beginAnew(this.#nextId);
    this.#chunks.push(chunk);
    this.#sealed = 0;
    return chunk;
  }

  #forget(): void {
    const { ringEvents = RING_EVENTS } = this.#options;
    for (let oldest = this.#chunks[0]; oldest !== undefined && this.#chunks.length > 1; oldest = this.#chunks[0]) {
      const bytes = oldest.bytes.length;
      if (this.#events - oldest.count < ringEvents && this.#bytes - bytes < RING_BYTES) return;
      this.#chunks.shift();
      this.#events -= oldest.count;
      this.#bytes -= bytes;
      const isNeeded = oldest.firstId + oldest.count > this.#options.neededFrom();
      if (oldest.isReusable && !isNeeded) this.#spare = oldest;
    }
  }

  #tick(): void {
    this.seal();
    this.#samples.push({ atMs: this.#options.clock.monotonic(), id: this.newestId });
    if (this.#samples.length > RATE_SAMPLES) this.#samples.shift();
  }
}
