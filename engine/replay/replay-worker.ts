import { parentPort } from "node:worker_threads";
import { errorText } from "../base/errors.ts";
import { workerRole } from "../base/worker-role.ts";
import {
  REPLAY_ROLE,
  type ReplayCallName,
  type ReplayCalls,
  type ReplayThreadAnswer,
  type ReplayThreadCall,
  type ReplayThreadData,
} from "../contract/replay-thread.ts";
import { type SessionCalls, sessionCalls } from "./session-calls.ts";

/** What `startWorkerRole` is given: this module, or the one file that it was built into. */
export const REPLAY_MODULE = import.meta.url;

const started = workerRole(REPLAY_ROLE);
if (started !== undefined && parentPort !== null) serve(started.data as ReplayThreadData, parentPort);

function serve(data: ReplayThreadData, port: NonNullable<typeof parentPort>): void {
  const calls = sessionCalls(data, () => performance.now());
  port.on("message", (call: ReplayThreadCall) => {
    try {
      port.postMessage({ id: call.id, answer: answerOf(calls, call) } satisfies ReplayThreadAnswer);
    } catch (error) {
      port.postMessage({ id: call.id, failed: errorText(error) } satisfies ReplayThreadAnswer);
    }
  });
}

function answerOf(calls: SessionCalls, { name, request }: ReplayThreadCall): ReplayCalls[ReplayCallName]["answer"] {
  // The name says what the request is, and the table what is done with it.
  return (calls[name] as (request: unknown) => ReplayCalls[ReplayCallName]["answer"])(request);
}
