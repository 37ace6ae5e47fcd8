import { expect, it } from "vitest";
import type { Backlog } from "../backlog/backlog.ts";
import type { BacklogEnd } from "../backlog/sink.ts";
import { directive, event, rule } from "../backlog/testing/builders.ts";
import { correlatorOf } from "../backlog/testing/scenarios.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { Inventory } from "../inventory/inventory.ts";
import { explainEnd } from "./end.ts";

const EPOCH = 1_700_000_000;
const INVENTORY = new Inventory([{ name: "lan", cidr: "10.0.0.0/8", value: 4 }]);

/** A correlator that says how its backlogs end. */
function ending(reliability = 5) {
  const rules = [rule(1), rule(2, { occurrence: 3, timeout: 60, reliability })];
  const correlator = correlatorOf([directive(rules, { id: 7, priority: 3 })], [], { inventory: INVENTORY });
  const ends: string[] = [];
  let nowMs = EPOCH * 1000;
  correlator.watcher = {
    changed: () => undefined,
    ended: (backlog: Backlog, why: BacklogEnd) => ends.push(explainEnd(backlog, why, nowMs)),
  };
  const process = (sid: number, seconds: number, change: Partial<NormalizedEvent> = {}): void => {
    nowMs = (EPOCH + seconds) * 1000;
    correlator.process(event(sid, `e${seconds}`, { seconds: EPOCH + seconds, ...change }), nowMs);
  };
  const expire = (seconds: number): void => {
    nowMs = (EPOCH + seconds) * 1000;
    correlator.expire(nowMs);
  };
  return { correlator, ends, process, expire };
}

it("says when a stage expired, and what was missing", () => {
  const { ends, process, expire } = ending();
  process(1, 0);
  process(2, 5);
  expire(61 + 10);
  expect(ends).toEqual([
    "Backlog id1 of directive 7 expired at 22:14:31 UTC with 1 of 3 in stage 2, which had 60 s from 22:13:25 UTC on.",
  ]);
});

it("says what risk a complete backlog has, and why it is 0", () => {
  const { ends, process } = ending();
  for (const [sid, seconds] of [[1, 0] as const, [2, 1] as const, [2, 2] as const, [2, 3] as const])
    process(sid, seconds);
  const outside = { src_ip: "203.0.113.7", dst_ip: "203.0.113.8" };
  for (const [sid, seconds] of [[1, 4] as const, [2, 5] as const, [2, 6] as const, [2, 7] as const]) {
    process(sid, seconds, outside);
  }
  expect(ends).toEqual([
    "Backlog id1 of directive 7 was complete at 22:13:23 UTC, and its alarm has risk 3 × 5 × 4 ÷ 25 = 2.",
    "Backlog id2 of directive 7 was complete at 22:13:27 UTC and raised no alarm because its risk is 3 × 5 × 0 ÷ 25 = 0, " +
      "and neither 203.0.113.7 nor 203.0.113.8 has an asset value.",
  ]);
});

it("says that a backlog was closed by hand", () => {
  const { correlator, ends, process } = ending();
  process(1, 0);
  for (const backlog of correlator.backlogs()) correlator.close(backlog, EPOCH * 1000);
  expect(ends).toEqual(["Backlog id1 of directive 7 was closed by hand at 22:13:20 UTC: stage 2 had 0 of 3."]);
});
