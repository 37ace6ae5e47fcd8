import fc from "fast-check";
import { expect, it } from "vitest";
import { type Few, fewFirst, fewHas, fewSize, fewValues, fewWith, fewWithout } from "./few.ts";

it("is a set that keeps the order of first appearance, whatever its size", () => {
  const step = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 30 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
      let few: Few<number>;
      const model = new Set<number>();
      for (const [add, value] of steps) {
        few = add ? fewWith(few, value) : fewWithout(few, value);
        if (add) model.add(value);
        else model.delete(value);
        expect(fewSize(few)).toBe(model.size);
        expect(fewHas(few, value)).toBe(model.has(value));
      }
      expect(fewValues(few)).toEqual([...model]);
      for (const most of [0, 1, 8, 100]) expect(fewFirst(few, most)).toEqual([...model].slice(0, most));
    }),
  );
});
