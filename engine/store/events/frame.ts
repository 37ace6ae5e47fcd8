import { crc32 } from "node:zlib";
import type { EventSpan } from "../../base/event-chunk.ts";
import type { RawEvent } from "../../base/raw-event.ts";

/*
 * How retained events lie in a segment file: frames, one behind the other, each of which holds events that came one after the other. All
 * numbers are big-endian.
 *
 *   magic u32 · checksum u32 (CRC-32 of all that follows) · length u32 (of all that follows the header) · events u32 ·
 *   first id f64 · time base f64 (milliseconds since the epoch)
 *   for each event: its length u32 · when it came in, milliseconds after the time base u32
 *   the bytes of the events
 *
 * A frame is whole or it isn't there: what a crash left of the last one fails its checksum.
 */

const MAGIC = Buffer.from("DSE1", "latin1");
const CHECKED_FROM = 8;
export const FRAME_HEADER_BYTES = 32;
const ENTRY_BYTES = 8;
const MAX_DELTA_MS = 0xffff_ffff;

/** The frame of these events, as pieces to write one behind the other. */
export function frameOf(span: EventSpan): readonly [Buffer, Buffer] {
  const { count, bytes, firstId } = span;
  const base = Math.floor(span.at(0));
  const head = Buffer.allocUnsafe(FRAME_HEADER_BYTES + count * ENTRY_BYTES);
  MAGIC.copy(head);
  head.writeUInt32BE(count * ENTRY_BYTES + bytes.length, 8);
  head.writeUInt32BE(count, 12);
  head.writeDoubleBE(firstId, 16);
  head.writeDoubleBE(base, 24);
  for (let i = 0; i < count; i++) {
    const at = FRAME_HEADER_BYTES + i * ENTRY_BYTES;
    head.writeUInt32BE(span.lengthOf(i), at);
    head.writeUInt32BE(Math.min(MAX_DELTA_MS, Math.max(0, Math.floor(span.at(i)) - base)), at + 4);
  }
  head.writeUInt32BE(crc32(bytes, crc32(head.subarray(CHECKED_FROM))), 4);
  return [head, bytes];
}

/** A frame in the bytes of a segment. Its events are read only when they are asked for. */
export class Frame {
  readonly firstId: number;
  readonly count: number;
  /** When its first event came in, milliseconds since the epoch. */
  readonly at: number;
  readonly #bytes: Buffer;
  readonly #from: number;

  constructor(bytes: Buffer, from: number) {
    this.#bytes = bytes;
    this.#from = from;
    this.count = bytes.readUInt32BE(from + 12);
    this.firstId = bytes.readDoubleBE(from + 16);
    this.at = bytes.readDoubleBE(from + 24);
  }

  /** Its events, the oldest first. */
  events(): RawEvent[] {
    const events: RawEvent[] = [];
    let entry = this.#from + FRAME_HEADER_BYTES;
    let at = entry + this.count * ENTRY_BYTES;
    for (let i = 0; i < this.count; i++, entry += ENTRY_BYTES) {
      const end = at + this.#bytes.readUInt32BE(entry);
      const payload = this.#bytes.subarray(at, end);
      events.push({ id: this.firstId + i, at: this.at + this.#bytes.readUInt32BE(entry + 4), payload });
      at = end;
    }
    return events;
  }
}

/** The whole frames in the bytes of a segment, in their order; whatever else lies between them is stepped over. */
export function framesIn(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  let at = 0;
  while (at + FRAME_HEADER_BYTES <= bytes.length) {
    const end = wholeFrameEnd(bytes, at);
    if (end > 0) frames.push(new Frame(bytes, at));
    at = end > 0 ? end : bytes.indexOf(MAGIC, at + 1);
    if (at < 0) break;
  }
  return frames;
}

/** The end of the frame that begins at `at`; 0 when there is none, or not all of it. */
function wholeFrameEnd(bytes: Buffer, at: number): number {
  if (MAGIC.compare(bytes, at, at + MAGIC.length) !== 0) return 0;
  const length = bytes.readUInt32BE(at + 8);
  const end = at + FRAME_HEADER_BYTES + length;
  if (end > bytes.length || bytes.readUInt32BE(at + 12) * ENTRY_BYTES > length) return 0;
  return crc32(bytes.subarray(at + CHECKED_FROM, end)) === bytes.readUInt32BE(at + 4) ? end : 0;
}
