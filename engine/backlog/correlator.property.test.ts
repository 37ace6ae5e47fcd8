import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holds } from "../base/testing/property.ts";
import { ALARM_PROPERTIES } from "./testing/alarm-properties.ts";
import { CORRELATOR_PROPERTIES } from "./testing/correlator-properties.ts";
import { ofDsiemRs, SAVED_PROPERTIES } from "./testing/saved-properties.ts";
import { correlatorOf, directivesArbitrary, EPOCH, eventsArbitrary } from "./testing/scenarios.ts";
import { SPELLING_PROPERTIES } from "./testing/spelling-property.ts";
import { suiteFolder } from "./testing/suite-replay.ts";

const NOW_MS = EPOCH * 1000;
const RUNS = 300;

describe("the correlator", () => {
  it.each([...CORRELATOR_PROPERTIES, ...ALARM_PROPERTIES, ...SAVED_PROPERTIES, ...SPELLING_PROPERTIES])(
    "$says (property $number)",
    async (property) => {
      await holds(property, RUNS);
    },
  );

  it("tells a listener what it did, and does the same without one", () => {
    fc.assert(
      fc.property(directivesArbitrary, eventsArbitrary(40), (directives, events) => {
        const quiet: string[] = [];
        const heard: string[] = [];
        const unwatched = correlatorOf(directives, quiet);
        const watched = correlatorOf(directives, heard);
        let told = 0;
        watched.onOutcome = (outcome) => {
          const consumed = outcome.effects.some((effect) => effect.kind !== "sticky value seen");
          expect(outcome.matched).toBe(consumed || outcome.createdBacklogId !== undefined);
          expect(consumed && outcome.createdBacklogId !== undefined).toBe(false);
          if (outcome.matched) told += 1;
        };
        let matched = 0;
        for (const event of events) {
          unwatched.process(event, NOW_MS);
          matched += watched.process(event, NOW_MS);
        }
        expect(heard).toEqual(quiet);
        expect(told).toBe(matched);
      }),
      { numRuns: RUNS },
    );
  });
});

const recorded = suiteFolder("saved-by-rs");
if (recorded === undefined) {
  console.log("SKIP files of Dsiem-rs: there is no conformance folder in $DSIEM_SHARED or ../shared");
} else {
  it("Dsiem-rs's own files have the form that property 13 holds ours to", () => {
    const folder = join(recorded, "saved_backlogs");
    let files = 0;
    for (const name of readdirSync(folder)) {
      const text = readFileSync(join(folder, name), "utf8").replace(/"\+(\d+)"/g, "$1");
      // One was cut off on purpose.
      if (!text.trimEnd().endsWith("]")) continue;
      expect(ofDsiemRs.safeParse(JSON.parse(text)).error?.message).toBeUndefined();
      files += 1;
    }
    expect(files).toBeGreaterThan(8);
  });
}
