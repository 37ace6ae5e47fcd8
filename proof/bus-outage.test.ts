import { expect, test } from "vitest";
import { runProof } from "./lib/short-form.fixture.ts";

// What dies without a word is noticed after many seconds, and a server that was started anew is given some, too.
const options = { timeout: 120_000 };

test.each([
  ["link", "link connections"],
  ["link", "link nothing"],
  ["NATS", "nats connections are"],
  ["NATS", "nats nats-server"],
])("what is between the services fails for some seconds: %s, %s", options, async (_, only) => {
  const { code, output } = await runProof("bus-outage", ["--seconds", "3", "--only", only]);
  expect(output).toMatch(/^\d+ passed, 0 failed$/m);
  expect(code).toBe(0);
});
