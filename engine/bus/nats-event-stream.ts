import { SUBJECT_EVENTS } from "../contract/subjects.ts";

type EventHandler = (payload: Uint8Array) => void;

const EVENT_PREFIX = Buffer.from(`MSG ${SUBJECT_EVENTS} `, "latin1");
const CR = 13;
const LF = 10;
const SPACE = 32;
const DIGIT_ZERO = 48;
const DIGIT_NINE = 57;
const LINE_END_BYTES = 2;
/** A control line is at most this long: the list of a large cluster's servers in INFO is a few kilobytes. */
const MAX_LINE_BYTES = 1024 * 1024;

/**
 * Takes the events out of the bytes that a NATS server sends, before the client sees them; everything else is the
 * client's. The client spends more on framing an event (2 µs, measured) than the backend on deciding that it concerns
 * nobody, and nine events in ten do not. Connecting, logging in, keeping alive and all other messages stay its affair.
 *
 * Follows the frames of the whole stream, so it has to see every byte of a connection from the first on. An event that
 * was published with headers comes as HMSG and is left to the client.
 */
export class NatsEventStream {
  /** By subscription id. */
  readonly #handlers = new Map<number, EventHandler>();
  /** The beginning of a control line whose end hasn't come. */
  #line: Uint8Array | undefined;
  /** An event that has come in part, how much of it, and whose it is. */
  #partial: Uint8Array | undefined;
  #partialLength = 0;
  #partialHandler: EventHandler | undefined;
  /** Bytes of the client's that are still to come: the rest of another message. */
  #passing = 0;
  /** Bytes of ours that nobody needs: the line end behind an event. */
  #dropping = 0;
  /** Where the header at hand puts its payload, and how long that is: set by `#readHeader`. */
  #payloadAt = 0;
  #payloadLength = 0;

  listen(subscriptionId: number, handler: EventHandler): void {
    this.#handlers.set(subscriptionId, handler);
  }

  forget(subscriptionId: number): void {
    this.#handlers.delete(subscriptionId);
  }

  /** Hands the events in these bytes to their handlers, and returns what is left for the client, in order. */
  take(chunk: Uint8Array): Uint8Array[] {
    const bytes = this.#line === undefined ? chunk : Buffer.concat([this.#line, chunk]);
    this.#line = undefined;
    const rest: Uint8Array[] = [];
    const end = bytes.length;
    let restFrom = 0;
    let at = 0;
    while (at < end) {
      if (this.#passing > 0) {
        const passed = Math.min(this.#passing, end - at);
        this.#passing -= passed;
        at += passed;
        continue;
      }
      if (this.#partial !== undefined || this.#dropping > 0) {
        at = this.#partial === undefined ? this.#drop(at, end) : this.#fill(this.#partial, bytes, at);
        restFrom = at;
        continue;
      }
      const lineAt = at;
      const handler = this.#readHeader(bytes, at);
      if (handler === undefined) {
        at = this.#passLine(bytes, at);
        if (at > lineAt) continue;
        break;
      }
      if (lineAt > restFrom) rest.push(bytes.subarray(restFrom, lineAt));
      at = this.#takeEvent(bytes, handler);
      restFrom = at;
    }
    if (at > restFrom) rest.push(bytes.subarray(restFrom, at));
    return rest;
  }

  /**
   * Reads `MSG dsiem_events SID [REPLY] SIZE\r\n` at `at`. Returns whose event it is, `undefined` when it is anything
   * else or not whole yet.
   */
  #readHeader(bytes: Uint8Array, at: number): EventHandler | undefined {
    const end = bytes.length;
    if (at + EVENT_PREFIX.length >= end) return undefined;
    for (let i = 0; i < EVENT_PREFIX.length; i++) {
      if (bytes[at + i] !== EVENT_PREFIX[i]) return undefined;
    }
    let next = at + EVENT_PREFIX.length;
    let subscriptionId = 0;
    for (; next < end && bytes[next] !== SPACE; next++) subscriptionId = subscriptionId * 10 + digit(bytes[next]);
    let size = 0;
    for (next += 1; next < end && bytes[next] !== CR; next++) {
      // A blank means that this was a reply subject, and the size is still to come.
      size = bytes[next] === SPACE ? 0 : size * 10 + digit(bytes[next]);
    }
    if (next + 1 >= end || bytes[next + 1] !== LF || !Number.isSafeInteger(size)) return undefined;
    this.#payloadAt = next + LINE_END_BYTES;
    this.#payloadLength = size;
    return this.#handlers.get(subscriptionId);
  }

  /** Delivers the event whose header was read, or begins to gather it; returns where the bytes behind it begin. */
  #takeEvent(bytes: Uint8Array, handler: EventHandler): number {
    const from = this.#payloadAt;
    const length = this.#payloadLength;
    if (from + length <= bytes.length) {
      // Nobody writes to what a socket has read, so the event may stay a part of it.
      handler(new Uint8Array(bytes.buffer, bytes.byteOffset + from, length));
      this.#dropping = LINE_END_BYTES;
      return this.#drop(from + length, bytes.length);
    }
    this.#partial = new Uint8Array(length);
    this.#partial.set(bytes.subarray(from));
    this.#partialLength = bytes.length - from;
    this.#partialHandler = handler;
    return bytes.length;
  }

  #fill(partial: Uint8Array, bytes: Uint8Array, at: number): number {
    const taken = Math.min(partial.length - this.#partialLength, bytes.length - at);
    partial.set(bytes.subarray(at, at + taken), this.#partialLength);
    this.#partialLength += taken;
    if (this.#partialLength === partial.length) {
      const handler = this.#partialHandler;
      this.#partial = undefined;
      this.#partialHandler = undefined;
      this.#dropping = LINE_END_BYTES;
      handler?.(partial);
    }
    return at + taken;
  }

  #drop(at: number, end: number): number {
    const dropped = Math.min(this.#dropping, end - at);
    this.#dropping -= dropped;
    return at + dropped;
  }

  /**
   * Steps over a control line of the client's and notes the payload that belongs to it. A line without its end is kept
   * for the next bytes; then nothing is stepped over.
   */
  #passLine(bytes: Uint8Array, at: number): number {
    const lineEnd = bytes.indexOf(LF, at);
    if (lineEnd < 0) {
      if (bytes.length - at > MAX_LINE_BYTES) throw new Error("the server sends a control line without an end");
      this.#line = bytes.subarray(at);
      return at;
    }
    if (startsMessage(bytes, at)) this.#passing = sizeAtEnd(bytes, lineEnd) + LINE_END_BYTES;
    return lineEnd + 1;
  }
}

/** `MSG` or `HMSG`: the only lines from a server that a payload follows. */
function startsMessage(bytes: Uint8Array, at: number): boolean {
  const from = bytes[at] === 0x48 ? at + 1 : at;
  return bytes[from] === 0x4d && bytes[from + 1] === 0x53 && bytes[from + 2] === 0x47 && bytes[from + 3] === SPACE;
}

/** The number in front of the line's end: the size of the whole payload, in both kinds of message. */
function sizeAtEnd(bytes: Uint8Array, lineEnd: number): number {
  let size = 0;
  let factor = 1;
  for (let i = lineEnd - 1; i >= 0 && bytes[i] !== SPACE; i--) {
    const byte = bytes[i] ?? 0;
    if (byte === CR) continue;
    size += digit(byte) * factor;
    factor *= 10;
  }
  return size;
}

/** Not a number for what is no digit, which then spoils the whole sum. */
function digit(byte: number | undefined): number {
  return byte !== undefined && byte >= DIGIT_ZERO && byte <= DIGIT_NINE ? byte - DIGIT_ZERO : Number.NaN;
}
