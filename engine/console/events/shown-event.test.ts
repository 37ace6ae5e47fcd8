import { expect, test } from "vitest";
import { readEvent } from "../../base/event.ts";
import { shownEvent } from "./shown-event.ts";

const sent = {
  event_id: "e1",
  timestamp: "2026-11-28T10:00:00Z",
  sensor: "s",
  title: "t",
  src_ip: "10.0.0.1",
  dst_ip: "10.0.0.2",
  plugin_id: 1001,
  plugin_sid: 1,
};

function shown(parts: object) {
  const event = readEvent({ ...sent, ...parts });
  if (!("event_id" in event)) throw new Error("the event can't be read");
  return shownEvent({ id: 7, at: 1, key: "k", event });
}

test("says what the event says, without what is empty", () => {
  expect(shown({})).toEqual({ id: 7, at: 1, event: { ...sent, timestamp: expect.any(String) } });
});

test("cuts long texts and says how long they are", () => {
  const { event, shortened } = shown({
    title: "x".repeat(262_144),
    custom_label1: "l",
    custom_data1: "y".repeat(8192),
  });
  expect(event.title).toBe("x".repeat(8192));
  expect(event.custom_data1).toHaveLength(8192);
  expect(shortened).toEqual({ title: 262_144 });
});
