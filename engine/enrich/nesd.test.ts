import { describe, expect, it } from "vitest";
import { readNesd } from "./nesd.ts";

const ANSWER = JSON.stringify([
  { cve: "CVE-2020-1", risk: "Low", name: "Low one" },
  { cve: "CVE-2020-2", risk: "Medium", name: "Medium one" },
  { risk: "High", name: "High without CVE" },
  { cve: "", risk: "Critical", name: "Critical one" },
  { cve: null, risk: "High", name: "null" },
  { cve: "CVE-2020-3", risk: "None", name: "Info" },
  { cve: "CVE-2020-4", risk: "high", name: "another spelling" },
]);

describe("readNesd", () => {
  it("keeps Medium, High and Critical", () => {
    expect(readNesd(ANSWER, false)).toEqual([
      "Medium - Medium one (CVE-2020-2)",
      "High - High without CVE",
      "Critical - Critical one",
      "High - null",
    ]);
  });

  it("keeps Low too when it is allowed", () => {
    expect(readNesd(ANSWER, true)[0]).toBe("Low - Low one (CVE-2020-1)");
  });

  it("knows the text that means none", () => {
    expect(readNesd("no vulnerability found\n", false)).toEqual([]);
    expect(readNesd("[]", false)).toEqual([]);
  });

  it.each([
    "",
    "no",
    "{}",
    "[1]",
    "[null]",
    '[{"risk":"High"}]',
    '[{"risk":1,"name":"x"}]',
    '[{"risk":"High","name":"x","cve":1}]',
  ])("refuses %s", (text) => {
    expect(() => readNesd(text, false)).toThrow(SyntaxError);
  });
});
