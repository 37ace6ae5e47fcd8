import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stateFolder } from "../base/state-folder.ts";
import { sessionOfFolder, writeSession } from "../supervisor/session-file.ts";
import { toolCommandLine } from "./dsiem-command.ts";
import { TestTerminal } from "./testing/terminal.ts";

async function dsiem(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new TestTerminal(argv, { DSIEM_FRONTEND: "http://127.0.0.1:9" });
  const code = await toolCommandLine(terminal, "/no/such/dsiem.js").run();
  return { code, out: terminal.stdout, err: terminal.stderr };
}

describe("the dsiem tool", () => {
  test.each(["start", "status", "validate", "send", "demo", "schema"])("%s has help", async (name) => {
    for (const argv of [
      [name, "--help"],
      ["help", name],
    ]) {
      const { code, out } = await dsiem(...argv);
      expect(code).toBe(0);
      expect(out).toContain(`Usage: dsiem ${name}`);
    }
    expect((await dsiem("--help")).out).toContain(`${name} `);
  });

  test.each([
    [["validate"], "missing required argument 'dir'"],
    [["send"], "missing required argument 'file'"],
    [["send", "x", "--batch", "0"], `--batch: "0" isn't a whole number from 1 to 10000`],
    [["send", "x", "--rate", "-1"], "--rate"],
    [["send", "x", "--frontend", "localhost"], "isn't a URL"],
    [["start", "--port", "0"], "--port (-p)"],
    [["start", "--listen", "localhost"], "isn't an IPv4 or IPv6 address"],
    [["start", "--profile", "../x"], `--profile: "../x" isn't a name`],
    [["start", "--demo=perhaps"], "neither true nor false"],
    [["play"], "unknown command 'play'"],
  ])("%j is one clear line and exit code 2", async (argv, message) => {
    const { code, err } = await dsiem(...argv);
    expect(err).toContain(message);
    expect(err).toMatch(/^dsiem: [^\n]+\n$/);
    expect(code).toBe(2);
  });

  test("status says in one line that nothing runs", async () => {
    const empty = mkdtempSync(join(tmpdir(), "dsiem-tool-"));
    const err = `dsiem: nothing runs in ${empty}; npm start, or dsiem start, starts one\n`;
    expect(await dsiem("status", "--data-dir", empty)).toEqual({ code: 1, out: "", err });
    const json = await dsiem("status", "--data-dir", empty, "--json");
    expect({ code: json.code, said: JSON.parse(json.out) }).toEqual({
      code: 1,
      said: { running: false, folder: empty },
    });
    // A supervisor that was killed leaves its file behind.
    mkdirSync(stateFolder(empty), { recursive: true });
    writeSession(sessionOfFolder(empty), { url: "http://127.0.0.1:9", token: "t", pid: 2 ** 22 + 1 });
    expect((await dsiem("status", "--data-dir", empty)).err).toBe(err);
  });

  test("what goes wrong in a subcommand is one line and exit code 1", async () => {
    const empty = mkdtempSync(join(tmpdir(), "dsiem-tool-"));
    expect(await dsiem("validate", empty)).toEqual({
      code: 1,
      out: "",
      err: `dsiem: there is no .json file in ${empty}\n`,
    });
    const sent = await dsiem("send", join(empty, "none.json"));
    expect(sent.code).toBe(1);
    expect(sent.err).toMatch(/^dsiem: the events can't be read: ENOENT[^\n]+\n$/);
  });
});
