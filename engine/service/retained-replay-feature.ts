import { randomUUID } from "node:crypto";
import type { ConfigFile } from "../base/config-file.ts";
import { startWorkerRole } from "../base/worker-role.ts";
import type { ConfigDesk } from "../console/config/config-desk.ts";
import { dryRunHandlers } from "../console/dry-run/dry-run-handlers.ts";
import { explainHandlers } from "../console/explain/explain-handlers.ts";
import { readAtDoor } from "../explain/door.ts";
import { joinExplanations } from "../explain/join.ts";
import type { ReplayFlags } from "../replay/replay-config.ts";
import { RetainedReplay } from "../replay/retained-replay.ts";
import { RETAINED_MODULE, RETAINED_ROLE } from "../replay/retained-worker.ts";
import type { Feature, SharedParts } from "./feature.ts";

/** Heap that one replay of retained events may take, in megabytes: what the limits of a replay allow. */
const HEAP_MEGABYTES = 1536;

/**
 * What the retained events say about directives: why an event does what it does, by the door as it reads events, by all
 * backends, and of the moment at which it came; and what an edited file would have raised.
 */
export function retainedReplayFeature(parts: SharedParts): Feature {
  const { backends, bus, desk, jobs, retained } = parts;
  const replay = new RetainedReplay((work) =>
    startWorkerRole(RETAINED_MODULE, RETAINED_ROLE, work, { maxOldGenerationSizeMb: HEAP_MEGABYTES }),
  );
  const setting = { folder: retained.folder, flags: flagsOf(parts) };
  const explain = explainHandlers({
    ...{ backends, join: joinExplanations },
    readAtDoor: (raw) => readAtDoor(raw, { maxEventBytes: bus.maxPayload }),
    explainThen: async (number, directive, signal) => {
      await retained.flush();
      const byNode = [...(await desk.namesByNode())];
      const nodes = await Promise.all(
        byNode.map(async ([node, names]) => ({ node, directives: await filesOf(desk, names) })),
      );
      if (nodes.length === 0) return undefined;
      const assets = await filesOf(desk, await desk.names("assets"));
      return replay.explainThen({ ...setting, ...{ retained: number, directive, nodes, assets } }, signal);
    },
  });
  const dryRun = dryRunHandlers({
    ...{ desk, jobs, newId: randomUUID },
    dryRun: async (request, onProgress, signal) => {
      await retained.flush();
      return replay.dryRun({ ...setting, ...request }, onProgress, signal);
    },
  });
  return { handlers: { ...explain, ...dryRun }, close: () => replay.close() };
}

/** Of the backends of this console, as far as it knows. */
function flagsOf({ config, frontend }: SharedParts): ReplayFlags {
  const [medRiskMin, medRiskMax] = config.riskMedium;
  return {
    ...{ medRiskMin, medRiskMax, minAlarmLifetimeSeconds: 0 },
    ...{ status: frontend.status[0] ?? "", tag: frontend.tags[0] ?? "" },
  };
}

async function filesOf(desk: ConfigDesk, names: readonly string[]): Promise<ConfigFile[]> {
  const files = await Promise.all(names.map((name) => desk.read(name)));
  return files.filter((file) => file !== undefined);
}
