import { type AlarmNews, AlarmWatch } from "./alarm-watch.ts";
import type { LiveClient } from "./live-client.ts";

/** How far back alarms are known from the beginning, in seconds, and how many of them. */
const KNOWN_SECONDS = 24 * 60 * 60;
const KNOWN_ALARMS = 500;

export interface AlarmFeedListener {
  openAlarms(count: number): void;
  news(news: readonly AlarmNews[]): void;
}

/** What the tray and the notifications live on: how many alarms are open, and which are new or rose above a threshold. */
export class AlarmFeed {
  readonly #live: LiveClient;
  readonly #listener: AlarmFeedListener;
  readonly #now: () => number;
  #minRisk: number | undefined;
  #end: (() => void) | undefined;

  constructor(live: LiveClient, listener: AlarmFeedListener, now: () => number) {
    this.#live = live;
    this.#listener = listener;
    this.#now = now;
    // Without a query: everything that isn't in the last configured status. Only the total is of interest.
    live.alarms(
      { limit: 1 },
      {
        snapshot: ({ total }) => listener.openAlarms(total),
        delta: ({ total }) => listener.openAlarms(total),
      },
    );
  }

  /** From now on alarms of at least this risk are told; those that are there already are no news. */
  watch(minRisk: number): void {
    if (minRisk === this.#minRisk) return;
    this.#minRisk = minRisk;
    this.#end?.();
    const watch = new AlarmWatch(this.#now);
    const params = { q: `risk>=${minRisk}`, lastSeconds: KNOWN_SECONDS, limit: KNOWN_ALARMS };
    this.#end = this.#live.alarms(params, {
      snapshot: ({ rows }) => this.#tell(watch.snapshot(rows)),
      delta: ({ rows }) => this.#tell(watch.changed(rows)),
    });
  }

  #tell(news: readonly AlarmNews[]): void {
    if (news.length > 0) this.#listener.news(news);
  }
}
