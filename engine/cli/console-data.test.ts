import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { alarmRecord } from "../store/console/testing/records.ts";
import { toolCommandLine } from "./dsiem-command.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsiem-console-data-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const terminal = {
    ...{ argv: [...argv, "--data-dir", join(folder, "data")], env: {} },
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
  };
  return { code: await toolCommandLine(terminal, "dsiem").run(), ...said };
}

it("imports the files of an earlier installation and backs them up", async () => {
  const lines = [JSON.stringify(alarmRecord("a1")), "garbage\u001b[2J", JSON.stringify(alarmRecord("a2"))];
  writeFileSync(join(folder, "siem_alarms.json"), `${lines.join("\n")}\n`);
  writeFileSync(join(folder, "siem_alarm_events.json"), '{"alarm_id":"a1","stage":1,"event_id":"e1"}\n');
  const first = await run("import", folder);
  expect([first.code, first.out]).toEqual([
    0,
    "2 files: 2 alarms taken in, 0 there already; 1 event taken in, 0 there already, 0 of backlogs that are no alarms; 1 line skipped\n",
  ]);
  expect(first.err).toMatch(/^siem_alarms\.json:2: skipped, it isn't JSON: .*\n$/);
  expect(first.err).not.toContain("\u001b");
  expect((await run("import", folder)).out).toContain("0 alarms taken in, 2 there already; 0 events taken in, 1 there");
  const copy = join(folder, "copy.db");
  expect((await run("backup", copy)).out).toMatch(/copy\.db: 0\.\d MiB\n$/);
  expect(existsSync(copy)).toBe(true);
});

it("says in one line why it can't", async () => {
  const { code, err } = await run("backup", join(folder, "copy.db"));
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(/^dsiem: there is no console's database .*: nothing to back up yet\n$/),
  ]);
  expect((await run("import", join(folder, "nowhere"))).err).toMatch(/^dsiem: .*nowhere can't be read: ENOENT/);
});
