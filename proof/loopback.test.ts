import { expect, test } from "vitest";
import { runProof } from "./lib/short-form.fixture.ts";

test("nobody gets past the gate who shouldn't", { timeout: 120_000 }, async () => {
  const { code, output } = await runProof("loopback", ["--short"]);
  expect(output).toMatch(/\n\d+ passed, 0 failed\n$/);
  expect(code).toBe(0);
});
