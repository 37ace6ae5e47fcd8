import { describe, expect, it } from "vitest";
import { alarmRecordOf } from "../alarm/alarm-record.ts";
import type { AlarmRecord } from "../contract/alarm.ts";
import type { Directive } from "../contract/directive.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { Inventory } from "../inventory/inventory.ts";
import { CHECKS } from "../match/checks.ts";
import type { Backlog } from "./backlog.ts";
import { Correlator } from "./correlator.ts";
import { directive, event, rule, taxonomyRule } from "./testing/builders.ts";
import { EPOCH, tracingSink } from "./testing/scenarios.ts";

const NOW_MS = EPOCH * 1000 + 999;
const INVENTORY = new Inventory([
  { name: "lan", cidr: "10.0.0.0/8", value: 2 },
  { name: "office", cidr: "10.1.0.0/16", value: 3 },
  { name: "web", cidr: "10.1.1.1/32", value: 9 },
  { name: "DST_IP of old", cidr: "10.9.9.9", value: 1 },
  { name: "lab", cidr: "10.66.0.0/16", value: 10, whitelisted: true },
]);

function running(directives: readonly Directive[]) {
  const trace: string[] = [];
  const records: AlarmRecord[] = [];
  const backlogs: Backlog[] = [];
  const tracing = tracingSink(trace);
  let created = 0;
  const correlator = new Correlator({
    inventory: INVENTORY,
    sink: {
      ...tracing,
      backlogCreated: (backlog, offered) => {
        backlogs.push(backlog);
        tracing.backlogCreated(backlog, offered);
      },
      recordDue: (backlog, lookUp) => {
        tracing.recordDue(backlog, lookUp);
        const record = alarmRecordOf(backlog);
        if (record !== undefined) records.push(record);
      },
    },
    newAlarmId: () => `id${++created}`,
    medRiskMin: 3,
    medRiskMax: 6,
    status: "Open",
    tag: "Identified Threat",
    minAlarmLifetimeSeconds: 0,
    idleDirectivesMs: 600_000,
  });
  for (const each of directives) correlator.addDirective(each, () => each);
  const offer = (...events: NormalizedEvent[]): void => {
    for (const each of events) correlator.process(each, NOW_MS);
  };
  return { correlator, trace, records, backlogs, offer };
}

const two = [rule(1), rule(2, { occurrence: 2 })];

describe("a title", () => {
  it.each([
    ["Scan from SRC_IP to DST_IP", "10.1.1.1", "10.0.0.3", "Scan from web to 10.0.0.3"],
    ["SRC_IP and again SRC_IP", "2001:db8::1", "10.0.0.3", "2001:db8::1 and again 2001:db8::1"],
    ["SRC_IP to DST_IP", "10.9.9.9", "10.1.1.1", "DST_IP of old to web"],
    ["from src_ip", "10.1.1.1", "10.0.0.3", "from src_ip"],
  ])("%s has hosts by their names, others by their addresses", (name, src_ip, dst_ip, title) => {
    const { backlogs, offer } = running([directive(two, { name })]);
    offer(event(1, "e1", { src_ip, dst_ip }));
    expect(backlogs[0]?.title).toBe(title);
  });
});

describe("event ids", () => {
  it("count once each in a stage, but every recorded event has its line", () => {
    const { trace, offer } = running([directive(two)]);
    offer(event(1, "a"), event(2, "b"), event(2, "b"), event(2, "b"), event(2, "c"));
    expect(trace.filter((line) => line.startsWith("recorded"))).toEqual([
      "recorded a at 1 of id1",
      ...["b", "b", "b", "c"].map((id) => `recorded ${id} at 2 of id1`),
    ]);
    expect(trace.at(-1)).toBe("removed id1: complete");
  });

  it("count in every stage anew", () => {
    const { trace, offer } = running([directive([rule(1), rule(2), rule(3)])]);
    offer(event(1, "a"), event(2, "a"), event(3, "a"));
    expect(trace.at(-1)).toBe("removed id1: complete");
  });
});

describe("what an alarm has seen", () => {
  it("has 0.0.0.0 only while there is no other address", () => {
    const { correlator, offer } = running([directive([rule(1), rule(2, { occurrence: 9 })])]);
    const seen = (): unknown => {
      const saved = correlator.snapshot().get(1)?.[0];
      return [saved?.src_ips, saved?.dst_ips];
    };
    offer(event(1, "a", { src_ip: "0.0.0.0", dst_ip: "0.0.0.0" }));
    expect(seen()).toEqual([["0.0.0.0"], ["0.0.0.0"]]);
    offer(event(2, "b", { src_ip: "44.1.1.1", dst_ip: "0.0.0.0" }));
    expect(seen()).toEqual([["44.1.1.1"], ["0.0.0.0"]]);
    offer(event(2, "c", { src_ip: "0.0.0.0", dst_ip: "44.1.1.2" }));
    expect(seen()).toEqual([["44.1.1.1"], ["44.1.1.2"]]);
  });

  it("has each pair of label and content once, and none without content", () => {
    const { records, offer } = running([directive([rule(1), rule(2)])]);
    offer(
      event(1, "a", { custom_label1: "user", custom_data1: "u", custom_label2: "file", custom_data3: "x" }),
      event(2, "b", { custom_label1: "user", custom_data1: "u", custom_label2: "u", custom_data2: "ser" }),
    );
    expect(records.at(-1)?.custom_data).toEqual([
      { label: "user", content: "u" },
      { label: "", content: "x" },
      { label: "u", content: "ser" },
    ]);
  });

  it("has the home networks of all addresses, without hosts and what is only whitelisted", () => {
    const { records, offer } = running([directive([rule(1), rule(2)])]);
    offer(event(1, "a", { src_ip: "10.1.1.1", dst_ip: "10.66.0.1" }), event(2, "b", { src_ip: "44.1.1.1" }));
    expect(records.at(-1)?.networks.toSorted()).toEqual(["10.0.0.0/8", "10.1.0.0/16"]);
  });

  it("gives the highest value of any address to the risk, the whitelisted too", () => {
    const { records, offer } = running([directive([rule(1, { reliability: 5 }), rule(2, { reliability: 10 })])]);
    offer(event(1, "a", { src_ip: "10.1.1.1" }), event(2, "b", { src_ip: "44.1.1.1", dst_ip: "10.66.0.1" }));
    expect(records.map((record) => [record.risk, record.risk_class])).toEqual([
      [9, "High"],
      [20, "High"],
    ]);
  });

  it("is what an explanation of the risk goes by: the backlog's addresses and the event's", () => {
    const { backlogs, offer } = running([directive(two)]);
    offer(event(1, "a", { src_ip: "10.1.1.1" }));
    const given = event(2, "b", { src_ip: "44.1.1.1", dst_ip: "44.1.1.2" });
    const subject = { event: given, source: INVENTORY.facts("44.1.1.1"), destination: INVENTORY.facts("44.1.1.2") };
    const [backlog] = backlogs;
    expect(backlog?.highestValueWith(subject)).toBe(9);
    const risk = CHECKS.find((check) => check.name === "risk");
    expect(backlog !== undefined && risk?.passes(backlog.rule(2), subject, backlog)).toBe(true);
  });
});

describe("sticky_different", () => {
  const sticky = [rule(1), rule(2, { occurrence: 3, sticky_different: "DST_PORT" })];

  it("lets only new values count, and an event with a known one goes on to begin a backlog if it can", () => {
    const { trace, offer } = running([directive(sticky)]);
    offer(
      event(1, "a"),
      event(2, "b", { dst_port: 1 }),
      event(2, "c", { dst_port: 1 }),
      event(2, "d", { dst_port: 2 }),
    );
    expect(trace.filter((line) => line.includes(" at 2 "))).toEqual([
      "recorded b at 2 of id1",
      "recorded d at 2 of id1",
    ]);
  });

  it("isn't used up by an event that fails another check", () => {
    const rules = [rule(1), rule(2, { occurrence: 2, sticky_different: "DST_PORT", protocol: "TCP" })];
    const { trace, offer } = running([directive(rules)]);
    offer(
      event(1, "a"),
      event(2, "b", { dst_port: 7, protocol: "UDP" }),
      event(2, "c", { dst_port: 7 }),
      event(2, "d", { dst_port: 8 }),
    );
    expect(trace.at(-1)).toBe("removed id1: complete");
  });

  it("is used up by an event that is discarded as out of order", () => {
    const { trace, offer } = running([directive(sticky)]);
    offer(
      event(1, "a"),
      event(2, "b", { dst_port: 7, seconds: EPOCH - 1 }),
      event(2, "c", { dst_port: 7 }),
      event(2, "d", { dst_port: 8 }),
    );
    expect(trace.slice(3)).toEqual(["record id1 risk 2 with look-ups", "discarded b by id1", "recorded d at 2 of id1"]);
  });

  it("knows the value of the event that began the backlog", () => {
    const rules = [rule(1, { sticky_different: "SRC_IP" }), rule(2)];
    const { correlator, offer } = running([directive(rules)]);
    offer(event(1, "a", { src_ip: "44.1.1.1" }));
    expect(correlator.snapshot().get(1)?.[0]?.rules[0]?.saved_sticky_diffdata?.sdiff_string).toEqual(["44.1.1.1"]);
  });
});

describe("all_rules_always_active", () => {
  const always = (rules: Parameters<typeof directive>[0]): Directive =>
    directive(rules, { all_rules_always_active: true });

  it("gives an event of an earlier stage to the backlog, which is written again without look-ups", () => {
    const { trace, records, offer } = running([always([rule(1), rule(2), rule(3)])]);
    offer(event(1, "a"), event(2, "b"), event(1, "c", { src_ip: "44.5.5.5" }));
    expect(trace.slice(-2)).toEqual(["recorded c at 1 of id1", "record id1 risk 2 without look-ups"]);
    expect(records.at(-1)?.src_ips).toContain("44.5.5.5");
    expect(records.at(-1)?.rules[0]).toMatchObject({ start_time: EPOCH, end_time: EPOCH, status: "finished" });
  });

  it("tries the lowest stage first, and the current one before all", () => {
    const same = { plugin_sid: [1, 2, 3] };
    const { trace, offer } = running([always([rule(1, same), rule(2, same), rule(3, { ...same, occurrence: 2 })])]);
    offer(event(1, "a"), event(1, "b"), event(1, "c"));
    expect(trace.filter((line) => line.startsWith("recorded"))).toEqual([
      "recorded a at 1 of id1",
      "recorded b at 2 of id1",
      "recorded c at 3 of id1",
    ]);
  });

  it("doesn't try earlier stages when the current one knows the sticky value", () => {
    const rules = [rule(1, { plugin_sid: [1, 2] }), rule(2, { occurrence: 3, sticky_different: "SRC_IP" })];
    const { trace, offer } = running([always(rules)]);
    offer(event(1, "a"), event(2, "b"), event(2, "c"));
    // The first backlog refuses c, which its stage 1 would take; so c begins another.
    expect(trace.filter((line) => line.startsWith("created"))).toEqual([
      "created id1 of 1 by a",
      "created id2 of 1 by c",
    ]);
  });
});

describe("events and directives", () => {
  it("of both kinds concern rules of either kind", () => {
    const rules = [rule(1), taxonomyRule(2)];
    const { trace, offer } = running([directive(rules)]);
    offer(event(1, "a", { product: "p", category: "c" }), event(9, "b", { product: "p", category: "c" }));
    expect(trace.at(-1)).toBe("removed id1: complete");
  });

  it("are matched in the order in which the directives were loaded, and counted", () => {
    const { correlator, trace } = running([2, 1, 3].map((id) => directive([rule(1), rule(2)], { id })));
    expect(correlator.process(event(1, "a"), NOW_MS)).toBe(3);
    expect(correlator.process(event(9, "b"), NOW_MS)).toBe(0);
    expect(trace.filter((line) => line.startsWith("created"))).toEqual([
      "created id1 of 2 by a",
      "created id2 of 1 by a",
      "created id3 of 3 by a",
    ]);
  });

  it("before 1970 follow each other like any", () => {
    const { trace, offer } = running([directive([rule(1), rule(2), rule(3)])]);
    offer(event(1, "a", { seconds: -50 }), event(2, "b", { seconds: -40 }), event(3, "c", { seconds: -60 }));
    expect(trace.at(-1)).toBe("discarded c by id1");
    offer(event(3, "d", { seconds: -40 }));
    expect(trace.at(-1)).toBe("removed id1: complete");
  });
});
