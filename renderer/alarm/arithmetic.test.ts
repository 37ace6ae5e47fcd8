import { expect, test } from "vitest";
import { arithmeticOf, arithmeticText } from "./arithmetic.ts";

test("a quotient that isn't whole is rounded down, and says so", () => {
  const arithmetic = arithmeticOf({ priority: 3, assetValue: 5 }, 6);
  expect(arithmetic).toMatchObject({ kind: "known", raw: "3.6", rounded: true, risk: 3 });
  expect(arithmeticText(arithmetic)).toBe("priority 3 × reliability 6 × asset 5 ÷ 25 = 3, rounded down");
});

test("a whole quotient isn't said to be rounded", () => {
  const arithmetic = arithmeticOf({ priority: 5, assetValue: 5 }, 10);
  expect(arithmetic).toMatchObject({ raw: "10", rounded: false, risk: 10 });
  expect(arithmeticText(arithmetic)).toBe("priority 5 × reliability 10 × asset 5 ÷ 25 = 10");
});

test("an asset value of 0 is a value", () => {
  expect(arithmeticOf({ priority: 3, assetValue: 0 }, 6)).toMatchObject({ kind: "known", risk: 0, rounded: false });
});

test("what isn't known is named", () => {
  const arithmetic = arithmeticOf({}, 6);
  expect(arithmetic.kind).toBe("unknown");
  expect(arithmeticText(arithmetic)).toContain("the directive's priority and the asset value");
});
