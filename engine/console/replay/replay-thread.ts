import type { Worker } from "node:worker_threads";
import { DsiemError, errorText } from "../../base/errors.ts";
import type {
  ReplayCallName,
  ReplayCalls,
  ReplayThreadAnswer,
  ReplayThreadCall,
} from "../../contract/replay-thread.ts";

/** A call that the thread of a replay couldn't do; the message is a sentence for people. */
export class ReplayError extends DsiemError {
  constructor(message: string) {
    super("REPLAY", message);
  }
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** The console's end of a replay's thread. Calls are answered in their order. */
export class ReplayThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  /** Why it answers no more. */
  #over: ReplayError | undefined;

  /** `onDeath`: the thread ended and nobody wanted that; the sentence says why. */
  constructor(worker: Worker, heapMegabytes: number, onDeath: (sentence: string) => void) {
    this.#worker = worker;
    const die = (sentence: string): void => {
      if (this.#over !== undefined) return;
      this.#end(new ReplayError(sentence));
      onDeath(sentence);
    };
    worker.on("message", (message: ReplayThreadAnswer) => this.#answered(message));
    worker.on("error", (error: unknown) => die(deathSentence(error, heapMegabytes)));
    worker.on("exit", (code) => die(`The replay's thread ended by itself with code ${code}; open the replay again.`));
    worker.unref();
  }

  /**
   * `transfer`: memory of the request that is handed over rather than copied, and is gone from here.
   * @throws ReplayError when it can't be done
   */
  call<N extends ReplayCallName>(
    name: N,
    request: ReplayCalls[N]["request"],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<ReplayCalls[N]["answer"]> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    this.#worker.postMessage({ id, name, request } as ReplayThreadCall, transfer);
    // The thread answers a call with what its name says.
    return promise as Promise<ReplayCalls[N]["answer"]>;
  }

  async close(): Promise<void> {
    this.#end(new ReplayError("This replay was ended."));
    await this.#worker.terminate();
  }

  #answered(message: ReplayThreadAnswer): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ("failed" in message) waiting?.reject(new ReplayError(message.failed));
    else waiting?.resolve(message.answer);
  }

  #end(error: ReplayError): void {
    this.#over ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#over);
    this.#waiting.clear();
  }
}

function deathSentence(error: unknown, heapMegabytes: number): string {
  if (error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY") {
    return (
      `This replay needed more than its ${heapMegabytes} MB of memory and was ended. ` +
      "Replay fewer events, or only the directive that is looked at."
    );
  }
  return `This replay failed and was ended: ${errorText(error)}.`;
}
