import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Child, startChild, stopChild } from "./children.ts";
import { BenchError } from "./failure.ts";
import { within } from "./waiting.ts";

const PROCESSES = join(dirname(fileURLToPath(import.meta.url)), "..", "processes");

/** What a helper process offers: for each method what it takes and what it answers, both as JSON can carry them. */
export type Methods = Record<string, (params: never) => unknown>;

interface Answer {
  result?: unknown;
  error?: string;
}

/**
 * A process of the bench itself: load generators, counters and baselines, so that they share no event loop with what
 * is measured. It answers one call at a time.
 */
export class Helper<M extends Methods> {
  readonly #name: string;
  readonly #child: Child;
  #answered: ((answer: Answer) => void) | undefined;

  /** `file` is one of bench/processes; `flags` are Node's own. */
  constructor(file: string, flags: readonly string[] = []) {
    this.#name = file.replace(/\.ts$/, "");
    this.#child = startChild(this.#name, process.execPath, [...flags, join(PROCESSES, file)], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child.process.on("message", (message) => this.#answered?.(message as Answer));
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** @throws BenchError when it fails, ends or doesn't answer in time. */
  async call<K extends keyof M & string>(
    method: K,
    params: Parameters<M[K]>[0],
    timeoutMs: number,
  ): Promise<Awaited<ReturnType<M[K]>>> {
    const answer = Promise.withResolvers<Answer>();
    this.#answered = answer.resolve;
    this.#child.process.send({ method, params });
    const ended = this.#child.ended.then((outcome): Answer => ({ error: outcome }));
    const { result, error } = await within(
      `${this.#name} to ${method}`,
      timeoutMs,
      Promise.race([answer.promise, ended]),
    );
    if (error !== undefined) throw new BenchError(`${this.#name}: ${error}`);
    return result as Awaited<ReturnType<M[K]>>;
  }

  async stop(): Promise<void> {
    await stopChild(this.#name, this.#child);
  }
}
