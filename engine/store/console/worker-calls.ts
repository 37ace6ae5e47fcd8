import type { MessagePort, Worker } from "node:worker_threads";
import { DsiemError, errorText } from "../../base/errors.ts";

/** What a worker can be asked: each takes one thing. */
export type Calls = { readonly [name: string]: (argument: never, gone: () => boolean) => unknown };

type ToWorker = { kind: "call"; id: number; name: string; argument: unknown } | { kind: "cancel"; id: number };
type FromWorker<News> =
  | { kind: "ready" }
  | { kind: "unusable"; message: string }
  | { kind: "answer"; id: number; value: unknown }
  | { kind: "failed"; id: number; message: string }
  | { kind: "news"; news: News };

/** Something failed in a worker; its message has the reason, and what to do where somebody can do something. */
class WorkerCallError extends DsiemError {
  constructor(name: string, reason: string) {
    const remedy = DISK_FAILED.test(reason) ? "; make room on its disk and try again" : "";
    super("WORKER_CALL", `the console's database failed (${name}): ${reason}${remedy}`);
  }
}

/** What SQLite says of a disk that takes no more. */
const DISK_FAILED = /disk is full|disk I\/O error/i;
const CLOSED = "it was closed";

/** The side in the worker: answers calls in the order in which they come, but for those that take a break. */
export function serveCalls(port: MessagePort, calls: Calls): void {
  const gone = new Set<number>();
  port.on("message", async (message: ToWorker) => {
    if (message.kind === "cancel") {
      gone.add(message.id);
      return;
    }
    const { id, name, argument } = message;
    try {
      const call = calls[name];
      if (call === undefined) throw new Error(`broken invariant: there is no call ${name}`);
      const value = await call(argument as never, () => gone.has(id));
      port.postMessage({ kind: "answer", id, value } satisfies FromWorker<never>);
    } catch (error) {
      port.postMessage({ kind: "failed", id, message: errorText(error) } satisfies FromWorker<never>);
    } finally {
      gone.delete(id);
    }
  });
  port.postMessage({ kind: "ready" } satisfies FromWorker<never>);
}

export function sayUnusable(port: MessagePort, error: unknown): void {
  port.postMessage({ kind: "unusable", message: errorText(error) } satisfies FromWorker<never>);
}

export function sendNews<News>(port: MessagePort, news: News): void {
  port.postMessage({ kind: "news", news } satisfies FromWorker<News>);
}

/** The other side. `C` are the calls that the worker serves, `News` what it tells unasked. */
export class CallingWorker<C extends Calls, News = never> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #names = new Map<number, string>();
  readonly #ready = Promise.withResolvers<void>();
  #lastId = 0;
  #ended: Error | undefined;
  #terminated = false;
  onNews: (news: News) => void = () => {};
  /** The worker died of a defect: no call is answered any more. */
  onDefect: (error: Error) => void = () => {};

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (message: FromWorker<News>) => this.#hear(message));
    // What was confirmed is on the disk, and what the engine tells can be asked for again.
    worker.once("error", (error) =>
      this.#end(new Error(`its thread ended, ${errorText(error)}; try again in a moment`)),
    );
    worker.once("exit", () => {
      this.#end(new Error(this.#terminated ? CLOSED : "its thread ended by itself; try again in a moment"));
    });
    this.#ready.promise.catch(() => {});
  }

  /** @throws DsiemError when the worker can't do its work; the message says why. */
  ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** With a signal that is aborted the call is given up: rejects with the signal's reason. */
  async call<K extends keyof C & string>(
    name: K,
    argument: Parameters<C[K]>[0],
    signal?: AbortSignal,
  ): Promise<Awaited<ReturnType<C[K]>>> {
    signal?.throwIfAborted();
    if (this.#ended !== undefined) throw new WorkerCallError(name, this.#ended.message);
    this.#lastId += 1;
    const id = this.#lastId;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#names.set(id, name);
    const cancel = (): void => {
      this.#worker.postMessage({ kind: "cancel", id } satisfies ToWorker);
      waiting.reject(signal?.reason);
    };
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      this.#worker.postMessage({ kind: "call", id, name, argument } satisfies ToWorker);
      // The worker's own table of calls is what gave C its types.
      return (await waiting.promise) as Awaited<ReturnType<C[K]>>;
    } finally {
      signal?.removeEventListener("abort", cancel);
      this.#waiting.delete(id);
      this.#names.delete(id);
    }
  }

  async terminate(): Promise<void> {
    this.#terminated = true;
    await this.#worker.terminate();
  }

  #hear(message: FromWorker<News>): void {
    switch (message.kind) {
      case "ready":
        this.#ready.resolve();
        return;
      case "unusable":
        // Its thread ends now, since it has nothing to do.
        this.#terminated = true;
        this.#ready.reject(new DsiemError("CONSOLE_STORE", message.message));
        return;
      case "answer":
        this.#waiting.get(message.id)?.resolve(message.value);
        return;
      case "failed":
        this.#waiting.get(message.id)?.reject(new WorkerCallError(this.#names.get(message.id) ?? "", message.message));
        return;
      case "news":
        this.onNews(message.news);
    }
  }

  #end(error: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    this.#ready.reject(error);
    // First, so that whoever waits finds it said already why nothing is answered.
    if (!this.#terminated) this.onDefect(error);
    for (const [id, { reject }] of this.#waiting) reject(new WorkerCallError(this.#names.get(id) ?? "", error.message));
  }
}
