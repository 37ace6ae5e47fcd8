import type { Logger } from "../base/log.ts";
import type { Hit } from "../contract/alarm.ts";
import type { AlarmOrigin } from "../contract/journal.ts";
import type { PendingRecord } from "../contract/state-change.ts";
import type { Findings, Lookups, LookupTargets } from "../enrich/lookups.ts";
import { type AlarmRecordWithoutHits, type RecordText, recordLine, recordText } from "./record.ts";

/** What look-ups found for one alarm so far. It belongs to the backlog; the recorder adds to it, never twice the same. */
export interface AlarmHits {
  /** Ordinal of the backlog whose alarm it is. */
  readonly backlog: number;
  intel: Hit[];
  vulnerabilities: Hit[];
}

/** Keeps what must outlive the process: which records wait, and what look-ups found. */
export interface RecordKeeper {
  /** A record waits; `id` tells it from the others that do. */
  waits(id: number, record: PendingRecord): void;
  /** It was written, or is written in this very call. */
  waitsNoMore(id: number): void;
  found(backlog: number, intel: readonly Hit[], vulnerabilities: readonly Hit[]): void;
}

/**
 * A record waits this long for its look-ups, which give up after 10 s themselves: a little more, so that it is they
 * who end the wait (reliability.md §1 grants 11 s).
 */
const MAX_WAIT_MS = 10_500;
/**
 * Records that may wait, and what they may weigh, counted in characters. Beyond that records are written without
 * waiting: a slow provider must cost look-ups, never memory.
 */
const MAX_WAITING_RECORDS = 100_000;
const MAX_WAITING_CHARACTERS = 128 * 1024 * 1024;
/** Hits that one alarm keeps of each kind; an alarm of very many addresses would else write megabytes per record. */
export const MAX_HITS_OF_ALARM = 10_000;

/** What a recorder asks. */
export type Asked = Pick<Lookups, "enabled" | "ask">;

export interface AlarmRecorderOptions {
  /** `undefined` when no provider is enabled. */
  lookups: Asked | undefined;
  /** Gets each record as one line, newline included, those of one alarm in order, and what was submitted with it. */
  emit: (line: string, origin: AlarmOrigin | undefined) => void;
  /** Absent where nothing outlives the process. */
  keeper?: RecordKeeper | undefined;
  logger: Logger;
  /** For tests; the named bounds above unless given. */
  maxWaitMs?: number;
  maxWaitingRecords?: number;
}

/** A record that waits, for its own look-ups or for an earlier record of its alarm. */
interface Waiting {
  /** 0 until it waits. */
  id: number;
  readonly text: RecordText;
  readonly origin: AlarmOrigin | undefined;
  readonly hits: AlarmHits;
  readonly findings: Findings | undefined;
  /** Whether it still waits for look-ups; `false` once they are in or were given up. */
  open: boolean;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Turns alarm records into lines (engine.md §8). The records of one alarm leave in the order in which they were
 * submitted, each with the hits of its own look-ups and of all records before it. A record with look-ups that aren't
 * answered from the cache waits for them, and later records of the same alarm wait behind it; other alarms go on.
 */
export class AlarmRecorder {
  readonly #lookups: Asked | undefined;
  readonly #emit: AlarmRecorderOptions["emit"];
  readonly #keeper: RecordKeeper | undefined;
  readonly #logger: Logger;
  readonly #maxWaitMs: number;
  readonly #maxWaitingRecords: number;
  /** By alarm id; never holds an empty list. */
  readonly #queues = new Map<string, Waiting[]>();
  #lastId = 0;
  #waitingRecords = 0;
  #waitingCharacters = 0;
  #whenIdle: (() => void)[] = [];
  /** Whether the last record found the bounds reached: logged once per change of state. */
  #overfull = false;

  constructor(options: AlarmRecorderOptions) {
    this.#lookups = options.lookups?.enabled === true ? options.lookups : undefined;
    this.#emit = options.emit;
    this.#keeper = options.keeper;
    this.#logger = options.logger;
    this.#maxWaitMs = options.maxWaitMs ?? MAX_WAIT_MS;
    this.#maxWaitingRecords = options.maxWaitingRecords ?? MAX_WAITING_RECORDS;
  }

  /** Records that wait for look-ups or behind one that does. */
  get waiting(): number {
    return this.#waitingRecords;
  }

  /**
   * Takes a record. It is written down at once, and so may be changed by the caller afterwards; it leaves in this call
   * unless it, or an earlier record of the same alarm, waits for a look-up. `lookups` is `undefined` for a record
   * without look-ups of its own, `origin` goes along with the record.
   */
  submit(
    record: AlarmRecordWithoutHits,
    hits: AlarmHits,
    lookups: LookupTargets | undefined,
    origin?: AlarmOrigin,
  ): void {
    this.#take(record.alarm_id, { text: recordText(record), origin }, hits, lookups);
  }

  /** Takes the records that waited when an earlier process ended, by their ids of then, in that order. */
  resubmit(
    waited: readonly { readonly id: number; readonly record: PendingRecord }[],
    hitsOf: (record: PendingRecord) => AlarmHits,
  ): void {
    for (const { id } of waited) this.#lastId = Math.max(this.#lastId, id);
    for (const { id, record } of waited) {
      this.#keeper?.waitsNoMore(id);
      const { alarm_id, head, origin, tail, targets } = record;
      this.#take(alarm_id, { text: { head, tail }, origin }, hitsOf(record), targets);
    }
  }

  /** Resolves when no record waits. */
  idle(): Promise<void> {
    if (this.#waitingRecords === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Writes every waiting record with what was found until now: for a stop whose time is up. */
  flushNow(): void {
    for (const [alarmId, queue] of [...this.#queues]) this.#writeAll(alarmId, queue);
  }

  #take(
    alarmId: string,
    { text, origin }: Pick<Waiting, "text" | "origin">,
    hits: AlarmHits,
    lookups: LookupTargets | undefined,
  ): void {
    const findings = lookups === undefined ? undefined : this.#lookups?.ask(lookups);
    const open = findings !== undefined && findings.outstanding > 0;
    const waiting: Waiting = { id: 0, text, origin, hits, findings, open, timer: undefined };
    const queue = this.#queues.get(alarmId);
    if (queue === undefined && !open) {
      this.#write(waiting);
      return;
    }
    if (this.#isFull(text)) {
      if (queue !== undefined) this.#writeAll(alarmId, queue);
      this.#write(waiting);
      return;
    }
    if (queue === undefined) this.#queues.set(alarmId, [waiting]);
    else queue.push(waiting);
    this.#waitingRecords += 1;
    this.#waitingCharacters += lengthOf(text);
    this.#keep(alarmId, waiting, lookups);
    if (open) this.#waitForLookups(alarmId, waiting);
  }

  #keep(alarmId: string, waiting: Waiting, targets: LookupTargets | undefined): void {
    this.#lastId += 1;
    waiting.id = this.#lastId;
    const { hits, origin, text } = waiting;
    this.#keeper?.waits(waiting.id, {
      alarm_id: alarmId,
      ...text,
      intel: hits.intel,
      vulnerabilities: hits.vulnerabilities,
      ...(origin !== undefined && { origin }),
      ...(targets !== undefined && { targets: { addresses: [...targets.addresses], sockets: [...targets.sockets] } }),
    });
  }

  #waitForLookups(alarmId: string, waiting: Waiting): void {
    const go = (): void => {
      if (!waiting.open) return;
      waiting.open = false;
      clearTimeout(waiting.timer);
      this.#writeReady(alarmId);
    };
    waiting.findings?.onComplete(go);
    waiting.timer = setTimeout(go, this.#maxWaitMs);
  }

  /** Writes the records at the head of an alarm's queue that wait for nothing any more. */
  #writeReady(alarmId: string): void {
    const queue = this.#queues.get(alarmId);
    if (queue === undefined) return;
    let count = 0;
    for (const waiting of queue) {
      if (waiting.open) break;
      this.#leave(waiting);
      count += 1;
    }
    if (count === queue.length) this.#queues.delete(alarmId);
    else queue.splice(0, count);
    this.#tellIdle();
  }

  #writeAll(alarmId: string, queue: readonly Waiting[]): void {
    this.#queues.delete(alarmId);
    for (const waiting of queue) {
      waiting.open = false;
      clearTimeout(waiting.timer);
      this.#leave(waiting);
    }
    this.#tellIdle();
  }

  #leave(waiting: Waiting): void {
    this.#waitingRecords -= 1;
    this.#waitingCharacters -= lengthOf(waiting.text);
    this.#keeper?.waitsNoMore(waiting.id);
    this.#write(waiting);
  }

  #write({ text, origin, hits, findings }: Waiting): void {
    if (findings !== undefined) {
      const intel = this.#addDistinct(hits.intel, findings.intel);
      const vulnerabilities = this.#addDistinct(hits.vulnerabilities, findings.vulnerabilities);
      if (intel.length + vulnerabilities.length > 0) this.#keeper?.found(hits.backlog, intel, vulnerabilities);
    }
    this.#emit(recordLine(text, hits.intel, hits.vulnerabilities), origin);
  }

  /** Returns what was new. */
  #addDistinct(known: Hit[], found: readonly Hit[]): readonly Hit[] {
    if (found.length === 0) return found;
    const before = known.length;
    const keys = new Set(known.map(hitKey));
    let left = 0;
    for (const hit of found) {
      const key = hitKey(hit);
      if (keys.has(key)) continue;
      if (known.length >= MAX_HITS_OF_ALARM) {
        left += 1;
        continue;
      }
      keys.add(key);
      known.push(hit);
    }
    if (left > 0) this.#logger.sampled("an alarm has more hits than are kept", { kept: known.length, left });
    return known.slice(before);
  }

  #isFull(text: RecordText): boolean {
    const full =
      this.#waitingRecords >= this.#maxWaitingRecords ||
      this.#waitingCharacters + lengthOf(text) > MAX_WAITING_CHARACTERS;
    if (full !== this.#overfull) {
      this.#overfull = full;
      const fields = { waiting: this.#waitingRecords, characters: this.#waitingCharacters };
      if (full) this.#logger.warn("too many alarm records wait for look-ups; further ones are written without", fields);
      else this.#logger.info("alarm records wait for their look-ups again", fields);
    }
    return full;
  }

  #tellIdle(): void {
    if (this.#waitingRecords > 0) return;
    const resolvers = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of resolvers) resolve();
  }
}

function hitKey({ provider, term, result }: Hit): string {
  return JSON.stringify([provider, term, result]);
}

function lengthOf({ head, tail }: RecordText): number {
  return head.length + tail.length;
}
