import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { demoConfigFiles } from "../supervisor/demo/demo-configs.ts";
import { testCases } from "./test-cases.ts";
import { TestTerminal } from "./testing/terminal.ts";

let folder = "";
let terminal = new TestTerminal();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsiem-test-"));
  mkdirSync(join(folder, "configs"));
  for (const [name, text] of demoConfigFiles(9)) writeFileSync(join(folder, "configs", name), text);
  terminal = new TestTerminal();
});

/** A case of so many VPN logins that fail, which expects this. */
function writeCaseOf(name: string, failures: number, expected: object): string {
  const lines = Array.from({ length: failures }, (_, i) =>
    JSON.stringify({
      event_id: `vpn-${i}`,
      timestamp: new Date(Date.UTC(2025, 2, 1, 8, 0, i)).toISOString(),
      sensor: "vpn-01",
      title: "VPN login failed",
      src_ip: "198.51.100.9",
      dst_ip: "10.20.0.2",
      plugin_id: 5010,
      plugin_sid: 2,
    }),
  );
  const to = join(folder, "cases", name);
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, "events.ndjson"), lines.join("\n"));
  writeFileSync(join(to, "case.json"), '{"configs":"../../configs"}');
  writeFileSync(join(to, "expected.json"), JSON.stringify(expected));
  return to;
}

const NONE = { cases: { "Repeated VPN login failures from SRC_IP": { alarms: [] } } };

describe("dsiem test", () => {
  test("passes with 0, and says what is different with 1", async () => {
    writeCaseOf("five-fail", 5, NONE);
    expect(await testCases(folder, false, terminal)).toBe(0);
    expect(terminal.stdout).toBe("ok  cases/five-fail\n1 case, all as expected\n");
    writeCaseOf("six-fail", 6, NONE);
    terminal = new TestTerminal();
    expect(await testCases(folder, false, terminal)).toBe(1);
    expect(terminal.stdout).toBe(
      "ok  cases/five-fail\nFAIL  cases/six-fail\n" +
        '  directive "Repeated VPN login failures from SRC_IP": expected 0 alarms, got 1 alarm\n1 of 2 cases failed\n',
    );
  });

  test("--update makes a case expect what it gives", async () => {
    const six = writeCaseOf("six-fail", 6, NONE);
    expect(await testCases(six, true, terminal)).toBe(0);
    expect(await testCases(six, false, terminal)).toBe(0);
    expect(readFileSync(join(six, "expected.json"), "utf8")).toContain(
      '"title": "Repeated VPN login failures from 198.51.100.9"',
    );
    const events = readFileSync(join(six, "events.ndjson"), "utf8");
    writeFileSync(join(six, "events.ndjson"), `${events}\n\u001b[2J\n`);
    expect(await testCases(six, true, terminal)).toBe(1);
    expect(terminal.stdout).toContain("  events.ndjson, line 7 isn't JSON: ");
    expect(terminal.stdout).not.toContain("\u001b");
  });

  test("a case that can't be run is one that failed", async () => {
    const broken = writeCaseOf("broken", 6, NONE);
    writeFileSync(join(broken, "case.json"), '{"configs":"."}');
    expect(await testCases(folder, false, terminal)).toBe(1);
    expect(terminal.stdout).toContain("FAIL  cases/broken\n  directives_*.json: there is no directive file");
  });

  test("runs a recorded suite of correlation, leaves one out that can't be replayed, and never writes to it", async () => {
    const suite = writeCaseOf("suite", 0, NONE);
    const event = (id: string, timestamp: string) =>
      JSON.stringify({
        ...{ event_id: id, timestamp, sensor: "s", title: "t", src_ip: "198.51.100.9", dst_ip: "10.20.0.2" },
        ...{ plugin_id: 5010, plugin_sid: 2 },
      });
    const lines = Array.from({ length: 6 }, (_, i) => event(`e${i}`, i % 2 === 0 ? `+${i}` : `+${i}.5@+07:00`));
    mkdirSync(join(suite, "configs"));
    for (const [name, text] of demoConfigFiles(9)) writeFileSync(join(suite, "configs", name), text);
    writeFileSync(join(suite, "suite.json"), '{"kind":"correlation"}');
    writeFileSync(join(suite, "events.jsonl"), lines.join("\n"));
    expect(await testCases(folder, false, terminal)).toBe(1);
    expect(terminal.stdout).toContain("FAIL  cases/suite\n");
    const ofRules = [
      { start: 0, end: 0, status: "finished" },
      { from: "198.51.100.9", to: "10.20.0.2", start: 1, end: 5 },
    ];
    const record = { risk: 2, rules: ofRules };
    const alarm = {
      title: "Repeated VPN login failures from 198.51.100.9",
      events: Array.from({ length: 6 }, (_, i) => [i === 0 ? 1 : 2, `e${i}`]),
      records: [record],
    };
    const recorded = { "Repeated VPN login failures from SRC_IP": { alarms: [alarm], ignore_rule_keys: ["status"] } };
    writeFileSync(join(suite, "expected.json"), JSON.stringify({ cases: recorded, orphans: [] }));
    terminal = new TestTerminal();
    expect(await testCases(folder, false, terminal)).toBe(0);
    expect(terminal.stdout).toBe("ok  cases/suite\n1 case, all as expected\n");
    await testCases(folder, true, terminal);
    expect(terminal.stdout).toContain("left out  cases/suite: a suite says what was recorded, and isn't written anew");
    writeFileSync(join(suite, "events.jsonl"), `${lines[0]}\n{"_control":"restart"}\n`);
    expect(await testCases(folder, false, terminal)).toBe(1);
    expect(terminal.stdout).toContain("left out  cases/suite: it restarts services on its way\nnone of them");
  });

  test("a folder without a case is an error", async () => {
    await expect(testCases(folder, false, terminal)).rejects.toThrow("there is no test case in");
    await expect(testCases(join(folder, "none"), false, terminal)).rejects.toThrow("can't be read: ENOENT");
  });
});
