import { MAX_LINK_PAYLOAD_BYTES } from "../contract/limits.ts";
import type { EventLog } from "./event-log.ts";

/*
 * The binary frames of `link` after its handshake. All numbers are big-endian; sequence numbers take 6 bytes.
 *
 *   events   1 · first sequence (6) · count (4) · count × ( length (4) · bytes )          frontend → backend
 *   ack      2 · acknowledged sequence (6) · credit (4)                                   backend → frontend
 *   message  3 · 1 when it is the last piece (1) · piece of a message                     both ways
 *   taken    4 · bytes of message frames that were taken since the last one (4)           both ways
 *
 * A message, put together: kind (1) · id (4) · length of the subject (2) · subject · payload.
 */
export const FRAME_EVENTS = 1;
export const FRAME_ACK = 2;
export const FRAME_MESSAGE = 3;
export const FRAME_TAKEN = 4;

export const MESSAGE_PUBLISH = 1;
export const MESSAGE_REQUEST = 2;
export const MESSAGE_ANSWER = 3;
/** Answers a request that nobody answers. */
export const MESSAGE_NO_ANSWER = 4;
/** Payload: JSON `{listening, responding}`, the subjects of the sender, all of them each time. */
export const MESSAGE_SUBJECTS = 5;

/** Largest frame that either side takes: one event or message of the largest size with what goes around it. */
export const MAX_FRAME_BYTES = MAX_LINK_PAYLOAD_BYTES + 4096;
/** Events are put into one frame up to this size (a single larger one travels alone). */
const EVENTS_FRAME_BYTES = 128 * 1024;
/** A message travels in pieces of this size, so that an event never waits for a whole one. */
const PIECE_BYTES = 64 * 1024;
const EVENTS_HEADER = 11;
const MESSAGE_HEADER = 7;
/** Longest subject, in bytes. */
export const MAX_SUBJECT_BYTES = 1024;
/** Largest message put together. */
const MAX_MESSAGE_BYTES = MAX_LINK_PAYLOAD_BYTES + MAX_SUBJECT_BYTES + MESSAGE_HEADER;

/** The events from `first` on, at most `most` of them, as one frame. */
export function encodeEvents(log: EventLog, first: number, most: number): { frame: Buffer; count: number } {
  let size = EVENTS_HEADER;
  let count = 0;
  for (; count < most; count++) {
    const event = log.at(first + count);
    if (event === undefined || (count > 0 && size + 4 + event.length > EVENTS_FRAME_BYTES)) break;
    size += 4 + event.length;
  }
  const frame = Buffer.allocUnsafe(size);
  frame[0] = FRAME_EVENTS;
  frame.writeUIntBE(first, 1, 6);
  frame.writeUInt32BE(count, 7);
  let at = EVENTS_HEADER;
  for (let i = 0; i < count; i++) {
    const event = log.at(first + i);
    if (event === undefined) break;
    frame.writeUInt32BE(event.length, at);
    frame.set(event, at + 4);
    at += 4 + event.length;
  }
  return { frame, count };
}

/** The events of a frame, as views into it, or `undefined` when it is malformed. */
export function decodeEvents(frame: Buffer): { first: number; events: Uint8Array[] } | undefined {
  if (frame.length < EVENTS_HEADER) return undefined;
  const first = frame.readUIntBE(1, 6);
  const count = frame.readUInt32BE(7);
  if (first === 0 || count === 0 || count > frame.length) return undefined;
  const events: Uint8Array[] = [];
  let at = EVENTS_HEADER;
  for (let i = 0; i < count; i++) {
    if (at + 4 > frame.length) return undefined;
    const end = at + 4 + frame.readUInt32BE(at);
    if (end > frame.length) return undefined;
    events.push(frame.subarray(at + 4, end));
    at = end;
  }
  return at === frame.length ? { first, events } : undefined;
}

export function encodeAck(acknowledged: number, credit: number): Buffer {
  const frame = Buffer.allocUnsafe(EVENTS_HEADER);
  frame[0] = FRAME_ACK;
  frame.writeUIntBE(acknowledged, 1, 6);
  frame.writeUInt32BE(credit, 7);
  return frame;
}

export function decodeAck(frame: Buffer): { acknowledged: number; credit: number } | undefined {
  if (frame.length !== EVENTS_HEADER) return undefined;
  return { acknowledged: frame.readUIntBE(1, 6), credit: frame.readUInt32BE(7) };
}

export function encodeTaken(bytes: number): Buffer {
  const frame = Buffer.allocUnsafe(5);
  frame[0] = FRAME_TAKEN;
  frame.writeUInt32BE(bytes, 1);
  return frame;
}

export function decodeTaken(frame: Buffer): number | undefined {
  return frame.length === 5 ? frame.readUInt32BE(1) : undefined;
}

export interface LinkMessage {
  kind: number;
  id: number;
  subject: string;
  payload: Buffer;
}

/** The frames that carry one message. The caller holds payload and subject within their limits. */
export function encodeMessage(kind: number, id: number, subject: string, payload: Uint8Array): Buffer[] {
  const subjectBytes = Buffer.from(subject);
  const message = Buffer.allocUnsafe(MESSAGE_HEADER + subjectBytes.length + payload.length);
  message[0] = kind;
  message.writeUInt32BE(id, 1);
  message.writeUInt16BE(subjectBytes.length, 5);
  message.set(subjectBytes, MESSAGE_HEADER);
  message.set(payload, MESSAGE_HEADER + subjectBytes.length);
  const frames: Buffer[] = [];
  for (let at = 0; at < message.length; at += PIECE_BYTES) {
    const piece = message.subarray(at, at + PIECE_BYTES);
    const last = at + PIECE_BYTES >= message.length ? 1 : 0;
    frames.push(Buffer.concat([Buffer.from([FRAME_MESSAGE, last]), piece]));
  }
  return frames;
}

export function decodeMessage(message: Buffer): LinkMessage | undefined {
  if (message.length < MESSAGE_HEADER) return undefined;
  const subjectLength = message.readUInt16BE(5);
  const start = MESSAGE_HEADER + subjectLength;
  if (subjectLength > MAX_SUBJECT_BYTES || start > message.length) return undefined;
  return {
    kind: message[0] ?? 0,
    id: message.readUInt32BE(1),
    subject: message.toString("utf8", MESSAGE_HEADER, start),
    payload: message.subarray(start),
  };
}

/** Puts the pieces of messages together; those of one message follow one another. */
export class MessageAssembler {
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** The message that `frame` completes, `"more"` when it isn't the last piece, `undefined` when it is malformed. */
  add(frame: Buffer): LinkMessage | "more" | undefined {
    const last = frame[1];
    if (last === undefined || last > 1) return undefined;
    // Only the last piece may be shorter, which bounds how many pieces there can be.
    if (last === 0 && frame.length !== PIECE_BYTES + 2) return undefined;
    this.#bytes += frame.length - 2;
    if (this.#bytes > MAX_MESSAGE_BYTES) return undefined;
    this.#pieces.push(frame.subarray(2));
    if (last === 0) return "more";
    const [only] = this.#pieces;
    const message = this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    return decodeMessage(message);
  }
}
