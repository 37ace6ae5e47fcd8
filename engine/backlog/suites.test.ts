import { describe, expect, it } from "vitest";
import { expectedOutcomes, replaySuite, suiteFolder } from "./testing/suite-replay.ts";

/**
 * The recorded suites, through the correlator alone: in a second it says which clause broke, where the whole system
 * takes minutes. Services, buses, files and look-ups are held to the same suites by `conformance.py`.
 */
for (const suite of ["handwritten", "random-1", "restart", "saved-by-rs"]) {
  const folder = suiteFolder(suite);
  if (folder === undefined) {
    console.log(`SKIP the suite ${suite}: there is no conformance folder in $DSIEM_SHARED or ../shared`);
    continue;
  }
  describe(`the suite ${suite}`, () => {
    const expected = expectedOutcomes(folder);
    const got = replaySuite(folder);
    it.each(Object.keys(expected.cases))("%s", (name) => {
      expect(got.cases[name]?.alarms).toEqual(expected.cases[name]?.alarms);
    });

    it("(alarms that stay at risk 0)", () => {
      expect(got.unwritten).toEqual(expected.unwritten);
    });
  });
}
