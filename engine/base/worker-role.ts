import { isMainThread, type ResourceLimits, Worker, workerData } from "node:worker_threads";

/**
 * Starts a worker thread for one role of the module at `moduleUrl`. Each command is built into one file, so inside a
 * build every module has the same URL and the worker loads the whole file again; from sources it loads just that
 * module. Either way the module asks `workerRole()` which role it was started for. The entry files do nothing unless
 * they run on the main thread. A worker that would need more than its limits dies, and nothing else does.
 */
export function startWorkerRole(moduleUrl: string, role: string, data: unknown, limits?: ResourceLimits): Worker {
  const workerData = { dsiemRole: role, data };
  return new Worker(new URL(moduleUrl), { workerData, ...(limits !== undefined && { resourceLimits: limits }) });
}

/** The data that the worker of this role was started with, or `undefined` when this thread isn't such a worker. */
export function workerRole(role: string): { data: unknown } | undefined {
  if (isMainThread || typeof workerData !== "object" || workerData === null) return undefined;
  const started = workerData as { dsiemRole?: unknown; data?: unknown };
  return started.dsiemRole === role ? { data: started.data } : undefined;
}
