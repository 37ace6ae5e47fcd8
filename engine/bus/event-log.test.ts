import fc from "fast-check";
import { expect, it } from "vitest";
import { EventLog } from "./event-log.ts";

it("holds what an array with an offset would hold", () => {
  const step = fc.oneof(fc.record({ push: fc.nat(3000) }), fc.record({ trim: fc.nat(4000) }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const log = new EventLog();
      const model = new Map<number, Uint8Array>();
      let next = 1;
      for (const taken of steps) {
        if ("push" in taken) {
          for (let i = 0; i < taken.push; i++) {
            const event = new Uint8Array(next % 7);
            model.set(next++, event);
            log.push(event);
          }
        } else {
          for (const sequence of model.keys()) if (sequence <= taken.trim) model.delete(sequence);
          log.trimTo(taken.trim);
        }
        expect(log.next).toBe(next);
        expect(log.length).toBe(model.size);
        expect(log.first).toBe(next - model.size);
        expect(log.bytes).toBe([...model.values()].reduce((sum, event) => sum + event.length, 0));
        for (const sequence of [log.first - 1, log.first, log.next - 1, log.next]) {
          expect(log.at(sequence)).toBe(model.get(sequence));
        }
      }
    }),
    { numRuns: 60 },
  );
});
