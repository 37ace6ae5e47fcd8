import { expect, test } from "vitest";
import type { HealthAnswer } from "../../engine/contract/console-api.ts";
import { connectionStore } from "./connection.ts";
import { type HealthPoint, healthHistoryStore, keepHealthHistory, pointOf, withPoint } from "./health-history.ts";

const bus = { kind: "memory" as const, state: "connected" as const, detail: "", buffered: 0 };
const told = { boot: "a", startedAt: 0, bus, ageSeconds: 0 };
function backend(node: string, queue: number, latency: number, backlogs: number): HealthAnswer["services"][number] {
  const figures = { directives_ttl: 0, directives_active: 0, events_rcvd: 0, events_matched: 0, backlogs_timedout: 0 };
  const watchdog = { ...figures, eps: 9, queue_length: queue, avg_proc_time_ms: latency, backlogs };
  return { ...told, role: "backend", node, eps: 9, watchdog };
}
const health = (at: number): HealthAnswer => ({
  at,
  bus,
  services: [
    { ...told, role: "frontend", node: "fe-0", eps: 120 },
    backend("be-0", 0, 0.2, 198),
    backend("be-1", 7, 0.1, 14),
  ],
});

test("a point has the frontends' rate, the worst queue and latency, and all backlogs", () => {
  expect(pointOf(health(5))).toEqual({ at: 5, eps: 120, queue: 7, latencyMs: 0.2, backlogs: 212 });
});

test("points are kept while the page is open, no two of the same second", () => {
  const stop = keepHealthHistory();
  for (const at of [1_000, 1_300, 6_000]) connectionStore.setState({ health: health(at) });
  stop();
  connectionStore.setState({ health: health(12_000) });
  expect(healthHistoryStore.getState().points.map(({ at }) => at)).toEqual([1_000, 6_000]);
});

test("an endless day stays bounded: what is older is thinned, what is newest is whole", () => {
  let points: readonly HealthPoint[] = [];
  for (let second = 0; second < 20_000; second += 1) {
    points = withPoint(points, { at: second * 1000, eps: 0, queue: 0, latencyMs: 0, backlogs: 0 });
  }
  expect(points.length).toBeLessThanOrEqual(1_440);
  expect(points.at(-1)?.at).toBe(19_999_000);
  expect(points.slice(-300).every(({ at }, index, all) => index === 0 || at - (all[index - 1]?.at ?? 0) === 1000)).toBe(
    true,
  );
});
