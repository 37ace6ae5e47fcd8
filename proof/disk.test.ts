import { expect, test } from "vitest";
import { runProof } from "./lib/short-form.fixture.ts";

// What can't be tried on this machine (no compiler, no right to mount) the proof names in its output, and leaves out.
test("disks are full and fail, and log files are taken away", { timeout: 240_000 }, async () => {
  const { code, output } = await runProof("disk", ["--every", "25", "--rotations", "3"]);
  expect(output).toMatch(/^\d+ passed, 0 failed$/m);
  expect(code).toBe(0);
});
