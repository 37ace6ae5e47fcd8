import { describe, expect, it } from "vitest";
import { oneOf, randomFrom, readOptions } from "./options.ts";
import { Report } from "./report.ts";
import { runProof } from "./short-form.fixture.ts";

function reported(checks: (report: Report) => void): { code: number; lines: string[] } {
  const lines: string[] = [];
  const report = new Report((line) => lines.push(line));
  checks(report);
  return { code: report.finish(), lines };
}

describe("a proof's report", () => {
  it("ends with the count, and fails when anything did", () => {
    const { code, lines } = reported((report) => {
      report.say("20 kills");
      report.check("nothing is lost", true);
      report.atMost("ready again", 5.123, 5, "s");
    });
    expect(lines).toEqual([
      "20 kills",
      "ok   nothing is lost",
      "FAIL ready again: 5.12 s, at most 5 s",
      "1 passed, 1 failed",
    ]);
    expect(code).toBe(1);
  });

  it("fails when nothing was checked", () => {
    expect(reported(() => undefined)).toEqual({ code: 1, lines: ["0 passed, 1 failed"] });
  });
});

describe("a proof's options", () => {
  it("have the defaults' types", () => {
    const defaults = { kills: 200, bus: "link", keep: false };
    expect(readOptions([], defaults)).toEqual(defaults);
    expect(readOptions(["--kills", "3", "--bus", "nats", "--keep"], defaults)).toEqual({
      kills: 3,
      bus: "nats",
      keep: true,
    });
  });

  it("name the one that is wrong", () => {
    expect(() => readOptions(["--kills", "many"], { kills: 1 })).toThrow("--kills takes a whole number from 0");
    expect(() => readOptions(["--klils", "1"], { kills: 1 })).toThrow("--klils");
    expect(() => oneOf("bus", "pigeon", ["link", "nats"])).toThrow("--bus takes link or nats, not pigeon");
  });

  it("draw the same numbers from the same seed", () => {
    const [one, two] = [randomFrom(7), randomFrom(7)];
    const drawn = Array.from({ length: 1000 }, one);
    expect(Array.from({ length: 1000 }, two)).toEqual(drawn);
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(new Set(drawn).size).toBeGreaterThan(990);
  });
});

describe("proof/main.ts", () => {
  it("names the proofs when it is asked for another", async () => {
    const { code, output } = await runProof("nothing", []);
    expect(code).toBe(2);
    expect(output).toContain("there are ");
  });
});
