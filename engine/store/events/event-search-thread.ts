import { parentPort, type Worker } from "node:worker_threads";
import { BusyError, DsiemError, errorText } from "../../base/errors.ts";
import type { RawEvent } from "../../base/raw-event.ts";
import { startWorkerRole, workerRole } from "../../base/worker-role.ts";
import type { EventSearchRequest, FoundEvents } from "../../query/event-search.ts";
import { searchEvents } from "./event-search.ts";

const ROLE = "event-search";
/** The thread, with what it holds of the last segment, is given up after this time without work, in milliseconds. */
const IDLE_MS = 30_000;
/** Searches take turns, of so many milliseconds. */
const SLICE_MS = 10;
/** Searches that are under way; a console has a few. */
const MAX_UNDER_WAY = 16;
const RETRY_SECONDS = 1;

type ToThread = { id: number; request: EventSearchRequest } | { id: number; cancel: true };
type FromThread = { id: number; found: FoundEvents } | { id: number; failed: string };

interface Waiting {
  resolve(found: FoundEvents): void;
  reject(error: unknown): void;
}

/** A search that can't be done; the message says why. */
class EventSearchError extends DsiemError {
  constructor(message: string) {
    super("EVENT_SEARCH", message);
  }
}

/** Searches the retained events of a folder in a thread of its own, so that the door doesn't wait for it. */
export class EventSearchThread {
  readonly #folder: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #lastId = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Rejects with the signal's reason when that is aborted, with `EventSearchError` when the search fails, with
   * `BusyError` when there are too many.
   */
  async find(request: EventSearchRequest, signal: AbortSignal): Promise<FoundEvents> {
    signal.throwIfAborted();
    if (this.#waiting.size >= MAX_UNDER_WAY) {
      throw new BusyError(`${MAX_UNDER_WAY} searches are under way already; try again in a moment`, RETRY_SECONDS);
    }
    clearTimeout(this.#idleTimer);
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<FoundEvents>();
    const abort = (): void => {
      worker.postMessage({ id, cancel: true } satisfies ToThread);
      this.#settle(id)?.reject(signal.reason);
    };
    this.#waiting.set(id, { resolve, reject });
    signal.addEventListener("abort", abort, { once: true });
    worker.postMessage({ id, request } satisfies ToThread);
    return promise.finally(() => signal.removeEventListener("abort", abort));
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#ended(new EventSearchError("the console is closing"));
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = startWorkerRole(import.meta.url, ROLE, this.#folder);
    worker.on("message", (message: FromThread) => {
      const waiting = this.#settle(message.id);
      if ("found" in message) waiting?.resolve(message.found);
      else waiting?.reject(new EventSearchError(message.failed));
    });
    worker.on("error", (error) => {
      if (this.#worker === worker) this.#ended(new EventSearchError(`the search failed: ${errorText(error)}`));
    });
    worker.on("exit", (code) => {
      if (this.#worker === worker) this.#ended(new EventSearchError(`the thread for searches ended with code ${code}`));
    });
    worker.unref();
    return worker;
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) {
      clearTimeout(this.#idleTimer);
      this.#idleTimer = setTimeout(() => void this.close(), IDLE_MS).unref();
    }
    return waiting;
  }

  /** The next search starts a new thread. */
  #ended(error: Error): void {
    clearTimeout(this.#idleTimer);
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Searches in turns, so that none waits for another's end and each can be given up. */
function serveSearches(folder: string): void {
  const port = parentPort;
  if (port === null) return;
  const running = new Map<number, Generator<undefined, FoundEvents>>();
  const answer = (message: FromThread): void => port.postMessage(message);
  const takeTurns = (): void => {
    for (const [id, search] of running) {
      try {
        const step = search.next();
        if (step.done !== true) continue;
        running.delete(id);
        answer({ id, found: { ...step.value, events: step.value.events.map(ownBytes) } });
      } catch (error) {
        running.delete(id);
        answer({ id, failed: errorText(error) });
      }
    }
    if (running.size > 0) setImmediate(takeTurns);
  };
  port.on("message", (message: ToThread) => {
    if ("cancel" in message) {
      running.delete(message.id);
      return;
    }
    running.set(
      message.id,
      searchEvents(folder, message.request, SLICE_MS, () => performance.now()),
    );
    if (running.size === 1) setImmediate(takeTurns);
  });
}

/** The bytes alone: what is sent to another thread takes along the whole buffer that it is a part of. */
function ownBytes({ id, at, payload }: RawEvent): RawEvent {
  return { id, at, payload: Uint8Array.from(payload) };
}

const role = workerRole(ROLE);
if (typeof role?.data === "string") serveSearches(role.data);
