import { parentPort, type Transferable, type Worker } from "node:worker_threads";
import { DsiemError, errorText } from "../base/errors.ts";
import { startWorkerRole, workerRole } from "../base/worker-role.ts";

/** The thread, with what it holds of the last job, is given up after this time without work, in milliseconds. */
const IDLE_MS = 30_000;

interface Job {
  id: number;
  kind: string;
  input: unknown;
}
type JobAnswer = { id: number; result: unknown } | { id: number; error: string };

/** A thread for work that would keep the event loop busy: started when it is needed, one job after the other. */
export class JobThread {
  readonly #moduleUrl: string;
  readonly #role: string;
  #worker: Worker | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #lastId = 0;
  readonly #waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();

  /** `moduleUrl`: of the module that calls `serveJobs` for this role. */
  constructor(moduleUrl: string, role: string) {
    this.#moduleUrl = moduleUrl;
    this.#role = role;
  }

  /** What the job of this kind makes of the input; what is transferred is taken away from here. */
  run(kind: string, input: unknown, transfer: readonly Transferable[] = []): Promise<unknown> {
    clearTimeout(this.#idleTimer);
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = ++this.#lastId;
    this.#waiting.set(id, { resolve, reject });
    worker.postMessage({ id, kind, input } satisfies Job, transfer);
    return promise;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#ended(new DsiemError("STOPPING", "this frontend is stopping"));
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = startWorkerRole(this.#moduleUrl, this.#role, undefined);
    worker.on("message", (answer: JobAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) this.#idle();
      if ("error" in answer) waiting?.reject(new DsiemError("CONFIG_WORK_FAILED", answer.error));
      else waiting?.resolve(answer.result);
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

/** What a job came to, and the memory that is handed over with it rather than copied. */
export interface JobResult {
  result: unknown;
  transfer?: readonly Transferable[];
}

/** In the thread of this role: does the jobs by their kinds. Elsewhere it does nothing. */
export function serveJobs(role: string, jobs: Readonly<Record<string, (input: never) => JobResult>>): void {
  const port = parentPort;
  if (port === null || workerRole(role) === undefined) return;
  port.on("message", ({ id, kind, input }: Job) => {
    try {
      const job = jobs[kind];
      if (job === undefined) throw new Error(`broken invariant: there is no job ${kind}`);
      // Whoever posted it made the input for this kind.
      const { result, transfer = [] } = job(input as never);
      port.postMessage({ id, result } satisfies JobAnswer, transfer);
    } catch (error) {
      port.postMessage({ id, error: errorText(error) } satisfies JobAnswer);
    }
  });
}

/** The bytes in a buffer of their own, which can be handed to another thread without copying. */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  const whole = byteOffset === 0 && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer;
  return whole ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
