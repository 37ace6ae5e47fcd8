import { type FileHandle, mkdir, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { errorText } from "../../base/errors.ts";
import type { EventSpan } from "../../base/event-chunk.ts";
import type { Logger } from "../../base/log.ts";
import { frameOf } from "./frame.ts";
import { newestEvents, segmentBegan } from "./read-events.ts";
import { type SegmentFile, segmentFiles, segmentName } from "./segment-files.ts";

/** The retained events are discarded a segment at a time: of so many parts of the limit, so that one more is kept at most. */
const SEGMENTS = 20;
const MIN_SEGMENT_EVENTS = 500;
const SEGMENT_BYTES = 8 * 1024 * 1024;
/** Of all segments together, whatever the limit of their number: 200,000 events of a megabyte would fill a disk. */
const MAX_BYTES = 512 * 1024 * 1024;
/** Bytes that may wait for a slow disk; what is more isn't retained. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024;
/** After a failed write nothing is tried for so long, in milliseconds. */
const PAUSE_MS = 5000;
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

export interface RetainedEventsOptions {
  folder: string;
  /** So many events are kept, and up to a twentieth more; 0 keeps none. */
  limit: number;
  log: Logger;
  /** Milliseconds; for the pause after a failed write. */
  monotonic: () => number;
  maxBytes?: number;
  segmentBytes?: number;
}

interface Segment extends SegmentFile {
  bytes: number;
  /** When its first event came in. */
  readonly at: number | undefined;
}

/**
 * The events that came in last, on disk: raw events appended as they were gathered to segment files, the oldest file discarded
 * whenever there are too many events or bytes. Nothing is parsed or indexed, nothing is synced, and nobody waits for the
 * disk: a process that is killed loses what came within the last second or so, a disk that fails costs events that aren't
 * retained, which are counted. Read with `newestEvents` and `oldestEvents`.
 */
export class RetainedEvents {
  readonly #options: RetainedEventsOptions;
  readonly #segments: Segment[];
  #limit: number;
  #lastId: number;
  #file: FileHandle | undefined;
  /** The first of them is being written. */
  #waiting: EventSpan[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #pausedUntil = Number.NEGATIVE_INFINITY;
  #notRetained = 0;

  /** Finds out what is there. Throws what the system says when the folder can't be made or read. */
  static async open(options: RetainedEventsOptions): Promise<RetainedEvents> {
    await mkdir(options.folder, { recursive: true, mode: FOLDER_MODE });
    const segments = segmentFiles(options.folder).map((file) => ({ ...file, at: segmentBegan(file) }));
    // The end of the last segment is known only by reading it; a next process never writes to it.
    const [last] = newestEvents(options.folder);
    return new RetainedEvents(options, segments, last?.id ?? (segments.at(-1)?.firstId ?? 1) - 1);
  }

  private constructor(options: RetainedEventsOptions, segments: Segment[], lastId: number) {
    this.#options = options;
    this.#segments = segments;
    this.#lastId = lastId;
    this.#limit = options.limit;
  }

  /** Of the event that was kept last; 0 when there never was one. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Events that are retained. */
  get count(): number {
    const first = this.#segments[0]?.firstId;
    return first === undefined ? 0 : this.#lastId - first + 1;
  }

  /** When the oldest of them came in, milliseconds since the epoch. */
  get oldest(): number | undefined {
    return this.#segments[0]?.at;
  }

  /** Events that weren't retained because the disk failed or was too slow. */
  get notRetained(): number {
    return this.#notRetained;
  }

  /**
   * Id of the oldest event that waits for the disk; infinite when none does. The memory of those before it, of all that was
   * appended, may be used for something else.
   */
  get waitingFrom(): number {
    return this.#waiting[0]?.firstId ?? Number.POSITIVE_INFINITY;
  }

  /** Takes events, which must not change before `waitingFrom` is beyond them. Returns at once. */
  append(span: EventSpan): void {
    if (this.#limit === 0 || span.count === 0) return;
    const bytes = span.bytes.length;
    const paused = this.#options.monotonic() < this.#pausedUntil;
    if (paused || (this.#waiting.length > 0 && this.#waitingBytes + bytes > MAX_WAITING_BYTES)) {
      this.#notRetained += span.count;
      return;
    }
    this.#waiting.push(span);
    this.#waitingBytes += bytes;
    this.#writing ??= this.#write();
  }

  /** Resolves when everything that was appended is in the files, or has failed. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  /** Keeps so many from now on; with 0 what was kept is discarded. */
  async keep(limit: number): Promise<void> {
    this.#limit = limit;
    await this.flush();
    await this.#discard();
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#closeFile();
  }

  async #write(): Promise<void> {
    for (let span = this.#waiting[0]; span !== undefined; span = this.#waiting[0]) {
      try {
        await this.#writeSpan(span);
        this.#lastId = span.firstId + span.count - 1;
        this.#waiting.shift();
        this.#waitingBytes -= span.bytes.length;
        await this.#discard();
      } catch (error) {
        await this.#failed(error);
      }
    }
    this.#writing = undefined;
  }

  async #writeSpan(span: EventSpan): Promise<void> {
    const current = this.#segments.at(-1);
    if (this.#file !== undefined && current !== undefined && this.#isFull(current, span)) await this.#closeFile();
    if (this.#file === undefined) await this.#begin(span);
    const segment = this.#segments.at(-1);
    const pieces = frameOf(span);
    const length = pieces.reduce((sum, { length }) => sum + length, 0);
    const written = await this.#file?.writev(pieces);
    if (written?.bytesWritten !== length)
      throw new Error(`only ${written?.bytesWritten} of ${length} bytes were written`);
    if (segment !== undefined) segment.bytes += length;
  }

  #isFull(segment: Segment, span: EventSpan): boolean {
    const { segmentBytes = SEGMENT_BYTES } = this.#options;
    const most = Math.max(MIN_SEGMENT_EVENTS, this.#limit / SEGMENTS);
    return segment.bytes + span.bytes.length > segmentBytes || span.firstId + span.count - segment.firstId > most;
  }

  async #begin(span: EventSpan): Promise<void> {
    const path = join(this.#options.folder, segmentName(span.firstId));
    // Of that name there is at most one that holds nothing whole.
    this.#file = await open(path, "w", FILE_MODE);
    if (this.#segments.at(-1)?.path === path) this.#segments.pop();
    this.#segments.push({ path, firstId: span.firstId, bytes: 0, at: span.at(0) });
  }

  /** What is left of a frame that was cut short stands at the end of its segment: what comes next begins another. */
  async #failed(error: unknown): Promise<void> {
    const lost = this.#waiting.reduce((sum, { count }) => sum + count, 0);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#notRetained += lost;
    this.#pausedUntil = this.#options.monotonic() + PAUSE_MS;
    this.#options.log.warn(`events can't be retained: ${errorText(error)}; trying again in ${PAUSE_MS / 1000} s`, {
      "not.retained": this.#notRetained,
    });
    await this.#closeFile().catch(() => undefined);
  }

  /** Discards the oldest segments that aren't needed for the limit, or take too many bytes. */
  async #discard(): Promise<void> {
    const { maxBytes = MAX_BYTES } = this.#options;
    let bytes = this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
    for (let oldest = this.#segments[0]; oldest !== undefined; oldest = this.#segments[0]) {
      const next = this.#segments[1];
      const left = next === undefined ? 0 : this.#lastId - next.firstId + 1;
      const tooMany = next === undefined ? this.#limit === 0 : left >= this.#limit || bytes > maxBytes;
      if (!tooMany) return;
      if (next === undefined) await this.#closeFile();
      bytes -= oldest.bytes;
      this.#segments.shift();
      await unlink(oldest.path).catch((error: unknown) => {
        this.#options.log.warn(`retained events can't be discarded: ${errorText(error)}`);
      });
    }
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}
