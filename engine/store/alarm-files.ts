import type { Worker } from "node:worker_threads";
import { assertNever } from "../base/assert.ts";
import { DsiemError } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { startWorkerRole } from "../base/worker-role.ts";
import {
  ALARM_FILES_MODULE,
  ALARM_FILES_ROLE,
  type AlarmFilesBatch,
  type AlarmFilesReport,
  type AlarmFilesWorkerData,
} from "./alarm-files-worker.ts";

/**
 * Text that may wait for the disk, counted in characters, before `full` asks the service to take no more events; and
 * how little must be left before it goes on.
 */
const FULL_AT_CHARACTERS = 64 * 1024 * 1024;
const ROOM_AT_CHARACTERS = FULL_AT_CHARACTERS / 2;
/**
 * Shortest time between two batches: waking the worker and being woken by it costs the correlator's thread some 70 µs
 * each time. After a pause the first line leaves at once.
 */
const BATCH_INTERVAL_MS = 2;

export interface AlarmFilesOptions {
  /** `logs/`; created if need be. */
  folder: string;
  logger: Logger;
  /** Called when the worker thread died of a defect: nothing can be written any more, and the process should end. */
  onDefect: (error: Error) => void;
  /** For tests; `FULL_AT_CHARACTERS` unless given. */
  fullAtCharacters?: number;
}

/**
 * The two files that Filebeat harvests, siem_alarms.json and siem_alarm_events.json (engine.md §8). Lines are gathered
 * here and appended by a worker thread, so that the correlator never waits for the disk. While the disk refuses, lines
 * wait here and `full` says when to push back; none is torn, lost or doubled once it works again.
 */
export class AlarmFiles {
  readonly #worker: Worker;
  readonly #logger: Logger;
  readonly #fullAt: number;
  readonly #roomAt: number;
  readonly #encoder = new TextEncoder();
  #events = "";
  #alarms = "";
  #gatheredLines = 0;
  /** Lines and characters of the batch that the worker has. */
  #handedLines = 0;
  #handedCharacters = 0;
  #seq = 0;
  /** A batch is at the worker, or about to be handed over. */
  #busy = false;
  #lastBatchMs = Number.NEGATIVE_INFINITY;
  #full = false;
  #closed = false;
  /** Who waits for a batch to be written, by its number, lowest first. */
  readonly #whenWritten: { seq: number; resolve: () => void }[] = [];
  readonly #whenRoom: (() => void)[] = [];

  /** Resolves once both files exist; rejects with a `DsiemError` that says why one can't be created or opened. */
  static async start(options: AlarmFilesOptions): Promise<AlarmFiles> {
    const data: AlarmFilesWorkerData = { folder: options.folder };
    const worker = startWorkerRole(ALARM_FILES_MODULE, ALARM_FILES_ROLE, data);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const first = (report: AlarmFilesReport): void => {
      if (report.kind === "failed") {
        reject(new DsiemError("STORE_UNUSABLE", `the alarm files can't be written: ${report.message}`));
        return;
      }
      for (const file of report.kind === "ready" ? report.mendedFiles : []) {
        options.logger.warn("the file ended in the middle of a line, which was ended", { file });
      }
      resolve();
    };
    worker.once("message", first);
    worker.once("error", reject);
    try {
      await promise;
    } catch (error) {
      await worker.terminate();
      throw error;
    }
    worker.off("error", reject);
    return new AlarmFiles(worker, options);
  }

  private constructor(worker: Worker, options: AlarmFilesOptions) {
    this.#worker = worker;
    this.#logger = options.logger;
    this.#fullAt = options.fullAtCharacters ?? FULL_AT_CHARACTERS;
    this.#roomAt = Math.min(ROOM_AT_CHARACTERS, this.#fullAt / 2);
    worker.on("message", (report: AlarmFilesReport) => this.#reported(report));
    worker.on("error", (error) => options.onDefect(error instanceof Error ? error : new Error(String(error))));
  }

  /** Whether so much waits for the disk that no more events should be taken in until `room()` resolves. */
  get full(): boolean {
    return this.#full;
  }

  /** Lines that are not in their file yet. */
  get waitingLines(): number {
    return this.#gatheredLines + this.#handedLines;
  }

  /** Appends one line, newline included, to siem_alarm_events.json. Returns `full`. */
  appendEvent(line: string): boolean {
    this.#events += line;
    return this.#appended();
  }

  /** Appends one line, newline included, to siem_alarms.json. Returns `full`. */
  appendAlarm(line: string): boolean {
    this.#alarms += line;
    return this.#appended();
  }

  /** Resolves when `full` is false. */
  room(): Promise<void> {
    return this.#full ? new Promise((resolve) => this.#whenRoom.push(resolve)) : Promise.resolve();
  }

  /** Resolves when every line appended so far is in its file; not before the disk takes them. */
  flush(): Promise<void> {
    if (this.waitingLines === 0) return Promise.resolve();
    const seq = this.#gatheredLines > 0 ? this.#seq + 1 : this.#seq;
    return new Promise((resolve) => this.#whenWritten.push({ seq, resolve }));
  }

  /**
   * Writes what waits, for at most `timeoutMs`, and ends the worker. Returns how many lines could not be written, which
   * is also logged.
   */
  async close(timeoutMs: number): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.flush(), timeout]);
    clearTimeout(timer);
    this.#closed = true;
    await this.#worker.terminate();
    const lost = this.waitingLines;
    if (lost > 0) this.#logger.error("lines could not be written to the alarm files before the stop", { lines: lost });
    return lost;
  }

  #appended(): boolean {
    this.#gatheredLines += 1;
    if (!this.#busy) this.#scheduleBatch();
    if (!this.#full && this.#waitingCharacters() >= this.#fullAt) {
      this.#full = true;
      this.#logger.warn("the disk is too slow or refuses; no more events are taken in", { lines: this.waitingLines });
    }
    return this.#full;
  }

  #waitingCharacters(): number {
    return this.#events.length + this.#alarms.length + this.#handedCharacters;
  }

  #scheduleBatch(): void {
    this.#busy = true;
    const since = performance.now() - this.#lastBatchMs;
    // A microtask runs after the piece of code that is appending, so that all its lines leave together.
    if (since >= BATCH_INTERVAL_MS) queueMicrotask(() => this.#handOver());
    else setTimeout(() => this.#handOver(), BATCH_INTERVAL_MS);
  }

  #handOver(): void {
    if (this.#closed) return;
    this.#seq += 1;
    this.#lastBatchMs = performance.now();
    this.#handedLines = this.#gatheredLines;
    this.#handedCharacters = this.#events.length + this.#alarms.length;
    const events = this.#encoder.encode(this.#events);
    const alarms = this.#encoder.encode(this.#alarms);
    this.#gatheredLines = 0;
    this.#events = "";
    this.#alarms = "";
    const batch: AlarmFilesBatch = { kind: "batch", seq: this.#seq, events, alarms };
    this.#worker.postMessage(batch, [events.buffer, alarms.buffer]);
  }

  #reported(report: AlarmFilesReport): void {
    switch (report.kind) {
      case "written":
        this.#written(report.seq);
        return;
      case "trouble":
        this.#logger.error("the file can't be written; its lines are kept and tried again", {
          file: report.file,
          reason: report.message,
        });
        return;
      case "recovered":
        this.#logger.info("the file can be written again", { file: report.file });
        return;
      case "ready":
      case "failed":
        return;
      default:
        assertNever(report, "report of the alarm files' worker");
    }
  }

  #written(seq: number): void {
    if (seq !== this.#seq) throw new Error(`broken invariant: batch ${seq} was written, ${this.#seq} was handed over`);
    this.#handedLines = 0;
    this.#handedCharacters = 0;
    this.#busy = false;
    if (this.#gatheredLines > 0) this.#scheduleBatch();
    if (this.#full && this.#waitingCharacters() <= this.#roomAt) {
      this.#full = false;
      this.#logger.info("the disk has caught up; events are taken in again");
      for (const resolve of this.#whenRoom.splice(0)) resolve();
    }
    while ((this.#whenWritten[0]?.seq ?? Number.POSITIVE_INFINITY) <= seq) this.#whenWritten.shift()?.resolve();
  }
}
