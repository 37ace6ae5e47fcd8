import type { Worker } from "node:worker_threads";
import type { Clock } from "../../base/clock.ts";
import type { ReplayThreadData } from "../../contract/replay-thread.ts";
import { ApiFault } from "../api-fault.ts";
import { ReplaySession } from "./replay-session.ts";
import { ReplayThread } from "./replay-thread.ts";

/** Replays that are open at once; each has a thread and up to 256 MiB of events. */
export const MAX_REPLAYS = 4;
/** A replay that nobody asked anything is ended after so long, in milliseconds. */
export const IDLE_MS = 15 * 60_000;
/** When the last page that looked at it is gone it may come back within so many milliseconds: a reload, a lost connection. */
export const UNWATCHED_MS = 60_000;
/** How often ends are looked for, while there is a replay. */
const SWEEP_MS = 15_000;

export interface ReplaySessionsParts {
  clock: Clock;
  newId: () => string;
  /** Starts the thread of a replay whose heap may take so many megabytes. */
  startWorker: (data: ReplayThreadData, heapMegabytes: number) => Worker;
  /** Heap that a replay's thread may take, in megabytes; its events aren't in it. */
  heapMegabytes: number;
  pause: (milliseconds: number) => Promise<void>;
}

interface Kept {
  session: ReplaySession;
  lastUsedMs: number;
  watchers: number;
  /** When the last watcher left; missing while there is one, or never was. */
  unwatchedSinceMs: number | undefined;
}

/** The replays that are open: so many and no more, and none that nobody needs any longer. */
export class ReplaySessions {
  readonly #parts: ReplaySessionsParts;
  readonly #kept = new Map<string, Kept>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: ReplaySessionsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** @throws ApiFault when as many are open as may be, and all of them are looked at */
  async open(name: string, data: ReplayThreadData): Promise<ReplaySession> {
    // The place is taken before anything is waited for: another one that is opened meanwhile finds it taken.
    const left = this.#makeRoom();
    const { clock, newId, startWorker, heapMegabytes, pause } = this.#parts;
    const id = newId();
    const thread = new ReplayThread(startWorker(data, heapMegabytes), heapMegabytes, (why) => session.fail(why));
    const session: ReplaySession = new ReplaySession({ id, name, thread, clock, pause });
    this.#kept.set(id, { session, lastUsedMs: clock.monotonic(), watchers: 0, unwatchedSinceMs: undefined });
    this.#timer ??= setInterval(() => void this.sweep(), SWEEP_MS).unref();
    await left;
    return session;
  }

  /** @throws ApiFault when there is no such replay (any more) */
  get(id: string): ReplaySession {
    const kept = this.#of(id);
    kept.lastUsedMs = this.#parts.clock.monotonic();
    return kept.session;
  }

  /** Somebody looks at it, until what is returned is called. */
  watch(id: string): () => void {
    const kept = this.#of(id);
    kept.watchers += 1;
    kept.unwatchedSinceMs = undefined;
    return () => {
      kept.watchers -= 1;
      if (kept.watchers === 0) kept.unwatchedSinceMs = this.#parts.clock.monotonic();
    };
  }

  async end(id: string): Promise<void> {
    const kept = this.#of(id);
    this.#kept.delete(id);
    if (this.#kept.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    await kept.session.close();
  }

  /** Ends what nobody needs any longer. */
  async sweep(): Promise<void> {
    const now = this.#parts.clock.monotonic();
    const over = [...this.#kept].filter(([, { session, lastUsedMs, watchers, unwatchedSinceMs }]) => {
      if (unwatchedSinceMs !== undefined && now - unwatchedSinceMs > UNWATCHED_MS) return true;
      const isBusy = session.isPlaying || session.state.capturing;
      // What goes on by itself goes on for those who look at it.
      return now - lastUsedMs > IDLE_MS && !(isBusy && watchers > 0);
    });
    await Promise.all(over.map(([id]) => this.end(id)));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#kept.keys()].map((id) => this.end(id)));
  }

  /** Takes the place of the one that nobody has looked at for longest; resolves when it is ended. */
  #makeRoom(): Promise<void> | undefined {
    if (this.#kept.size < MAX_REPLAYS) return undefined;
    const idle = [...this.#kept].filter(([, { watchers }]) => watchers === 0);
    const oldest = idle.sort(([, a], [, b]) => a.lastUsedMs - b.lastUsedMs)[0];
    if (oldest === undefined) {
      throw new ApiFault(429, `${MAX_REPLAYS} replays are open already, each in a page of its own; close one of them.`);
    }
    return this.end(oldest[0]);
  }

  #of(id: string): Kept {
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    const why = `it ends ${IDLE_MS / 60_000} minutes after it was last used, and when its page is closed`;
    throw new ApiFault(404, `This replay is over: ${why}. Open it again.`);
  }
}
