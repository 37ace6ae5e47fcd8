import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startWorkerRole } from "../base/worker-role.ts";
import { replayHandlers } from "../console/replay/replay-handlers.ts";
import { ReplaySessions } from "../console/replay/replay-sessions.ts";
import { replayTopic } from "../console/replay/replay-topic.ts";
import { REPLAY_ROLE } from "../contract/replay-thread.ts";
import { REPLAY_MODULE } from "../replay/replay-worker.ts";
import type { Feature, SharedParts } from "./feature.ts";

/** The folder of the data folder that test cases are kept in. */
const TESTS_FOLDER = "tests";
/**
 * Heap that the thread of one replay may take, in megabytes: what the limits of a replay allow (engine/replay) for two sides
 * with what is common to both. Its events are outside of it.
 */
const HEAP_MEGABYTES = 1536;

/** The debugger: recorded events through the real correlator, each replay in a thread of its own. */
export function replayFeature(parts: SharedParts): Feature {
  const { config, frontend, clock, desk, store, retained, events } = parts;
  const sessions = new ReplaySessions({
    clock,
    newId: randomUUID,
    heapMegabytes: HEAP_MEGABYTES,
    startWorker: (data, maxOldGenerationSizeMb) =>
      startWorkerRole(REPLAY_MODULE, REPLAY_ROLE, data, { maxOldGenerationSizeMb }),
    pause: (milliseconds) => sleep(milliseconds, undefined, { ref: false }),
  });
  const [medRiskMin, medRiskMax] = config.riskMedium;
  const handlers = replayHandlers({
    ...{ sessions, desk, store, retained, clock },
    source: events.source,
    flags: {
      ...{ medRiskMin, medRiskMax, minAlarmLifetimeSeconds: 0 },
      ...{ status: frontend.status[0] ?? "", tag: frontend.tags[0] ?? "" },
    },
    testCase: (name) => {
      const folder = join(frontend.dataDir, TESTS_FOLDER, name);
      return { folder, exists: existsSync(folder) };
    },
  });
  return { handlers, topics: { replay: replayTopic(sessions) }, close: () => sessions.close() };
}
