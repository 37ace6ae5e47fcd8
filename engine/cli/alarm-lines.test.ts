import { describe, expect, test } from "vitest";
import type { ShownAlarm } from "./alarm-follower.ts";
import { AlarmLines, Paint } from "./alarm-lines.ts";

const alarm = (more: Partial<ShownAlarm> = {}): ShownAlarm => ({
  alarm_id: "a",
  title: "Port scan of db-01",
  status: "Open",
  risk: 2,
  risk_class: "Low",
  update_time: 1_700_000_000,
  src_ips: ["203.0.113.1"],
  dst_ips: ["10.0.0.1", "10.0.0.2"],
  ...more,
});

describe("one line for each alarm", () => {
  test("and one more when its risk rises to another class", () => {
    const lines = new AlarmLines(new Paint(false));
    expect(lines.line(alarm())).toMatch(
      /^\d\d:\d\d:\d\d {2}● {2}2 Low {5}Port scan of db-01 +203\.0\.113\.1 → 10\.0\.0\.1 \+1 +Open$/,
    );
    expect(lines.line(alarm({ risk: 1 }))).toBeUndefined();
    expect(lines.line(alarm({ risk: 8, risk_class: "High" }))).toMatch(/▲ {2}8 High .*Open, risk has risen$/);
    expect(lines.line(alarm({ risk: 4, risk_class: "Medium" }))).toBeUndefined();
    expect(lines.line(alarm({ alarm_id: "b", risk: 12, risk_class: "Medium", src_ips: [] }))).toMatch(
      /◆ 12 Medium .*– → /,
    );
  });

  test("columns stay aligned under their header, whatever the text", () => {
    const lines = new AlarmLines(new Paint(false));
    const header = lines.header();
    const line = lines.line(alarm({ title: `\u001b[2J${"x".repeat(200)}` })) ?? "";
    expect(line).toContain("\\u001b[2Jxxx");
    expect(line).toContain("…");
    expect(line.indexOf("203.0.113.1")).toBe(header.indexOf("SOURCE"));
    expect(line.indexOf("Open")).toBe(header.indexOf("STATUS"));
  });
});

test("colours only on a terminal, and not when NO_COLOR is set", () => {
  expect(Paint.for({ isTTY: true }, {}).bold("x")).toBe("\u001b[1mx\u001b[0m");
  expect(Paint.for({ isTTY: true }, { NO_COLOR: "1" }).bold("x")).toBe("x");
  expect(Paint.for({ isTTY: true }, { TERM: "dumb" }).dim("x")).toBe("x");
  expect(Paint.for({}, {}).colour(31, "x")).toBe("x");
});
