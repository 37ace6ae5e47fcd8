import { BusFullError } from "./bus.ts";

type Done = (error?: Error) => void;

/** What one `publishEvents` handed over. */
interface Group {
  events: readonly Uint8Array[];
  bytes: number;
  /** Undefined once the sender got its answer. */
  done: Done | undefined;
}

/**
 * Bytes that may wait for the server, away or not: bounds the memory where events are large (25,000 of 1 MiB would
 * be 25 GB).
 */
const MAX_WAITING_BYTES = 256 * 1024 * 1024;
/**
 * Events that may wait for the server's confirmation while it is there, whatever `--max_queue` says: nobody was told
 * 200 for them yet, so this bounds a burst, not what an outage may cost.
 */
const MAX_UNCONFIRMED_EVENTS = 131_072;

/**
 * The events on their way to NATS, in order: first those that were sent and aren't confirmed, then those that wait.
 * An event leaves only when the server confirmed it, so whatever the connection took with it is sent again.
 */
export class EventOutbox {
  readonly #maxBuffered: number;
  /** Groups from `#head` on; the array is cut once in a while, which keeps `shift` out of the hot path. */
  #groups: Group[] = [];
  #head = 0;
  #sentGroups = 0;
  #events = 0;
  #bytes = 0;

  /** @param maxBuffered events that may wait while the server is away (`--max_queue`). */
  constructor(maxBuffered: number) {
    this.#maxBuffered = maxBuffered;
  }

  get events(): number {
    return this.#events;
  }

  get hasUnsent(): boolean {
    return this.#head + this.#sentGroups < this.#groups.length;
  }

  /** Takes a group while the server is there; its `done` waits for the server's confirmation. */
  addConnected(events: readonly Uint8Array[], bytes: number, done: Done): void {
    const full =
      this.#events + events.length > Math.max(MAX_UNCONFIRMED_EVENTS, this.#maxBuffered) ||
      this.#bytes + bytes > MAX_WAITING_BYTES;
    if (full && this.#events > 0) throw new BusFullError("NATS confirms events slower than they come; try again");
    this.#push({ events, bytes, done });
  }

  /** Takes a group while the server is away, within the bound, and answers for it at once. */
  addAway(events: readonly Uint8Array[], bytes: number, done: Done): void {
    if (!this.#fits(this.#events + events.length, this.#bytes + bytes)) throw this.#full();
    this.#push({ events, bytes, done: undefined });
    done();
  }

  /** The next unsent events, about `maxBytes` of them; they count as sent from now on. */
  takeUnsent(maxBytes: number): Uint8Array[] {
    const batch: Uint8Array[] = [];
    let bytes = 0;
    while (this.hasUnsent && bytes < maxBytes) {
      const group = this.#groups[this.#head + this.#sentGroups];
      if (group === undefined) break;
      for (const event of group.events) batch.push(event);
      bytes += group.bytes;
      this.#sentGroups += 1;
    }
    return batch;
  }

  /**
   * The server answered for everything that was sent: it has it, or refused it with `error`. Returns how many events
   * are lost: refused, although their senders were told long ago that they are safe.
   */
  settleSent(error?: Error): number {
    let lost = 0;
    for (; this.#sentGroups > 0; this.#sentGroups -= 1) {
      const group = this.#groups[this.#head];
      if (group === undefined) break;
      this.#head += 1;
      this.#events -= group.events.length;
      this.#bytes -= group.bytes;
      if (error !== undefined && group.done === undefined) lost += group.events.length;
      group.done?.(error);
    }
    if (this.#head === this.#groups.length || this.#head > 4096) {
      this.#groups = this.#groups.slice(this.#head);
      this.#head = 0;
    }
    return lost;
  }

  /**
   * The connection is gone: everything is unsent again. What fits the bound of the outage is answered now, since
   * it will be delivered; the rest goes back to its sender.
   */
  connectionLost(): void {
    const answers: (() => void)[] = [];
    for (const group of this.#takeAll()) {
      const { done } = group;
      // A group that was answered for stays, whatever the bound: it may have been taken while the bound was wider.
      if (done !== undefined && !this.#fits(this.#events + group.events.length, this.#bytes + group.bytes)) {
        answers.push(() => done(this.#full()));
        continue;
      }
      group.done = undefined;
      this.#push(group);
      if (done !== undefined) answers.push(done);
    }
    // Only now: a sender may publish again from within its answer.
    for (const answer of answers) answer();
  }

  /**
   * Takes out the events larger than `limit`: a server that came back with a lower max_payload would cut the
   * connection over each of them, for ever. A group whose sender still waits goes back to it as a whole. Returns how
   * many events were taken out.
   */
  removeLarger(limit: number, refusal: (size: number) => Error): number {
    const before = this.#events;
    const answers: (() => void)[] = [];
    for (const group of this.#takeAll()) {
      const { done } = group;
      const tooLarge = group.events.find((event) => event.length > limit);
      if (tooLarge === undefined) {
        this.#push(group);
      } else if (done !== undefined) {
        answers.push(() => done(refusal(tooLarge.length)));
      } else {
        const events = group.events.filter((event) => event.length <= limit);
        const bytes = events.reduce((sum, event) => sum + event.length, 0);
        if (events.length > 0) this.#push({ events, bytes, done });
      }
    }
    const removed = before - this.#events;
    for (const answer of answers) answer();
    return removed;
  }

  /** Nothing will be delivered any more. Returns how many events are lost that were answered for. */
  abandon(error: Error): number {
    let lost = 0;
    for (const group of this.#takeAll()) {
      if (group.done === undefined) lost += group.events.length;
      else group.done(error);
    }
    return lost;
  }

  /** Empties the outbox. */
  #takeAll(): Group[] {
    const groups = this.#groups.slice(this.#head);
    this.#groups = [];
    this.#head = 0;
    this.#sentGroups = 0;
    this.#events = 0;
    this.#bytes = 0;
    return groups;
  }

  #push(group: Group): void {
    this.#groups.push(group);
    this.#events += group.events.length;
    this.#bytes += group.bytes;
  }

  #fits(events: number, bytes: number): boolean {
    return events <= this.#maxBuffered && bytes <= MAX_WAITING_BYTES;
  }

  #full(): BusFullError {
    return new BusFullError(`NATS is away and the buffer of ${this.#maxBuffered} events is full; try again`);
  }
}
