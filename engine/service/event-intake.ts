import type { Correlator } from "../backlog/correlator.ts";
import type { Clock } from "../base/clock.ts";
import { errorText } from "../base/errors.ts";
import { isFault, readPublishedEvent } from "../base/event.ts";
import { InterestKeys, SCAN_GARBAGE, SCAN_UNSURE, scanInterest } from "../base/interest-scan.ts";
import type { Logger } from "../base/log.ts";
import { Ring } from "../base/ring.ts";
import type { Position } from "../bus/bus.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import type { SkippedOutcome } from "../contract/outcomes.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { LossCounter, LossLedger } from "../telemetry/loss-ledger.ts";
import type { BackendSpans } from "../telemetry/telemetry.ts";
import { payloadSample } from "./loss-sample.ts";

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
 * all times; what is skipped is told apart by its cause. The lost ones are counted in the loss ledger.
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
  /** The queue was full, or the backend stopped and the bus can't deliver them again. */
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
  ledger: LossLedger;
  /** What is unacknowledged at the end is delivered to the next process of this node, so that nothing of it is lost. */
  redelivered: boolean;
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

/** Hears what becomes of each event. While there is none, nothing is made for it. */
export interface IntakeWatcher {
  /** It ended without being offered to any directive; the payload is unread, and may be anything. */
  skipped(outcome: SkippedOutcome, payload: Uint8Array, position: Position): void;
  /** The directives have had it, and so many of them matched. */
  correlated(event: NormalizedEvent, position: Position, matched: number): void;
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
  #received = 0;
  #correlated = 0;
  #matched = 0;
  #processed = 0;
  #busyMs = 0;
  watcher: IntakeWatcher | undefined = undefined;
  readonly #losses: Readonly<Record<SkippedOutcome, LossCounter>>;
  readonly #options: IntakeOptions;
  readonly #queue: Ring<Waiting>;
  readonly #keys = new InterestKeys();
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
    const counterOf = (cause: SkippedOutcome): LossCounter => options.ledger.counter(cause);
    this.#losses = {
      malformed: counterOf("malformed"),
      invalid: counterOf("invalid"),
      whitelisted: counterOf("whitelisted"),
      uninteresting: counterOf("uninteresting"),
      queue_full: counterOf("queue_full"),
    };
  }

  get counters(): IntakeCounters {
    const { malformed, invalid, whitelisted, uninteresting } = this.#losses;
    return {
      received: this.#received,
      malformed: malformed.count,
      invalid: invalid.count,
      whitelisted: whitelisted.count,
      uninteresting: uninteresting.count,
      dropped: this.#options.ledger.total("dropped"),
      correlated: this.#correlated,
      matched: this.#matched,
      processed: this.#processed,
      busyMs: this.#busyMs,
    };
  }

  get queueLength(): number {
    return this.#queue.length;
  }

  /** Takes one event off the bus. The hottest function of the backend: most events end here. */
  accept(payload: Uint8Array, position: Position): void {
    this.#received += 1;
    this.#lastPosition = position;
    const verdict = scanInterest(payload, this.#keys);
    if (verdict === SCAN_GARBAGE) {
      this.#skipMalformed({ payload, position }, "it isn't an object in braces");
    } else if (verdict === SCAN_UNSURE || this.#interesting()) {
      const waiting = this.#queue.length;
      // A payload is a view into what the socket read, and keeps all of that alive while it waits. Not by `slice`, which
      // in a Buffer is but another view.
      const kept = waiting < COPY_FROM || waiting >= this.#queue.capacity ? payload : new Uint8Array(payload);
      if (!this.#queue.push({ payload: kept, position })) this.#drop({ payload, position });
    } else {
      const { uninteresting } = this.#losses;
      uninteresting.count += 1;
      if (uninteresting.wantsSample) uninteresting.sample(payloadSample(payload));
      this.watcher?.skipped("uninteresting", payload, position);
    }
    if (!this.#scheduled) this.#schedule();
  }

  /**
   * For an orderly stop: correlates what waits, for up to `timeoutMs`, and not while the disk refuses. Returns how many
   * events are left; they aren't acknowledged, so that a transport that can delivers them again, and are lost over one
   * that can't.
   */
  finish(timeoutMs: number): number {
    this.#stopped = true;
    clearTimeout(this.#dropLogTimer);
    this.#logDropped();
    const { clock, isBlocked } = this.#options;
    const deadline = clock.monotonic() + timeoutMs;
    do this.#processSome(deadline);
    while (this.#queue.length > 0 && clock.monotonic() < deadline && !isBlocked());
    const left = this.#queue.length;
    if (!this.#options.redelivered) this.#dropQueue();
    return left;
  }

  #interesting(): boolean {
    const keys = this.#keys;
    const { interest } = this.#options.correlator;
    return (
      interest.hasPlugin(keys.pluginId, keys.pluginSid) ||
      (keys.taxonomyHash !== 0 && interest.hasTaxonomyHash(keys.taxonomyHash))
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
      this.#processed += 1;
      this.#process(waiting);
      done = waiting.position;
    }
    this.#busyMs += clock.monotonic() - started;
    this.#acknowledge(queue.length === 0 ? this.#lastPosition : done);
  }

  #process(waiting: Waiting): void {
    const { correlator, inventory, clock, onDelay, trace } = this.#options;
    const beganMs = trace === undefined ? 0 : clock.now();
    let value: unknown;
    try {
      value = JSON.parse(textOf(waiting.payload));
    } catch (error) {
      this.#skipMalformed(waiting, errorText(error));
      return;
    }
    const event = readPublishedEvent(value);
    if (isFault(event)) {
      if (event.fault === "invalid") this.#skip("invalid", waiting);
      else this.#skipMalformed(waiting, event.message);
      return;
    }
    // The scan was unsure, or the hash of another product and category is the same.
    if (!correlator.interest.concerns(event)) {
      this.#skip("uninteresting", waiting, event);
      return;
    }
    if (inventory.facts(event.src_ip).whitelisted) {
      this.#skip("whitelisted", waiting, event);
      return;
    }
    const nowMs = clock.now();
    trace?.eventBegins(event, beganMs);
    const matched = correlator.process(event, nowMs);
    trace?.eventEnds();
    this.#correlated += 1;
    this.#matched += matched;
    this.watcher?.correlated(event, waiting.position, matched);
    if (matched > 0 && event.rcvd_time > 0) onDelay(nowMs - event.rcvd_time / 1e6);
  }

  #acknowledge(position: Position): void {
    if (position === this.#ackedPosition) return;
    this.#ackedPosition = position;
    this.#options.ack(position);
  }

  #skip(cause: SkippedOutcome, { payload, position }: Waiting, event?: NormalizedEvent): void {
    const counter = this.#losses[cause];
    counter.count += 1;
    if (counter.wantsSample) counter.sample(payloadSample(payload, event));
    this.watcher?.skipped(cause, payload, position);
  }

  #skipMalformed({ payload, position }: Waiting, reason: string): void {
    const { malformed } = this.#losses;
    malformed.count += 1;
    if (malformed.wantsSample) malformed.sample({ text: `${reason}: ${payloadSample(payload).text}` });
    this.watcher?.skipped("malformed", payload, position);
    this.#options.log.sampled("skipped a message on dsiem_events that isn't an event", { reason });
  }

  /** What can't be delivered again ends here. */
  #dropQueue(): void {
    const { ledger } = this.#options;
    const first = this.#queue.shift();
    if (first === undefined) return;
    const counter = ledger.counter("left_in_queue");
    counter.count += this.#queue.length + 1;
    counter.sample(payloadSample(first.payload));
    while (this.#queue.shift() !== undefined);
  }

  #drop(waiting: Waiting): void {
    this.#skip("queue_full", waiting);
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
