import { expect, it } from "vitest";
import { ManualClock } from "../base/clock.ts";
import { createLogger } from "../base/log.ts";
import type { BackendStats, FrontendStats } from "../contract/stats.ts";
import { statsSubject } from "../contract/subjects.ts";
import { Fleet } from "./fleet.ts";

const bus = { kind: "nats", state: "connected", detail: "d", buffered: 0 } as const;
const common = { at: 0, startedAt: 0, eps: 0, bus, ledger: {} };

function backendStats(node: string, boot: string): BackendStats {
  const flow = { received: 0, correlated: 0, skipped: 0, dropped: 0, waiting: 0 };
  const counts = { queue_length: 0, directives_ttl: 0, directives_active: 0, events_rcvd: 0, events_matched: 0 };
  const watchdog = { ...counts, eps: 0, avg_proc_time_ms: 0, backlogs: 0, backlogs_timedout: 0 };
  return { ...common, role: "backend", node, boot, flow, watchdog };
}

function frontendStats(node: string, boot: string): FrontendStats {
  return { ...common, role: "frontend", node, boot, flow: { requests: 0, refused: 0, accepted: 0, dropped: 0 } };
}

function opened() {
  const clock = new ManualClock(1000);
  const lines: string[] = [];
  const log = createLogger({ level: "INFO", json: false, target: "t", clock, write: (line) => lines.push(line) });
  const fleet = new Fleet(clock, log, () => frontendStats("own", "b0"));
  const hear = (message: unknown) => fleet.hear(Buffer.from(JSON.stringify(message)));
  const names = () => fleet.services().map(({ stats, ageSeconds }) => [stats.role, stats.node, stats.boot, ageSeconds]);
  return { clock, fleet, hear, names, lines };
}

it("knows the last word of each service, the own one first", () => {
  const { clock, hear, names } = opened();
  hear(frontendStats("own", "b0"));
  hear(frontendStats("another", "b1"));
  hear(backendStats("z", "b2"));
  hear(backendStats("a", "b3"));
  hear(backendStats("another", "b4"));
  clock.advance(2500);
  hear(backendStats("z", "b5"));
  expect(names()).toEqual([
    ["frontend", "own", "b0", 0],
    ["backend", "a", "b3", 2.5],
    ["backend", "another", "b4", 2.5],
    ["backend", "z", "b5", 0],
    ["frontend", "another", "b1", 2.5],
  ]);
});

it("forgets who wasn't heard for an hour, and knows no more than it can hold", () => {
  const { clock, hear, names } = opened();
  for (let i = 0; i < 300; i++) hear(backendStats(`n${i}`, "b"));
  expect(names()).toHaveLength(257);
  clock.advance(3_600_001);
  hear(backendStats("here", "b"));
  expect(names()).toHaveLength(2);
});

it("takes nothing that isn't what a service tells", () => {
  const { fleet, hear, names, lines } = opened();
  fleet.hear(Buffer.from("{"));
  hear({ ...backendStats("a", "b"), role: "console" });
  hear({ ...backendStats("a", "b"), ledger: { malformed: { count: -1, lastAt: 0, samples: [] } } });
  hear({
    ...backendStats("a", "b"),
    ledger: { malformed: { count: 1, lastAt: 0, samples: [{ at: 0, text: "x".repeat(301) }] } },
  });
  expect(names()).toHaveLength(1);
  expect(lines).toHaveLength(4);
});

it("a node's name is one token of the subject, whatever is in it", () => {
  expect(statsSubject("dsiem-backend_0")).toBe("dsiem_console.stats.dsiem-backend_0");
  expect(statsSubject("a.b *>é")).toBe("dsiem_console.stats.a%2eb%20%2a%3e%e9");
});
