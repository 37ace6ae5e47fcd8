import { expect, test } from "vitest";
import type { HealthAnswer, HealthHistory } from "../../engine/contract/console-api.ts";
import { pointOf, pointsOf, withPoints } from "./history.ts";

const bus = { kind: "memory" as const, state: "connected" as const, detail: "", buffered: 0 };
const told = { boot: "a", startedAt: 0, bus, ageSeconds: 0 };
function backend(node: string, queue: number, latency: number, backlogs: number): HealthAnswer["services"][number] {
  const figures = { directives_ttl: 0, directives_active: 0, events_rcvd: 0, events_matched: 0, backlogs_timedout: 0 };
  const watchdog = { ...figures, eps: 9, queue_length: queue, avg_proc_time_ms: latency, backlogs };
  return { ...told, role: "backend", node, eps: 9, watchdog };
}

test("a point has the frontends' rate, the worst queue and latency, and all backlogs", () => {
  const services = [
    { ...told, role: "frontend" as const, node: "fe-0", eps: 120 },
    backend("be-0", 0, 0.2, 198),
    backend("be-1", 7, 0.1, 14),
  ];
  expect(pointOf({ at: 5, bus, services })).toEqual({ at: 5, eps: 120, queue: 7, latencyMs: 0.2, backlogs: 212 });
});

test("what services said at about the same time is one point", () => {
  const said = (at: number, more: object = {}) => ({ at, eps: 10, buffered: 0, ...more });
  const history: HealthHistory = {
    stepSeconds: 10,
    services: [
      { role: "frontend", node: "fe-0", boot: "a", points: [said(1_000), said(12_000)] },
      { role: "backend", node: "be-0", boot: "b", points: [said(4_000, { queue: 3, backlogs: 5, procMs: 0.5 })] },
      { role: "backend", node: "be-1", boot: "c", points: [said(9_000, { queue: 1, backlogs: 2, procMs: 0.7 })] },
    ],
  };
  expect(pointsOf(history)).toEqual([
    { at: 0, eps: 10, queue: 3, latencyMs: 0.7, backlogs: 7 },
    { at: 10_000, eps: 10, queue: 0, latencyMs: 0, backlogs: 0 },
  ]);
});

const point = (at: number) => ({ at, eps: 0, queue: 0, latencyMs: 0, backlogs: 0 });

test("newer points come behind older ones, and an hour is kept", () => {
  const points = [point(0), point(10_000)];
  expect(withPoints(points, [point(5_000)])).toBe(points);
  expect(withPoints(points, [point(10_000), point(20_000)]).map(({ at }) => at)).toEqual([0, 10_000, 20_000]);
  expect(withPoints(points, [point(3_605_000)]).map(({ at }) => at)).toEqual([10_000, 3_605_000]);
});
