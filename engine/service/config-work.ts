import { parentPort, type Transferable, type Worker } from "node:worker_threads";
import type { ConfigFile } from "../base/config-file.ts";
import { DsiemError, errorText } from "../base/errors.ts";
import { startWorkerRole, workerRole } from "../base/worker-role.ts";
import { checkConfigFile } from "../directive/config-check.ts";
import {
  type CheckedFile,
  type ConfigWork,
  checkedFile,
  type PrintedFile,
  printConfigFile,
} from "../ingest/config-work.ts";

/**
 * Files up to this size are printed and checked at once, in the event loop: a few milliseconds. Larger ones, up to
 * seconds of work for 50 MB, go to a thread of their own, so that ingest doesn't wait for them.
 */
const INLINE_BYTES = 256 * 1024;
/** The thread, with what it holds of the last file, is given up after this time without work, in milliseconds. */
const IDLE_MS = 30_000;
const ROLE = "config-work";

interface Job {
  id: number;
  kind: "print" | "check";
  file: ConfigFile;
}

/** Prints and checks configuration files, in a thread where they are large. One job after the other. */
export class ThreadedConfigWork implements ConfigWork {
  #worker: Worker | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #lastId = 0;
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();

  async print(file: ConfigFile): Promise<PrintedFile> {
    if (file.bytes.length <= INLINE_BYTES) return printConfigFile(file);
    return (await this.#inThread("print", file)) as PrintedFile;
  }

  async check(file: ConfigFile): Promise<CheckedFile> {
    if (file.bytes.length <= INLINE_BYTES) return checkedFile(file, checkConfigFile(file));
    return (await this.#inThread("check", file)) as CheckedFile;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#ended(new DsiemError("STOPPING", "this frontend is stopping"));
    await worker?.terminate();
  }

  #inThread(kind: Job["kind"], file: ConfigFile): Promise<unknown> {
    clearTimeout(this.#idleTimer);
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = ++this.#lastId;
    this.#waiting.set(id, { resolve, reject });
    const bytes = ownBytes(file.bytes);
    worker.postMessage({ id, kind, file: { name: file.name, bytes } } satisfies Job, [bytes.buffer]);
    return promise;
  }

  #start(): Worker {
    const worker = startWorkerRole(import.meta.url, ROLE, undefined);
    worker.on("message", (answer: { id: number; result?: unknown; error?: string }) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) this.#idle();
      if (answer.error === undefined) waiting?.resolve(answer.result);
      else waiting?.reject(new DsiemError("CONFIG_WORK_FAILED", answer.error));
    });
    worker.on("error", (error) => {
      if (this.#worker === worker) this.#ended(error instanceof Error ? error : new Error(errorText(error)));
    });
    worker.on("exit", (code) => {
      if (this.#worker !== worker) return;
      this.#ended(new DsiemError("CONFIG_WORK_FAILED", `the thread for configuration files ended with code ${code}`));
    });
    worker.unref();
    return worker;
  }

  #idle(): void {
    this.#idleTimer = setTimeout(() => void this.close(), IDLE_MS);
    this.#idleTimer.unref();
  }

  /** The next job starts a new thread. */
  #ended(error: Error): void {
    clearTimeout(this.#idleTimer);
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** The bytes in a buffer of their own, which can be handed to another thread without copying. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  const whole = byteOffset === 0 && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
  return whole ? new Uint8Array(buffer) : new Uint8Array(bytes);
}

function serveJobs(): void {
  const port = parentPort;
  if (port === null) return;
  port.on("message", ({ id, kind, file }: Job) => {
    try {
      const result = kind === "print" ? printConfigFile(file) : checkedFile(file, checkConfigFile(file));
      const bytes = "bytes" in result ? result.bytes : "printed" in result ? result.printed : undefined;
      const transfer: Transferable[] = [];
      if (bytes?.buffer instanceof ArrayBuffer) transfer.push(bytes.buffer);
      port.postMessage({ id, result }, transfer);
    } catch (error) {
      port.postMessage({ id, error: errorText(error) });
    }
  });
}

if (workerRole(ROLE) !== undefined) serveJobs();
