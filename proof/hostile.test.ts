import { expect, test } from "vitest";
import { runProof } from "./lib/short-form.fixture.ts";

test("the worst that somebody could send, a little of it", { timeout: 120_000 }, async () => {
  const { code, output } = await runProof("hostile", ["--inputs", "20000", "--sockets", "120"]);
  expect(output).toMatch(/^\d+ passed, 0 failed$/m);
  expect(code).toBe(0);
});
