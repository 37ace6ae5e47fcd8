import fc from "fast-check";
import { expect, it } from "vitest";
import { Ring } from "./ring.ts";

it("is a bounded queue: first in, first out, and it refuses what is too much", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.array(fc.boolean(), { maxLength: 600, size: "max" }),
      (capacity, pushes) => {
        const ring = new Ring<number>(capacity);
        const model: number[] = [];
        for (const [i, push] of pushes.entries()) {
          if (push) {
            expect(ring.push(i)).toBe(model.length < capacity);
            if (model.length < capacity) model.push(i);
          } else {
            expect(ring.shift()).toBe(model.shift());
          }
          expect(ring.length).toBe(model.length);
        }
      },
    ),
  );
});
