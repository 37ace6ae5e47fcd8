import { expect, it } from "vitest";
import { ManualClock } from "../../base/clock.ts";
import { silentLogger } from "../../base/log.ts";
import type { ServiceStats } from "../../contract/stats.ts";
import type { Heard } from "../fleet.ts";
import { FleetHistory } from "./fleet-history.ts";

const START = Date.UTC(2026, 10, 28, 12);
const bus = { kind: "link", state: "connected", detail: "", buffered: 3 } as const;
const common = { at: 0, startedAt: 0, eps: 5, bus, ledger: {} };

function frontend(node: string, boot: string, accepted: number): ServiceStats {
  return { ...common, role: "frontend", node, boot, flow: { requests: 0, refused: 0, accepted, dropped: 0 } };
}

function backend(node: string, boot: string): ServiceStats {
  const flow = { received: 0, correlated: 0, skipped: 0, dropped: 0, waiting: 0 };
  const counts = { queue_length: 7, directives_ttl: 0, directives_active: 0, events_rcvd: 0, events_matched: 0 };
  const watchdog = { ...counts, eps: 0, avg_proc_time_ms: 1.5, backlogs: 9, backlogs_timedout: 0 };
  return { ...common, role: "backend", node, boot, flow, watchdog };
}

function world() {
  const clock = new ManualClock(START);
  const services: Heard[] = [];
  let file: string | undefined;
  const open = async (): Promise<FleetHistory> => {
    const history = new FleetHistory({
      ...{ fleet: { services: () => services }, clock, log: silentLogger(clock), load: async () => file },
      save: async (text) => {
        file = text;
      },
    });
    await history.start();
    return history;
  };
  const hear = (...heard: ServiceStats[]): void => {
    services.splice(0, services.length, ...heard.map((stats) => ({ stats, ageSeconds: 0 })));
  };
  return { clock, services, open, hear };
}

it("counts the events that came in, also over a restart of the console", async () => {
  const { clock, open, hear } = world();
  let history = await open();
  hear(frontend("fe", "b1", 100), frontend("another", "b2", 5000));
  history.note();
  clock.advance(10_000);
  hear(frontend("fe", "b1", 130), frontend("another", "b2", 5001));
  history.note();
  expect(history.events(START, 10, 3).counts).toEqual([100, 31, 0]);
  expect(history.events(START - 20_000, 20, 2)).toEqual({ from: START - 20_000, stepSeconds: 20, counts: [0, 131] });
  await history.close();
  history = await open();
  clock.advance(10_000);
  hear(frontend("fe", "b3", 4));
  history.note();
  expect(history.events(START, 10, 3).counts).toEqual([100, 31, 4]);
  clock.advance(48 * 3_600_000 - 15_000);
  history.note();
  expect(history.events(START, 10, 3).counts).toEqual([0, 31, 4]);
  await history.close();
});

it("keeps the last hour of every service", async () => {
  const { clock, services, open, hear } = world();
  const history = await open();
  for (let i = 0; i < 400; i++) {
    hear(frontend("fe", "b1", i), backend("be1", i < 200 ? "b2" : "b3"));
    history.note();
    clock.advance(10_000);
  }
  const { stepSeconds, services: kept } = history.health();
  expect([stepSeconds, kept.map(({ node, boot, points }) => [node, boot, points.length])]).toEqual([
    10,
    [
      ["fe", "b1", 360],
      ["be1", "b3", 360],
    ],
  ]);
  expect(kept[1]?.points[0]).toEqual({ at: START + 400_000, eps: 5, buffered: 3, queue: 7, backlogs: 9, procMs: 1.5 });
  services.splice(1, 1, { stats: backend("be1", "b3"), ageSeconds: 60 });
  history.note();
  expect(history.health().services[1]?.points.at(-1)?.at).toBe(START + 3_990_000);
  clock.advance(3_600_001);
  expect(history.health().services.map(({ node }) => node)).toEqual([]);
  await history.close();
});
