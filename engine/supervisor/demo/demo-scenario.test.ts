import { describe, expect, test } from "vitest";
import assetsFile from "../../../assets/demo/configs/assets_demo.json" with { type: "json" };
import type { Backlog } from "../../backlog/backlog.ts";
import { Correlator } from "../../backlog/correlator.ts";
import { isFault, readEvent } from "../../base/event.ts";
import { parseAddress, parseCidr } from "../../base/ip.ts";
import { CONFIG_FILE_NAME } from "../../contract/limits.ts";
import { checkConfigFile } from "../../directive/config-check.ts";
import { loadDirectives, parseDirective } from "../../directive/load.ts";
import { Inventory } from "../../inventory/inventory.ts";
import { demoConfigFiles, demoCurlEvent } from "./demo-configs.ts";
import { calmTimeline, type DemoEvent, type Moment, scenarioTimeline } from "./demo-scenario.ts";

const STARTED_MS = Date.UTC(2026, 0, 1);

function files() {
  return [...demoConfigFiles(4711)].map(([name, text]) => ({ name, bytes: Buffer.from(text) }));
}

/** What became of each directive's backlogs: the risks they had when they ended, or `timeout`. */
function correlate(
  moments: readonly Moment[],
): Map<number, { ends: (number | "timeout")[]; risks: number[]; firstAlarmAt: number }> {
  const seen = new Map<number, { ends: (number | "timeout")[]; risks: number[]; firstAlarmAt: number }>();
  let at = 0;
  const of = (backlog: Backlog) => {
    const known = seen.get(backlog.header.directiveId) ?? {
      ends: [],
      risks: [],
      firstAlarmAt: Number.POSITIVE_INFINITY,
    };
    seen.set(backlog.header.directiveId, known);
    return known;
  };
  const correlator = new Correlator({
    inventory: new Inventory(assetsFile.assets),
    sink: {
      backlogCreated: of,
      eventRecorded: () => undefined,
      stickySeen: () => undefined,
      eventDiscarded: () => undefined,
      stageFinished: (backlog) => {
        const known = of(backlog);
        known.risks.push(backlog.risk);
        if (backlog.risk > 0) known.firstAlarmAt = Math.min(known.firstAlarmAt, at);
      },
      recordDue: () => undefined,
      backlogRemoved: (backlog, why) => of(backlog).ends.push(why === "timeout" ? "timeout" : backlog.risk),
    },
    newAlarmId: () => "a",
    medRiskMin: 3,
    medRiskMax: 6,
    status: "Open",
    tag: "",
    minAlarmLifetimeSeconds: 0,
    idleDirectivesMs: 600_000,
  });
  const { problems } = loadDirectives(
    files().filter(({ name }) => name.startsWith("directives_")),
    (directive, source) => correlator.addDirective(directive, () => parseDirective(source)),
  );
  expect(problems).toEqual([]);
  for (const moment of moments) {
    at = moment.at;
    if (!("event" in moment)) continue;
    const now = STARTED_MS + at * 1000;
    correlator.expire(now);
    correlator.process(read(moment.event, now), now);
  }
  correlator.expire(STARTED_MS + at * 1000 + 3_600_000);
  return seen;
}

function read(event: DemoEvent, nowMs: number) {
  const result = readEvent({ event_id: crypto.randomUUID(), timestamp: new Date(nowMs).toISOString(), ...event });
  if (isFault(result)) throw new Error(`${result.message}: ${JSON.stringify(event)}`);
  return result;
}

describe("the demo's configuration", () => {
  test("is valid, and may be served", () => {
    for (const file of files()) {
      expect(file.name).toMatch(CONFIG_FILE_NAME);
      expect(checkConfigFile(file)).toEqual([]);
    }
  });
});

describe("the demo scenario", () => {
  const timeline = scenarioTimeline();

  test("takes about a minute, in order of time", () => {
    const times = timeline.map((moment) => moment.at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeGreaterThan(50);
    expect(times.at(-1)).toBeLessThanOrEqual(60);
  });

  test("uses private addresses and those reserved for documentation only", () => {
    const allowed = [
      "10.0.0.0/8",
      "172.16.0.0/12",
      "192.168.0.0/16",
      "192.0.2.0/24",
      "198.51.100.0/24",
      "203.0.113.0/24",
      "2001:db8::/32",
    ];
    const networks = allowed.map(parseCidr).filter((cidr) => "contains" in cidr);
    for (const moment of [...timeline, ...Array.from({ length: 21 }, (_, i) => calmTimeline(i + 1)).flat()]) {
      if (!("event" in moment)) continue;
      for (const ip of [moment.event.src_ip, moment.event.dst_ip]) {
        const address = parseAddress(ip);
        expect(address !== undefined && networks.some((network) => network.contains(address))).toBe(true);
      }
    }
  });

  test("shows each scene: risks from Low to High, one backlog an event short, one that completes with risk 0", () => {
    const seen = correlate(timeline);
    const ends = Object.fromEntries([...seen].map(([id, { ends }]) => [id, ends]));
    expect(ends).toEqual({ 9001: [4], 9002: [2], 9003: [8], 9004: [8], 9005: [7], 9006: ["timeout"], 9007: [0] });
    expect(seen.get(9006)?.risks).toEqual([0]);
    expect(Math.min(...[...seen.values()].map(({ firstAlarmAt }) => firstAlarmAt))).toBeLessThan(3);
  });

  test("goes on with one scene at a time, from other attackers", () => {
    const first = calmTimeline(1);
    expect(first.find((moment) => "tells" in moment)?.at).toBe(15);
    expect([...correlate(first).keys()]).toEqual([9001]);
    const scenes = Array.from({ length: 7 }, (_, i) => calmTimeline(i + 8).find((moment) => "tells" in moment));
    expect(new Set(scenes.map((scene) => JSON.stringify(scene))).size).toBe(7);
    // The attackers of the second turn aren't those of the first minute.
    const tells = timeline.flatMap((moment) => ("tells" in moment ? [moment.tells] : []));
    expect(tells).not.toContain(first.flatMap((moment) => ("tells" in moment ? [moment.tells] : []))[0]);
  });

  test("the curl line's event leads to an alarm by itself, and holds no single quote", () => {
    const event = demoCurlEvent();
    expect(JSON.stringify(event)).not.toContain("'");
    const seen = correlate([{ at: 0, event }]);
    expect(seen.get(9004)?.risks).toEqual([3]);
  });
});
