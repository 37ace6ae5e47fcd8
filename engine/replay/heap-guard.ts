import { getHeapStatistics } from "node:v8";
import { releaseMemory } from "../base/release-memory.ts";

/** The heap is looked at once in so many events. */
const EVENTS_PER_LOOK = 1_024;
/** With this share of the thread's heap in use garbage is collected, and with that share after it a replay stops. */
const LOOK_CLOSER = 0.85;
const TOO_MUCH = 0.7;

interface Heap {
  /** Bytes, garbage included. */
  used(): number;
  /** Bytes; beyond them the thread dies. */
  readonly limit: number;
  collect(): void;
}

const THREAD_HEAP: Heap = {
  used: () => getHeapStatistics().used_heap_size,
  limit: getHeapStatistics().heap_size_limit,
  collect: releaseMemory,
};

/** Says when a replay is about to need more memory than its thread has, whatever holds it. */
export class HeapGuard {
  readonly #heap: Heap;
  #events = 0;

  constructor(heap: Heap = THREAD_HEAP) {
    this.#heap = heap;
  }

  /** To be asked for every event: the limit in megabytes when there isn't enough left to go on. */
  exceeded(): number | undefined {
    this.#events += 1;
    if (this.#events % EVENTS_PER_LOOK !== 0) return undefined;
    const { limit } = this.#heap;
    if (this.#heap.used() < LOOK_CLOSER * limit) return undefined;
    this.#heap.collect();
    return this.#heap.used() < TOO_MUCH * limit ? undefined : Math.floor(limit / 1024 / 1024);
  }
}
