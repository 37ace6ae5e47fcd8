import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { demoConfigFiles } from "../supervisor/demo/demo-configs.ts";
import { writeSchemas } from "./schema.ts";
import { TestTerminal } from "./testing/terminal.ts";
import { validate } from "./validate.ts";

let folder = "";
let terminal = new TestTerminal();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsiem-validate-"));
  terminal = new TestTerminal();
});

function writeDemo(to: string): void {
  for (const [name, text] of demoConfigFiles(9)) writeFileSync(join(to, name), text);
}

describe("dsiem validate", () => {
  test("a good folder, or one with a configs folder in it", async () => {
    mkdirSync(join(folder, "configs"));
    writeDemo(join(folder, "configs"));
    for (const path of [folder, join(folder, "configs")]) expect(await validate(path, terminal)).toBe(0);
    expect(terminal.stdout).toContain(
      "4 files, no problem\nnode dsiem-backend-0: 7 directives in 1 file\n10 assets, 1 intel source",
    );
  });

  test("every problem with its file, directive, stage and field", async () => {
    writeDemo(folder);
    const name = "directives_dsiem-backend-0_demo.json";
    const broken = readFileSync(join(folder, name), "utf8")
      .replace('"occurrence": 30', '"occurrence": 0')
      .replace('"port_to": "22"', '"port_to": "ssh"');
    writeFileSync(join(folder, name), broken);
    writeFileSync(join(folder, "notes.json"), "{}");
    expect(await validate(folder, terminal)).toBe(1);
    expect(terminal.stdout).toMatch(
      /^directives_dsiem-backend-0_demo\.json:\d+: directive 9002, stage 3, occurrence: /m,
    );
    expect(terminal.stdout).toMatch(/^directives_dsiem-backend-0_demo\.json:\d+: directive 9003, stage 1, port_to: /m);
    expect(terminal.stdout).toContain("2 problems in 1 of 5 files\n");
    expect(terminal.stdout).toContain("notes.json is ignored");
  });

  test("a single file", async () => {
    writeFileSync(join(folder, "assets_x.json"), '{"assets":[{"name":"\\u001b[2Jx","cidr":"10.0.0.1/8","value":1}]}');
    expect(await validate(join(folder, "assets_x.json"), terminal)).toBe(1);
    expect(terminal.stdout).toContain("1 problem in 1 of 1 file\n");
    expect(terminal.stdout).not.toContain("\u001b");
  });

  test("a folder that isn't there, or holds nothing", async () => {
    await expect(validate(join(folder, "none"), terminal)).rejects.toThrow("can't be read: ENOENT");
    await expect(validate(folder, terminal)).rejects.toThrow("there is no .json file in");
  });
});

describe("dsiem schema", () => {
  test("all of them on stdout, or each in a file", async () => {
    expect(await writeSchemas(undefined, terminal)).toBe(0);
    const all = JSON.parse(terminal.stdout) as Record<string, unknown>;
    expect(await writeSchemas(join(folder, "schemas"), terminal)).toBe(0);
    for (const [name, schema] of Object.entries(all)) {
      expect(JSON.parse(readFileSync(join(folder, "schemas", name), "utf8"))).toEqual(schema);
    }
  });
});
