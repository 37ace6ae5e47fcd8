import { type RawEvent, readRawEvent } from "../../base/raw-event.ts";
import type { Verdict } from "../../contract/console/events.ts";
import { EVENT_FIELDS } from "../../query/event-fields.ts";
import type { EventSearchRequest, FoundEvents } from "../../query/event-search.ts";
import { parseQuery } from "../../query/parse.ts";
import { predicateOf } from "../../query/predicate.ts";
import { newestEvents } from "./read-events.ts";

/** Bounds of one request, whatever is left: a client that wants more asks again. */
const MAX_SCANNED = 200_000;
const MAX_MS = 1000;
/** Bytes of the events of one answer; the first one always is. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Events between two looks at the clock. */
const EVENTS_PER_LOOK = 64;
const UNKNOWN: Verdict = { kind: "unknown" };

/**
 * A search in steps: each `next()` looks at the events of so many milliseconds and gives back nothing, the last one the
 * result. Whoever runs it can let others have their turn in between, or give it up.
 * @throws QueryError, and what the system says of the files
 */
export function* searchEvents(
  folder: string,
  request: EventSearchRequest,
  sliceMs: number,
  monotonic: () => number,
): Generator<undefined, FoundEvents> {
  const { q, nowMs, from, to, before, limit, verdicts, boot } = request;
  const query = parseQuery(q, EVENT_FIELDS);
  const finds = predicateOf(query, EVENT_FIELDS);
  const events: RawEvent[] = [];
  let bytes = 0;
  let scanned = 0;
  let spentMs = 0;
  let sliceBegan = monotonic();
  for (const raw of newestEvents(folder, { from, to, before })) {
    const full = events.length >= limit || (events.length > 0 && bytes + raw.payload.length > MAX_BYTES);
    if (full || scanned >= MAX_SCANNED || spentMs >= MAX_MS) return { events, scanned, next: raw.id + 1 };
    scanned += 1;
    const read = readRawEvent(raw, boot);
    if (read !== undefined && finds({ event: read.event, verdict: verdicts.get(read.key) ?? UNKNOWN }, nowMs)) {
      events.push(raw);
      bytes += raw.payload.length;
    }
    if (scanned % EVENTS_PER_LOOK !== 0) continue;
    const sliceSpentMs = monotonic() - sliceBegan;
    if (sliceSpentMs < sliceMs) continue;
    spentMs += sliceSpentMs;
    yield undefined;
    sliceBegan = monotonic();
  }
  return { events, scanned };
}
