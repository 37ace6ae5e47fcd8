/**
 * The replay buffer of `link`: events by sequence number, oldest first, kept until every known node has acknowledged
 * them. Adding, reading and dropping cost the same however many there are. Whoever fills it bounds it.
 */
export class EventLog {
  /** Indexed by the low bits of the sequence number; the length is a power of two. */
  #slots: (Uint8Array | undefined)[] = new Array<Uint8Array | undefined>(1024);
  #first = 1;
  #next = 1;
  #bytes = 0;

  /** Sequence number of the oldest event that is kept, or of the next one when there is none. */
  get first(): number {
    return this.#first;
  }

  /** Sequence number that the next event gets; the first one is 1. */
  get next(): number {
    return this.#next;
  }

  get length(): number {
    return this.#next - this.#first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(event: Uint8Array): void {
    if (this.length === this.#slots.length) this.#grow();
    this.#slots[this.#next & (this.#slots.length - 1)] = event;
    this.#next += 1;
    this.#bytes += event.length;
  }

  at(sequence: number): Uint8Array | undefined {
    if (sequence < this.#first || sequence >= this.#next) return undefined;
    return this.#slots[sequence & (this.#slots.length - 1)];
  }

  /** Drops every event up to and including `sequence`. */
  trimTo(sequence: number): void {
    const mask = this.#slots.length - 1;
    while (this.#first <= sequence && this.#first < this.#next) {
      const slot = this.#first & mask;
      this.#bytes -= this.#slots[slot]?.length ?? 0;
      this.#slots[slot] = undefined;
      this.#first += 1;
    }
  }

  #grow(): void {
    const slots = new Array<Uint8Array | undefined>(this.#slots.length * 2);
    for (let sequence = this.#first; sequence < this.#next; sequence++) {
      slots[sequence & (slots.length - 1)] = this.at(sequence);
    }
    this.#slots = slots;
  }
}
