import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Bus, LossListener } from "../bus/bus.ts";
import type { UpgradeSource } from "../bus/link-door.ts";
import { LinkServer } from "../bus/link-server.ts";
import { connectNats } from "../bus/nats.ts";
import type { FrontendConfig } from "./config.ts";

/**
 * The frontend's end of the bus that `--msq` names. Returns at once: NATS is connected to, and reconnected to, for
 * ever; over `link` backends join through the frontend's own HTTP server.
 */
export function openFrontendBus(config: FrontendConfig, upgrades: UpgradeSource, parts: BusParts): Bus {
  const { bus, node, maxQueue } = config;
  if (bus.kind === "nats") {
    // What a console sees of its own frontend's events is tapped before they go out.
    const echo = config.console === undefined;
    return connectNats({ ...bus, maxBuffered: maxQueue, name: node, echo, ...parts });
  }
  const link = new LinkServer({ token: bus.token, maxBuffered: maxQueue, ...parts });
  link.attach(upgrades);
  return link;
}

interface BusParts {
  /** Names this run of the frontend. */
  boot: string;
  clock: Clock;
  logger: Logger;
  onLoss: LossListener;
}
