import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Gives back to the system what a large, one-time piece of work left in the heap. Reading 25 MB of directives makes
 * garbage that V8 would keep as room for more (40 MB, measured), although nothing as large ever comes again. Costs
 * tens of milliseconds and stops the thread meanwhile, so it is for the end of a start, not for a running service.
 */
export function releaseMemory(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  // "last-resort" also shrinks the young generation, which an ordinary full collection leaves as it is.
  if (typeof collect === "function") collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
