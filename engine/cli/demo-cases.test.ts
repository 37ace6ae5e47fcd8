import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import directivesFile from "../../assets/demo/configs/directives_dsiem-backend-0_demo.json" with { type: "json" };
import { caseFoldersIn } from "../replay/case-folder.ts";
import { testCases } from "./test-cases.ts";
import { TestTerminal } from "./testing/terminal.ts";

const CASES = join(import.meta.dirname, "..", "..", "assets", "demo", "tests");

describe("the demo's directives", () => {
  test("do what their test cases say", async () => {
    const terminal = new TestTerminal();
    const code = await testCases(CASES, false, terminal);
    expect(terminal.stdout).toContain("7 cases, all as expected");
    expect(code).toBe(0);
  });

  test("have a case each, five with an alarm and two that say why there is none", () => {
    const named: string[] = [];
    let silent = 0;
    for (const folder of caseFoldersIn(CASES)) {
      const { cases } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
      for (const [name, { alarms }] of Object.entries<{ alarms: unknown[] }>(cases)) {
        named.push(name);
        if (alarms.length === 0) silent += 1;
      }
    }
    expect(named.sort()).toEqual(directivesFile.directives.map(({ name }) => name).sort());
    expect(silent).toBe(2);
  });
});
