import { join } from "node:path";
import { parentPort } from "node:worker_threads";
import { errorText } from "../base/errors.ts";
import { workerRole } from "../base/worker-role.ts";
import { AppendFile, type FileCalls } from "./append-file.ts";

export const ALARM_FILES_ROLE = "alarm-files";
/** What `startWorkerRole` is given: this module, or the one file that it was built into. */
export const ALARM_FILES_MODULE = import.meta.url;

export const ALARMS_FILE = "siem_alarms.json";
export const ALARM_EVENTS_FILE = "siem_alarm_events.json";

export interface AlarmFilesWorkerData {
  folder: string;
}

/**
 * Lines for both files, handed over together and acknowledged together: what reliability.md §2 makes one commit, with
 * the state deltas and the bus position beside them.
 */
export interface AlarmFilesBatch {
  kind: "batch";
  seq: number;
  events: Uint8Array;
  alarms: Uint8Array;
}

export type AlarmFilesReport =
  | { kind: "ready"; mendedFiles: string[] }
  | { kind: "failed"; message: string }
  /** Every line of the batch is in its file. */
  | { kind: "written"; seq: number }
  /** A file can't be written; the batch is kept and tried again. Sent once per change of state. */
  | { kind: "trouble"; file: string; message: string }
  | { kind: "recovered"; file: string };

/** First and longest pause before a failed write is tried again. */
const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 2000;
/** How often an idle worker looks whether its files are still there, so that a rotated one is soon there again, empty. */
const LOOK_EVERY_MS = 1000;
/** How long the torn end of a file must stay as it is before it counts as one: another process may be writing it. */
const SETTLE_MS = 50;

/** Appends batches to the two alarm files, one at a time, trying again for as long as it takes. */
export class AlarmFilesWriter {
  readonly #events: AppendFile;
  readonly #alarms: AppendFile;
  readonly #report: (report: AlarmFilesReport) => void;
  /** The sequence number of the batch that is being written. */
  #seq: number | undefined;
  #retryMs = FIRST_RETRY_MS;
  /** Files that could not be written when last tried. */
  readonly #troubled = new Set<AppendFile>();

  constructor(folder: string, report: (report: AlarmFilesReport) => void, calls?: FileCalls) {
    this.#events = new AppendFile(join(folder, ALARM_EVENTS_FILE), calls);
    this.#alarms = new AppendFile(join(folder, ALARMS_FILE), calls);
    this.#report = report;
  }

  /**
   * Creates what isn't there. A file that ends in the middle of a line, because an earlier process was killed while it
   * wrote or its disk was full, gets a line end, so that the first line of ours stays whole.
   */
  async open(): Promise<void> {
    const mendedFiles: string[] = [];
    for (const file of [this.#events, this.#alarms]) {
      file.open();
      const tornAt = file.tornEnd();
      if (tornAt === undefined) continue;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      if (file.tornEnd() !== tornAt) continue;
      file.take(Uint8Array.of(0x0a));
      file.write();
      mendedFiles.push(file.path);
    }
    this.#report({ kind: "ready", mendedFiles });
  }

  /** Takes a batch; the one before must have been reported as written. */
  take(batch: AlarmFilesBatch): void {
    // Events first: an alarm's line then never stands there without the events that led to it.
    this.#events.take(batch.events);
    this.#alarms.take(batch.alarms);
    this.#seq = batch.seq;
    this.#try();
  }

  /** Re-creates files that were renamed or unlinked while there was nothing to write. */
  look(): void {
    if (this.#seq !== undefined) return;
    for (const file of [this.#events, this.#alarms]) this.#attempt(file, () => file.ensureCurrent());
  }

  #try(): void {
    let written = true;
    for (const file of [this.#events, this.#alarms]) {
      if (!this.#attempt(file, () => file.write())) written = false;
    }
    if (!written) {
      setTimeout(() => this.#try(), this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS);
      return;
    }
    this.#retryMs = FIRST_RETRY_MS;
    const seq = this.#seq;
    this.#seq = undefined;
    if (seq !== undefined) this.#report({ kind: "written", seq });
  }

  #attempt(file: AppendFile, work: () => void): boolean {
    try {
      work();
    } catch (error) {
      if (!this.#troubled.has(file)) {
        this.#troubled.add(file);
        this.#report({ kind: "trouble", file: file.path, message: errorText(error) });
      }
      return false;
    }
    if (this.#troubled.delete(file)) this.#report({ kind: "recovered", file: file.path });
    return true;
  }
}

const started = workerRole(ALARM_FILES_ROLE);
if (started !== undefined && parentPort !== null) serve(started.data as AlarmFilesWorkerData, parentPort);

function serve(data: AlarmFilesWorkerData, port: NonNullable<typeof parentPort>): void {
  const writer = new AlarmFilesWriter(data.folder, (report) => port.postMessage(report));
  port.on("message", (batch: AlarmFilesBatch) => writer.take(batch));
  writer.open().then(
    () => setInterval(() => writer.look(), LOOK_EVERY_MS),
    (error: unknown) => port.postMessage({ kind: "failed", message: errorText(error) }),
  );
}
