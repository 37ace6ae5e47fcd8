import type { Clock } from "../base/clock.ts";
import type { HealthAnswer, LossesAnswer } from "../contract/console-api.ts";
import type { Fleet } from "./fleet.ts";
import { stateTopic } from "./live/state-topic.ts";
import type { LiveTopics } from "./live/topic.ts";
import type { Handlers } from "./route-table.ts";

/** The ages of what was heard grow by themselves, and a bus that is lost says nothing: said anew this often. */
const STATS_EVERY_MS = 1000;

/** Why the console's database can't be used at the moment, if so. */
type DatabaseTrouble = () => string | undefined;

export function statsTopic(fleet: Fleet, clock: Clock, database: DatabaseTrouble): LiveTopics {
  return {
    stats: stateTopic<"stats">({
      read: () => healthAnswer(fleet, clock.now(), database()),
      onChange: (changed) => fleet.onHeard(changed),
      again: { afterMs: STATS_EVERY_MS, now: () => clock.monotonic() },
    }),
  };
}

export function healthHandlers(fleet: Fleet, clock: Clock, database: DatabaseTrouble): Handlers {
  return {
    "GET /health": () => healthAnswer(fleet, clock.now(), database()),
    "GET /losses": () => lossesAnswer(fleet, clock.now()),
  };
}

export function lossesAnswer(fleet: Fleet, nowMs: number): LossesAnswer {
  const services = fleet.services().map(({ stats, ageSeconds }) => {
    const { node, boot, ledger } = stats;
    if (stats.role === "frontend") return { role: stats.role, node, boot, ageSeconds, flow: stats.flow, ledger };
    return { role: stats.role, node, boot, ageSeconds, flow: stats.flow, ledger };
  });
  return { at: Math.floor(nowMs), services };
}

export function healthAnswer(fleet: Fleet, nowMs: number, database: string | undefined): HealthAnswer {
  const heard = fleet.services();
  const own = heard[0];
  if (own === undefined) throw new Error("broken invariant: a frontend always hears itself");
  const services = heard.map(({ stats, ageSeconds }) => {
    const { node, boot, startedAt, eps, bus } = stats;
    const common = { node, boot, startedAt, eps, bus, ageSeconds };
    if (stats.role === "frontend") return { role: stats.role, ...common };
    return { role: stats.role, ...common, watchdog: stats.watchdog };
  });
  return { at: Math.floor(nowMs), bus: own.stats.bus, ...(database !== undefined && { database }), services };
}
