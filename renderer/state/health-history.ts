import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import type { HealthAnswer } from "../../engine/contract/console-api.ts";
import { connectionStore } from "./connection.ts";

/** The watchdog's figures at one time, over all services. */
export interface HealthPoint {
  at: number;
  /** Events a second that the frontends took in. */
  eps: number;
  /** Of the fullest queue, and of the slowest backend. */
  queue: number;
  latencyMs: number;
  backlogs: number;
}

/** An hour and more of reports every few seconds; older ones are thinned to every second one. */
const MOST_POINTS = 1_440;
const FEWEST_MS_BETWEEN = 900;

export const healthHistoryStore = createStore<{ points: readonly HealthPoint[] }>(() => ({ points: [] }));
export function useHealthHistory(): readonly HealthPoint[] {
  return useStore(healthHistoryStore, ({ points }) => points);
}

export function pointOf({ at, services }: HealthAnswer): HealthPoint {
  const point: HealthPoint = { at, eps: 0, queue: 0, latencyMs: 0, backlogs: 0 };
  for (const service of services) {
    if (service.role === "frontend") {
      point.eps += service.eps;
      continue;
    }
    const { watchdog } = service;
    point.queue = Math.max(point.queue, watchdog.queue_length);
    point.latencyMs = Math.max(point.latencyMs, watchdog.avg_proc_time_ms);
    point.backlogs += watchdog.backlogs;
  }
  return point;
}

/** The points with one more; one that comes too soon after the last is left out, too many are thinned. */
export function withPoint(points: readonly HealthPoint[], point: HealthPoint): readonly HealthPoint[] {
  const last = points.at(-1);
  if (last !== undefined && point.at - last.at < FEWEST_MS_BETWEEN) return points;
  const kept = points.length < MOST_POINTS ? points : thinned(points);
  return [...kept, point];
}
function thinned(points: readonly HealthPoint[]): HealthPoint[] {
  const older = points.length / 2;
  return points.filter((_, index) => index >= older || index % 2 === 0);
}

/** Keeps what the services report for as long as the page is open, so that a screen opened later has a past to show. */
export function keepHealthHistory(): () => void {
  return connectionStore.subscribe(({ health }, before) => {
    if (health === undefined || health === before.health) return;
    const { points } = healthHistoryStore.getState();
    const next = withPoint(points, pointOf(health));
    if (next !== points) healthHistoryStore.setState({ points: next });
  });
}
