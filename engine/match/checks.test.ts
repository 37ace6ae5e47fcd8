import { describe, expect, it } from "vitest";
import { event, rule, taxonomyRule } from "../backlog/testing/builders.ts";
import type { Rule } from "../contract/directive.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { compileRules } from "../directive/compile.ts";
import { Inventory } from "../inventory/inventory.ts";
import { type BacklogView, CHECKS, matchesEvent, type ReferredEvent, type Subject } from "./checks.ts";

const INVENTORY = new Inventory([
  { name: "core", cidr: "10.0.0.0/8", value: 1 },
  { name: "pentest", cidr: "10.66.0.0/16", value: 4, whitelisted: true },
  { name: "pentest alone", cidr: "172.31.0.0/16", value: 4, whitelisted: true },
  { name: "six", cidr: "2001:db8::/32", value: 2 },
]);

function subjectOf(change: Partial<NormalizedEvent>): Subject {
  const offered = event(1, "e", change);
  return {
    event: offered,
    source: INVENTORY.facts(offered.src_ip),
    destination: INVENTORY.facts(offered.dst_ip),
  };
}

function matches(given: Rule, change: Partial<NormalizedEvent>): boolean {
  const [compiled] = compileRules([given]);
  if (compiled === undefined) throw new Error("there is no rule");
  return matchesEvent(compiled, subjectOf(change));
}

type Row = [about: string, given: Partial<Rule>, offered: Partial<NormalizedEvent>, expected: boolean];

function table(rows: readonly Row[]): void {
  it.each(rows)("%s", (_, given, offered, expected) => {
    expect(matches(rule(1, given), offered)).toBe(expected);
  });
}

describe("protocol (engine.md §7.1)", () => {
  table([
    ["empty takes all", { protocol: "" }, { protocol: "UDP" }, true],
    ["ANY takes all", { protocol: "ANY" }, { protocol: "" }, true],
    ["equal", { protocol: "TCP" }, { protocol: "TCP" }, true],
    ["another case", { protocol: "TCP" }, { protocol: "tcp" }, false],
    ["another one", { protocol: "TCP" }, { protocol: "UDP" }, false],
    ["a reference is the backlog's affair", { protocol: ":1" }, { protocol: "UDP" }, true],
    ["a list is no list here", { protocol: "TCP,UDP" }, { protocol: "TCP" }, false],
    ["a comma is literal", { protocol: "TCP,UDP" }, { protocol: "TCP,UDP" }, true],
  ]);
});

describe("a PluginRule (engine.md §7.2)", () => {
  table([
    ["plugin and sid", { plugin_sid: [1, 7] }, { plugin_sid: 7 }, true],
    ["another sid", { plugin_sid: [1, 7] }, { plugin_sid: 2 }, false],
    ["another plugin", { plugin_sid: [1] }, { plugin_id: 2 }, false],
    ["the largest numbers", { plugin_id: 2 ** 53 - 1 }, { plugin_id: 2 ** 53 - 1 }, true],
  ]);
});

describe("a TaxonomyRule (engine.md §7.2)", () => {
  const both = { product: "p", category: "c" };
  it.each<[string, Partial<Rule>, Partial<NormalizedEvent>, boolean]>([
    ["product and category", {}, both, true],
    ["another category", {}, { ...both, category: "C" }, false],
    ["another product", {}, { ...both, product: "P" }, false],
    ["one of several products", { product: ["a", " p "] }, both, true],
    ["no subcategory wanted", { subcategory: [] }, { ...both, subcategory: "x" }, true],
    ["one of the subcategories", { subcategory: ["w", " x"] }, { ...both, subcategory: "x" }, true],
    ["none of the subcategories", { subcategory: ["w"] }, { ...both, subcategory: "x" }, false],
    ["a subcategory of another case", { subcategory: ["X"] }, { ...both, subcategory: "x" }, false],
    ["an event without a subcategory", { subcategory: ["w"] }, both, false],
    ["ANY among the subcategories", { subcategory: ["w", "ANY"] }, { ...both, subcategory: "x" }, true],
    ["an event of both kinds", {}, { ...both, plugin_id: 9, plugin_sid: 9 }, true],
  ])("%s", (_, given, offered, expected) => {
    expect(matches(taxonomyRule(1, given), offered)).toBe(expected);
  });
});

describe("from and to (engine.md §7.3)", () => {
  table([
    ["HOME_NET from within", { from: "HOME_NET" }, { src_ip: "10.1.1.1" }, true],
    ["HOME_NET from outside", { from: "HOME_NET" }, { src_ip: "44.1.1.1" }, false],
    ["HOME_NET of IPv6", { from: "HOME_NET" }, { src_ip: "2001:db8::1" }, true],
    ["a whitelisted part of the home network is still home", { from: "HOME_NET" }, { src_ip: "10.66.1.1" }, true],
    ["a network that is only whitelisted isn't", { from: "HOME_NET" }, { src_ip: "172.31.1.1" }, false],
    ["!HOME_NET from within", { from: "!HOME_NET" }, { src_ip: "10.1.1.1" }, false],
    ["!HOME_NET from outside", { from: "!HOME_NET" }, { src_ip: "44.1.1.1" }, true],
    ["an IPv4-mapped address is IPv6", { from: "10.0.0.0/8" }, { src_ip: "::ffff:10.0.0.1" }, false],
    ["to is the destination", { to: "10.1.1.1" }, { src_ip: "44.1.1.1", dst_ip: "10.1.1.1" }, true],
    ["to isn't the source", { to: "10.1.1.1" }, { src_ip: "10.1.1.1", dst_ip: "44.1.1.1" }, false],
    ["one address", { from: "10.1.1.1" }, { src_ip: "10.1.1.2" }, false],
    ["the rule's own spelling of IPv6", { from: "2001:DB8:0:0:0:0:0:1" }, { src_ip: "2001:db8::1" }, true],
    ["::1 is an address, no reference", { from: "::1" }, { src_ip: "::1" }, true],
    ["::1 isn't any other", { from: "::1" }, { src_ip: "::2" }, false],
    ["behind the plain item", { from: "10.0.0.0/16, !192.168.0.0/16" }, { src_ip: "192.168.0.1" }, false],
    ["neither item", { from: "10.0.0.0/16, !192.168.0.0/16" }, { src_ip: "44.0.0.1" }, true],
    ["only a negated item, within", { from: "!10.0.0.0/16" }, { src_ip: "10.0.3.4" }, false],
    ["only a negated item, outside", { from: "!10.0.0.0/16" }, { src_ip: "192.168.0.1" }, true],
    ["the first that matches decides", { from: "10.0.0.0/8,!10.0.0.1" }, { src_ip: "10.0.0.1" }, true],
    ["a negated one first", { from: "!10.0.0.1,10.0.0.0/8" }, { src_ip: "10.0.0.1" }, false],
    ["a negated IPv6 accepts all of IPv4", { from: "!2001:db8::5" }, { src_ip: "44.1.1.1" }, true],
    ["a plain IPv6 takes no IPv4", { from: "2001:db8::/32" }, { src_ip: "44.1.1.1" }, false],
  ]);
});

describe("ports (engine.md §7.4)", () => {
  table([
    ["ANY takes 0", { port_from: "ANY" }, { src_port: 0 }, true],
    ["one port", { port_to: "80" }, { dst_port: 80 }, true],
    ["another port", { port_to: "80" }, { dst_port: 8080 }, false],
    ["a list", { port_to: "80, 443" }, { dst_port: 443 }, true],
    ["a list without 0", { port_to: "80, 443" }, { dst_port: 0 }, false],
    ["a negated list", { port_to: "!80,!443" }, { dst_port: 443 }, false],
    ["outside a negated list", { port_to: "!80,!443" }, { dst_port: 0 }, true],
    ["the source's", { port_from: "80" }, { src_port: 80, dst_port: 1 }, true],
    ["not the destination's", { port_from: "80" }, { src_port: 1, dst_port: 80 }, false],
  ]);
});

describe("custom data (engine.md §7.6)", () => {
  table([
    ["empty", { custom_data1: "" }, { custom_data1: "x" }, true],
    ["ANY", { custom_data1: "ANY" }, { custom_data1: "" }, true],
    ["equal but for the case", { custom_data1: "Admin" }, { custom_data1: "aDMIN" }, true],
    ["beyond ASCII", { custom_data1: "ÄRGER" }, { custom_data1: "ärger" }, true],
    ["another", { custom_data1: "admin" }, { custom_data1: "root" }, false],
    ["inverted", { custom_data1: "!admin" }, { custom_data1: "ADMIN" }, false],
    ["inverted and another", { custom_data1: "!admin" }, { custom_data1: "root" }, true],
    ["inverted and none", { custom_data1: "!admin" }, { custom_data1: "" }, true],
    ["a list", { custom_data2: "a, b" }, { custom_data2: "b" }, true],
    ["a list minds the case", { custom_data2: "a, b" }, { custom_data2: "B" }, false],
    ["a list with a negated item", { custom_data2: "a, !b" }, { custom_data2: "b" }, false],
    ["neither item of it", { custom_data2: "a, !b" }, { custom_data2: "c" }, true],
    ["a colon without digits is literal", { custom_data3: ":x" }, { custom_data3: ":X" }, true],
    ["the third", { custom_data3: "x" }, { custom_data1: "x", custom_data2: "x" }, false],
  ]);

  it("holds only when all three match", () => {
    const given = rule(1, { custom_data1: "a", custom_data2: "b", custom_data3: "c" });
    expect(matches(given, { custom_data1: "a", custom_data2: "b", custom_data3: "c" })).toBe(true);
    for (const field of ["custom_data1", "custom_data2", "custom_data3"]) {
      expect(matches(given, { custom_data1: "a", custom_data2: "b", custom_data3: "c", [field]: "x" })).toBe(false);
    }
  });
});

/** A backlog of which a test says all that the checks may ask. */
function view(change: Partial<BacklogView> = {}): BacklogView {
  return {
    firstEvent: () => undefined,
    hasSticky: () => false,
    latestEndBefore: () => Number.NEGATIVE_INFINITY,
    countWith: () => 1,
    priority: 5,
    highestValueWith: () => 5,
    ...change,
  };
}

function passes(name: string, given: Partial<Rule>, offered: Partial<NormalizedEvent>, backlog: BacklogView): boolean {
  const check = CHECKS.find((each) => each.name === name);
  const compiled = compileRules([rule(1), rule(2, given)])[1];
  if (check === undefined || compiled === undefined) throw new Error(`there is no check ${name}`);
  return check.passes(compiled, subjectOf(offered), backlog);
}

describe("what a backlog decides", () => {
  const first: ReferredEvent = {
    src_ip: "10.0.0.2",
    dst_ip: "2001:db8::1",
    src_port: 5,
    dst_port: 0,
    protocol: "",
    custom_data1: "A",
    custom_data2: "",
    custom_data3: "c",
  };
  const REFERENCES: [keyof Rule, keyof ReferredEvent, string | number][] = [
    ["from", "src_ip", "10.0.0.9"],
    ["to", "dst_ip", "10.0.0.9"],
    ["port_from", "src_port", 6],
    ["port_to", "dst_port", 1],
    ["protocol", "protocol", "TCP"],
    ["custom_data1", "custom_data1", "a"],
    ["custom_data2", "custom_data2", "x"],
    ["custom_data3", "custom_data3", ""],
  ];

  it.each(REFERENCES)("a reference in %s is to the same field of the first event (§7.5)", (field, bound, other) => {
    const known = view({ firstEvent: (stage) => (stage === 1 ? first : undefined) });
    expect(passes("references", { [field]: ":1" }, { [bound]: first[bound] }, known)).toBe(true);
    expect(passes("references", { [field]: ":1" }, { [bound]: other }, known)).toBe(false);
    expect(passes("references", { [field]: ":1" }, { [bound]: first[bound] }, view())).toBe(false);
  });

  it("a sticky value has to be new in this stage of this backlog", () => {
    const seen = view({ hasSticky: (stage, value) => stage === 2 && value === 80 });
    expect(passes("sticky", { sticky_different: "DST_PORT" }, { dst_port: 80 }, seen)).toBe(false);
    expect(passes("sticky", { sticky_different: "DST_PORT" }, { dst_port: 81 }, seen)).toBe(true);
    expect(passes("sticky", { sticky_different: "SRC_PORT" }, { src_port: 81, dst_port: 80 }, seen)).toBe(true);
    expect(passes("sticky", {}, { dst_port: 80 }, seen)).toBe(true);
  });

  it("order is judged in whole seconds, also before 1970", () => {
    const ended = (at: number): BacklogView => view({ latestEndBefore: () => at });
    expect(passes("order", {}, { seconds: 99 }, ended(100))).toBe(false);
    expect(passes("order", {}, { seconds: 100 }, ended(100))).toBe(true);
    expect(passes("order", {}, { seconds: -5 }, ended(-6))).toBe(true);
    expect(passes("order", {}, { seconds: -5 }, view())).toBe(true);
  });

  it("occurrence and risk say whether the stage would end, and whether that were worth a record", () => {
    expect(passes("occurrence", { occurrence: 3 }, {}, view({ countWith: () => 2 }))).toBe(false);
    expect(passes("occurrence", { occurrence: 3 }, {}, view({ countWith: () => 3 }))).toBe(true);
    expect(passes("risk", { reliability: 1 }, {}, view({ priority: 4, highestValueWith: () => 6 }))).toBe(false);
    expect(passes("risk", { reliability: 1 }, {}, view({ priority: 5, highestValueWith: () => 5 }))).toBe(true);
  });
});

it("names the checks in the order in which people are told of them (operation.md §7)", () => {
  expect(CHECKS.map((check) => check.name)).toEqual([
    ...["interest", "protocol", "from", "to", "ports", "references", "custom data"],
    ...["sticky", "order", "occurrence", "risk"],
  ]);
});
