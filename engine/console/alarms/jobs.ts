import type { LiveDelta } from "../../contract/console/live.ts";
import { Listeners } from "../listeners.ts";
import type { LiveTopic } from "../live/topic.ts";

type Progress = LiveDelta<"job">;

/** What is long done is forgotten: only so many jobs are known. */
const MAX_JOBS = 200;
const NOT_BEGUN: Progress = { done: 0, total: 0, finished: false };

/** How far long requests are, by the id that the client gave them. */
export class Jobs {
  readonly #jobs = new Map<string, Progress>();
  readonly #changed = new Listeners<[id: string]>();

  /** Without an id nobody wants to know. */
  set(id: string | undefined, progress: Progress): void {
    if (id === undefined) return;
    this.#jobs.delete(id);
    const [oldest] = this.#jobs.keys();
    if (oldest !== undefined && this.#jobs.size >= MAX_JOBS) this.#jobs.delete(oldest);
    this.#jobs.set(id, progress);
    this.#changed.tell(id);
  }

  /** A client may subscribe before it sends the request: until then the job hasn't begun. */
  topic(): LiveTopic<"job"> {
    return {
      open: ({ id }, sink) => {
        const read = (): Progress => this.#jobs.get(id) ?? NOT_BEGUN;
        let changed = false;
        const stop = this.#changed.add((which) => {
          changed ||= which === id;
        });
        sink.snapshot(read());
        return {
          close: stop,
          resnapshot: () => sink.snapshot(read()),
          flush: () => {
            if (changed) sink.delta(read());
            changed = false;
          },
        };
      },
    };
  }
}
