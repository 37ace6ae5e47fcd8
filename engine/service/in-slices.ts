/** Longest stretch of a background work before the event loop gets its turn, in milliseconds. */
const SLICE_MS = 2;

/**
 * Does work that is made of small steps without keeping the events waiting: for a short while, and on in the next turn.
 * What it came to is returned in the turn of its last step.
 */
export async function inSlices<T>(steps: Iterator<undefined, T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    const until = performance.now() + SLICE_MS;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < until);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
