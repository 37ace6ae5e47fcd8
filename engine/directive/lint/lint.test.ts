import { describe, expect, it } from "vitest";
import { directive, rule } from "../../backlog/testing/builders.ts";
import type { KnownAnswer } from "../../contract/console/coverage.ts";
import type { Directive, Rule } from "../../contract/directive.ts";
import type { LintFacts } from "./finding.ts";
import { lintDirectives, type PlacedFinding } from "./lint.ts";

const FACTS: LintFacts = { highestValue: 5, known: undefined };

/** As `JSON.stringify` lays it out: line 1 is the file's bracket, a directive begins on line 3. */
function lint(directives: readonly Directive[], facts: LintFacts = FACTS, only?: string): PlacedFinding[] {
  const bytes = Buffer.from(JSON.stringify({ directives }, undefined, 1));
  return lintDirectives([{ name: "directives_be1.json", bytes }], facts, only);
}

/** Stage 2 of a directive that nothing else is odd about. */
function second(change: Partial<Rule>, facts?: LintFacts): PlacedFinding[] {
  return lint([directive([rule(1), rule(2, change)])], facts);
}

function known(filled: Record<string, number>, protocols: string[] = ["TCP"], sids = [1, 2]): LintFacts {
  const plugin: KnownAnswer["plugins"][number] = {
    ...{ id: 1, events: 9114, filled },
    sids: sids.map((sid) => ({ sid, title: "t", events: 9114 / sids.length })),
  };
  return { highestValue: 5, known: { plugins: [plugin], taxonomies: [], protocols, events: 9114 } };
}
const ALL = { src_ip: 1, dst_ip: 1, src_port: 1, dst_port: 1, protocol: 1, custom_data1: 1 };

it("has nothing to say of a directive that is in order", () => {
  expect(lint([directive([rule(1), rule(2, { from: ":1" })])], known(ALL))).toEqual([]);
});

describe("risk", () => {
  it("warns of a directive that can never alarm, and says what it would take", () => {
    const rules = [rule(1, { reliability: 1 }), rule(2, { reliability: 1 })];
    expect(lint([directive(rules, { priority: 1 })])).toMatchObject([
      {
        ...{ severity: "warning", directiveId: 1, line: 3 },
        text: "can never raise an alarm: priority 1 × its highest reliability 1 × the highest asset value 5 ÷ 25 is below 1",
        detail: expect.stringContaining("value 25 or more"),
      },
    ]);
  });

  it("notes a first stage that never writes an alarm", () => {
    const rules = [rule(1, { reliability: 0 }), rule(2, { reliability: 5 })];
    expect(lint([directive(rules)])).toMatchObject([
      { severity: "note", stage: 2, text: expect.stringContaining("Risk stays 0 until stage 2") },
    ]);
  });
});

describe("stages that can't be finished", () => {
  it.each<[string, Partial<Rule>, string]>([
    ["a bound field", { to: ":1", sticky_different: "DST_IP" }, "to is :1, the same every time"],
    ["too few sids", { sticky_different: "PLUGIN_SID" }, "only one sid is listed"],
    ["too few ports", { port_to: "80, 443", sticky_different: "DST_PORT" }, "port_to allows only 2 values"],
    ["too few hosts", { from: "10.0.0.1", sticky_different: "SRC_IP" }, "from allows one value"],
  ])("warns of different values where there is %s", (_, change, why) => {
    expect(second({ occurrence: 3, ...change })).toMatchObject([
      {
        ...{ severity: "warning", stage: 2, field: "sticky_different" },
        text: expect.stringContaining(why),
        fix: { label: "Remove", path: ["rules", 1, "sticky_different"] },
      },
    ]);
  });

  it("takes a network for many values, and an exclusion too", () => {
    expect(second({ occurrence: 3, from: "10.0.0.0/24", sticky_different: "SRC_IP" })).toEqual([]);
    expect(second({ occurrence: 3, port_to: "!22", sticky_different: "DST_PORT" })).toEqual([]);
  });

  it("warns of a timeout that is too short", () => {
    expect(second({ occurrence: 3, timeout: 0 })).toMatchObject([
      { stage: 2, field: "timeout", fix: { label: "Set 60", path: ["rules", 1, "timeout"], value: 60 } },
    ]);
    expect(second({ occurrence: 100_000, timeout: 9 })).toMatchObject([{ fix: { value: 1000 } }]);
    expect(second({ occurrence: 3, timeout: 1 })).toEqual([]);
  });
});

it("warns of an always-active first stage that takes strangers' events", () => {
  const rules = [rule(1), rule(2)];
  expect(lint([directive(rules, { all_rules_always_active: true })])).toMatchObject([
    { severity: "warning", stage: 1, field: "from", fix: { path: ["all_rules_always_active"] } },
  ]);
  const narrow = [rule(1, { from: "10.0.0.1" }), rule(2)];
  expect(lint([directive(narrow, { all_rules_always_active: true })])).toEqual([]);
});

it("notes directives that begin alike, by the later one", () => {
  const twins = [directive([rule(1), rule(2)], { id: 1, name: "one" }), directive([rule(1), rule(2)], { id: 2 })];
  expect(lint(twins)).toMatchObject([
    { severity: "note", directiveId: 2, stage: 1, text: "Stage 1 is the same as that of directive 1, one." },
  ]);
  expect(lint(twins, FACTS, "directives_other.json")).toEqual([]);
});

describe("what events say", () => {
  it("warns of a condition on a field that is never filled", () => {
    expect(second({ custom_data3: "admin" }, known(ALL))).toMatchObject([
      {
        ...{ stage: 2, field: "custom_data3" },
        text: "custom_data3 is never filled by plugin 1: 0 of 9,114 events carried it.",
        fix: { label: "Remove", path: ["rules", 1, "custom_data3"] },
      },
    ]);
  });

  it("warns of a reference to a field that is never filled, which always holds", () => {
    expect(second({ custom_data3: ":1" }, known(ALL))).toMatchObject([
      { field: "custom_data3", detail: "So :1 compares nothing with nothing, and holds for every event." },
    ]);
  });

  it("warns of a protocol that differs in case only", () => {
    expect(second({ protocol: "tcp" }, known(ALL))).toMatchObject([
      { field: "protocol", fix: { label: "Use TCP", path: ["rules", 1, "protocol"], value: "TCP" } },
    ]);
  });

  it("notes a protocol that never came, such as the name of a service", () => {
    expect(second({ protocol: "ssh" }, known(ALL, ["TCP", "UDP"]))).toMatchObject([
      {
        ...{ severity: "note", stage: 2, field: "protocol", detail: "Those that came: TCP, UDP." },
        text: 'Stage 2 wants the protocol "ssh", and no event carried it yet.',
      },
    ]);
    expect(second({ protocol: "ssh" }, known(ALL, []))).toEqual([]);
  });

  it("warns of different values of a field that is never filled", () => {
    expect(second({ occurrence: 2, sticky_different: "CUSTOM_DATA2" }, known(ALL))).toMatchObject([
      { field: "sticky_different", text: expect.stringContaining("plugin 1 never fills it") },
    ]);
  });

  it("notes sids that never came", () => {
    expect(second({ plugin_sid: [77] }, known(ALL))).toMatchObject([
      { severity: "note", field: "plugin_sid", text: "No event of plugin 1 with sid 77 was seen yet." },
    ]);
  });

  it("says nothing of sids where not all that came are told", () => {
    const facts = known(ALL);
    for (const sid of facts.known?.plugins[0]?.sids ?? []) sid.events -= 1;
    expect(second({ plugin_sid: [77] }, facts)).toEqual([]);
  });
});

it("points to the line of the field", () => {
  const [finding] = second({ protocol: "tcp" }, known(ALL));
  const text = JSON.stringify({ directives: [directive([rule(1), rule(2, { protocol: "tcp" })])] }, undefined, 1);
  expect(text.split("\n")[(finding?.line ?? 0) - 1]).toContain('"protocol": "tcp"');
});
