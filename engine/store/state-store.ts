import type { Worker } from "node:worker_threads";
import { assertNever } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import { DsiemError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { within } from "../base/within.ts";
import { startWorkerRole } from "../base/worker-role.ts";
import { Gathering, type JournalNews } from "./gathering.ts";
import { type JournalPage, numberedEntry } from "./journal-table.ts";
import type { StartFacts } from "./open-state.ts";
import type { StateBatch, StateReport } from "./state-cycle.ts";
import type { SavedFileNote, StoredPosition, StoredState } from "./state-database.ts";
import { STATE_MODULE, STATE_ROLE, type StateWorkerData } from "./state-worker.ts";

/**
 * Text that may wait for the disk, counted in characters, before `full` asks the service to take no more events; and
 * how little must be left before it goes on.
 */
const FULL_AT_CHARACTERS = 64 * 1024 * 1024;
const ROOM_AT_CHARACTERS = FULL_AT_CHARACTERS / 2;
/** What isn't urgent waits so long for company: one commit then serves it all (reliability.md §2). */
const GROUP_MS = 20;
/**
 * Shortest time between two batches: waking the worker and being woken by it costs the correlator's thread some 70 µs
 * each time. After a pause an alarm record leaves at once.
 */
const BATCH_INTERVAL_MS = 2;

export interface StateStoreOptions {
  /** `logs/`; created if need be. */
  folder: string;
  /** The state database; absent where lines are written without any state being kept. */
  databasePath: string | undefined;
  clock: Clock;
  logger: Logger;
  /** Called when the worker thread died of a defect: nothing can be written any more, and the process should end. */
  onDefect: (error: Error) => void;
  /** Ends a start that waits for the disk. */
  signal?: AbortSignal | undefined;
  /** For tests; `FULL_AT_CHARACTERS` unless given. */
  fullAtCharacters?: number;
}

/** Where the events come from, as far as the store deals with it. */
export interface Acknowledging {
  ack(position: number): void;
  streamPosition(position: number): StoredPosition | undefined;
}

/**
 * What a backend has to get onto the disk: the lines of siem_alarms.json and siem_alarm_events.json, which Filebeat
 * harvests (engine.md §8), and the state that survives a SIGKILL (reliability.md §2). All that is handed over between
 * two turns of the event loop belongs together: it becomes durable in one commit with the position of the last event
 * that was processed, in a worker thread, and only then is that position acknowledged. The correlator never waits for
 * the disk; while the disk refuses, everything waits here and `full` says when to push back.
 */
export class StateStore {
  /** What the start found of an earlier process. */
  readonly facts: Omit<StartFacts, "stored">;
  /** The position on the bus that the state of before stands for. */
  readonly position: StoredPosition | undefined;
  readonly #worker: Worker;
  readonly #options: StateStoreOptions;
  readonly #logger: Logger;
  readonly #fullAt: number;
  readonly #roomAt: number;
  /** Until it is taken. */
  #stored: StoredState | undefined;
  readonly #gathering: Gathering;
  /** Gets the entries of the journal once they are committed; while it is unset, nothing is kept for it. */
  onJournal: ((entries: readonly string[]) => void) | undefined = undefined;
  /** What the batch that the worker has adds to the journal, for `onJournal`. */
  #journalNews: JournalNews | undefined;
  #savedFiles: readonly SavedFileNote[];
  /** Whether anything waits to be handed over, lines or not. */
  #anything = false;
  /** Lines and characters of the batch that the worker has. */
  #handedLines = 0;
  #handedCharacters = 0;
  #seq = 0;
  /** The worker has a batch. */
  #busy = false;
  /** A microtask or timer will hand the next one over: `urgent` when within `BATCH_INTERVAL_MS`. */
  #scheduled: "no" | "in time" | "urgent" = "no";
  #timer: NodeJS.Timeout | undefined;
  #urgent = false;
  #lastBatchMs = Number.NEGATIVE_INFINITY;
  #full = false;
  #closed = false;
  #bus: Acknowledging | undefined;
  /** Up to where events are processed; up to where that is handed over; up to where it was acknowledged. */
  #processed = 0;
  #handedPosition = 0;
  #acknowledged = 0;
  /** Who waits for a batch to be written, by its number, lowest first. */
  readonly #whenWritten: { seq: number; resolve: () => void }[] = [];
  readonly #pages = new Map<number, PromiseWithResolvers<JournalPage | undefined>>();
  #lastPage = 0;
  readonly #whenClosed = Promise.withResolvers<void>();

  /**
   * Resolves once both files exist and agree with the state, which on a disk that is full or fails is when it works again;
   * rejects with a `DsiemError` that says why they can't be used, or that another process runs this node here.
   */
  static async start(options: StateStoreOptions): Promise<StateStore> {
    const { clock, databasePath, folder, signal } = options;
    const data: StateWorkerData = { folder, databasePath, nowMs: clock.now() };
    const worker = startWorkerRole(STATE_MODULE, STATE_ROLE, data);
    const { promise, resolve, reject } = Promise.withResolvers<StartFacts>();
    const hear = (report: StateReport): void => {
      if (report.kind === "ready") resolve(report);
      else if (report.kind === "trouble" || report.kind === "recovered") logDisk(options.logger, report);
      else if (report.kind === "failed") {
        reject(new DsiemError("STORE_UNUSABLE", `the alarm files and the state can't be used: ${report.message}`));
      }
    };
    const stop = (): void => reject(signal?.reason);
    worker.on("message", hear);
    worker.once("error", reject);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      signal?.throwIfAborted();
      const facts = await promise;
      worker.off("error", reject);
      worker.off("message", hear);
      return new StateStore(worker, facts, options);
    } catch (error) {
      await worker.terminate();
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  private constructor(worker: Worker, facts: StartFacts, options: StateStoreOptions) {
    const { stored, ...rest } = facts;
    this.facts = rest;
    this.position = stored?.position;
    this.#stored = stored;
    this.#worker = worker;
    this.#options = options;
    this.#logger = options.logger;
    this.#fullAt = options.fullAtCharacters ?? FULL_AT_CHARACTERS;
    this.#roomAt = Math.min(ROOM_AT_CHARACTERS, this.#fullAt / 2);
    this.#gathering = new Gathering(stored?.journalNext ?? 1);
    this.#savedFiles = stored?.savedFiles ?? [];
    worker.on("message", (report: StateReport) => this.#reported(report));
    worker.on("error", (error) => options.onDefect(error instanceof Error ? error : new Error(String(error))));
    this.#logFacts();
  }

  /** Whether state is kept; else only lines are. */
  get keepsState(): boolean {
    return this.#options.databasePath !== undefined;
  }

  /** The state of before, once: it may be large, and nobody needs it twice. `undefined` where no state is kept. */
  takeStored(): StoredState | undefined {
    const stored = this.#stored;
    this.#stored = undefined;
    return stored;
  }

  /** Whether so much waits for the disk that no more events should be taken in meanwhile. */
  get full(): boolean {
    return this.#full;
  }

  /** Lines that are not in their file yet. */
  get waitingLines(): number {
    return this.#gathering.lines + this.#handedLines;
  }

  /** Whom positions are acknowledged to once what led up to them is durable. */
  acknowledgeTo(bus: Acknowledging): void {
    this.#bus = bus;
  }

  /** Every event up to this position is processed; all that it changed was handed over before this call. */
  processed(position: number): void {
    this.#processed = position;
    if (!this.#anything && !this.#busy) this.#acknowledge(position);
  }

  /** Appends one line, newline included, to siem_alarm_events.json. Returns `full`. */
  appendEvent(line: string): boolean {
    this.#gathering.addEventLine(line);
    return this.#appended(false);
  }

  /** Appends one line, newline included, to siem_alarms.json. Returns `full`. */
  appendAlarm(line: string): boolean {
    this.#gathering.addAlarmLine(line);
    return this.#appended(true);
  }

  /** These four: see `ChangeLog` of the correlator. Only to be called where state is kept. */
  change(line: string): void {
    this.#gathering.addChange(line);
    this.#appended(false);
  }

  began(ordinal: number): void {
    this.#gathering.began(ordinal);
  }

  ended(ordinal: number): void {
    this.#gathering.ended(ordinal);
  }

  rules(hash: string, text: string): void {
    this.#gathering.addRules(hash, text);
  }

  /** An alarm record waits for look-ups; `text` is a contract/state-change.ts pending record. */
  waits(id: number, text: string): void {
    this.#gathering.addWaiting(id, text);
    this.#appended(false);
  }

  waitsNoMore(id: number): void {
    this.#gathering.removeWaiting(id);
    this.#appended(false);
  }

  /** What is known of the compatible files of saved backlogs (reliability.md §2). */
  get savedFiles(): readonly SavedFileNote[] {
    return this.#savedFiles;
  }

  noteSavedFiles(notes: readonly SavedFileNote[]): void {
    this.#savedFiles = notes;
    this.#gathering.noteSavedFiles(notes);
    this.#appended(false);
  }

  /** Adds an entry to the journal: the text of an object that isn't empty, without a line end. */
  journal(entry: string): void {
    this.#gathering.addJournalEntry(entry);
    this.#appended(false);
  }

  /**
   * Committed entries of the journal from number `seq` on; `undefined` where no state is kept. Rejects with a `DsiemError`
   * when the journal can't be read.
   */
  since(seq: number, maxBytes: number): Promise<JournalPage | undefined> {
    this.#lastPage += 1;
    const id = this.#lastPage;
    const asked = Promise.withResolvers<JournalPage | undefined>();
    this.#pages.set(id, asked);
    this.#worker.postMessage({ kind: "since", id, seq, maxBytes });
    return asked.promise;
  }

  /** Resolves when all that was handed over so far is durable; not before the disk takes it. */
  flush(): Promise<void> {
    if (!this.#anything && !this.#busy) return Promise.resolve();
    const seq = this.#anything ? this.#seq + 1 : this.#seq;
    this.#urgent = true;
    this.#schedule();
    return new Promise((resolve) => this.#whenWritten.push({ seq, resolve }));
  }

  /**
   * Writes what waits, for at most `timeoutMs`, and ends the worker. Returns how many lines could not be written, which
   * is also logged.
   */
  async close(timeoutMs: number): Promise<number> {
    const deadline = performance.now() + timeoutMs;
    await within(timeoutMs, this.flush());
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#worker.postMessage({ kind: "close" });
    await within(Math.max(BATCH_INTERVAL_MS, deadline - performance.now()), this.#whenClosed.promise);
    await this.#worker.terminate();
    const lost = this.waitingLines;
    if (lost > 0) this.#logger.error("lines could not be written to the alarm files before the stop", { lines: lost });
    return lost;
  }

  #logFacts(): void {
    const { completedLines, mendedFiles, quarantined } = this.facts;
    for (const file of mendedFiles)
      this.#logger.warn("the file ended in the middle of a line, which was ended", { file });
    if (completedLines > 0) {
      this.#logger.info("lines that the process before had not written yet were added", { lines: completedLines });
    }
    if (quarantined !== undefined) {
      this.#logger.error("the state can't be used and was set aside; this backend starts without it", {
        reason: quarantined.reason,
        "moved to": quarantined.path,
      });
    }
  }

  #appended(urgent: boolean): boolean {
    this.#anything = true;
    if (urgent) this.#urgent = true;
    if (!this.#busy) this.#schedule();
    if (!this.#full && this.#waitingCharacters() >= this.#fullAt) {
      this.#full = true;
      this.#logger.warn("the disk is too slow or refuses; no more events are taken in", { lines: this.waitingLines });
    }
    return this.#full;
  }

  #waitingCharacters(): number {
    return this.#gathering.characters + this.#handedCharacters;
  }

  /** Lines of which nothing is kept leave soon; what is committed waits for company unless it is urgent. */
  #schedule(): void {
    if (this.#busy || this.#closed || this.#scheduled === "urgent") return;
    const urgent = this.#urgent || !this.keepsState;
    if (!urgent && this.#scheduled === "in time") return;
    clearTimeout(this.#timer);
    this.#scheduled = urgent ? "urgent" : "in time";
    const since = performance.now() - this.#lastBatchMs;
    // A microtask runs after the piece of code that is appending, so that all it appends leaves together, and never
    // half of what an event changed.
    if (urgent && since >= BATCH_INTERVAL_MS) queueMicrotask(this.#handOver);
    else this.#timer = setTimeout(this.#handOver, urgent ? BATCH_INTERVAL_MS : GROUP_MS);
  }

  readonly #handOver = (): void => {
    if (this.#closed) return;
    this.#scheduled = "no";
    this.#busy = true;
    this.#anything = false;
    this.#urgent = false;
    this.#seq += 1;
    this.#lastBatchMs = performance.now();
    this.#handedLines = this.#gathering.lines;
    this.#handedCharacters = this.#gathering.characters;
    this.#handedPosition = this.#processed;
    const batch = this.#takeBatch();
    const { changes, journal } = batch.commit ?? {};
    const moved = [batch.events, batch.alarms, changes, journal?.bytes];
    this.#worker.postMessage(
      batch,
      moved.flatMap((bytes) => (bytes?.buffer instanceof ArrayBuffer ? bytes.buffer : [])),
    );
  };

  #takeBatch(): StateBatch {
    if (!this.keepsState) return this.#gathering.takeLines(this.#seq);
    const position = this.#bus?.streamPosition(this.#processed);
    const { batch, news } = this.#gathering.take(this.#seq, position, this.#options.clock.now());
    this.#journalNews = this.onJournal === undefined ? undefined : news;
    return batch;
  }

  #reported(report: StateReport): void {
    switch (report.kind) {
      case "written":
        this.#written(report.seq);
        return;
      case "trouble":
      case "recovered":
        logDisk(this.#logger, report);
        return;
      case "page":
        this.#pages.get(report.id)?.resolve(report.page);
        this.#pages.delete(report.id);
        return;
      case "no page":
        this.#pages.get(report.id)?.reject(new DsiemError("JOURNAL_UNREADABLE", report.message));
        this.#pages.delete(report.id);
        return;
      case "closed":
        this.#whenClosed.resolve();
        return;
      case "ready":
      case "failed":
        return;
      default:
        assertNever(report, "report of the state worker");
    }
  }

  #written(seq: number): void {
    if (seq !== this.#seq) throw new Error(`broken invariant: batch ${seq} was written, ${this.#seq} was handed over`);
    this.#handedLines = 0;
    this.#handedCharacters = 0;
    this.#busy = false;
    this.#tellJournalNews();
    // What was processed since, without changing anything, is done with too.
    this.#acknowledge(this.#anything ? this.#handedPosition : this.#processed);
    if (this.#anything) this.#schedule();
    if (this.#full && this.#waitingCharacters() <= this.#roomAt) {
      this.#full = false;
      this.#logger.info("the disk has caught up; events are taken in again");
    }
    while ((this.#whenWritten[0]?.seq ?? Number.POSITIVE_INFINITY) <= seq) this.#whenWritten.shift()?.resolve();
  }

  #tellJournalNews(): void {
    const news = this.#journalNews;
    if (news === undefined) return;
    this.#journalNews = undefined;
    const { first, at, lines } = news;
    this.onJournal?.(lines.split("\n").map((line, place) => numberedEntry(first + place, at, line)));
  }

  #acknowledge(position: number): void {
    if (position <= this.#acknowledged) return;
    this.#acknowledged = position;
    this.#bus?.ack(position);
  }
}

function logDisk(logger: Logger, report: Extract<StateReport, { kind: "trouble" | "recovered" }>): void {
  const { file } = report;
  if (report.kind === "recovered") {
    logger.info("the file can be written again", { file });
  } else {
    const reason = report.message;
    logger.error("the file can't be written; what it waits for is kept and tried again", { file, reason });
  }
}
