/**
 * Why a request to the door was refused; every refusal is counted under exactly one of these. Refusals at the door
 * are counted apart from what happens to accepted events later (operation.md §7).
 */
const REFUSAL_CAUSES = [
  "wrong_method",
  "wrong_media_type",
  "too_large",
  "stalled",
  "truncated",
  "malformed",
  "invalid",
  "over_rate",
  "bus_full",
  "bus_failed",
  "no_room",
  "stopping",
] as const;

export type RefusalCause = (typeof REFUSAL_CAUSES)[number];

/** What went through the door of one frontend since its start. */
export interface IngestCounters {
  /** Requests to `/events`, answered or not. */
  requests: number;
  /** Events that were answered with 200. */
  accepted: number;
  /** Requests, not events: how many events a refused body held is often unknown. */
  refused: Record<RefusalCause, number>;
}

export function createIngestCounters(): IngestCounters {
  const refused = Object.fromEntries(REFUSAL_CAUSES.map((cause) => [cause, 0])) as Record<RefusalCause, number>;
  return { requests: 0, accepted: 0, refused };
}

/** Flat and without the zeroes, as a log record takes it. */
export function counterFields(counters: IngestCounters): Record<string, number> {
  const fields: Record<string, number> = { requests: counters.requests, accepted: counters.accepted };
  for (const cause of REFUSAL_CAUSES) {
    if (counters.refused[cause] > 0) fields[`refused_${cause}`] = counters.refused[cause];
  }
  return fields;
}

export function refusedRequests(counters: IngestCounters): number {
  let sum = 0;
  for (const cause of REFUSAL_CAUSES) sum += counters.refused[cause];
  return sum;
}
