import type { Clock } from "../base/clock.ts";
import { plain } from "../base/log.ts";
import {
  type LedgerSnapshot,
  LOSS_CAUSES,
  LOSSES,
  type LossCause,
  type LossClass,
  type LossSample,
  MAX_LOSS_SAMPLES,
  MAX_SAMPLE_EVENT_ID,
  MAX_SAMPLE_TEXT,
} from "../contract/loss.ts";

/** Samples that are taken of one cause from one tick to the next: a flood of garbage must not cost more than its count. */
const SAMPLES_PER_TICK = 10;
/** How often `LossLedger.tick` wants to be called, in milliseconds. */
export const LEDGER_TICK_MS = 1000;

/** What is known of a lost event, as it came: it is escaped and shortened here. */
export interface LossText {
  text: string;
  connId?: number;
  eventId?: string;
}

/** The count of one cause. On the hot path it is nothing but a number that grows. */
export class LossCounter {
  count = 0;
  /** When it was last seen that the count had grown. */
  #lastAt = 0;
  #seen = 0;
  #allowance = SAMPLES_PER_TICK;
  readonly #samples: LossSample[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a sample is wanted: what makes one needn't be put together when it isn't. */
  get wantsSample(): boolean {
    return this.#allowance > 0;
  }

  sample({ text, connId, eventId }: LossText): void {
    if (this.#allowance === 0) return;
    this.#allowance -= 1;
    if (this.#samples.length === MAX_LOSS_SAMPLES) this.#samples.shift();
    this.#samples.push({
      at: Math.floor(this.#clock.now()),
      text: shortened(text, MAX_SAMPLE_TEXT),
      ...(connId === undefined ? {} : { conn_id: connId }),
      ...(eventId === undefined || eventId === "" || eventId.length > MAX_SAMPLE_EVENT_ID
        ? {}
        : { event_id: shortened(eventId, MAX_SAMPLE_EVENT_ID) }),
    });
  }

  tick(nowMs: number): void {
    this.#allowance = SAMPLES_PER_TICK;
    this.#look(nowMs);
  }

  /** What there is to tell, `undefined` when it never happened. */
  snapshot(nowMs: number): LedgerSnapshot[LossCause] {
    if (this.count === 0) return undefined;
    this.#look(nowMs);
    return { count: this.count, lastAt: this.#lastAt, samples: [...this.#samples] };
  }

  #look(nowMs: number): void {
    if (this.count === this.#seen) return;
    this.#seen = this.count;
    this.#lastAt = Math.floor(nowMs);
  }
}

/** The loss ledger of one service (operation.md §7): a counter, and the last samples, of every cause there is. */
export class LossLedger {
  readonly #clock: Clock;
  readonly #counters: Readonly<Record<LossCause, LossCounter>>;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#counters = Object.fromEntries(LOSS_CAUSES.map((cause) => [cause, new LossCounter(clock)])) as Record<
      LossCause,
      LossCounter
    >;
  }

  /** For the hot path, which keeps the counters it needs. */
  counter(cause: LossCause): LossCounter {
    return this.#counters[cause];
  }

  add(cause: LossCause, events: number, text: string): void {
    const counter = this.#counters[cause];
    counter.count += events;
    counter.sample({ text });
  }

  /** Events, or for "refused" requests, of all causes of a class. */
  total(lossClass: LossClass): number {
    let sum = 0;
    for (const cause of LOSS_CAUSES) if (LOSSES[cause].class === lossClass) sum += this.#counters[cause].count;
    return sum;
  }

  /** The counts of the causes that there were, as a log record takes them. */
  counts(): Partial<Record<LossCause, number>> {
    const counts: Partial<Record<LossCause, number>> = {};
    for (const cause of LOSS_CAUSES) {
      const { count } = this.#counters[cause];
      if (count > 0) counts[cause] = count;
    }
    return counts;
  }

  /** To be called every `LEDGER_TICK_MS`: it gives out new samples, and is how exactly the time of a loss is known. */
  tick(): void {
    const nowMs = this.#clock.now();
    for (const cause of LOSS_CAUSES) this.#counters[cause].tick(nowMs);
  }

  snapshot(): LedgerSnapshot {
    const nowMs = this.#clock.now();
    const snapshot: LedgerSnapshot = {};
    for (const cause of LOSS_CAUSES) {
      const entry = this.#counters[cause].snapshot(nowMs);
      if (entry !== undefined) snapshot[cause] = entry;
    }
    return snapshot;
  }
}

/** Escaped, and never longer than `most` characters, with a mark where something is missing. */
function shortened(text: string, most: number): string {
  // Escaping makes six characters of one, so no more than these can be shown.
  const escaped = plain(text.length > most ? text.slice(0, most + 1) : text);
  return escaped.length <= most ? escaped : `${escaped.slice(0, most - 1).toWellFormed()}…`;
}
