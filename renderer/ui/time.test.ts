import { describe, expect, it } from "vitest";
import { clockText, countdownText, isoText, shortDateText, spanText } from "./time.ts";

const AT = Date.parse("2026-11-28T14:32:07Z");

describe("times", () => {
  it("are spans in their largest unit", () => {
    expect([0, 12_400, 59_999, 60_000, 3_599_000, 3_600_000, 86_400_000 * 9].map(spanText)).toEqual([
      "0 s",
      "12 s",
      "59 s",
      "1 min",
      "59 min",
      "1 h",
      "9 d",
    ]);
    expect(spanText(-5_000)).toBe("0 s");
  });
  it("count down without reaching zero too early", () => {
    expect([500, 28_000, 59_001, 150_000, 3_840_000].map(countdownText)).toEqual([
      "1 s",
      "28 s",
      "1:00",
      "2:30",
      "1:04:00",
    ]);
  });
  it("are ISO with the offset of the zone", () => {
    expect(isoText(AT, "UTC")).toBe("2026-11-28T14:32:07Z");
    expect(isoText(AT, "Asia/Kolkata")).toBe("2026-11-28T20:02:07+05:30");
    expect(clockText(AT, "America/New_York")).toBe("09:32:07");
  });
  it("name the day only where it isn't today", () => {
    expect(shortDateText(AT, AT + 60_000, "UTC")).toBe("14:32:07");
    expect(shortDateText(AT, AT + 86_400_000, "UTC")).toBe("11-28 14:32:07");
    expect(shortDateText(AT, AT + 86_400_000 * 60, "UTC")).toBe("2026-11-28 14:32:07");
  });
});
