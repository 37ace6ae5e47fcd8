import type { Worker } from "node:worker_threads";
import { assertNever } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import { DsiemError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { startWorkerRole } from "../base/worker-role.ts";
import { type JournalPage, numberedEntry } from "./journal-table.ts";
import type { StartFacts } from "./open-state.ts";
import type { StateBatch, StateReport } from "./state-cycle.ts";
import type { SavedFileNote, StoredPosition } from "./state-database.ts";
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
  /** For tests; `FULL_AT_CHARACTERS` unless given. */
  fullAtCharacters?: number;
}

/** Where the events come from, as far as the store deals with it. */
export interface Acknowledging {
  ack(position: number): void;
  streamPosition(position: number): StoredPosition | undefined;
}

/** What a batch gathers beside its lines. */
interface Gathered {
  began: number[];
  ended: number[];
  rules: [hash: string, text: string][];
  waits: [id: number, text: string][];
  waitsNoMore: number[];
  savedFiles: readonly SavedFileNote[] | undefined;
}

function nothingGathered(): Gathered {
  return { began: [], ended: [], rules: [], waits: [], waitsNoMore: [], savedFiles: undefined };
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
  readonly facts: StartFacts;
  readonly #worker: Worker;
  readonly #options: StateStoreOptions;
  readonly #logger: Logger;
  readonly #fullAt: number;
  readonly #roomAt: number;
  readonly #encoder = new TextEncoder();
  #events = "";
  #alarms = "";
  #changes = "";
  #journal = "";
  #journalCount = 0;
  #journalNext: number;
  /** Gets the entries of the journal once they are committed; while it is unset, nothing is kept for it. */
  onJournal: ((entries: readonly string[]) => void) | undefined = undefined;
  /** What the batch that the worker has adds to the journal, for `onJournal`. */
  #journalNews: { first: number; at: number; lines: string } | undefined;
  #savedFiles: readonly SavedFileNote[];
  #gathered = nothingGathered();
  #gatheredLines = 0;
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
  readonly #whenRoom: (() => void)[] = [];
  readonly #pages = new Map<number, (page: JournalPage | undefined) => void>();
  #lastPage = 0;
  readonly #whenClosed = Promise.withResolvers<void>();

  /**
   * Resolves once both files exist and agree with the state; rejects with a `DsiemError` that says why they can't be
   * used, or that another process runs this node here.
   */
  static async start(options: StateStoreOptions): Promise<StateStore> {
    const { clock, databasePath, folder } = options;
    const data: StateWorkerData = { folder, databasePath, nowMs: clock.now() };
    const worker = startWorkerRole(STATE_MODULE, STATE_ROLE, data);
    const { promise, resolve, reject } = Promise.withResolvers<StartFacts>();
    worker.once("message", (report: StateReport) => {
      if (report.kind === "ready") resolve(report);
      else if (report.kind === "failed") {
        reject(new DsiemError("STORE_UNUSABLE", `the alarm files and the state can't be used: ${report.message}`));
      }
    });
    worker.once("error", reject);
    try {
      const facts = await promise;
      worker.off("error", reject);
      return new StateStore(worker, facts, options);
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }

  private constructor(worker: Worker, facts: StartFacts, options: StateStoreOptions) {
    this.facts = facts;
    this.#worker = worker;
    this.#options = options;
    this.#logger = options.logger;
    this.#fullAt = options.fullAtCharacters ?? FULL_AT_CHARACTERS;
    this.#roomAt = Math.min(ROOM_AT_CHARACTERS, this.#fullAt / 2);
    this.#journalNext = facts.stored?.journalNext ?? 1;
    this.#savedFiles = facts.stored?.savedFiles ?? [];
    worker.on("message", (report: StateReport) => this.#reported(report));
    worker.on("error", (error) => options.onDefect(error instanceof Error ? error : new Error(String(error))));
    this.#logFacts();
  }

  /** Whether state is kept; else only lines are. */
  get keepsState(): boolean {
    return this.#options.databasePath !== undefined;
  }

  /** Whether so much waits for the disk that no more events should be taken in until `room()` resolves. */
  get full(): boolean {
    return this.#full;
  }

  /** Lines that are not in their file yet. */
  get waitingLines(): number {
    return this.#gatheredLines + this.#handedLines;
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
    this.#events += line;
    this.#gatheredLines += 1;
    return this.#appended(false);
  }

  /** Appends one line, newline included, to siem_alarms.json. Returns `full`. */
  appendAlarm(line: string): boolean {
    this.#alarms += line;
    this.#gatheredLines += 1;
    return this.#appended(true);
  }

  /** These four: see `ChangeLog` of the correlator. Only to be called where state is kept. */
  change(line: string): void {
    this.#changes = this.#changes === "" ? line : `${this.#changes}\n${line}`;
    this.#appended(false);
  }

  began(ordinal: number): void {
    this.#gathered.began.push(ordinal);
  }

  ended(ordinal: number): void {
    this.#gathered.ended.push(ordinal);
  }

  rules(hash: string, text: string): void {
    this.#gathered.rules.push([hash, text]);
  }

  /** An alarm record waits for look-ups; `text` is a contract/state-change.ts pending record. */
  waits(id: number, text: string): void {
    this.#gathered.waits.push([id, text]);
    this.#appended(false);
  }

  waitsNoMore(id: number): void {
    const { waits, waitsNoMore } = this.#gathered;
    const place = waits.findLastIndex(([each]) => each === id);
    if (place >= 0) waits.splice(place, 1);
    else waitsNoMore.push(id);
    this.#appended(false);
  }

  /** What is known of the compatible files of saved backlogs (reliability.md §2). */
  get savedFiles(): readonly SavedFileNote[] {
    return this.#savedFiles;
  }

  noteSavedFiles(notes: readonly SavedFileNote[]): void {
    this.#savedFiles = notes;
    this.#gathered.savedFiles = notes;
    this.#appended(false);
  }

  /** Adds an entry to the journal: the text of an object that isn't empty, without a line end. */
  journal(entry: string): void {
    this.#journal = this.#journal === "" ? entry : `${this.#journal}\n${entry}`;
    this.#journalCount += 1;
    this.#appended(false);
  }

  /** Committed entries of the journal from number `seq` on; `undefined` where no state is kept. */
  since(seq: number, maxBytes: number): Promise<JournalPage | undefined> {
    this.#lastPage += 1;
    const id = this.#lastPage;
    return new Promise((resolve) => {
      this.#pages.set(id, resolve);
      this.#worker.postMessage({ kind: "since", id, seq, maxBytes });
    });
  }

  /** Resolves when `full` is false. */
  room(): Promise<void> {
    return this.#full ? new Promise((resolve) => this.#whenRoom.push(resolve)) : Promise.resolve();
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
    await within(this.flush(), timeoutMs);
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#worker.postMessage({ kind: "close" });
    await within(this.#whenClosed.promise, Math.max(BATCH_INTERVAL_MS, deadline - performance.now()));
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
    const gathered = this.#events.length + this.#alarms.length + this.#changes.length + this.#journal.length;
    return gathered + this.#handedCharacters;
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
    this.#handedLines = this.#gatheredLines;
    this.#handedCharacters = this.#waitingCharacters() - this.#handedCharacters;
    this.#handedPosition = this.#processed;
    const events = this.#encoder.encode(this.#events);
    const alarms = this.#encoder.encode(this.#alarms);
    const batch: StateBatch = { kind: "batch", seq: this.#seq, events, alarms, commit: this.#commit() };
    this.#gatheredLines = 0;
    this.#events = "";
    this.#alarms = "";
    const { changes, journal } = batch.commit ?? {};
    const moved = [events, alarms, changes, journal?.bytes];
    this.#worker.postMessage(
      batch,
      moved.flatMap((bytes) => (bytes?.buffer instanceof ArrayBuffer ? bytes.buffer : [])),
    );
  };

  #commit(): StateBatch["commit"] {
    if (!this.keepsState) return undefined;
    const changes = this.#encoder.encode(this.#changes);
    const journal =
      this.#journalCount === 0
        ? undefined
        : {
            first: this.#journalNext,
            count: this.#journalCount,
            at: Math.floor(this.#options.clock.now()),
            bytes: this.#encoder.encode(this.#journal),
          };
    this.#journalNews = journal && this.onJournal && { first: journal.first, at: journal.at, lines: this.#journal };
    const position = this.#bus?.streamPosition(this.#processed);
    const commit = { ...this.#gathered, changes, journal, position };
    this.#journalNext += this.#journalCount;
    this.#journalCount = 0;
    this.#journal = "";
    this.#changes = "";
    this.#gathered = nothingGathered();
    return commit;
  }

  #reported(report: StateReport): void {
    switch (report.kind) {
      case "written":
        this.#written(report.seq);
        return;
      case "trouble":
        this.#logger.error("the file can't be written; what it waits for is kept and tried again", {
          file: report.file,
          reason: report.message,
        });
        return;
      case "recovered":
        this.#logger.info("the file can be written again", { file: report.file });
        return;
      case "page":
        this.#pages.get(report.id)?.(report.page);
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
      for (const resolve of this.#whenRoom.splice(0)) resolve();
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

/** Resolves when the work is done, or after the time. */
async function within(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
