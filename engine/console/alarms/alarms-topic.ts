import type { Clock } from "../../base/clock.ts";
import { errorText } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import { DEFAULT_ALARM_SORT, MAX_ALARM_PAGE } from "../../contract/console/alarms.ts";
import type { LiveParams } from "../../contract/console/live.ts";
import type { AlarmQuery } from "../../store/console/alarm-query.ts";
import type { LiveFeed, LiveSink, LiveTopic } from "../live/topic.ts";
import type { AlarmStore } from "./alarm-store.ts";
import { checkAlarmQuery } from "./query-fault.ts";

const DEFAULT_LIMIT = 100;
/** Changed alarms that one delta is worked out from, and beyond which a snapshot says it better. */
const MAX_CHANGES = 1000;
const MAX_PENDING = 5000;
/**
 * The total is counted again after a change: not more often than this, and so that counting takes a twentieth of the
 * time at most.
 */
const COUNT_EVERY_MS = 1000;
const COUNT_SHARE = 20;
/** Alarms grow out of a range that ends now, without any change. */
const COUNT_SLIDING_MS = 15_000;

interface Parts {
  store: AlarmStore;
  clock: Clock;
  log: Logger;
}

/** Topic `alarms`: a page, and then what changes of all that its query finds. */
export function alarmsTopic(parts: Parts): LiveTopic<"alarms"> {
  return {
    open: async (params, sink) => {
      checkAlarmQuery(params.q);
      const feed = new AlarmsFeed(parts, params, sink);
      await feed.snapshot();
      return feed;
    },
  };
}

/** One subscription: only the alarms that changed are held against its query. */
class AlarmsFeed implements LiveFeed {
  readonly #parts: Parts;
  readonly #params: LiveParams<"alarms">;
  readonly #sink: LiveSink<"alarms">;
  readonly #stop: () => void;
  /** Numbers of alarms that changed since they were last looked at, and ids of those that were deleted. */
  readonly #pending = new Set<number>();
  readonly #deleted = new Set<string>();
  #rev = 0;
  #total = 0;
  #countDue = false;
  #countedAt = Number.NEGATIVE_INFINITY;
  #countTook = 0;
  #busy = false;
  #needsSnapshot = false;
  #closed = false;

  constructor(parts: Parts, params: LiveParams<"alarms">, sink: LiveSink<"alarms">) {
    this.#parts = parts;
    this.#params = params;
    this.#sink = sink;
    this.#stop = parts.store.onChange(({ rev, ns, deleted, unknown = false }) => {
      this.#rev = rev;
      this.#countDue = true;
      for (const n of ns) this.#pending.add(n);
      for (const id of deleted) this.#deleted.add(id);
      if (unknown || this.#pending.size + this.#deleted.size > MAX_PENDING) this.#snapshotDue();
    });
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  resnapshot(): void {
    this.#snapshotDue();
    this.flush();
  }

  flush(): void {
    // A database that died is started again: what this is worked out from waits so long.
    if (this.#busy || this.#parts.store.trouble !== undefined) return;
    if (this.#needsSnapshot) this.#work(() => this.snapshot());
    else if (this.#pending.size + this.#deleted.size > 0) this.#work(() => this.#changes());
    else if (this.#isCountDue()) this.#work(() => this.#recount());
  }

  async snapshot(): Promise<void> {
    this.#snapshotDue();
    this.#needsSnapshot = false;
    const { limit = DEFAULT_LIMIT, sort = DEFAULT_ALARM_SORT } = this.#params;
    const query = this.#query();
    const page = await this.#parts.store.read("page", { ...query, sort, limit: Math.min(limit, MAX_ALARM_PAGE) });
    await this.#count(query);
    if (!this.#closed) this.#sink.snapshot({ ...page, total: this.#total });
  }

  async #changes(): Promise<void> {
    const rev = this.#rev;
    const ns = [...this.#pending].slice(0, MAX_CHANGES);
    for (const n of ns) this.#pending.delete(n);
    const gone = [...this.#deleted];
    this.#deleted.clear();
    const query = this.#query();
    const found = await this.#parts.store.read("among", { ns, query });
    const kept = new Set(found.map(({ n }) => n));
    const lost = ns.filter((n) => !kept.has(n));
    if (lost.length > 0) gone.push(...(await this.#parts.store.read("ids", lost)));
    if (this.#isCountDue()) await this.#count(query);
    if (this.#closed) return;
    this.#sink.delta({ rows: found.map(({ n: _, ...row }) => row), gone, total: this.#total, rev });
  }

  async #recount(): Promise<void> {
    const before = this.#total;
    await this.#count(this.#query());
    if (this.#total === before || this.#closed) return;
    this.#sink.delta({ rows: [], gone: [], total: this.#total, rev: this.#rev });
  }

  async #count(query: AlarmQuery): Promise<void> {
    const { clock, store } = this.#parts;
    const begin = clock.monotonic();
    this.#countDue = false;
    this.#total = await store.read("total", query);
    this.#countedAt = clock.monotonic();
    this.#countTook = this.#countedAt - begin;
  }

  #isCountDue(): boolean {
    const age = this.#parts.clock.monotonic() - this.#countedAt;
    if (this.#params.lastSeconds !== undefined && age >= COUNT_SLIDING_MS) return true;
    return this.#countDue && age >= Math.max(COUNT_EVERY_MS, this.#countTook * COUNT_SHARE);
  }

  #query(): AlarmQuery {
    const { q, from, to, lastSeconds } = this.#params;
    const nowMs = this.#parts.clock.now();
    return lastSeconds === undefined ? { q, from, to, nowMs } : { q, from: nowMs - lastSeconds * 1000, nowMs };
  }

  #snapshotDue(): void {
    this.#needsSnapshot = true;
    this.#pending.clear();
    this.#deleted.clear();
  }

  #work(work: () => Promise<void>): void {
    this.#busy = true;
    work()
      .catch((error: unknown) => {
        if (this.#closed) return;
        if (this.#parts.store.trouble !== undefined) {
          this.#snapshotDue();
          return;
        }
        this.#parts.log.error(`alarms can't be followed: ${errorText(error)}`);
        this.#sink.fail({ error: "The alarms can't be followed live; the frontend's log says why." });
      })
      .finally(() => {
        this.#busy = false;
      });
  }
}
