import { describe, expect, it } from "vitest";
import { HeapGuard } from "./heap-guard.ts";

const MB = 1024 * 1024;

/** A heap of 100 MB of which so much is in use, before and after garbage is collected. */
function guard(
  before: number,
  after: number,
): { looks: (events: number) => (number | undefined)[]; collected: () => number } {
  let collected = 0;
  const heap = {
    used: () => (collected === 0 ? before : after) * MB,
    limit: 100 * MB,
    collect: () => {
      collected += 1;
    },
  };
  const asked = new HeapGuard(heap);
  return {
    looks: (events) => Array.from({ length: events }, () => asked.exceeded()).filter((each) => each !== undefined),
    collected: () => collected,
  };
}

describe("the guard of the heap", () => {
  it("says nothing while there is room, or where garbage took it", () => {
    const roomy = guard(80, 80);
    expect(roomy.looks(5_000)).toEqual([]);
    expect(roomy.collected()).toBe(0);
    const littered = guard(90, 20);
    expect(littered.looks(5_000)).toEqual([]);
    expect(littered.collected()).toBe(1);
  });

  it("says how much there is where all of it is held", () => {
    expect(guard(90, 75).looks(1_024)).toEqual([100]);
  });

  it("leaves the heap of a test alone", () => {
    const real = new HeapGuard();
    expect(Array.from({ length: 3_000 }, () => real.exceeded()).filter((each) => each !== undefined)).toEqual([]);
  });
});
