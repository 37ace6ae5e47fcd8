import { Ring } from "../base/ring.ts";
import type { EventListener, EventSubscription, Position, StreamPosition } from "./bus.ts";

interface Held {
  payload: Uint8Array;
  position: Position;
}

interface Subscriber {
  listener: EventListener;
  paused: boolean;
}

/**
 * The backend's side of the event stream: which events came, which of them the process is done with, and what waits
 * because the subscriber pauses. It outlives connections, which is why nothing is lost or delivered twice when one
 * breaks: the frontend is told what came, and goes on behind it.
 *
 * Positions go on growing by one when a restarted frontend counts from 1 again, or when it forgot this node; `#base`
 * is what they are ahead. What the subscriber still has of the stream before uses up credit until it is done with.
 *
 * A process that starts with a stored state tells up to where that goes (`resume`), and counts from there: it has
 * nothing in hand, and is done with whatever it isn't given again.
 */
export class LinkStream {
  readonly #maxQueue: number;
  /** Called when the credit may have changed, or enough was acknowledged to tell. */
  readonly #onChange: () => void;
  readonly #subscribers: Subscriber[] = [];
  /** Bounded by `maxQueue`: the frontend sends no more than that unacknowledged, and is cut off if it does. */
  readonly #held = new Ring<Held>(Number.MAX_SAFE_INTEGER);
  #delivering = false;
  /** Of the frontend's run that the sequence numbers below belong to. */
  #boot: string | undefined;
  #base = 0;
  #received = 0;
  /** Last position of the streams before this one. */
  #before = 0;
  /** Position up to which everything is done with, of whichever stream. */
  #done = 0;
  readonly #resume: StreamPosition | undefined;

  constructor(maxQueue: number, onChange: () => void, resume?: StreamPosition) {
    this.#resume = resume;
    // The credit travels in 32 bits.
    this.#maxQueue = Math.min(Math.max(1, maxQueue), 0xffff_ffff);
    this.#onChange = onChange;
  }

  /** Sequence number of this stream up to which everything is done with. */
  get acknowledged(): number {
    return Math.max(this.#done, this.#before) - this.#base;
  }

  get heldCount(): number {
    return this.#held.length;
  }

  /** Unacknowledged events of this stream that are welcome: none while nobody subscribes or a subscriber pauses. */
  get credit(): number {
    return this.#delivers() ? this.#maxQueue - Math.max(0, this.#before - this.#done) : 0;
  }

  /**
   * The credit to join with, when nobody knows yet whether the stream goes on or another one starts: what is welcome
   * in both cases.
   */
  get joinCredit(): number {
    return this.#delivers() ? this.#maxQueue - (this.#last - this.#done) : 0;
  }

  /** The last position that came. */
  get #last(): number {
    return this.#base + this.#received;
  }

  /** What this process, or the state it started with, has of the stream of the frontend's run `boot`. */
  receivedFrom(boot: string): number | undefined {
    if (this.#boot !== undefined) return this.#boot === boot ? this.#received : undefined;
    return this.#resume?.stream === boot ? this.#resume.sequence : undefined;
  }

  /** Where `position` stands in the present stream; undefined for what came before it, or didn't come yet. */
  streamPosition(position: Position): StreamPosition | undefined {
    if (this.#boot === undefined || position <= this.#before || position > this.#last) return undefined;
    return { stream: this.#boot, sequence: position - this.#base };
  }

  /** The frontend goes on with sequence number `next`: behind what came, or where a new stream starts for us. */
  continueAt(boot: string, next: number): void {
    if (this.#boot === boot && next === this.#received + 1) return;
    // The first stream's positions are its sequence numbers.
    if (this.#boot === undefined) this.#done = next - 1;
    this.#before = this.#boot === undefined ? next - 1 : this.#last;
    this.#boot = boot;
    this.#base = this.#before + 1 - next;
    this.#received = next - 1;
  }

  /** Takes the events of a frame; returns what is wrong with them, if anything. */
  receive(first: number, events: readonly Uint8Array[]): string | undefined {
    if (first !== this.#received + 1) return `event ${first} where ${this.#received + 1} comes next`;
    if (this.#last + events.length - this.#done > this.#maxQueue) return "more events than it may";
    const position = this.#base + first;
    this.#received += events.length;
    for (let i = 0; i < events.length; i++) {
      const payload = events[i];
      if (payload === undefined) break;
      if (this.#held.length === 0 && !this.#delivering && this.#delivers()) this.#hand(payload, position + i);
      else this.#held.push({ payload, position: position + i });
    }
    return undefined;
  }

  /** True when there is something new to tell the frontend: of an earlier stream's positions that is the credit. */
  acknowledge(position: Position): boolean {
    if (position <= this.#done) return false;
    if (position > this.#last) throw new Error(`broken invariant: position ${position} was never delivered`);
    this.#done = position;
    return true;
  }

  subscribe(listener: EventListener): EventSubscription {
    const subscriber: Subscriber = { listener, paused: false };
    this.#subscribers.push(subscriber);
    this.#changed();
    const setPaused = (paused: boolean) => {
      if (subscriber.paused === paused) return;
      subscriber.paused = paused;
      this.#changed();
    };
    return {
      pause: () => setPaused(true),
      resume: () => setPaused(false),
      close: () => {
        const index = this.#subscribers.indexOf(subscriber);
        if (index < 0) return;
        this.#subscribers.splice(index, 1);
        this.#changed();
      },
    };
  }

  #changed(): void {
    this.#onChange();
    // Not from within the caller: it may be in the middle of handling an event.
    if (this.#held.length > 0) setImmediate(() => this.#deliverHeld());
  }

  #deliverHeld(): void {
    if (this.#delivering) return;
    while (this.#delivers()) {
      const held = this.#held.shift();
      if (held === undefined) return;
      this.#hand(held.payload, held.position);
    }
  }

  #hand(payload: Uint8Array, position: Position): void {
    this.#delivering = true;
    try {
      for (const subscriber of this.#subscribers) subscriber.listener(payload, position);
    } finally {
      this.#delivering = false;
    }
  }

  /** Whether there is a subscriber, and none pauses. */
  #delivers(): boolean {
    for (const subscriber of this.#subscribers) if (subscriber.paused) return false;
    return this.#subscribers.length > 0;
  }
}
