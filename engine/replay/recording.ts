import { DsiemError } from "../base/errors.ts";
import { isFault, readEvent } from "../base/event.ts";
import type { RecordingProblem } from "../contract/console/replay.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { EventReader } from "./event-reader.ts";
import { eventMs } from "./event-time.ts";

/** What a recording in memory may be: its bytes, and its events. `dsiem replay` streams and has no such limit. */
const MAX_RECORDING_BYTES = 256 * 1024 * 1024;
const MAX_RECORDING_EVENTS = 1_000_000;
/** Unreadable lines that are told one by one. */
const MAX_PROBLEMS = 20;
const FIRST_CHUNK_BYTES = 64 * 1024;
const CHUNK_BYTES = 4 * 1024 * 1024;

interface Chunk {
  readonly bytes: Buffer;
  used: number;
}

/**
 * Events in memory as the bytes they were sent as, one behind the other: some 20 bytes more each than they had in the file.
 * An event is read again whenever it is needed, which takes a few microseconds.
 */
export class Recording {
  readonly problems: RecordingProblem[] = [];
  #refused = 0;
  readonly #chunks: Chunk[] = [];
  /** By event: its chunk, its place in it, its length. */
  #places = new Uint32Array(3 * 256);
  /** By event: its time, milliseconds since the epoch. */
  #times = new Float64Array(256);
  #count = 0;
  #bytes = 0;
  #highestMs = Number.NEGATIVE_INFINITY;

  get count(): number {
    return this.#count;
  }

  get refused(): number {
    return this.#refused;
  }

  /** Of the first event, milliseconds since the epoch. */
  get firstMs(): number | undefined {
    return this.#count === 0 ? undefined : this.#times[0];
  }

  get highestMs(): number | undefined {
    return this.#count === 0 ? undefined : this.#highestMs;
  }

  /**
   * Takes in a file's bytes, whole: a JSON array, NDJSON, objects among each other.
   * @throws DsiemError when it gets larger than a recording may be; what came before stays
   */
  append(text: Uint8Array): void {
    const reader = new EventReader({
      event: (event, _line, bytes, from, to) => this.add(event, bytes.subarray(from, to)),
      problem: (line, problem) => this.refuse(line, problem),
    });
    reader.push(text);
    reader.end();
  }

  refuse(line: number, text: string): void {
    this.#refused += 1;
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ line, text });
  }

  /** `bytes`: the JSON that `event` was read from; they are copied. */
  add(event: NormalizedEvent, bytes: Uint8Array): void {
    if (this.#count >= MAX_RECORDING_EVENTS || this.#bytes + bytes.length > MAX_RECORDING_BYTES) {
      throw new DsiemError(
        "RECORDING_FULL",
        `The recording is full: it takes ${MAX_RECORDING_EVENTS.toLocaleString("en-US")} events or ` +
          `${MAX_RECORDING_BYTES / 1024 / 1024} MiB; "dsiem replay" takes files of any length.`,
      );
    }
    const chunk = this.#chunkFor(bytes.length);
    const at = 3 * this.#count;
    if (at === this.#places.length) this.#grow();
    this.#places[at] = this.#chunks.length - 1;
    this.#places[at + 1] = chunk.used;
    this.#places[at + 2] = bytes.length;
    chunk.bytes.set(bytes, chunk.used);
    chunk.used += bytes.length;
    const time = eventMs(event);
    this.#times[this.#count] = time;
    if (time > this.#highestMs) this.#highestMs = time;
    this.#bytes += bytes.length;
    this.#count += 1;
  }

  /** The event's own time in milliseconds; `index` counts from 0. */
  timeOf(index: number): number {
    return this.#times[index] ?? Number.NaN;
  }

  bytesOf(index: number): Buffer {
    const at = 3 * index;
    const chunk = this.#chunks[this.#places[at] ?? 0];
    const from = this.#places[at + 1] ?? 0;
    if (index < 0 || index >= this.#count || chunk === undefined) {
      throw new Error(`broken invariant: there is no event ${index} in the recording`);
    }
    return chunk.bytes.subarray(from, from + (this.#places[at + 2] ?? 0));
  }

  eventAt(index: number): NormalizedEvent {
    const event = readEvent(JSON.parse(this.bytesOf(index).toString("utf8")));
    if (isFault(event)) throw new Error(`broken invariant: event ${index} was read before: ${event.message}`);
    return event;
  }

  #chunkFor(length: number): Chunk {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.used + length <= last.bytes.length) return last;
    const size = last === undefined ? FIRST_CHUNK_BYTES : CHUNK_BYTES;
    const chunk = { bytes: Buffer.allocUnsafeSlow(Math.max(size, length)), used: 0 };
    this.#chunks.push(chunk);
    return chunk;
  }

  #grow(): void {
    const places = new Uint32Array(this.#places.length * 2);
    places.set(this.#places);
    this.#places = places;
    const times = new Float64Array(this.#times.length * 2);
    times.set(this.#times);
    this.#times = times;
  }
}
