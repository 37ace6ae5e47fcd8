/** Bytes a chunk begins with, unless it is said to fill: one event of a quiet stream must not hold half a megabyte. */
const FIRST_BYTES = 8 * 1024;
const MAX_BYTES = 512 * 1024;
const MAX_EVENTS = 4096;

/** Events that came in one after the other, whose ids follow each other. */
export interface EventSpan {
  readonly firstId: number;
  readonly count: number;
  /** The bytes of all events, one behind the other. */
  readonly bytes: Buffer;
  /** When the event at `index` came in, milliseconds since the epoch. */
  at(index: number): number;
  /** How many bytes the event at `index` has. */
  lengthOf(index: number): number;
}

/**
 * Events as the bytes that were published, copied into one buffer: what a socket has read, or the text of a whole request,
 * isn't held by the few events of it that are kept. A chunk only grows at its end, until it is begun anew: memory outside
 * of the heap is what V8 collects garbage for, all of it, so a busy frontend uses the same few chunks again and again.
 */
export class EventChunk implements EventSpan {
  #firstId: number;
  #bytes: Buffer;
  #length = 0;
  #count = 0;
  // What stands beyond `#count` is of before the chunk was begun anew.
  readonly #ends: number[] = [];
  readonly #ats: number[] = [];

  /** `willFill`: that it will take all the bytes that a chunk may have, as the one before it did. */
  constructor(firstId: number, willFill = false) {
    this.#firstId = firstId;
    this.#bytes = Buffer.allocUnsafe(willFill ? MAX_BYTES : FIRST_BYTES);
  }

  get firstId(): number {
    return this.#firstId;
  }

  get count(): number {
    return this.#count;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /**
   * Whether the next event, of so many bytes, belongs into another chunk. What would overflow a chunk never makes it grow:
   * twice the memory for one more event is what keeps a busy frontend collecting garbage.
   */
  isFullFor(bytes: number): boolean {
    if (this.#count === 0) return false;
    return this.#length + bytes > MAX_BYTES || this.#count >= MAX_EVENTS;
  }

  /** `atMs`: when it came in, milliseconds since the epoch. */
  add(payload: Uint8Array, atMs: number): void {
    const end = this.#length + payload.length;
    if (end > this.#bytes.length) this.#grow(end);
    this.#bytes.set(payload, this.#length);
    this.#length = end;
    this.#ends[this.#count] = end;
    this.#ats[this.#count] = atMs;
    this.#count += 1;
  }

  at(index: number): number {
    return this.#ats[index] ?? 0;
  }

  lengthOf(index: number): number {
    return this.#endOf(index) - this.#endOf(index - 1);
  }

  /** The bytes of the event at `index`; they stay unchanged until the chunk is begun anew. */
  payload(index: number): Buffer {
    return this.#bytes.subarray(this.#endOf(index - 1), this.#endOf(index));
  }

  /** The events from `index` on that are there now; valid until the chunk is begun anew. */
  from(index: number): EventSpan {
    return {
      firstId: this.#firstId + index,
      count: this.#count - index,
      bytes: this.#bytes.subarray(this.#endOf(index - 1), this.#length),
      at: (i) => this.at(index + i),
      lengthOf: (i) => this.lengthOf(index + i),
    };
  }

  /** Whether it is worth beginning anew: one that grew for a single large event isn't. */
  get isReusable(): boolean {
    return this.#bytes.length === MAX_BYTES;
  }

  /** Forgets its events and takes others, with the memory that it has. */
  beginAnew(firstId: number): void {
    this.#firstId = firstId;
    this.#length = 0;
    this.#count = 0;
  }

  #endOf(index: number): number {
    return index < 0 ? 0 : (this.#ends[index] ?? 0);
  }

  #grow(least: number): void {
    const grown = Buffer.allocUnsafe(Math.max(least, Math.min(this.#bytes.length * 4, MAX_BYTES)));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
