import { parentPort } from "node:worker_threads";
import { workerRole } from "../../base/worker-role.ts";
import { openReader, openWriter } from "./open-database.ts";
import { readerCalls } from "./reader-calls.ts";
import type { Changed } from "./transactions.ts";
import { sayUnusable, sendNews, serveCalls } from "./worker-calls.ts";
import { writerCalls } from "./writer-calls.ts";

export const CONSOLE_STORE_ROLE = "console store";
/** What `startWorkerRole` is given: this module, or the one file that it was built into. */
export const CONSOLE_STORE_MODULE = import.meta.url;

export interface ConsoleWorkerData {
  /** Reads must not wait behind writes: each has a connection and a thread of its own. */
  does: "write" | "read";
  path: string;
  /** The configured status that an alarm is done with. */
  closed: string;
}

const started = workerRole(CONSOLE_STORE_ROLE);
if (started !== undefined && parentPort !== null) serve(started.data as ConsoleWorkerData, parentPort);

function serve({ does, path, closed }: ConsoleWorkerData, port: NonNullable<typeof parentPort>): void {
  try {
    const calls =
      does === "write"
        ? writerCalls(openWriter(path), (changed: Changed) => sendNews(port, changed))
        : readerCalls(openReader(path), closed);
    serveCalls(port, calls);
  } catch (error) {
    sayUnusable(port, error);
  }
}
