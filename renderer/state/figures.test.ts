import { expect, it } from "vitest";
import type { HealthAnswer } from "../../engine/contract/console-api.ts";
import { figuresOf } from "./figures.ts";

const bus = { kind: "link", state: "connected", detail: "", buffered: 2 } as const;
const common = { node: "n", boot: "b", startedAt: 0, bus };
const watchdog = {
  ...{ eps: 0, queue_length: 5, avg_proc_time_ms: 0, directives_ttl: 0, directives_active: 0 },
  ...{ events_rcvd: 0, events_matched: 0, backlogs: 30, backlogs_timedout: 0 },
};

it("sums what the services say: events by frontends, backlogs by backends, what waits by both", () => {
  const health: HealthAnswer = {
    at: 0,
    bus,
    services: [
      { ...common, role: "frontend", eps: 100, ageSeconds: 0 },
      { ...common, role: "backend", eps: 90, watchdog, ageSeconds: 3 },
      { ...common, role: "backend", eps: 0, watchdog, ageSeconds: 31 },
    ],
  };
  expect(figuresOf(health)).toEqual({ eventsPerSecond: 100, queue: 16, liveBacklogs: 60, up: 2, known: 3 });
  expect(figuresOf(health, ["backend n"]).up).toBe(0);
});
