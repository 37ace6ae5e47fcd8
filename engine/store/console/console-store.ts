import type { Worker } from "node:worker_threads";
import { startWorkerRole } from "../../base/worker-role.ts";
import { CONSOLE_STORE_MODULE, CONSOLE_STORE_ROLE, type ConsoleWorkerData } from "./console-worker.ts";
import { KeptWorker, type KeptWorkerParts } from "./kept-worker.ts";
import type { ReaderCalls } from "./reader-calls.ts";
import type { Changed } from "./transactions.ts";
import { CallingWorker } from "./worker-calls.ts";
import type { WriterCalls } from "./writer-calls.ts";

/** Its name, in the data folder. */
export const CONSOLE_DATABASE = "console.db";

export interface ConsoleStoreOptions {
  /** console.db; created if need be. */
  path: string;
  /** The configured status that an alarm is done with. */
  closed: string;
  /** A thread died of a defect, or couldn't be started again: until `onMended` nothing can be read, or nothing written. */
  onDefect: (error: Error) => void;
  onMended?: () => void;
  monotonic?: () => number;
  /** Starts one of the threads; another than the usual in tests. */
  start?: (data: ConsoleWorkerData) => Worker;
}

/**
 * The console's database (console.md §6) in two threads: one writes, the other reads what was committed, so that a page
 * never waits behind a bulk change or a journal being taken in. A thread that dies is started again.
 */
export class ConsoleStore {
  readonly #writer: KeptWorker<WriterCalls, Changed>;
  readonly #reader: KeptWorker<ReaderCalls>;
  readonly #options: ConsoleStoreOptions;
  readonly #listeners: Set<(changed: Changed) => void>;

  /** @throws DsiemError when the database can't be used; the message says why and what to do. */
  static async open(options: ConsoleStoreOptions): Promise<ConsoleStore> {
    const { path, closed, onDefect, start = startStoreThread } = options;
    const { onMended = () => {}, monotonic = () => performance.now() } = options;
    const listeners = new Set<(changed: Changed) => void>();
    const tell = (changed: Changed): void => {
      for (const listener of listeners) listener(changed);
    };
    const parts = (does: ConsoleWorkerData["does"]) => ({
      ...{ monotonic, onDefect, onMended },
      start: () => start({ does, path, closed }),
    });
    const kept: KeptWorkerParts<Changed> = {
      ...parts("write"),
      onNews: tell,
      onMended: () => {
        onMended();
        // What it committed last may not have been told.
        writer.call("rev", undefined).then(
          (rev) => tell({ rev, ns: [], deleted: [], unknown: true }),
          () => {},
        );
      },
    };
    const writer = await KeptWorker.open<WriterCalls, Changed>(kept);
    try {
      return new ConsoleStore(writer, await KeptWorker.open<ReaderCalls>(parts("read")), options, listeners);
    } catch (error) {
      await writer.terminate();
      throw error;
    }
  }

  private constructor(
    writer: KeptWorker<WriterCalls, Changed>,
    reader: KeptWorker<ReaderCalls>,
    options: ConsoleStoreOptions,
    listeners: Set<(changed: Changed) => void>,
  ) {
    this.#writer = writer;
    this.#reader = reader;
    this.#options = options;
    this.#listeners = listeners;
  }

  /** Why nothing can be read, or nothing written, at the moment. */
  get trouble(): string | undefined {
    return this.#writer.trouble ?? this.#reader.trouble;
  }

  /** Asks the reading thread. */
  read<K extends keyof ReaderCalls>(name: K, argument: Parameters<ReaderCalls[K]>[0], signal?: AbortSignal) {
    return this.#reader.call(name, argument, signal);
  }

  /** Asks the writing thread. */
  write<K extends keyof WriterCalls>(name: K, argument: Parameters<WriterCalls[K]>[0]) {
    return this.#writer.call(name, argument);
  }

  /** Whether anybody is told of changes. */
  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  /** Tells of every committed change until it is stopped. */
  onChange(listener: (changed: Changed) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes a consistent copy, in a thread of its own: nobody waits for it. Returns its size in bytes. */
  async backUp(file: string): Promise<number> {
    const { path, closed } = this.#options;
    const worker = new CallingWorker<ReaderCalls>(startStoreThread({ does: "read", path, closed }));
    try {
      await worker.ready();
      return await worker.call("backUp", file);
    } finally {
      await worker.terminate();
    }
  }

  /** Ends both threads once what was asked of the writer before is done. */
  async close(): Promise<void> {
    await this.#reader.terminate();
    await this.#writer.call("close", undefined).catch(() => {});
    await this.#writer.terminate();
  }
}

function startStoreThread(data: ConsoleWorkerData): Worker {
  return startWorkerRole(CONSOLE_STORE_MODULE, CONSOLE_STORE_ROLE, data);
}
