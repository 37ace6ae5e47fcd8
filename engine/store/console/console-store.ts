import { startWorkerRole } from "../../base/worker-role.ts";
import { CONSOLE_STORE_MODULE, CONSOLE_STORE_ROLE, type ConsoleWorkerData } from "./console-worker.ts";
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
  /** A worker died of a defect: nothing of the console's can be read or written any more. */
  onDefect: (error: Error) => void;
}

/**
 * The console's database (console.md §6) in two threads: one writes, the other reads what was committed, so that a page
 * never waits behind a bulk change or a journal being taken in.
 */
export class ConsoleStore {
  readonly #writer: CallingWorker<WriterCalls, Changed>;
  readonly #reader: CallingWorker<ReaderCalls>;
  readonly #options: ConsoleStoreOptions;
  readonly #listeners = new Set<(changed: Changed) => void>();

  /** @throws DsiemError when the database can't be used; the message says why and what to do. */
  static async open(options: ConsoleStoreOptions): Promise<ConsoleStore> {
    const { path, closed } = options;
    const start = (does: ConsoleWorkerData["does"]) =>
      startWorkerRole(CONSOLE_STORE_MODULE, CONSOLE_STORE_ROLE, { does, path, closed } satisfies ConsoleWorkerData);
    const writer = new CallingWorker<WriterCalls, Changed>(start("write"));
    let reader: CallingWorker<ReaderCalls> | undefined;
    try {
      await writer.ready();
      reader = new CallingWorker<ReaderCalls>(start("read"));
      await reader.ready();
      return new ConsoleStore(writer, reader, options);
    } catch (error) {
      await Promise.all([writer.terminate(), reader?.terminate()]);
      throw error;
    }
  }

  private constructor(
    writer: CallingWorker<WriterCalls, Changed>,
    reader: CallingWorker<ReaderCalls>,
    options: ConsoleStoreOptions,
  ) {
    this.#writer = writer;
    this.#reader = reader;
    this.#options = options;
    writer.onDefect = options.onDefect;
    reader.onDefect = options.onDefect;
    writer.onNews = (changed) => {
      for (const listener of this.#listeners) listener(changed);
    };
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
    const data: ConsoleWorkerData = { does: "read", path, closed };
    const worker = new CallingWorker<ReaderCalls>(startWorkerRole(CONSOLE_STORE_MODULE, CONSOLE_STORE_ROLE, data));
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
