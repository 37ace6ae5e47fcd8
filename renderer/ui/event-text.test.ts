import { expect, test } from "vitest";
import { customText, endpointText, kindText } from "./event-text.ts";

test("an address and its port", () => {
  expect(endpointText("10.0.0.1", 443)).toBe("10.0.0.1:443");
  expect(endpointText("2001:db8::1", 443)).toBe("[2001:db8::1]:443");
  expect(endpointText("10.0.0.1", 0)).toBe("10.0.0.1");
  expect(endpointText("10.0.0.1", undefined)).toBe("10.0.0.1");
});

test("plugin and sid, or product and category, or neither", () => {
  expect(kindText({ plugin_id: 1001, plugin_sid: 5 })).toBe("1001 / 5");
  expect(kindText({ plugin_id: 0, plugin_sid: 0, product: "squid", category: "Web" })).toBe("squid / Web");
  expect(kindText({ product: "squid" })).toBe("squid");
  expect(kindText({})).toBe("–");
});

test("custom data with their labels", () => {
  const event = { event_id: "e", timestamp: "", sensor: "s", title: "t", src_ip: "::1", dst_ip: "::1" };
  expect(customText({ ...event, custom_label1: "user", custom_data1: "admin", custom_data3: "x" })).toBe(
    "user admin, x",
  );
  expect(customText({ ...event, custom_label1: "user" })).toBe("");
});
