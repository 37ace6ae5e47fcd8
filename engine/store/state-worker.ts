import { parentPort } from "node:worker_threads";
import { assertNever } from "../base/assert.ts";
import { errorText } from "../base/errors.ts";
import { workerRole } from "../base/worker-role.ts";
import { isDiskTrouble } from "./disk-trouble.ts";
import { type OpenedState, openState } from "./open-state.ts";
import { FIRST_RETRY_MS, MAX_RETRY_MS, StateCycle, type StateReport, type StateRequest } from "./state-cycle.ts";

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
  const opened = await openedOnce(data, report);
  if (opened === undefined) return;
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

/** `undefined` when it can't be opened for a reason that waiting doesn't mend, which is reported. */
async function openedOnce(
  data: StateWorkerData,
  report: (report: StateReport) => void,
): Promise<OpenedState | undefined> {
  let troubled = false;
  for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)) {
    try {
      const opened = await openState(data);
      if (troubled) report({ kind: "recovered", file: data.folder });
      return opened;
    } catch (error) {
      const message = errorText(error);
      if (!isDiskTrouble(error)) {
        report({ kind: "failed", message });
        return undefined;
      }
      if (!troubled) report({ kind: "trouble", file: data.folder, message });
      troubled = true;
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}
