import type { HealthAnswer, HealthHistory } from "../../engine/contract/console-api.ts";

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

/** As long as the server's own history. */
const HISTORY_MS = 3_600_000;

export function pointOf({ at, services }: HealthAnswer): HealthPoint {
  const point: HealthPoint = { at, eps: 0, queue: 0, latencyMs: 0, backlogs: 0 };
  for (const service of services) {
    if (service.role === "frontend") point.eps += service.eps;
    else {
      const { queue_length, avg_proc_time_ms, backlogs } = service.watchdog;
      add(point, { queue: queue_length, latencyMs: avg_proc_time_ms, backlogs });
    }
  }
  return point;
}

/** What each service said, joined step by step into points of all of them. */
export function pointsOf({ stepSeconds, services }: HealthHistory): HealthPoint[] {
  const steps = new Map<number, HealthPoint>();
  const step = Math.max(1, stepSeconds) * 1000;
  for (const { role, points } of services) {
    for (const { at, eps, queue = 0, procMs = 0, backlogs = 0 } of points) {
      const start = Math.floor(at / step) * step;
      const point = steps.get(start) ?? { at: start, eps: 0, queue: 0, latencyMs: 0, backlogs: 0 };
      steps.set(start, point);
      if (role === "frontend") point.eps += eps;
      else add(point, { queue, latencyMs: procMs, backlogs });
    }
  }
  return [...steps.values()].sort((a, b) => a.at - b.at);
}

function add(point: HealthPoint, backend: Pick<HealthPoint, "queue" | "latencyMs" | "backlogs">): void {
  point.queue = Math.max(point.queue, backend.queue);
  point.latencyMs = Math.max(point.latencyMs, backend.latencyMs);
  point.backlogs += backend.backlogs;
}

/** The points with newer ones behind them; what is older than the history is let go. */
export function withPoints(points: readonly HealthPoint[], more: readonly HealthPoint[]): readonly HealthPoint[] {
  const last = points.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  const fresh = more.filter(({ at }) => at > last);
  const newest = fresh.at(-1)?.at;
  if (newest === undefined) return points;
  return [...points, ...fresh].filter(({ at }) => at >= newest - HISTORY_MS);
}
