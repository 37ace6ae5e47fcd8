import { afterEach, beforeEach, expect, it } from "vitest";
import { directive, rule } from "../backlog/testing/builders.ts";
import type { AlarmsPage } from "../contract/console/alarms.ts";
import type { Overview } from "../contract/console/overview.ts";
import type { HealthHistory } from "../contract/console-api.ts";
import { anEvent } from "../ingest/testing/door.ts";
import { ConsoleFleet } from "./testing/console-fleet.ts";

let fleet: ConsoleFleet;
beforeEach(() => {
  fleet = new ConsoleFleet();
});
afterEach(() => fleet.end());

const SCAN = directive([rule(1), rule(2, { from: ":1", reliability: 5 })], {
  id: 7,
  name: "Scan by SRC_IP",
  priority: 5,
});
const QUIET = directive([rule(1, { plugin_sid: [4], reliability: 0 }), rule(2, { plugin_sid: [5], reliability: 0 })], {
  ...{ id: 8, name: "Quiet" },
});
const event = (sid: number, src: string) =>
  anEvent({ plugin_id: 1, plugin_sid: sid, src_ip: src, dst_ip: "10.0.0.99" });

it("shows the whole console in figures, and each figure's query finds what it counts", async () => {
  fleet.write("assets_a.json", { assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 5 }] });
  fleet.write("directives_be1.json", { directives: [SCAN, QUIET] });
  await fleet.startFrontend();
  await fleet.startBackend("be1");
  await fleet.post(
    event(1, "10.0.0.1"),
    event(2, "10.0.0.1"),
    event(1, "10.0.0.2"),
    event(4, "10.0.0.3"),
    event(5, "10.0.0.3"),
  );
  const range = "/overview?lastSeconds=86400";
  const overview = await fleet.eventually<Overview>(range, ({ byStatus }) => byStatus[0]?.count === 2);
  expect(overview).toMatchObject({
    open: { high: 0, medium: 2, low: 0, none: 0 },
    byStatus: [{ name: "Open", count: 2, q: "status:Open" }],
    byTag: [{ name: "One", count: 2 }],
    topTargets: [{ name: "10.0.0.99", count: 2 }],
    networks: [{ network: "10.0.0.0/8", value: 5 }],
  });
  expect(overview.topSources.map(({ name }) => name)).toEqual(["10.0.0.1", "10.0.0.2"]);
  expect(overview.alarms.counts.reduce((sum, count) => sum + count)).toBe(2);
  expect(overview.events.counts.length).toBe(overview.alarms.counts.length);
  const tallies = ["byStatus", "byTag", "topDirectives", "topSources", "topTargets", "tree"] as const;
  for (const { count, q } of tallies.flatMap((name) => overview[name].map(({ count, q }) => ({ count, q })))) {
    const { body } = await fleet.api<AlarmsPage>("GET", `/alarms?q=${encodeURIComponent(q)}`);
    expect([q, body.rows.length]).toEqual([q, count]);
  }
  for (const { byRisk, q } of overview.networks) {
    const { body } = await fleet.api<AlarmsPage>("GET", `/alarms?q=${encodeURIComponent(q)}`);
    expect(body.rows.length).toBe(byRisk.reduce((sum, count) => sum + count));
  }
  expect(overview.attention).toMatchObject([{ kind: "mute", href: "/directives?directive=8" }]);
  const { body: old } = await fleet.api<Overview>("GET", "/overview?from=1&to=1000");
  expect([old.open.medium, old.byStatus, old.tree, old.topSources]).toEqual([2, [], [], []]);
  const { body: history } = await fleet.api<HealthHistory>("GET", "/health/history");
  expect(history.stepSeconds).toBe(10);
});
