import fc from "fast-check";
import { expect, it } from "vitest";
import { eachPair, firstPairs, type Pairs, pairsSize, pairsWith } from "./pairs.ts";

it("is a set of pairs that keeps the first parts, and the second parts of each, in order of appearance", () => {
  const pair = fc.tuple(fc.integer({ min: 0, max: 12 }).map(String), fc.integer({ min: 0, max: 12 }));
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 120, size: "max" }), (all) => {
      let pairs: Pairs<number>;
      const model = new Map<string, Set<number>>();
      for (const [first, second] of all) {
        pairs = pairsWith(pairs, first, second);
        model.set(first, (model.get(first) ?? new Set()).add(second));
      }
      const expected = [...model].flatMap(([first, seconds]) => [...seconds].map((s) => [first, s]));
      expect([...eachPair(pairs)]).toEqual(expected);
      expect(pairsSize(pairs)).toBe(expected.length);
      for (const most of [0, 1, 10, 1000]) expect(firstPairs(pairs, most)).toEqual(expected.slice(0, most));
    }),
  );
});
