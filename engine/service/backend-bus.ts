import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Bus, StreamPosition } from "../bus/bus.ts";
import { connectLink } from "../bus/link-client.ts";
import { connectNats } from "../bus/nats.ts";
import type { BackendConfig } from "./config.ts";

/**
 * The backend's end of the bus that `--msq` names. Returns at once; both kinds connect, and reconnect, for ever. Over
 * `link` it goes on behind `resume`, which is what the stored state has; core NATS can't send anything again.
 */
export function openBackendBus(config: BackendConfig, clock: Clock, logger: Logger, resume?: StreamPosition): Bus {
  const { bus, node, frontend, maxQueue } = config;
  if (bus.kind === "nats") {
    // A backend publishes no events, so nothing of it has to wait while the server is away.
    return connectNats({ ...bus, maxBuffered: 0, name: node, logger, clock });
  }
  return connectLink({ url: frontend, token: bus.token, node, maxQueue, resume, logger });
}
