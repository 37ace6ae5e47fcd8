import { expect, it } from "vitest";
import { ManualClock } from "../base/clock.ts";
import { createLogger } from "../base/log.ts";
import { Watchdog, type WatchdogReading } from "./watchdog.ts";

function reading(change: Partial<WatchdogReading> = {}): WatchdogReading {
  return {
    received: 0,
    matched: 0,
    processed: 0,
    busyMs: 0,
    queueLength: 0,
    directivesLoaded: 7,
    directivesActive: 2,
    backlogs: 3,
    ...change,
  };
}

function watched(maxEps: number) {
  const lines: string[] = [];
  const clock = new ManualClock(1_700_000_000_000);
  let now = reading();
  const log = createLogger({
    level: "INFO",
    json: true,
    target: "dsiem::watchdog",
    clock,
    write: (line) => lines.push(line),
  });
  const watchdog = new Watchdog(log, () => now, maxEps, 0);
  const set = (next: WatchdogReading): void => {
    now = next;
  };
  return { lines, watchdog, set };
}

it("reports what happened since its last report, under the names that operators' jq lines use", () => {
  const { lines, watchdog, set } = watched(1000);
  set(reading({ received: 12_345, matched: 50, processed: 40, busyMs: 10 }));
  watchdog.report(10_000);
  set(reading({ received: 12_346, matched: 50, processed: 40, busyMs: 10 }));
  watchdog.report(20_000);
  expect(lines).toHaveLength(2);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    timestamp: "2023-11-14T22:13:20.000000Z",
    level: "INFO",
    fields: {
      message: "watchdog report",
      eps: 1234.5,
      queue_length: 0,
      avg_proc_time_ms: 0.25,
      directives_ttl: 7,
      directives_active: 2,
      events_rcvd: 12_345,
      events_matched: 50,
      backlogs: 3,
      backlogs_timedout: 0,
    },
    target: "dsiem::watchdog",
  });
  expect(JSON.parse(lines[1] ?? "").fields).toMatchObject({
    eps: 0.1,
    events_rcvd: 1,
    events_matched: 0,
    avg_proc_time_ms: 0,
  });
});

it("warns when events wait and each takes longer than the target rate allows", () => {
  const { lines, watchdog, set } = watched(1000);
  set(reading({ processed: 10, busyMs: 50, queueLength: 4 }));
  watchdog.report(10_000);
  expect(JSON.parse(lines[1] ?? "")).toMatchObject({
    level: "WARN",
    fields: {
      message: "avg. processing time maybe too long to sustain the target 1000 event/sec (or 1.000 ms/event)",
      avg_proc_time_ms: 5,
    },
  });
});
