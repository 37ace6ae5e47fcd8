import { expect, it } from "vitest";
import { eventSchema } from "./event.ts";

const event = {
  event_id: "e1",
  timestamp: "2026-11-28T14:55:31.057613Z",
  sensor: "s",
  title: "t",
  src_ip: "10.0.0.1",
  dst_ip: "10.0.0.2",
};

it("takes the nanoseconds that a frontend stamps, which are beyond the safe integers", () => {
  expect(eventSchema.safeParse({ ...event, rcvd_time: 1_795_877_731_057_613_000 }).success).toBe(true);
  expect(eventSchema.safeParse({ ...event, rcvd_time: 0.5 }).success).toBe(false);
  expect(eventSchema.safeParse({ ...event, rcvd_time: -1 }).success).toBe(false);
});
