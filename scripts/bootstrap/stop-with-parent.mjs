// Preloaded into the command that an npm script runs: when the bootstrap is killed and can't pass a signal on, its
// channel closes, and the command stops as if it had been told to. Forked children of the command inherit this
// preload but have another parent to listen to, so the channel must be the bootstrap's own.

import process from "node:process";
import { isMainThread } from "node:worker_threads";

const parent = process.env.DSIEM_BOOTSTRAP_PID;
if (isMainThread && process.channel && parent === String(process.ppid)) {
  process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel.unref();
}
