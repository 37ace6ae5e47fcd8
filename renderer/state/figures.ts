import type { HealthAnswer, LossesAnswer } from "../../engine/contract/console-api.ts";
import { SILENT_SECONDS } from "./silence.ts";

/** What the status bar tells of all services that were heard. */
export interface Figures {
  eventsPerSecond: number;
  /** Events that wait in backends and in what frontends hand on. */
  queue: number;
  liveBacklogs: number;
  /** Services that were heard just now, and all that are known. */
  up: number;
  known: number;
}

/** `down`: the names of services that their supervisor knows to be down, which the bus notices later. */
export function figuresOf({ services }: HealthAnswer, down: readonly string[] = []): Figures {
  const figures: Figures = { eventsPerSecond: 0, queue: 0, liveBacklogs: 0, up: 0, known: services.length };
  for (const service of services) {
    const isDown = down.some((name) => name === service.node || name.endsWith(` ${service.node}`));
    if (service.ageSeconds <= SILENT_SECONDS && !isDown) figures.up += 1;
    figures.queue += service.bus.buffered;
    if (service.role === "frontend") figures.eventsPerSecond += service.eps;
    else {
      figures.queue += service.watchdog.queue_length;
      figures.liveBacklogs += service.watchdog.backlogs;
    }
  }
  return figures;
}

/** Events that were lost since their services started. */
export function droppedOf({ services }: LossesAnswer): number {
  return services.reduce((sum, service) => sum + service.flow.dropped, 0);
}
