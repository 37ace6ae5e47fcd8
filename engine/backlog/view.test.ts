import { describe, expect, it } from "vitest";
import { backlogDetailSchema, backlogSummarySchema } from "../contract/live-backlog.ts";
import type { Backlog } from "./backlog.ts";
import type { Correlator } from "./correlator.ts";
import { directive, event, rule } from "./testing/builders.ts";
import { correlatorOf, EPOCH } from "./testing/scenarios.ts";
import { detailOf, summaryCost, summaryOf } from "./view.ts";

const NOW_MS = EPOCH * 1000 + 500;

const SCAN = directive(
  [
    rule(1, { sticky_different: "DST_PORT" }),
    rule(2, { occurrence: 3, from: ":1", port_to: ":1", reliability: 7, timeout: 60, sticky_different: "SRC_PORT" }),
    rule(3, { to: ":2", custom_data1: ":1", reliability: 10 }),
  ],
  { name: "Scan by SRC_IP", priority: 4 },
);

function only(correlator: Correlator): Backlog {
  const [backlog, ...more] = correlator.backlogs();
  if (backlog === undefined || more.length > 0) throw new Error("there isn't exactly one live backlog");
  return backlog;
}

/** A backlog in stage 2 with two of three events. */
function scanning(): Backlog {
  const correlator = correlatorOf([SCAN], []);
  correlator.process(event(1, "a", { src_ip: "10.0.0.1", custom_label1: "user", custom_data1: "eve" }), NOW_MS);
  correlator.process(event(2, "b", { src_ip: "10.0.0.1", src_port: 5, seconds: EPOCH + 3 }), NOW_MS + 3000);
  correlator.process(event(2, "c", { src_ip: "10.0.0.1", src_port: 6, seconds: EPOCH + 4 }), NOW_MS + 4000);
  return only(correlator);
}

describe("a summary", () => {
  it("says where a backlog stands", () => {
    const summary = summaryOf(scanning());
    expect(backlogSummarySchema.strict().parse(summary)).toEqual({
      id: "id1",
      directiveId: 1,
      title: "Scan by server",
      stage: 2,
      stages: 3,
      rule: "rule 2",
      count: 2,
      occurrence: 3,
      events: 3,
      // 4 × 5 × 9 ÷ 25 and 4 × 7 × 9 ÷ 25.
      risk: 7,
      nextRisk: 10,
      startTime: EPOCH,
      createdTime: 0,
      updateTime: EPOCH + 4,
      // The check at 70 s is the first after second EPOCH + 60.
      deadline: EPOCH + 71,
      timeout: 60,
      source: "10.0.0.1",
      sources: 1,
      destination: "10.0.0.3",
      destinations: 1,
    });
  });

  it("names the moment at which the correlator expires the backlog", () => {
    const trace: string[] = [];
    const correlator = correlatorOf([SCAN], trace);
    correlator.process(event(1, "a"), NOW_MS);
    const { deadline } = summaryOf(only(correlator));
    correlator.expire((deadline - 1) * 1000);
    expect(correlator.liveBacklogs).toBe(1);
    correlator.expire(deadline * 1000);
    expect(correlator.liveBacklogs).toBe(0);
  });

  it("doesn't look up thousands of addresses to say what the next risk is, and is short", () => {
    const correlator = correlatorOf(
      [directive([rule(1), rule(2, { occurrence: 5000, name: "n".repeat(5000) })], { name: "\u0007".repeat(9000) })],
      [],
    );
    for (let i = 0; i < 2500; i++) {
      correlator.process(event(i === 0 ? 1 : 2, `e${i}`, { src_ip: `10.1.${i >> 8}.${i & 255}` }), NOW_MS);
    }
    const backlog = only(correlator);
    const summary = summaryOf(backlog);
    expect(summary).toMatchObject({ sources: 2500, source: "10.1.0.0", count: 2499 });
    expect("nextRisk" in summary).toBe(false);
    expect(summaryCost(backlog)).toBe(1);
    expect(JSON.stringify(summary).length).toBeLessThan(4096);
    const detail = detailOf(backlog);
    expect(detail.sourceAddresses).toMatchObject({ total: 2500 });
    expect(detail.sourceAddresses.values).toHaveLength(200);
    expect(detail.stageViews[1]?.eventIds).toMatchObject({
      total: 2499,
      values: expect.arrayContaining(["e1", "e200"]),
    });
    expect(detail.factors).toEqual({ priority: 5, reliability: 5, nextReliability: 5 });
    expect(detail.title).toHaveLength(9000);
  });
});

describe("a detail", () => {
  it("shows each stage with its rule, what it is bound to and what it has seen", () => {
    const detail = detailOf(scanning());
    expect(backlogDetailSchema.strict().parse(detail)).toEqual(detail);
    const [first, second, third] = detail.stageViews;
    expect(first).toMatchObject({
      state: "finished",
      rule: { name: "rule 1", status: "finished", from: "ANY" },
      bindings: [],
      count: 1,
      startTime: EPOCH,
      endTime: EPOCH,
      eventIds: { values: ["a"], total: 1 },
      stickyValues: { values: [80], total: 1 },
    });
    expect(second).toMatchObject({
      state: "current",
      rule: { from: "10.0.0.1", port_to: "80" },
      bindings: [
        { field: "from", eventField: "src_ip", stage: 1, value: "10.0.0.1", eventId: "a" },
        { field: "port_to", eventField: "dst_port", stage: 1, value: 80, eventId: "a" },
      ],
      eventIds: { values: ["b", "c"], total: 2 },
      stickyValues: { values: [5, 6], total: 2 },
    });
    expect(third).toMatchObject({
      state: "waiting",
      rule: { to: "10.0.0.3", custom_data1: "eve" },
      count: 0,
      startTime: 0,
      eventIds: { values: [], total: 0 },
    });
    expect(detail.customData).toEqual({ values: [{ label: "user", content: "eve" }], total: 1 });
    expect(detail.networks).toEqual({ values: ["10.0.0.0/8"], total: 1 });
  });

  it("does the sums of the risk, now and next", () => {
    const { risk, nextRisk, riskClass, factors } = detailOf(scanning());
    expect(factors).toEqual({ priority: 4, assetValue: 9, reliability: 5, nextReliability: 7 });
    expect([risk, nextRisk, riskClass]).toEqual([7, 10, "High"]);
  });

  it("says what the next event must be like", () => {
    const { advance } = detailOf(scanning());
    expect(advance).toMatchObject({
      stage: 2,
      missing: 1,
      completes: false,
      rule: { plugin_id: 1, plugin_sid: [2], from: "10.0.0.1", port_to: "80" },
      unbound: [],
      notBefore: EPOCH,
    });
  });

  it("says which references keep a stage from ever matching", () => {
    const source = correlatorOf([SCAN], []);
    source.process(event(1, "a"), NOW_MS);
    const saved = source.snapshot().get(1) ?? [];
    // As Dsiem-rs saves it: without first events.
    const stripped = saved.map((each) => ({
      ...each,
      rules: each.rules.map(({ saved_first_event, ...rest }) => rest),
    }));
    const correlator = correlatorOf([SCAN], []);
    expect(correlator.restore(1, stripped, NOW_MS)).toEqual([]);
    const { advance, stageViews } = detailOf(only(correlator));
    expect(advance.unbound).toEqual([
      { field: "from", eventField: "src_ip", stage: 1 },
      { field: "port_to", eventField: "dst_port", stage: 1 },
    ]);
    expect(stageViews[1]?.rule).toMatchObject({ from: ":1", port_to: ":1" });
  });
});
