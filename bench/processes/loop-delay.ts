// Loaded into a service before its own code: notes how long its event loop was kept at most, and writes it into
// loop-delay.json of its data folder whenever it is asked by SIGUSR2, to begin anew.

import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

const folder = process.env.DSIEM_DATA_DIR;
if (isMainThread && folder !== undefined) {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  // By the clock it waits for other processes, too; what its own work kept it is its CPU time from one turn to the next.
  let cpuMs = threadCpuMs();
  let maxCpuMs = 0;
  setInterval(() => {
    const now = threadCpuMs();
    maxCpuMs = Math.max(maxCpuMs, now - cpuMs);
    cpuMs = now;
  }, 1).unref();
  process.on("SIGUSR2", () => {
    const path = join(folder, "loop-delay.json");
    writeFileSync(`${path}.tmp`, JSON.stringify({ maxMs: delays.max / 1e6, maxCpuMs }));
    renameSync(`${path}.tmp`, path);
    delays.reset();
    maxCpuMs = 0;
  });
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
