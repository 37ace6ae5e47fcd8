import { expect, it } from "vitest";
import { runProof } from "./lib/short-form.fixture.ts";

it("draws the same cases for the same seed, and holds every property", async () => {
  const args = ["--runs", "150", "--seed", "7", "--only"];
  const [first, second] = await Promise.all([
    runProof("props", [...args, "sticky"]),
    runProof("props", [...args, "9"]),
  ]);
  expect(first.output).toContain("1 passed, 0 failed");
  expect(first.output.replace(/[\d.]+ s/g, "")).toBe(second.output.replace(/[\d.]+ s/g, ""));
  expect([first.code, second.code]).toEqual([0, 0]);
});

it("says what is wrong with its options", async () => {
  const { code, output } = await runProof("props", ["--only", "nothing"]);
  expect(output).toContain("there is no property nothing");
  expect(code).toBe(1);
});
