import { setTimeout as sleep } from "node:timers/promises";
import { BenchError } from "./failure.ts";

export { sleep };

const POLL_MS = 2;

/** Polls until `check` gives something; a `BenchError` says what was waited for in vain. */
export async function until<T>(what: string, timeoutMs: number, check: () => T | undefined): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = check();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new BenchError(`waited ${timeoutMs / 1000} s for ${what}`);
    await sleep(POLL_MS);
  }
}

/** The promise's value, or a `BenchError` that says what was waited for in vain. */
export async function within<T>(what: string, timeoutMs: number, promise: Promise<T>): Promise<T> {
  const timeUp = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeUp.reject(new BenchError(`waited ${timeoutMs / 1000} s for ${what}`)), timeoutMs);
  try {
    return await Promise.race([promise, timeUp.promise]);
  } finally {
    clearTimeout(timer);
  }
}
