import { z } from "zod";
import type { Clock } from "../../base/clock.ts";
import { errorText } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";
import type { Series } from "../../contract/console/common.ts";
import type { HealthHistory } from "../../contract/console-api.ts";
import type { Fleet } from "../fleet.ts";

/** How often the services' figures are noted, in milliseconds. */
const NOTE_EVERY_MS = 10_000;
/** Figures of each service that are kept: those of an hour. */
const MAX_POINTS = 360;
/** Events are counted in steps of so many milliseconds, for two days. */
const STEP_MS = 10_000;
const KEPT_STEPS = (48 * 3_600_000) / STEP_MS;
const SAVE_EVERY_MS = 5 * 60_000;

const savedSchema = z.object({
  /** Steps since the epoch, and the events that were accepted in each. */
  events: z.array(z.tuple([z.number().int(), z.number().int().nonnegative()])),
});

type ServiceHistory = HealthHistory["services"][number];

export interface FleetHistoryParts {
  fleet: Pick<Fleet, "services">;
  clock: Clock;
  log: Logger;
  /** The text that was written down last, if any, and writes another one. */
  load: () => Promise<string | undefined>;
  save: (text: string) => Promise<void>;
}

/** The figures of all services over time: of the last hour in full, and the events that came in for two days. */
export class FleetHistory {
  readonly #parts: FleetHistoryParts;
  /** By role and node. */
  readonly #services = new Map<string, ServiceHistory>();
  /** Events accepted by all frontends, by step since the epoch. */
  readonly #events = new Map<number, number>();
  /** By run of a frontend: what it had accepted when it was looked at last. */
  readonly #accepted = new Map<string, number>();
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(parts: FleetHistoryParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { load, log } = this.#parts;
    try {
      const text = await load();
      const saved = text === undefined ? [] : savedSchema.parse(JSON.parse(text)).events;
      for (const [step, count] of saved) this.#events.set(step, count);
    } catch (error) {
      log.warn(`how many events came in before can't be read: ${errorText(error)}`);
    }
    this.#timers.push(setInterval(() => this.note(), NOTE_EVERY_MS).unref());
    this.#timers.push(setInterval(() => void this.#write(), SAVE_EVERY_MS).unref());
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.note();
    await this.#write();
  }

  /** Notes the figures of all services as they are now. */
  note(): void {
    const { fleet, clock } = this.#parts;
    const nowMs = Math.floor(clock.now());
    const step = Math.floor(nowMs / STEP_MS);
    const runs = new Set<string>();
    for (const { stats, ageSeconds } of fleet.services()) {
      if (stats.role === "frontend") {
        runs.add(stats.boot);
        this.#count(step, stats.boot, stats.flow.accepted);
      }
      // What isn't heard any more has no figures of now.
      if (ageSeconds * 1000 > NOTE_EVERY_MS) continue;
      const { role, node, boot, eps, bus } = stats;
      const key = `${role} ${node}`;
      const known = this.#services.get(key) ?? { role, node, boot, points: [] };
      this.#services.set(key, known);
      known.boot = boot;
      const watchdog = stats.role === "backend" ? stats.watchdog : undefined;
      known.points.push({
        ...{ at: nowMs, eps, buffered: bus.buffered },
        ...(watchdog !== undefined && {
          queue: watchdog.queue_length,
          backlogs: watchdog.backlogs,
          procMs: watchdog.avg_proc_time_ms,
        }),
      });
      if (known.points.length > MAX_POINTS) known.points.shift();
    }
    for (const run of this.#accepted.keys()) if (!runs.has(run)) this.#accepted.delete(run);
    for (const each of this.#events.keys()) {
      if (each > step - KEPT_STEPS) break;
      this.#events.delete(each);
    }
  }

  /** The last hour of all services. */
  health(): HealthHistory {
    const oldest = this.#parts.clock.now() - MAX_POINTS * NOTE_EVERY_MS;
    const services = Array.from(this.#services.values(), (each) => ({
      ...each,
      points: each.points.filter(({ at }) => at >= oldest),
    }));
    return { stepSeconds: NOTE_EVERY_MS / 1000, services: services.filter(({ points }) => points.length > 0) };
  }

  /** Events that came in, in steps as they are wanted; 0 where nothing is known. */
  events(from: number, stepSeconds: number, steps: number): Series {
    const counts = new Array<number>(steps).fill(0);
    for (const [step, count] of this.#events) {
      const place = Math.floor((step * STEP_MS - from) / (stepSeconds * 1000));
      if (place >= 0 && place < steps) counts[place] = (counts[place] ?? 0) + count;
    }
    return { from, stepSeconds, counts };
  }

  /** What a run of a frontend accepted before it was heard first came in at no known time. */
  #count(step: number, boot: string, accepted: number): void {
    const before = this.#accepted.get(boot) ?? (this.#isOwn(boot) ? 0 : accepted);
    this.#accepted.set(boot, accepted);
    if (accepted > before) this.#events.set(step, (this.#events.get(step) ?? 0) + accepted - before);
  }

  #isOwn(boot: string): boolean {
    return this.#parts.fleet.services()[0]?.stats.boot === boot;
  }

  async #write(): Promise<void> {
    try {
      await this.#parts.save(JSON.stringify({ events: [...this.#events] }));
    } catch (error) {
      this.#parts.log.sampled(`how many events came in can't be written down: ${errorText(error)}`);
    }
  }
}
