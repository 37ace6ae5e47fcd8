import { parentPort } from "node:worker_threads";
import { assertNever } from "../base/assert.ts";
import { errorText } from "../base/errors.ts";
import { workerRole } from "../base/worker-role.ts";
import { type OpenedState, openState } from "./open-state.ts";
import { StateCycle, type StateReport, type StateRequest } from "./state-cycle.ts";

export const STATE_ROLE = "state";
/** What `startWorkerRole` is given: this module, or the one file that it was built into. */
export const STATE_MODULE = import.meta.url;

export interface StateWorkerData {
  /** `logs/`. */
  folder: string;
  /** Absent where no state is kept. */
  databasePath: string | undefined;
  nowMs: number;
}

/** How often an idle worker looks whether its files are still there, so that a rotated one is soon there again, empty. */
const LOOK_EVERY_MS = 1000;

const started = workerRole(STATE_ROLE);
if (started !== undefined && parentPort !== null) await serve(started.data as StateWorkerData, parentPort);

async function serve(data: StateWorkerData, port: NonNullable<typeof parentPort>): Promise<void> {
  const report = (message: StateReport): void => port.postMessage(message);
  let opened: OpenedState;
  try {
    opened = await openState(data);
  } catch (error) {
    report({ kind: "failed", message: errorText(error) });
    return;
  }
  const cycle = new StateCycle(opened.files, opened.database, report);
  port.on("message", (request: StateRequest) => {
    switch (request.kind) {
      case "batch":
        cycle.take(request);
        return;
      case "since":
        cycle.since(request);
        return;
      case "close":
        cycle.close();
        return;
      default:
        assertNever(request, "request to the state worker");
    }
  });
  const { files: _files, database: _database, ...facts } = opened;
  report({ kind: "ready", ...facts });
  setInterval(() => cycle.look(), LOOK_EVERY_MS);
}
