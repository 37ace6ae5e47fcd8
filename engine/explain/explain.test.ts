import { expect, it } from "vitest";
import type { Backlog } from "../backlog/backlog.ts";
import type { BacklogEnd } from "../backlog/sink.ts";
import { directive, event, rule, taxonomyRule } from "../backlog/testing/builders.ts";
import { correlatorOf } from "../backlog/testing/scenarios.ts";
import type { Directive, Rule } from "../contract/directive.ts";
import type { NormalizedEvent } from "../contract/event.ts";
import { explanationSchema } from "../contract/explain.ts";
import { Inventory } from "../inventory/inventory.ts";
import { ExpiredBacklogs, type LastExpired } from "./expired.ts";
import { explainEvent } from "./explain.ts";

/** 2023-11-14T22:13:20Z. */
const EPOCH = 1_700_000_000;
const INVENTORY = new Inventory([
  { name: "lan", cidr: "10.0.0.0/16", value: 5 },
  { name: "dns", cidr: "10.0.0.53", value: 2 },
  { name: "scanner", cidr: "10.9.0.0/24", value: 1, whitelisted: true },
]);

/** A correlator that these events have gone through, and what it says of one more. */
function explained(rules: readonly Rule[], before: readonly NormalizedEvent[], last: NormalizedEvent, change = {}) {
  const spray = directive(rules, { id: 10063, name: "Spray", priority: 3, ...change });
  return explainedBy([spray], before, last);
}

function explainedBy(directives: readonly Directive[], before: readonly NormalizedEvent[], last: NormalizedEvent) {
  const correlator = correlatorOf(directives, [], { inventory: INVENTORY });
  for (const each of before) correlator.process(each, EPOCH * 1000);
  const explanation = explainEvent(correlator, last);
  expect(explanationSchema.parse(explanation)).toEqual(explanation);
  return explanation;
}

const at = (sid: number, seconds: number, change: Partial<NormalizedEvent> = {}): NormalizedEvent =>
  event(sid, `e${sid}-${seconds}`, { seconds: EPOCH + seconds, ...change });

it("names a sticky value that was counted before, in the words of the event", () => {
  const user = (name: string) => ({ custom_label1: "user", custom_data1: name });
  const rules = [rule(1), rule(2, { occurrence: 15, sticky_different: "CUSTOM_DATA1" })];
  const before = [at(1, 0), at(2, 1, user("svc_backup")), at(2, 2, user("admin"))];
  const { sentence, directives } = explained(rules, before, at(2, 3, user("svc_backup")));
  expect(sentence).toBe(
    "Directive 10063 stays at 2 of 15 because stage 2 counts each user once, and svc_backup was already counted.",
  );
  const [first] = directives;
  expect(first).toMatchObject({ directiveId: 10063, verdict: "sticky value seen", cause: "sticky" });
  expect(first?.attempts[0]?.backlog).toMatchObject({ id: "id1", stage: 2, stages: 2, count: 2, occurrence: 15 });
  const held = first?.attempts[0]?.stages[1];
  expect(held).toMatchObject({ role: "current", firstFailing: "sticky" });
  expect(held?.checks.filter(({ check }) => ["interest", "sticky", "occurrence", "risk"].includes(check))).toEqual([
    { check: "interest", result: "pass", expected: "plugin 1, sid 2", actual: "1 / 2" },
    { check: "sticky", result: "fail", expected: "CUSTOM_DATA1 not seen in this stage", actual: "svc_backup, seen" },
    { check: "occurrence", result: "open", expected: "15", actual: "not reached, stays 2" },
    { check: "risk", result: "open", expected: "above 0", actual: "not reached; reliability 5" },
  ]);
});

it("says when a reference looks as if another field was meant, and what it is bound to", () => {
  const rules = [rule(1), rule(2, { to: ":1" })];
  const there = { src_ip: "10.0.0.1", dst_ip: "10.0.0.2" };
  const back = { src_ip: "10.0.0.9", dst_ip: "10.0.0.1" };
  const { sentence, directives } = explained(rules, [at(1, 0, there)], at(2, 1, back));
  expect(sentence).toBe(
    "Directive 10063 stays at 0 of 1 because stage 2 wants to = :1, which is the dst_ip of stage 1's first " +
      "event, 10.0.0.2, and the event's is 10.0.0.1, which was that event's src_ip.",
  );
  expect(directives[0]?.cause).toBe("references");
  const references = directives[0]?.attempts[0]?.stages[1]?.checks.find(({ check }) => check === "references");
  expect(references).toMatchObject({ expected: "to = 10.0.0.2 (:1)", actual: "to = 10.0.0.1" });
});

it("says when a protocol differs in its case only", () => {
  const { sentence } = explained([rule(1, { protocol: "TCP" }), rule(2)], [], at(1, 0, { protocol: "tcp" }));
  expect(sentence).toBe(
    'Directive 10063 begins no backlog because stage 1 wants protocol "TCP", and the event has "tcp", which isn\'t the ' +
      "same in upper and lower case.",
  );
});

it("says before which stage's end an event is", () => {
  const rules = [rule(1), rule(2), rule(3, { occurrence: 4 })];
  const { sentence, directives } = explained(rules, [at(1, 0), at(2, 9), at(3, 10)], at(3, 5, { event_id: "late" }));
  expect(sentence).toBe(
    "Directive 10063 stays at 1 of 4 because the event is of 22:13:25 UTC, before stage 2 ended at 22:13:29 UTC: it is " +
      "taken and doesn't count.",
  );
  const order = directives[0]?.attempts[0]?.stages[2]?.checks.find(({ check }) => check === "order");
  expect(order).toEqual({ check: "order", result: "fail", expected: "not before 22:13:29", actual: "22:13:25" });
});

it("shows the arithmetic of a risk of 0 and whose asset value is missing", () => {
  const outside = { src_ip: "203.0.113.7", dst_ip: "198.51.100.2" };
  const { sentence, directives } = explained([rule(1), rule(2)], [at(1, 0, outside)], at(2, 1, outside));
  expect(sentence).toBe(
    "Directive 10063 is complete with it and raises no alarm because its risk is 3 × 5 × 0 ÷ 25 = 0, and neither " +
      "203.0.113.7 nor 198.51.100.2 has an asset value.",
  );
  expect(directives[0]).toMatchObject({ verdict: "complete without risk", cause: "risk" });
  expect(directives[0]?.attempts[0]?.factors).toEqual({ priority: 3, reliability: 5, assetValue: 0, risk: 0 });
  const low = explained([rule(1), rule(2, { reliability: 1 })], [at(1, 0)], at(2, 1));
  expect(low.sentence).toContain("its risk is 3 × 1 × 5 ÷ 25 = 0, rounded down.");
  expect(explained([rule(1), rule(2)], [at(1, 0)], at(2, 1)).sentence).toBe(
    "Directive 10063 is complete with it, and its alarm has risk 3 × 5 × 5 ÷ 25 = 3.",
  );
});

it("says in which network a whitelisted source is, and goes no further", () => {
  const whitelisted = explained([rule(1), rule(2)], [], at(1, 0, { src_ip: "10.9.0.4" }));
  expect(whitelisted.door).toMatchObject({ kind: "whitelisted", network: "10.9.0.0/24" });
  expect(whitelisted.sentence).toBe(
    "No directive gets to see the event because its source 10.9.0.4 is in 10.9.0.0/24, which is whitelisted.",
  );
  expect(whitelisted.directives).toEqual([]);
});

it("counts what is recorded, and what was counted before", () => {
  const rules = [rule(1), rule(2, { occurrence: 3 })];
  const before = [at(1, 0), at(2, 1)];
  expect(explained(rules, before, at(2, 2)).sentence).toBe("Directive 10063 counts it: stage 2 has 2 of 3 with it.");
  expect(explained(rules, before, at(2, 1)).sentence).toBe(
    'Directive 10063 stays at 1 of 3 because stage 2 counted an event with event_id "e2-1" before.',
  );
  expect(explained(rules, [...before, at(2, 2)], at(2, 3)).directives[0]?.verdict).toBe("alarm");
});

it("says who took an event, so that no other backlog began", () => {
  const rules = [rule(1, { plugin_sid: [1] }), rule(2, { plugin_sid: [1], occurrence: 5 })];
  const { directives } = explained(rules, [at(1, 0)], at(1, 1));
  expect(directives[0]?.attempts.map(({ verdict }) => verdict)).toEqual(["recorded", "taken by another backlog"]);
  expect(directives[0]?.attempts[1]?.sentence).toBe(
    "Directive 10063 begins no new backlog because backlog id1 took the event.",
  );
});

it("says when an event is one for another stage", () => {
  const rules = [rule(1), rule(2), rule(3)];
  expect(explained(rules, [], at(2, 0)).sentence).toBe(
    'Directive 10063 begins no backlog because the event is one for stage 2, "rule 2", and no backlog lives that has ' +
      "got there.",
  );
  expect(explained(rules, [at(1, 0)], at(3, 1)).sentence).toBe(
    "Directive 10063 stays at 0 of 1 because the event is one for stage 3, and stage 2 isn't finished.",
  );
  const early = explained(rules, [at(1, 0)], at(1, 1), { all_rules_always_active: true });
  expect(early.directives[0]?.verdict).toBe("recorded earlier");
});

it("says why each field doesn't match", () => {
  const because = (change: Partial<Rule>, fields: Partial<NormalizedEvent> = {}): string =>
    explained([rule(1, change), rule(2)], [], at(1, 0, fields)).sentence.replace(/.* because stage 1 wants /, "");
  expect(because({ from: "HOME_NET" }, { src_ip: "8.8.8.8" })).toBe(
    "from = HOME_NET, and the source 8.8.8.8 is in no home network.",
  );
  expect(because({ to: "HOME_NET" }, { dst_ip: "10.9.0.4" })).toBe(
    "to = HOME_NET, and the target 10.9.0.4 is in no home network: whitelisted networks don't count.",
  );
  expect(because({ from: "!HOME_NET" })).toBe("from = !HOME_NET, and the source 10.0.0.2 is in 10.0.0.0/16.");
  expect(because({ to: "10.0.0.0/24, 10.1.0.1" }, { dst_ip: "10.7.0.1" })).toBe(
    "to = 10.0.0.0/24, 10.1.0.1, and the target 10.7.0.1 is in none of these.",
  );
  expect(because({ to: "!10.7.0.0/16, 10.0.0.0/8" }, { dst_ip: "10.7.0.1" })).toBe(
    "to = !10.7.0.0/16, 10.0.0.0/8, and the target 10.7.0.1 is excluded by !10.7.0.0/16.",
  );
  expect(because({ from: "10.0.0.1" })).toBe("from = 10.0.0.1, and the source 10.0.0.2 isn't that.");
  expect(because({ port_to: "445, 139" }, { dst_port: 80 })).toBe("port_to = 445, 139, and the event has 80.");
  expect(because({ custom_data1: "a,B" }, { custom_data1: "b" })).toBe(
    'custom_data1 = a,B, and the event has "b", which isn\'t the same in upper and lower case.',
  );
  expect(because({ custom_data2: "x" })).toBe("custom_data2 = x, and the event has none.");
});

it("explains an asked directive that isn't interested, and says when it isn't loaded", () => {
  const scan = directive([rule(1, { plugin_id: 7 }), rule(2, { plugin_id: 7 })], { id: 3 });
  const correlator = correlatorOf([scan], [], { inventory: INVENTORY });
  const asked = explainEvent(correlator, at(1, 0), { directiveId: 3 });
  expect(asked.sentence).toBe(
    "Directive 3 isn't interested: stage 1 looks for plugin 7, and the event is of plugin 1.",
  );
  expect(asked.directives[0]?.attempts[0]?.stages).toHaveLength(2);
  expect(explainEvent(correlator, at(1, 0), { directiveId: 4 }).sentence).toBe("Directive 4 isn't loaded here.");
});

it("tells the near misses of an event that nobody is interested in, and how many have nothing to do with it", () => {
  const directives = [
    directive([rule(1, { plugin_id: 1512, plugin_sid: [4625] }), rule(2)], { id: 10063, name: "Spray" }),
    directive([taxonomyRule(1), taxonomyRule(2)], { id: 10064 }),
    directive([rule(1), rule(2)], { id: 10065 }),
  ];
  const plugin = explainedBy(directives, [], at(4634, 0, { plugin_id: 1512 }));
  expect(plugin.sentence).toBe(
    "No directive looks for plugin 1512, sid 4634; directive 10063 isn't interested: stage 1 looks for sid 4625 of " +
      "plugin 1512, and the event has sid 4634.",
  );
  expect(plugin.directives).toMatchObject([{ directiveId: 10063, verdict: "not matched", cause: "interest" }]);
  expect(plugin.others).toEqual([
    { why: "ignores", count: 2, sentence: "2 more directives never look at plugin 1512." },
  ]);
  const taxonomy = { plugin_id: 0, plugin_sid: 0, product: "P", category: "c" };
  expect(explainedBy(directives, [], at(1, 0, taxonomy)).sentence).toBe(
    'No directive looks for category "c", product "P"; directive 10064 isn\'t interested: stage 1 looks for product p, ' +
      'and the event has "P", which isn\'t the same in upper and lower case.',
  );
  expect(explainedBy([], [], at(1, 0)).sentence).toBe("No directive is loaded.");
});

it("cuts what is hostile", () => {
  const long = "x".repeat(5_000);
  const { sentence } = explained([rule(1, { custom_data1: "y" }), rule(2)], [], at(1, 0, { custom_data1: long }));
  expect(sentence.length).toBeLessThan(400);
});

it("says which backlog expired that the event came too late for", () => {
  const spray = directive([rule(1), rule(2, { occurrence: 3, timeout: 60 })], { id: 10063 });
  const correlator = correlatorOf([spray], [], { inventory: INVENTORY });
  const expired = new ExpiredBacklogs();
  let nowMs = EPOCH * 1000;
  const ended = (backlog: Backlog, why: BacklogEnd): void => expired.note(backlog, why, nowMs, 1);
  correlator.watcher = { changed: () => undefined, ended };
  for (const each of [at(1, 0), at(2, 5)]) correlator.process(each, nowMs);
  nowMs += 80_000;
  correlator.expire(nowMs);
  const lastExpired: LastExpired = (directiveId, stage) => expired.last(directiveId, stage);
  expect(explainEvent(correlator, at(2, 80), { lastExpired }).sentence).toBe(
    'Directive 10063 begins no backlog because the event is one for stage 2, "rule 2", and backlog id1 expired at ' +
      "22:14:40 UTC with 1 of 3 in stage 2, which had 60 s from 22:13:25 UTC on.",
  );
  expect(explainEvent(correlator, at(1, 80), { lastExpired }).sentence).toContain(
    "and the one before lives no more: backlog id1 expired at 22:14:40 UTC",
  );
  expired.forgetBehind(0);
  expect(expired.last(10063, undefined)).toBeUndefined();
});
