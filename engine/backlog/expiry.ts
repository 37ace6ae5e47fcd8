import type { Backlog } from "./backlog.ts";

/** A backlog is looked at this often, counted from its creation or loading, in milliseconds (operation.md §8). */
const CHECK_EVERY_MS = 10_000;
/** Backlogs that fall due within the same span are kept together; the queue is polled about this often. */
const BUCKET_MS = 250;

/** Whether a backlog still lives: exactly then the queue has it. */
export function isLive({ expiryBucket }: Backlog): boolean {
  return expiryBucket !== -1;
}

/** When the queue will find a live backlog expired, in whole epoch seconds, unless its stage changes before. */
export function deadlineOf({ expiryBucket }: Backlog): number {
  return Math.ceil((expiryBucket * BUCKET_MS) / 1000);
}

/**
 * Live backlogs by the moment at which they expire: a queue, not a scan (architecture.md §3). A backlog's deadline only
 * changes with its stage, and then it is put in anew.
 */
export class ExpiryQueue {
  readonly #minAlarmLifetimeSeconds: number;
  /** Keyed by due time in units of `BUCKET_MS`. */
  readonly #buckets = new Map<number, Set<Backlog>>();
  /** Every bucket below this one has been emptied. */
  #next = 0;

  constructor(minAlarmLifetimeSeconds: number) {
    this.#minAlarmLifetimeSeconds = minAlarmLifetimeSeconds;
  }

  /** Puts a backlog in, or anew after its stage changed. */
  put(backlog: Backlog): void {
    const bucket = Math.max(Math.ceil(dueMs(backlog, this.#minAlarmLifetimeSeconds) / BUCKET_MS), this.#next);
    if (bucket === backlog.expiryBucket) return;
    this.remove(backlog);
    backlog.expiryBucket = bucket;
    const members = this.#buckets.get(bucket);
    if (members === undefined) this.#buckets.set(bucket, new Set([backlog]));
    else members.add(backlog);
  }

  remove(backlog: Backlog): void {
    const members = this.#buckets.get(backlog.expiryBucket);
    members?.delete(backlog);
    if (members?.size === 0) this.#buckets.delete(backlog.expiryBucket);
    backlog.expiryBucket = -1;
  }

  /** Where `takeExpired` stands, for `rewind`. */
  get place(): number {
    return this.#next;
  }

  /** Goes back (or forward) to a place that `place` once gave; what is put in from now on is due as it was then. */
  rewind(place: number): void {
    this.#next = place;
  }

  /**
   * Takes out the backlogs whose check at or before `nowMs` found them expired, in the order in which they fell due, at
   * most so many; the rest comes with the next call.
   */
  takeExpired(nowMs: number, most: number): Backlog[] {
    const end = Math.floor(nowMs / BUCKET_MS);
    if (end < this.#next) return [];
    const due =
      end - this.#next < this.#buckets.size
        ? range(this.#next, end).filter((bucket) => this.#buckets.has(bucket))
        : [...this.#buckets.keys()].filter((bucket) => bucket <= end).sort((a, b) => a - b);
    const expired: Backlog[] = [];
    for (const bucket of due) {
      const members = this.#buckets.get(bucket) ?? new Set();
      for (const backlog of members) {
        if (expired.length === most) {
          this.#next = bucket;
          return expired;
        }
        members.delete(backlog);
        backlog.expiryBucket = -1;
        expired.push(backlog);
      }
      this.#buckets.delete(bucket);
    }
    this.#next = end + 1;
    return expired;
  }

  /**
   * Those that live, the ones that expire first first. It goes on unharmed while they come and go; one whose stage
   * changes meanwhile may come twice.
   */
  *soonest(): Generator<Backlog> {
    const buckets = [...this.#buckets.keys()].sort((a, b) => a - b);
    for (const bucket of buckets) yield* this.#buckets.get(bucket) ?? [];
  }
}

/**
 * The first check (10 s, 20 s, … after the backlog's birth) that finds
 * `start_time + timeout < now - min_alarm_lifetime`, all in whole seconds (engine.md §8).
 */
function dueMs(backlog: Backlog, minAlarmLifetimeSeconds: number): number {
  const startTime = backlog.state(backlog.stage).startTime;
  const lastSecond = startTime + backlog.rule(backlog.stage).rule.timeout + minAlarmLifetimeSeconds;
  const expiredFromMs = (lastSecond + 1) * 1000;
  const checks = Math.max(1, Math.ceil((expiredFromMs - backlog.bornMs) / CHECK_EVERY_MS));
  return backlog.bornMs + checks * CHECK_EVERY_MS;
}

/**
 * When a backlog that was just found expired fell due, in milliseconds: one that was due already when its stage began is
 * found by the poll after the last one, which was at `polledMs`.
 */
export function fellDueMs(backlog: Backlog, minAlarmLifetimeSeconds: number, polledMs: number): number {
  const due = Math.ceil(dueMs(backlog, minAlarmLifetimeSeconds) / BUCKET_MS);
  return Math.max(due, Math.floor(polledMs / BUCKET_MS) + 1) * BUCKET_MS;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
