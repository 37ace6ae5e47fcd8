import { expect, it } from "vitest";
import { holds } from "../base/testing/property.ts";
import { riskOf } from "./risk.ts";
import { MATCH_PROPERTIES } from "./testing/match-properties.ts";

it.each(MATCH_PROPERTIES)("it $says (property $number)", async (property) => {
  await holds(property, 2000);
});

it("computes every risk there can be exactly", () => {
  for (let priority = 1; priority <= 5; priority++) {
    for (let reliability = 0; reliability <= 10; reliability++) {
      for (let value = 0; value <= 255; value++) {
        const exact = (BigInt(priority) * BigInt(reliability) * BigInt(value)) / 25n;
        expect(riskOf(priority, reliability, value)).toBe(Number(exact));
      }
    }
  }
});
