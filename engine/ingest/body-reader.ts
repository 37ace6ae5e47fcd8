import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** A body that makes no progress for this long is given up with 408 (engine.md §3). */
const BODY_IDLE_MS = 5000;
/** How often stalled bodies are looked for: one timer for all of them instead of one for each request. */
const SWEEP_EVERY_MS = 250;
/** Bytes of bodies that are held at a time, all connections together; what comes beyond gets 503. */
const MAX_BYTES_IN_FLIGHT = 256 * 1024 * 1024;

/**
 * Bodies up to this size, announced or come so far, may use all of that; the larger ones leave an eighth of it, so
 * that a few slow clients with large bodies don't keep everybody's single events out.
 */
const SMALL_BYTES = 64 * 1024;

/**
 * Why a body was not read to its end: over the limit, no progress for too long, ended or broken off by the client
 * before its end, or no room beside the other unfinished bodies.
 */
export type BodyFault = "too_large" | "stalled" | "truncated" | "no_room";

/** Called exactly once: with the whole body, or with what kept it from being read and no body. */
export type BodyListener = (body: Buffer | undefined, fault: BodyFault | undefined) => void;

/** Reads request bodies into memory, bounded each and all together, and gives up those that stall. */
export class BodyReader {
  readonly #idleSweeps: number;
  readonly #readings = new Set<Reading>();
  readonly #timer: NodeJS.Timeout;
  readonly #maxBytes: number;
  #sweeps = 0;
  #bytesInFlight = 0;

  constructor(idleMs: number = BODY_IDLE_MS, maxBytes: number = MAX_BYTES_IN_FLIGHT) {
    this.#maxBytes = maxBytes;
    const every = Math.min(SWEEP_EVERY_MS, idleMs / 2);
    // One more than fits: the progress was made somewhere between two sweeps.
    this.#idleSweeps = Math.ceil(idleMs / every) + 1;
    this.#timer = setInterval(() => this.#sweep(), every);
    this.#timer.unref();
  }

  read(request: IncomingMessage, limit: number, listener: BodyListener): void {
    this.#readings.add(new Reading(request, limit, listener, this));
  }

  /**
   * Throws away what is left of a body, so that a client that is still sending gets to read its answer; calls back
   * once the body has ended, `limit` bytes were thrown away or it made no progress.
   */
  discard(request: IncomingMessage, limit: number, done: () => void): void {
    if (request.readableEnded || request.destroyed) done();
    else this.#readings.add(new Reading(request, limit, done, this, true));
  }

  /** The connection broke off or sent what isn't HTTP; true when a body was being read from it. */
  connectionFailed(socket: Socket): boolean {
    for (const reading of this.#readings) {
      // One that is complete and just hasn't been handed on yet isn't hurt by what came after it.
      if (reading.request.socket !== socket || reading.request.complete) continue;
      reading.fail("truncated");
      return true;
    }
    return false;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  get sweeps(): number {
    return this.#sweeps;
  }

  /** Books bytes that are held from now on, of a small body or a large one; false when there is no room for them. */
  book(bytes: number, small: boolean): boolean {
    const most = small ? this.#maxBytes : this.#maxBytes - this.#maxBytes / 8;
    if (this.#bytesInFlight + bytes > most) return false;
    this.#bytesInFlight += bytes;
    return true;
  }

  /** Whoever got a body gives its bytes back here, once, when it has let go of them. */
  release(bytes: number): void {
    this.#bytesInFlight -= bytes;
  }

  over(reading: Reading): void {
    this.#readings.delete(reading);
  }

  #sweep(): void {
    this.#sweeps += 1;
    for (const reading of this.#readings) {
      if (this.#sweeps - reading.progressAt >= this.#idleSweeps) reading.fail("stalled");
    }
  }
}

/** One body on its way in. */
class Reading {
  readonly request: IncomingMessage;
  readonly #limit: number;
  readonly #announced: number;
  readonly #listener: BodyListener;
  readonly #reader: BodyReader;
  readonly #discards: boolean;
  /** Nearly every body is one chunk; `#more` is made for the others. */
  #first: Buffer | undefined;
  #more: Buffer[] | undefined;
  #size = 0;
  #booked = 0;
  #over = false;
  /** Number of the sweep after which the last bytes came. */
  progressAt: number;

  constructor(request: IncomingMessage, limit: number, listener: BodyListener, reader: BodyReader, discards = false) {
    this.request = request;
    this.#limit = limit;
    this.#announced = Number(request.headers["content-length"] ?? 0);
    this.#listener = listener;
    this.#reader = reader;
    this.#discards = discards;
    this.progressAt = reader.sweeps;
    request.on("data", this.#onData);
    request.on("end", this.#onEnd);
    request.on("close", this.#onClose);
  }

  fail(fault: BodyFault): void {
    this.#finish(undefined, fault);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.progressAt = this.#reader.sweeps;
    this.#size += chunk.length;
    if (this.#size > this.#limit) {
      this.fail("too_large");
      return;
    }
    if (this.#discards) return;
    if (!this.#reader.book(chunk.length, Math.max(this.#size, this.#announced) <= SMALL_BYTES)) {
      this.fail("no_room");
      return;
    }
    this.#booked += chunk.length;
    if (this.#first === undefined) this.#first = chunk;
    else if (this.#more === undefined) this.#more = [this.#first, chunk];
    else this.#more.push(chunk);
  };

  readonly #onEnd = (): void => {
    const body = this.#more === undefined ? (this.#first ?? EMPTY) : Buffer.concat(this.#more, this.#size);
    this.#finish(body, undefined);
  };

  readonly #onClose = (): void => this.fail("truncated");

  #finish(body: Buffer | undefined, fault: BodyFault | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#reader.over(this);
    if (fault !== undefined) {
      this.request.off("data", this.#onData);
      this.#reader.release(this.#booked);
      this.#first = undefined;
      this.#more = undefined;
    }
    this.#listener(body, fault);
  }
}

const EMPTY = Buffer.alloc(0);
