import { expect, it } from "vitest";
import type { HealthAnswer, LossesAnswer } from "../contract/console-api.ts";
import { Paint } from "./alarm-lines.ts";
import { statusText } from "./status-text.ts";

const AT = 1_700_000_000_000;
const bus = { kind: "nats", state: "connected", detail: "connected to NATS at a:4222", buffered: 0 } as const;
const counts = { queue_length: 7, directives_ttl: 1234, directives_active: 2, events_rcvd: 0, events_matched: 0 };
const watchdog = { ...counts, eps: 0, avg_proc_time_ms: 0.012, backlogs: 30, backlogs_timedout: 0 };
const health: HealthAnswer = {
  at: AT,
  bus,
  services: [
    { role: "frontend", node: "fe", boot: "1", startedAt: AT - 90_000, eps: 12_345.67, bus, ageSeconds: 0 },
    { role: "backend", node: "be", boot: "2", startedAt: AT - 7_200_000, eps: 9, bus, ageSeconds: 45, watchdog },
  ],
};
const losses: LossesAnswer = {
  at: AT,
  services: [
    {
      ...{ role: "frontend", node: "fe", boot: "1", ageSeconds: 0 },
      flow: { requests: 10, refused: 2, accepted: 12, dropped: 0 },
      ledger: { refused_over_rate: { count: 2, lastAt: AT - 3000, samples: [] } },
    },
    {
      ...{ role: "backend", node: "be", boot: "2", ageSeconds: 45 },
      flow: { received: 2_000_000, correlated: 1, skipped: 1_999_998, dropped: 0, waiting: 1 },
      ledger: {
        malformed: {
          count: 1_999_998,
          lastAt: AT - 120_000,
          samples: [
            { at: AT, text: "first" },
            { at: AT, text: `last\u001b[2J\n${"x".repeat(200)}` },
          ],
        },
      },
    },
  ],
};

it("shows services, flows and losses in tables, and nothing that drives a terminal", () => {
  const text = statusText({ folder: "/data", url: "http://127.0.0.1:8080", health, losses }, new Paint(false));
  expect(text.split("\n").map((line) => line.slice(0, 130))).toEqual([
    "Dsiem Console at http://127.0.0.1:8080, data in /data",
    "",
    "SERVICE      STATE            UP     EVENTS/S  BUS",
    "frontend fe  running          2 min  12,345.7  nats, connected to NATS at a:4222",
    "backend be   silent for 45 s  2 h           9  nats, connected to NATS at a:4222",
    "",
    "EVENTS IN    REQUESTS  REFUSED  ACCEPTED  DROPPED",
    "frontend fe        10        2        12        0",
    "",
    "EVENTS THROUGH   RECEIVED  CORRELATED    SKIPPED  DROPPED  WAITING",
    "backend be      2,000,000           1  1,999,998        0        1",
    "",
    "backend be: 1,234 directives, 2 active · 30 backlogs · queue 7 · 0.012 ms an event",
    "",
    "NOT CORRELATED              COUNT       LAST  WHICH",
    "refused by frontend fe          2    3 s ago  requests over the rate limit (refused_over_rate)",
    "skipped by backend be   1,999,998  2 min ago  aren't JSON, or not an event (malformed)",
    `    last\\u001b[2J\\u000a${"x".repeat(200)}`.slice(0, 130),
    "",
  ]);
});

it("says so when every event was correlated", () => {
  const nothing = { at: AT, services: losses.services.map((service) => ({ ...service, ledger: {} })) };
  const text = statusText({ folder: "/data", url: "u", health, losses: nothing }, new Paint(false));
  expect(text).toMatch(/\nEvery event that came was correlated or is under way\.\n$/);
});
