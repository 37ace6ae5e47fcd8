import fc from "fast-check";
import { expect, it } from "vitest";
import { holds, property } from "./property.ts";

const wrong = property({ number: 99, name: "wrong", says: "thinks that no number is above 1000" }, () =>
  fc.property(fc.nat(), (number) => {
    if (number > 1000) throw new Error("there is one");
  }),
);

it("leads to the smallest case that it found, and there again by seed and path", async () => {
  const { failure, seed } = await wrong.check({ runs: 500, seed: 5 });
  expect(failure).toMatchObject({ counterexample: "[1001]", message: expect.stringContaining("there is one") });
  const again = await wrong.check({ runs: 500, seed, path: failure?.path });
  expect(again.failure?.counterexample).toBe("[1001]");
  expect(again.runs).toBe(1);
  await expect(holds(wrong, 500)).rejects.toThrow(/there is one.*\[1001\].*--only wrong --seed -?\d+ --path [\d:]+/s);
});

it("has not held when its case never came up", async () => {
  const empty = property({ number: 99, name: "empty", says: "is about nothing", cases: ["something"] }, () =>
    fc.property(fc.nat(), () => undefined),
  );
  await expect(holds(empty, 20)).rejects.toThrow("in 20 runs there was never: something");
});

it("stops when its time is up, and says how far it came", async () => {
  const slow = property({ number: 99, name: "slow", says: "takes its time" }, () =>
    fc.asyncProperty(fc.nat(), () => new Promise((resolve) => setTimeout(resolve, 5))),
  );
  const { runs, failure } = await slow.check({ runs: 100_000, limitMs: 100 });
  expect(failure).toBeUndefined();
  expect(runs).toBeLessThan(100);
});
