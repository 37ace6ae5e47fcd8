import type { Worker } from "node:worker_threads";
import { DsiemError, errorText } from "../base/errors.ts";
import type { DryRunAnswer } from "../contract/console/directives.ts";
import type { ThenAnswer } from "./explain-then.ts";
import type { DryRunInput, ExplainThenInput, RetainedNews, RetainedWork } from "./retained-worker.ts";

/** Replays that are under way at once; each takes a thread, and up to a gigabyte. */
const MAX_UNDER_WAY = 2;

/** A replay of retained events that couldn't be done; the message is a sentence for people. */
class RetainedReplayError extends DsiemError {
  constructor(message: string) {
    super("RETAINED_REPLAY", message);
  }
}

/** Replays retained events, each time in a thread of its own that ends with it. */
export class RetainedReplay {
  readonly #start: (work: RetainedWork) => Worker;
  readonly #workers = new Set<Worker>();
  readonly #waiting = new Set<() => void>();
  #underWay = 0;
  #closed = false;

  constructor(start: (work: RetainedWork) => Worker) {
    this.#start = start;
  }

  /** Rejects with the signal's reason when that is aborted: then the thread is ended at once. */
  async dryRun(
    input: Omit<DryRunInput, "does">,
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<DryRunAnswer> {
    const news = await this.#run({ does: "dry run", ...input }, onProgress, signal);
    if (news.kind !== "dry run") throw new Error("broken invariant: a dry run ends in another way");
    return news.answer;
  }

  /** `undefined` when the event isn't retained any more. */
  async explainThen(input: Omit<ExplainThenInput, "does">, signal: AbortSignal): Promise<ThenAnswer | undefined> {
    const news = await this.#run({ does: "explain", ...input }, () => undefined, signal);
    if (news.kind !== "explained") throw new Error("broken invariant: an explanation ends in another way");
    return news.answer;
  }

  /** Ends what is under way; what waits for its turn doesn't get one. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }

  async #run(
    work: RetainedWork,
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<RetainedNews> {
    await this.#turn(signal);
    try {
      signal.throwIfAborted();
      if (this.#closed) throw new RetainedReplayError("The console is stopping.");
      return await this.#inThread(work, onProgress, signal);
    } finally {
      this.#handOn();
    }
  }

  /** Resolves when a place is free and taken; what is given up while it waits doesn't wait any longer. */
  #turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (this.#underWay < MAX_UNDER_WAY) {
      this.#underWay += 1;
      resolve();
      return promise;
    }
    this.#waiting.add(resolve);
    const giveUp = (): void => {
      if (this.#waiting.delete(resolve)) reject(signal.reason);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    return promise;
  }

  /** Gives the place to the one that waits for longest. */
  #handOn(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#underWay -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }

  async #inThread(
    work: RetainedWork,
    onProgress: (done: number, total: number) => void,
    signal: AbortSignal,
  ): Promise<RetainedNews> {
    const worker = this.#start(work);
    this.#workers.add(worker);
    const { promise, resolve, reject } = Promise.withResolvers<RetainedNews>();
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    worker.on("message", (news: RetainedNews) => {
      if (news.kind === "progress") onProgress(news.done, news.total);
      else if (news.kind === "failed") reject(new RetainedReplayError(news.message));
      else resolve(news);
    });
    worker.on("error", (error) => reject(new RetainedReplayError(deathSentence(error))));
    worker.on("exit", () => reject(new RetainedReplayError("The replay was ended.")));
    worker.unref();
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#workers.delete(worker);
      await worker.terminate();
    }
  }
}

function deathSentence(error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY") {
    return "The replay needed more memory than it may take and was ended; try it with fewer events.";
  }
  return `The replay failed and was ended: ${errorText(error)}.`;
}
