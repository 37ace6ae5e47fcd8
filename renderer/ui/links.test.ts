import { describe, expect, it } from "vitest";
import { alarmPaneRoute, alarmRoute, alarmsRoute, backlogRoute, earlierRoute } from "./links.ts";

describe("links between the screens", () => {
  it("carry query and range", () => {
    expect(alarmsRoute({ q: "src:10.0.0.1", t: "all" })).toBe("/alarms?q=src:10.0.0.1&t=all");
    expect(alarmsRoute()).toBe("/alarms");
    expect(alarmPaneRoute("a b")).toBe("/alarms?sel=a+b");
  });
  it("escape what they carry", () => {
    expect(alarmRoute("a/b?c")).toBe("/alarms/a%2Fb%3Fc");
    expect(backlogRoute("be/0", "x")).toBe("/backlogs/be%2F0/x");
  });
  it("of earlier consoles still lead somewhere", () => {
    expect(earlierRoute("/data/alarm-detail/abc123")).toBe("/alarms/abc123");
    expect(earlierRoute("/data/alarm-list")).toBe("/alarms");
    expect(earlierRoute("/alarms")).toBeUndefined();
  });
});
