import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { event, rule } from "../backlog/testing/builders.ts";
import { CASE_EVENTS_FILE, CASE_EXPECTED_FILE } from "../contract/test-case.ts";
import { caseFoldersIn, checkCase, expectedText, replayCase } from "./case-folder.ts";
import { Session } from "./session.ts";
import { directiveFile, linesOf, settingOf } from "./testing/files.ts";

const RULES = [rule(1), rule(2, { occurrence: 3, timeout: 20, from: ":1" })];
const SCAN = linesOf([1, 0], [2, 1], [9, 2], [2, 3], [2, 4], [1, 5], [2, 60]);

let folder = "";
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "dsiem-case-")), "scan");
});

function session(): Session {
  const opened = new Session(settingOf(directiveFile(...RULES)), () => 0);
  opened.append(SCAN);
  return opened;
}

function keep(replace = false, description = "A scan that alarms."): number {
  return session().keep({ folder, description, side: "saved", replace }).alarms;
}

describe("a test case", () => {
  it.each(["constructor", "toString"])("is kept of a directive called %s, and passes", (name) => {
    const file = directiveFile(...RULES);
    const text = Buffer.from(file.bytes).toString("utf8").replace("Scan from SRC_IP", name);
    const opened = new Session(settingOf({ ...file, bytes: Buffer.from(text) }), () => 0);
    opened.append(SCAN);
    expect(opened.keep({ folder, side: "saved", replace: false }).alarms).toBe(2);
    expect(checkCase(folder)).toEqual([]);
  });

  it("has nothing of what one that was ended while it was written has left behind", () => {
    const leftover = join(folder, "..", `.scan.${process.pid}.new`);
    mkdirSync(leftover);
    writeFileSync(join(leftover, CASE_EXPECTED_FILE), "{}");
    writeFileSync(join(leftover, "directives_old.json"), "{}");
    keep();
    expect(readdirSync(folder)).not.toContain("directives_old.json");
    expect(caseFoldersIn(join(folder, ".."))).toEqual([folder]);
  });

  it("is kept as a folder that passes", () => {
    expect(keep()).toBe(2);
    expect(readdirSync(folder).sort()).toEqual([
      "assets_a.json",
      "case.json",
      "directives_n_test.json",
      "events.ndjson",
      "expected.json",
    ]);
    expect(checkCase(folder)).toEqual([]);
    expect(caseFoldersIn(join(folder, ".."))).toEqual([folder]);
    expect(readdirSync(join(folder, ".."))).toEqual(["scan"]);
    expect(JSON.parse(readFileSync(join(folder, CASE_EXPECTED_FILE), "utf8"))).toMatchObject({
      cases: {
        "Scan from SRC_IP": {
          alarms: [
            {
              title: "Scan from 10.0.0.2",
              events: [
                [1, "e0"],
                [2, "e1"],
                [2, "e3"],
                [2, "e4"],
              ],
              records: [
                { risk: 4, class: "Medium", rules: [{ start: 0, end: 0, status: "finished" }, { start: 0 }] },
                { rules: [{}, { from: "10.0.0.2", start: 1, end: 4, status: "finished" }] },
              ],
            },
            { records: [{}, { rules: [{}, { status: "timeout" }] }] },
          ],
        },
      },
    });
  });

  it("isn't overwritten unless that is wanted, and then as a whole", () => {
    keep();
    writeFileSync(join(folder, "notes.txt"), "mine");
    expect(() => keep()).toThrow("There is a test case scan already; choose another name, or replace it.");
    expect(existsSync(join(folder, "notes.txt"))).toBe(true);
    keep(true);
    expect(existsSync(join(folder, "notes.txt"))).toBe(false);
    expect(readdirSync(join(folder, ".."))).toEqual(["scan"]);
  });

  it("isn't kept of events that concern no directive", () => {
    const opened = new Session(settingOf(directiveFile(...RULES)), () => 0);
    opened.append(linesOf([7, 0]));
    expect(() => opened.keep({ folder, side: "saved", replace: false })).toThrow("None of these events concerns");
    expect(existsSync(folder)).toBe(false);
  });

  it("keeps the flags that aren't a backend's defaults", () => {
    const opened = new Session({ ...settingOf(directiveFile(...RULES)), medRiskMin: 5, tag: "Mine" }, () => 0);
    opened.append(SCAN);
    opened.keep({ folder, side: "saved", replace: false });
    expect(JSON.parse(readFileSync(join(folder, "case.json"), "utf8"))).toEqual({
      flags: { medRiskMin: 5, tag: "Mine" },
    });
    expect(checkCase(folder)).toEqual([]);
  });

  it("says what is different, by directive, alarm, record and field", () => {
    keep();
    const file = join(folder, CASE_EXPECTED_FILE);
    const text = readFileSync(file, "utf8");
    writeFileSync(
      file,
      text.replace('"end": 4', '"end": 5').replace('[2, "e3"]', '[2, "x"]').replace("10.0.0.3", "10.0.0.9"),
    );
    expect(checkCase(folder)).toEqual([
      'directive "Scan from SRC_IP", alarm 1, event 3: expected [2,"x"], got [2,"e3"]',
      'directive "Scan from SRC_IP", alarm 1, record 1, dst: without "10.0.0.9", and with "10.0.0.3", which isn\'t expected',
      'directive "Scan from SRC_IP", alarm 1, record 2, rule 2, end: expected 5, got 4',
    ]);
    writeFileSync(
      file,
      '{"cases":{"Scan from SRC_IP":{"alarms":[]}, "Other": {"alarms":[{"events":[],"records":[]}]}}}',
    );
    expect(checkCase(folder)).toEqual([
      'directive "Scan from SRC_IP": expected 0 alarms, got 2 alarms',
      'directive "Other": expected a backlog without an alarm that has the events [], and there is none',
    ]);
    writeFileSync(file, expectedText(replayCase(folder)));
    expect(checkCase(folder)).toEqual([]);
  });

  it("doesn't pass with events that can't be used, or none", () => {
    keep();
    const events = join(folder, CASE_EVENTS_FILE);
    writeFileSync(events, `${readFileSync(events, "utf8")}rubbish\n`);
    expect(checkCase(folder)).toEqual([expect.stringMatching(/^events\.ndjson, line 8 isn't JSON: /)]);
    writeFileSync(events, "");
    expect(checkCase(folder)).toContain("there is no event in events.ndjson");
  });

  it("says which of its files can't be used", () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, CASE_EXPECTED_FILE), '{"cases":{"a":{"alarms":[{"records":[]}]}}}');
    expect(() => checkCase(folder)).toThrow("expected.json, cases.a.alarms.0.events: Invalid input");
    writeFileSync(join(folder, CASE_EXPECTED_FILE), '{"cases":{}}');
    expect(() => checkCase(folder)).toThrow("directives_*.json: there is no directive file");
    writeFileSync(join(folder, "case.json"), '{"configs":"elsewhere"}');
    expect(() => checkCase(folder)).toThrow("its configuration can't be read: ENOENT");
  });

  it("expects the same of a sender's own spelling of an event", () => {
    const { seconds: _, carrier: __, ...wire } = event(1, "pretty");
    const opened = new Session(settingOf(directiveFile(...RULES)), () => 0);
    opened.append(Buffer.from(JSON.stringify([wire], undefined, 2)));
    opened.keep({ folder, side: "saved", replace: false });
    expect(readFileSync(join(folder, CASE_EVENTS_FILE), "utf8").split("\n")).toHaveLength(2);
    expect(checkCase(folder)).toEqual([]);
  });
});
