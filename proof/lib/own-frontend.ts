import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SystemClock } from "../../engine/base/clock.ts";
import { createLogger } from "../../engine/base/log.ts";
import { LinkServer } from "../../engine/bus/link-server.ts";
import { runFrontend } from "../../engine/service/frontend.ts";
import type { RunningFrontend } from "../../engine/service/running.ts";
import { ALL_KINDS, configsOf } from "./groups.ts";
import { LINK_TOKEN, NODE } from "./site.ts";

const MOST_BUFFERED = 100_000;

/** A frontend in the proof's own process, so that it can be seen what it puts on the bus and what is acknowledged. */
export interface OwnFrontend {
  readonly frontend: RunningFrontend;
  readonly link: LinkServer;
}

/** It takes `maxBuffered` events that aren't acknowledged, and then answers 503. */
export async function openFrontend(folder: string, lanes: number, maxBuffered = MOST_BUFFERED): Promise<OwnFrontend> {
  mkdirSync(join(folder, "configs"), { recursive: true });
  for (const [name, content] of Object.entries(configsOf(ALL_KINDS, lanes, NODE))) {
    writeFileSync(join(folder, "configs", name), JSON.stringify(content));
  }
  const clock = new SystemClock();
  const write = (line: string): void => void process.stderr.write(line);
  const logger = createLogger({ level: "ERROR", json: false, target: "proof", clock, write });
  const link = new LinkServer({ token: LINK_TOKEN, maxBuffered, clock, logger, onLoss: () => undefined });
  const frontend = await runFrontend(
    {
      address: "127.0.0.1",
      port: 0,
      node: "proof-frontend",
      maxEps: 0,
      minEps: 0,
      bus: { kind: "link", token: LINK_TOKEN },
      maxQueue: maxBuffered,
      writableConfig: false,
      status: ["Open"],
      tags: ["Identified Threat"],
      dataDir: folder,
      log: { level: "ERROR", json: false },
      telemetry: { tracing: false, metrics: false, endpoint: "" },
    },
    {
      write,
      openBus: (upgrades) => {
        link.attach(upgrades);
        return link;
      },
    },
  );
  return { frontend, link };
}
