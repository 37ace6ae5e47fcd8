import type { HealthAnswer, LossesAnswer } from "../contract/console-api.ts";
import type { Fleet } from "./fleet.ts";
import type { Handlers } from "./route-table.ts";

/** @param now milliseconds since the epoch */
export function healthHandlers(fleet: Fleet, now: () => number): Handlers {
  return {
    "GET /health": () => healthAnswer(fleet, now()),
    "GET /losses": () => lossesAnswer(fleet, now()),
  };
}

function lossesAnswer(fleet: Fleet, nowMs: number): LossesAnswer {
  const services = fleet.services().map(({ stats, ageSeconds }) => {
    const { node, boot, ledger } = stats;
    if (stats.role === "frontend") return { role: stats.role, node, boot, ageSeconds, flow: stats.flow, ledger };
    return { role: stats.role, node, boot, ageSeconds, flow: stats.flow, ledger };
  });
  return { at: Math.floor(nowMs), services };
}

function healthAnswer(fleet: Fleet, nowMs: number): HealthAnswer {
  const heard = fleet.services();
  const own = heard[0];
  if (own === undefined) throw new Error("broken invariant: a frontend always hears itself");
  const services = heard.map(({ stats, ageSeconds }) => {
    const { node, boot, startedAt, eps, bus } = stats;
    const common = { node, boot, startedAt, eps, bus, ageSeconds };
    if (stats.role === "frontend") return { role: stats.role, ...common };
    return { role: stats.role, ...common, watchdog: stats.watchdog };
  });
  return { at: Math.floor(nowMs), bus: own.stats.bus, services };
}
