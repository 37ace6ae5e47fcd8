import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { event, rule, taxonomyRule } from "../backlog/testing/builders.ts";
import { taxonomyHash } from "../base/interest-scan.ts";
import type { Rule } from "../contract/directive.ts";
import { InterestIndex } from "./interest-index.ts";

interface Owner {
  ordinal: number;
}

function found(index: InterestIndex<Owner>, change: Parameters<typeof event>[2]): [number, readonly number[]][] {
  return index.find(event(0, "e", change)).map(({ owner, stages }) => [owner.ordinal, stages]);
}

describe("who is interested", () => {
  it("is found by plugin and sid, or by product and category", () => {
    const index = new InterestIndex<Owner>();
    index.add({ ordinal: 0 }, [rule(1, { plugin_sid: [1, 2] }), rule(2, { plugin_sid: [2] })]);
    index.add({ ordinal: 1 }, [taxonomyRule(1, { product: [" p ", "q"] }), rule(2, { plugin_id: 7, plugin_sid: [2] })]);
    expect(found(index, { plugin_id: 1, plugin_sid: 1 })).toEqual([[0, [1]]]);
    expect(found(index, { plugin_id: 1, plugin_sid: 2 })).toEqual([[0, [1, 2]]]);
    expect(found(index, { plugin_id: 7, plugin_sid: 2 })).toEqual([[1, [2]]]);
    expect(found(index, { plugin_id: 7, plugin_sid: 1 })).toEqual([]);
    expect(found(index, { plugin_id: 0, product: "p", category: "c" })).toEqual([[1, [1]]]);
    expect(found(index, { plugin_id: 0, product: " p ", category: "c" })).toEqual([]);
    expect(found(index, { plugin_id: 0, product: "c", category: "p" })).toEqual([]);
    expect([...index.taxonomies()]).toEqual([
      ["p", "c"],
      ["q", "c"],
    ]);
  });

  it("is the same in an index that was joined of what stays and what comes as in one made anew, in a new order", () => {
    const [a, b, c, d] = [0, 1, 2, 3].map((ordinal): Owner => ({ ordinal }));
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error("there are four");
    const before = new InterestIndex<Owner>();
    for (const owner of [a, b, c]) before.add(owner, [rule(1), taxonomyRule(2)]);
    const order = new Map([c, d, a].map((owner, i) => [owner, i]));
    const orderOf = (owner: Owner): number => order.get(owner) ?? 9;
    const added = new InterestIndex<Owner>(orderOf);
    added.add(d, [rule(1, { plugin_sid: [1, 5] })]);
    const joining = before.joined(added, { leaving: new Set([b]), moved: true, orderOf });
    let step = joining.next();
    while (step.done !== true) step = joining.next();
    const joined = step.value;
    const owners = (index: InterestIndex<Owner>, sid: number): Owner[] =>
      index.find(event(sid, "e")).map(({ owner }) => owner);
    expect(owners(joined, 1)).toEqual([c, d, a]);
    expect(owners(joined, 5)).toEqual([d]);
    // What is noted there from now on is no business of the one before.
    joined.add(d, [rule(2), taxonomyRule(1)]);
    for (const [owner, ordinal] of order) owner.ordinal = ordinal;
    joined.settle();
    expect(owners(joined, 2)).toEqual([d]);
    expect(joined.find(event(7, "e", { product: "p", category: "c" })).map(({ owner }) => owner)).toEqual([c, d, a]);
    expect(joined.hasTaxonomyHash(taxonomyHash("p", "c"))).toBe(true);
    expect(owners(before, 1)).toHaveLength(3);
    expect(owners(before, 2)).toEqual([]);
  });

  it("is found once when both kinds name the event, in the order of loading", () => {
    const index = new InterestIndex<Owner>();
    index.add({ ordinal: 0 }, [taxonomyRule(1), rule(2)]);
    index.add({ ordinal: 1 }, [rule(1), taxonomyRule(2)]);
    index.add({ ordinal: 2 }, [rule(1), rule(2)]);
    expect(found(index, { plugin_id: 1, plugin_sid: 1, product: "p", category: "c" })).toEqual([
      [0, [1]],
      [1, [1, 2]],
      [2, [1]],
    ]);
  });

  it("may come late, as the rules of a loaded backlog do, and stands in order all the same", () => {
    const index = new InterestIndex<Owner>();
    const owners = [0, 1, 2].map((ordinal) => ({ ordinal }));
    for (const owner of owners) index.add(owner, [rule(1)]);
    const [first, second, third] = owners;
    if (first === undefined || second === undefined || third === undefined) throw new Error("three owners");
    index.add(third, [rule(2, { plugin_sid: [5] })]);
    index.add(first, [rule(3, { plugin_sid: [5, 1] })]);
    index.add(second, [rule(2, { plugin_sid: [5] })]);
    index.add(second, [rule(2, { plugin_sid: [5] })]);
    expect(found(index, { plugin_id: 1, plugin_sid: 5 })).toEqual([
      [0, [3]],
      [1, [2]],
      [2, [2]],
    ]);
    expect(found(index, { plugin_id: 1, plugin_sid: 1 })).toEqual([
      [0, [1, 3]],
      [1, [1]],
      [2, [1]],
    ]);
  });

  it("is what a look through all rules finds, in whatever order they came", () => {
    const sids = fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1 });
    const texts = fc.uniqueArray(fc.constantFrom("p", "q", " q"), { minLength: 1 });
    const ruleArbitrary = fc.integer({ min: 1, max: 4 }).chain((stage) =>
      fc.oneof(
        fc.record({ plugin_id: fc.integer({ min: 1, max: 2 }), plugin_sid: sids }).map((change) => rule(stage, change)),
        fc.record({ product: texts, category: fc.constantFrom("c", "d") }).map((change) => taxonomyRule(stage, change)),
      ),
    );
    const additions = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.array(ruleArbitrary, { maxLength: 3 })));
    const offered = fc.record({
      plugin_id: fc.integer({ min: 0, max: 2 }),
      plugin_sid: fc.integer({ min: 0, max: 4 }),
      product: fc.constantFrom("", "p", "q"),
      category: fc.constantFrom("", "c", "d"),
    });
    const names = (each: Rule, change: { plugin_id: number; plugin_sid: number; product: string; category: string }) =>
      each.type === "PluginRule"
        ? each.plugin_id === change.plugin_id && each.plugin_sid.includes(change.plugin_sid)
        : each.category === change.category && each.product.some((text) => text.trim() === change.product);
    fc.assert(
      fc.property(additions, offered, (all, change) => {
        const index = new InterestIndex<Owner>();
        const owners = [0, 1, 2, 3].map((ordinal) => ({ ordinal, stages: new Set<number>() }));
        for (const [ordinal, rules] of all) {
          const owner = owners[ordinal];
          if (owner === undefined) continue;
          index.add(owner, rules);
          for (const each of rules) if (names(each, change)) owner.stages.add(each.stage);
        }
        const expected = owners
          .filter(({ stages }) => stages.size > 0)
          .map(({ ordinal, stages }) => [ordinal, [...stages].sort()]);
        expect(found(index, change)).toEqual(expected);
        expect(index.concerns(event(0, "e", change))).toBe(expected.length > 0);
      }),
      { numRuns: 500 },
    );
  });
});
