import { describe, expect, it } from "vitest";
import { rangeAt, rangeText, readRange, writeRange } from "./time-range.ts";

const at = (time: number) => String(time);

describe("a range of time", () => {
  it("is the last 24 hours unless the address says otherwise", () => {
    for (const text of [null, "", "nonsense", "0h", "5-4"]) {
      expect(readRange(text)).toEqual({ kind: "last", seconds: 86_400 });
    }
    expect(readRange("15m")).toEqual({ kind: "last", seconds: 900 });
    expect(readRange("all")).toEqual({ kind: "all" });
  });
  it("between two points comes back as it was written", () => {
    expect(readRange(writeRange(1_000.4, 2_000))).toEqual({ kind: "between", from: 1_000, to: 2_000 });
  });
  it("is said in words", () => {
    expect(rangeText(readRange("24h"), at)).toBe("Last 24 h");
    expect(rangeText(readRange("48h"), at)).toBe("Last 2 d");
    expect(rangeText(readRange("90m"), at)).toBe("Last 90 min");
    expect(rangeText(readRange("1-5"), at)).toBe("1 – 5");
  });
  it("has no beginning and no end when it is everything", () => {
    expect(rangeAt({ kind: "all" }, 5)).toEqual({});
    expect(rangeAt({ kind: "last", seconds: 2 }, 5_000)).toEqual({ from: 3_000 });
  });
});
