import type { Server } from "node:http";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Bus } from "../bus/bus.ts";
import { LinkServer } from "../bus/link-server.ts";
import { connectNats } from "../bus/nats.ts";
import type { FrontendConfig } from "./config.ts";

/**
 * The frontend's end of the bus that `--msq` names. Returns at once: NATS is connected to, and reconnected to, for
 * ever; over `link` backends join through the frontend's own HTTP server.
 */
export function openFrontendBus(config: FrontendConfig, server: Server, clock: Clock, logger: Logger): Bus {
  const { bus, node, maxQueue } = config;
  if (bus.kind === "nats") return connectNats({ ...bus, maxBuffered: maxQueue, name: node, logger, clock });
  const link = new LinkServer({ token: bus.token, maxBuffered: maxQueue, logger, clock });
  link.attach(server);
  return link;
}
