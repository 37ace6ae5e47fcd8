import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import type { RawEvent } from "../../base/raw-event.ts";
import { FRAME_HEADER_BYTES, type Frame, framesIn } from "./frame.ts";
import { type SegmentFile, segmentFiles } from "./segment-files.ts";

/** Which retained events are read: all of those that every given bound lets through. */
export interface EventRange {
  /** Only events with a smaller id. */
  readonly before?: number | undefined;
  /** Only events with a larger id. */
  readonly after?: number | undefined;
  /** Only events that came in then or later, or then or earlier: milliseconds since the epoch. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/**
 * The retained events of a folder, the newest first. Reads a segment at a time, synchronously: for a worker thread, or
 * a command. What is written meanwhile may be missed. Throws what the system says.
 */
export function* newestEvents(folder: string, range: EventRange = {}): Generator<RawEvent, void> {
  const files = segmentFiles(folder);
  for (let i = files.length - 1; i >= 0; i--) {
    const file = files[i];
    const next = files[i + 1];
    if (file === undefined || outside(file, next, range)) continue;
    for (const frame of framesOf(file).reverse()) {
      const events = frame.events();
      for (let at = events.length - 1; at >= 0; at--) {
        const event = events[at];
        if (event !== undefined && within(event, range)) yield event;
      }
    }
  }
}

/** The same, the oldest first. */
export function* oldestEvents(folder: string, range: EventRange = {}): Generator<RawEvent, void> {
  const files = segmentFiles(folder);
  for (const [i, file] of files.entries()) {
    if (outside(file, files[i + 1], range)) continue;
    for (const frame of framesOf(file)) {
      for (const event of frame.events()) if (within(event, range)) yield event;
    }
  }
}

/** When the first event of a segment came in; `undefined` when that can't be read. */
export function segmentBegan({ path }: Pick<SegmentFile, "path">): number | undefined {
  const head = Buffer.alloc(FRAME_HEADER_BYTES);
  try {
    const fd = openSync(path, "r");
    try {
      return readSync(fd, head, 0, head.length, 0) === head.length ? head.readDoubleBE(24) : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

/** Whether no event of a segment can be in the range, as far as that is known without reading it. */
function outside(file: SegmentFile, next: SegmentFile | undefined, { before, after, from, to }: EventRange): boolean {
  if (before !== undefined && file.firstId >= before) return true;
  if (after !== undefined && next !== undefined && next.firstId - 1 <= after) return true;
  if (to !== undefined && (segmentBegan(file) ?? to) > to) return true;
  return from !== undefined && next !== undefined && (segmentBegan(next) ?? from) < from;
}

/** None of a segment that was discarded meanwhile. */
function framesOf({ path }: SegmentFile): Frame[] {
  try {
    return framesIn(readFileSync(path));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function within({ id, at }: RawEvent, { before, after, from, to }: EventRange): boolean {
  if (before !== undefined && id >= before) return false;
  if (after !== undefined && id <= after) return false;
  return (from === undefined || at >= from) && (to === undefined || at <= to);
}
