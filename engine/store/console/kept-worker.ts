import type { Worker } from "node:worker_threads";
import { errorText } from "../../base/errors.ts";
import { CallingWorker, type Calls } from "./worker-calls.ts";

/** A thread that died is started again after this long, and then after twice as long each time, in milliseconds. */
const FIRST_AGAIN_MS = 1000;
const MOST_AGAIN_MS = 60_000;
/** One that lived so long died of something new. */
const STEADY_MS = 60_000;

export interface KeptWorkerParts<News> {
  start: () => Worker;
  /** In milliseconds; the time of day doesn't matter. */
  monotonic: () => number;
  onNews?: (news: News) => void;
  /** It died, or couldn't be started again: why. */
  onDefect: (error: Error) => void;
  /** It answers again after it had died. */
  onMended: () => void;
}

/**
 * A worker that is started again when it dies: its calls fail until it answers again. What it had confirmed is on the disk.
 */
export class KeptWorker<C extends Calls, News = never> {
  readonly #parts: KeptWorkerParts<News>;
  #worker: CallingWorker<C, News>;
  #timer: NodeJS.Timeout | undefined;
  #againMs = FIRST_AGAIN_MS;
  #readyAt = 0;
  #trouble: string | undefined;
  #closed = false;

  /** @throws DsiemError when the first one can't do its work; then nothing is tried again. */
  static async open<C extends Calls, News = never>(parts: KeptWorkerParts<News>): Promise<KeptWorker<C, News>> {
    return new KeptWorker<C, News>(parts, await readyWorker<C, News>(parts.start()));
  }

  private constructor(parts: KeptWorkerParts<News>, worker: CallingWorker<C, News>) {
    this.#parts = parts;
    this.#worker = worker;
    this.#keep(worker);
  }

  /** Why nothing is answered now, or undefined while all is well. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  call<K extends keyof C & string>(
    name: K,
    argument: Parameters<C[K]>[0],
    signal?: AbortSignal,
  ): Promise<Awaited<ReturnType<C[K]>>> {
    return this.#worker.call(name, argument, signal);
  }

  async terminate(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#worker.terminate();
  }

  #keep(worker: CallingWorker<C, News>): void {
    this.#worker = worker;
    this.#readyAt = this.#parts.monotonic();
    worker.onNews = (news) => this.#parts.onNews?.(news);
    worker.onDefect = (error) => {
      if (this.#parts.monotonic() - this.#readyAt >= STEADY_MS) this.#againMs = FIRST_AGAIN_MS;
      this.#failed(error);
    };
  }

  #failed(error: Error): void {
    if (this.#closed) return;
    this.#trouble = errorText(error);
    this.#parts.onDefect(error);
    this.#timer = setTimeout(() => void this.#again(), this.#againMs);
    this.#againMs = Math.min(2 * this.#againMs, MOST_AGAIN_MS);
  }

  async #again(): Promise<void> {
    let worker: CallingWorker<C, News>;
    try {
      worker = await readyWorker<C, News>(this.#parts.start());
    } catch (error) {
      this.#failed(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (this.#closed) {
      await worker.terminate();
      return;
    }
    this.#keep(worker);
    this.#trouble = undefined;
    this.#parts.onMended();
  }
}

async function readyWorker<C extends Calls, News>(thread: Worker): Promise<CallingWorker<C, News>> {
  const worker = new CallingWorker<C, News>(thread);
  try {
    await worker.ready();
    return worker;
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}
