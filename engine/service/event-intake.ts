import type { Correlator } from "../backlog/correlator.ts";
import type { Clock } from "../base/clock.ts";
import { errorText } from "../base/errors.ts";
import { isFault, readPublishedEvent } from "../base/event.ts";
import { InterestKeys, SCAN_GARBAGE, SCAN_UNSURE, scanInterest, taxonomyHash } from "../base/interest-scan.ts";
import type { Logger } from "../base/log.ts";
import { Ring } from "../base/ring.ts";
import type { Position } from "../bus/bus.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { BackendSpans } from "../telemetry/telemetry.ts";

/** With so many events waiting, those that come are copied: 500,000 of them could else hold 64 KiB each. */
const COPY_FROM = 1024;
/** Longest stretch of correlation before the sockets are read again, in milliseconds. */
const SLICE_MS = 2;
/** The clock and the disk are looked at once in so many events of a slice. */
const EVENTS_PER_LOOK = 32;
/** How often it is looked whether the disk takes lines again, in milliseconds. */
const BLOCKED_POLL_MS = 5;
/** Dropped events are logged at most this often, in milliseconds (engine.md §4). */
const DROP_LOG_MS = 1000;

/**
 * What became of every event that reached this backend. `received = skipped + dropped + correlated + waiting` holds at
 * all times; what is skipped is told apart by its cause.
 */
export interface IntakeCounters {
  received: number;
  /** Not JSON, or not an event. */
  malformed: number;
  /** An event that fails the "non-empty, one complete pair" rule. */
  invalid: number;
  whitelisted: number;
  /** No directive names its plugin and sid, or its product and category. */
  uninteresting: number;
  /** The queue was full. */
  dropped: number;
  /** Offered to the directives it concerns. */
  correlated: number;
  /** Directives matched, summed over events. */
  matched: number;
  /** Taken off the queue, whatever became of them. */
  processed: number;
  /** Milliseconds spent on the events counted in `processed`. */
  busyMs: number;
}

export interface IntakeOptions {
  correlator: Correlator;
  inventory: Inventory;
  clock: Clock;
  log: Logger;
  /** Unprocessed events that may wait. */
  maxQueue: number;
  /** Everything up to this position is done with. */
  ack: (position: Position) => void;
  /** An event was consumed this long, in milliseconds, after the frontend had received it. */
  onDelay: (delayMs: number) => void;
  /** While it says so nothing is correlated: the disk can't keep up. */
  isBlocked: () => boolean;
  /** Absent while tracing is off. */
  trace?: Pick<BackendSpans, "eventBegins" | "eventEnds"> | undefined;
}

interface Waiting {
  payload: Uint8Array;
  position: Position;
}

/**
 * The way of an event through the backend (architecture.md §3): scanned where it arrives, and done with there unless
 * some directive may be interested; else queued, parsed, validated and correlated in slices that leave the sockets
 * time to be read.
 */
export class EventIntake {
  readonly counters: IntakeCounters = {
    received: 0,
    malformed: 0,
    invalid: 0,
    whitelisted: 0,
    uninteresting: 0,
    dropped: 0,
    correlated: 0,
    matched: 0,
    processed: 0,
    busyMs: 0,
  };
  readonly #options: IntakeOptions;
  readonly #queue: Ring<Waiting>;
  readonly #keys = new InterestKeys();
  /** Of every (product, category) that a rule names. */
  readonly #taxonomyHashes: ReadonlySet<number>;
  #scheduled = false;
  #stopped = false;
  #lastPosition: Position = 0;
  #ackedPosition: Position = 0;
  #droppedSinceLog = 0;
  /** Runs while events that were dropped meanwhile are not to be logged yet. */
  #dropLogTimer: NodeJS.Timeout | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#queue = new Ring(options.maxQueue);
    this.#taxonomyHashes = new Set(
      [...options.correlator.interest.taxonomies()].map(([product, category]) => taxonomyHash(product, category)),
    );
  }

  get queueLength(): number {
    return this.#queue.length;
  }

  /** Takes one event off the bus. The hottest function of the backend: most events end here. */
  accept(payload: Uint8Array, position: Position): void {
    const { counters } = this;
    counters.received += 1;
    this.#lastPosition = position;
    const verdict = scanInterest(payload, this.#keys);
    if (verdict === SCAN_GARBAGE) {
      counters.malformed += 1;
      this.#logMalformed("it isn't an object in braces");
    } else if (verdict === SCAN_UNSURE || this.#interesting()) {
      const waiting = this.#queue.length;
      // A payload is a view into what the socket read, and keeps all of that alive while it waits. Not by `slice`, which
      // in a Buffer is but another view.
      const kept = waiting < COPY_FROM || waiting >= this.#queue.capacity ? payload : new Uint8Array(payload);
      if (!this.#queue.push({ payload: kept, position })) this.#drop();
    } else {
      counters.uninteresting += 1;
    }
    if (!this.#scheduled) this.#schedule();
  }

  /**
   * For an orderly stop: correlates what waits, for up to `timeoutMs`, and not while the disk refuses. Returns how many
   * events are left; they aren't acknowledged, so that a transport that can delivers them again.
   */
  finish(timeoutMs: number): number {
    this.#stopped = true;
    clearTimeout(this.#dropLogTimer);
    this.#logDropped();
    const { clock, isBlocked } = this.#options;
    const deadline = clock.monotonic() + timeoutMs;
    do this.#processSome(deadline);
    while (this.#queue.length > 0 && clock.monotonic() < deadline && !isBlocked());
    return this.#queue.length;
  }

  #interesting(): boolean {
    const keys = this.#keys;
    return (
      this.#options.correlator.interest.hasPlugin(keys.pluginId, keys.pluginSid) ||
      (keys.taxonomyHash !== 0 && this.#taxonomyHashes.has(keys.taxonomyHash))
    );
  }

  #schedule(): void {
    this.#scheduled = true;
    setImmediate(this.#slice);
  }

  readonly #slice = (): void => {
    this.#scheduled = false;
    if (this.#stopped) return;
    this.#processSome(this.#options.clock.monotonic() + SLICE_MS);
    if (this.#queue.length === 0) return;
    if (this.#options.isBlocked()) {
      this.#scheduled = true;
      setTimeout(this.#slice, BLOCKED_POLL_MS);
    } else {
      this.#schedule();
    }
  };

  /**
   * Processes events until the queue is empty, the deadline has passed or the disk refuses, and acknowledges what is
   * done with: the last event processed, and what needed no processing behind it only when nothing waits any more.
   */
  #processSome(deadlineMs: number): void {
    const { clock, isBlocked } = this.#options;
    const queue = this.#queue;
    const started = clock.monotonic();
    let done = this.#ackedPosition;
    for (let count = 0; queue.length > 0; count++) {
      if (count % EVENTS_PER_LOOK === 0 && (isBlocked() || (count > 0 && clock.monotonic() >= deadlineMs))) break;
      const waiting = queue.shift();
      if (waiting === undefined) break;
      this.counters.processed += 1;
      this.#process(waiting.payload);
      done = waiting.position;
    }
    this.counters.busyMs += clock.monotonic() - started;
    this.#acknowledge(queue.length === 0 ? this.#lastPosition : done);
  }

  #process(payload: Uint8Array): void {
    const { correlator, inventory, clock, onDelay, trace } = this.#options;
    const beganMs = trace === undefined ? 0 : clock.now();
    const { counters } = this;
    let value: unknown;
    try {
      value = JSON.parse(textOf(payload));
    } catch (error) {
      counters.malformed += 1;
      this.#logMalformed(errorText(error));
      return;
    }
    const event = readPublishedEvent(value);
    if (isFault(event)) {
      if (event.fault === "invalid") {
        counters.invalid += 1;
      } else {
        counters.malformed += 1;
        this.#logMalformed(event.message);
      }
      return;
    }
    // The scan was unsure, or the hash of another product and category is the same.
    if (!correlator.interest.concerns(event)) {
      counters.uninteresting += 1;
      return;
    }
    if (inventory.facts(event.src_ip).whitelisted) {
      counters.whitelisted += 1;
      return;
    }
    const nowMs = clock.now();
    trace?.eventBegins(event, beganMs);
    const matched = correlator.process(event, nowMs);
    trace?.eventEnds();
    counters.correlated += 1;
    counters.matched += matched;
    if (matched > 0 && event.rcvd_time > 0) onDelay(nowMs - event.rcvd_time / 1e6);
  }

  #acknowledge(position: Position): void {
    if (position === this.#ackedPosition) return;
    this.#ackedPosition = position;
    this.#options.ack(position);
  }

  #logMalformed(reason: string): void {
    this.#options.log.sampled("skipped a message on dsiem_events that isn't an event", { reason });
  }

  #drop(): void {
    this.counters.dropped += 1;
    this.#droppedSinceLog += 1;
    if (this.#dropLogTimer === undefined) this.#logDropped();
  }

  /** At once for the first, and for what followed once the second is over. */
  readonly #logDropped = (): void => {
    this.#dropLogTimer = undefined;
    if (this.#droppedSinceLog === 0) return;
    this.#options.log.warn(`filtering lagged and skipped ${this.#droppedSinceLog} events`);
    this.#droppedSinceLog = 0;
    this.#dropLogTimer = setTimeout(this.#logDropped, DROP_LOG_MS).unref();
  };
}

function textOf(payload: Uint8Array): string {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8");
}
