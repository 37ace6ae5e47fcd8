import { expect, test } from "vitest";
import { whyNoShim } from "./lib/shim.ts";
import { runProof } from "./lib/short-form.fixture.ts";

const missing = whyNoShim();
if (missing !== undefined) console.log(`skipped: ${missing}`);

// Records real services, and starts a backend after each power cut.
test.skipIf(missing !== undefined)("the power is cut at random moments", { timeout: 120_000 }, async () => {
  const { code, output } = await runProof("powerloss", ["--seeds", "40", "--phase", "700"]);
  expect(output).toMatch(/^\d+ passed, 0 failed$/m);
  expect(code).toBe(0);
});
