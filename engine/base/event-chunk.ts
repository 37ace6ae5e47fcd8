/** Bytes a chunk begins with, at least: one event of a quiet stream must not hold half a megabyte. */
const FIRST_BYTES = 8 * 1024;
const MAX_BYTES = 512 * 1024;
const MAX_EVENTS = 4096;

/**
 * Events that came in one after the other, as the bytes that were published, copied into one buffer: what a socket has
 * read, or the text of a whole request, isn't held by the few events of it that are kept. Their ids follow each other.
 */
export class EventChunk {
  readonly firstId: number;
  #bytes: Buffer;
  #length = 0;
  readonly #ends: number[] = [];
  readonly #ats: number[] = [];

  /** It will grow to about as many bytes as `expectedBytes`, or more. */
  constructor(firstId: number, expectedBytes = 0) {
    this.firstId = firstId;
    this.#bytes = Buffer.allocUnsafe(Math.max(FIRST_BYTES, Math.min(expectedBytes, MAX_BYTES)));
  }

  get count(): number {
    return this.#ends.length;
  }

  /** The bytes of all events, one behind the other. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /**
   * Whether the next event, of so many bytes, belongs into another chunk. What would overflow a chunk never makes it grow:
   * twice the memory for one more event is what keeps a busy frontend collecting garbage.
   */
  isFullFor(bytes: number): boolean {
    if (this.#ends.length === 0) return false;
    return this.#length + bytes > MAX_BYTES || this.#ends.length >= MAX_EVENTS;
  }

  /** `atMs`: when it came in, milliseconds since the epoch. */
  add(payload: Uint8Array, atMs: number): void {
    const end = this.#length + payload.length;
    if (end > this.#bytes.length) this.#grow(end);
    this.#bytes.set(payload, this.#length);
    this.#length = end;
    this.#ends.push(end);
    this.#ats.push(atMs);
  }

  /** When the event at `index` came in. */
  at(index: number): number {
    return this.#ats[index] ?? 0;
  }

  /** How many bytes the event at `index` has. */
  lengthOf(index: number): number {
    return (this.#ends[index] ?? 0) - (index === 0 ? 0 : (this.#ends[index - 1] ?? 0));
  }

  /** The bytes of the event at `index`; they stay valid and unchanged. */
  payload(index: number): Buffer {
    return this.#bytes.subarray(index === 0 ? 0 : this.#ends[index - 1], this.#ends[index]);
  }

  #grow(least: number): void {
    const grown = Buffer.allocUnsafe(Math.max(least, Math.min(this.#bytes.length * 4, MAX_BYTES)));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
