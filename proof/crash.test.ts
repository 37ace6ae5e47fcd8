import { expect, test } from "vitest";
import { runProof } from "./lib/short-form.fixture.ts";

// Starts real services and kills them; what is waited for takes its time on a busy machine.
const options = { timeout: 120_000 };

test.each([
  ["the backend, over link", ["--kills", "5"]],
  ["the frontend, over link", ["--kills", "3", "--who", "frontend"]],
  ["the backend, over NATS", ["--kills", "3", "--bus", "nats"]],
  ["the frontend, over NATS", ["--kills", "2", "--bus", "nats", "--who", "frontend"]],
])("killed under load: %s", options, async (_, args) => {
  const { code, output } = await runProof("crash", [...args, "--rate", "1000", "--lanes", "16"]);
  expect(output).toMatch(/^\d+ passed, 0 failed$/m);
  expect(code).toBe(0);
});
