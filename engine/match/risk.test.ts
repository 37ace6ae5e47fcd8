import { expect, it } from "vitest";
import { riskClassOf, riskOf } from "./risk.ts";

it.each([
  [5, 10, 10, 20],
  [5, 5, 1, 1],
  [4, 1, 6, 0],
  [5, 1, 5, 1],
  [1, 10, 5, 2],
  [5, 10, 255, 510],
  [5, 0, 255, 0],
  [5, 10, 0, 0],
])("risk of priority %i, reliability %i and value %i is %i, without a clamp", (priority, reliability, value, risk) => {
  expect(riskOf(priority, reliability, value)).toBe(risk);
});

it.each([
  [0, "Low"],
  [2, "Low"],
  [3, "Medium"],
  [6, "Medium"],
  [7, "High"],
  [510, "High"],
])("risk %i is %s between 3 and 6", (risk, name) => {
  expect(riskClassOf(risk, 3, 6)).toBe(name);
});

it("takes its classes from the flags", () => {
  expect([1, 2, 9, 10].map((risk) => riskClassOf(risk, 2, 9))).toEqual(["Low", "Medium", "Medium", "High"]);
});
