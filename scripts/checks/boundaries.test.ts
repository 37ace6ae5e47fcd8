import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { checkBoundaries } from "./boundaries.mjs";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function tree(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "dsiem-rooms-"));
  folders.push(folder);
  for (const [name, text] of Object.entries({ "tsconfig.json": "{}", ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const CLOCK = { "engine/base/clock.ts": "export interface Clock { now: number }\n" };
const PORT = { "engine/service/port.ts": "export const port = 1;\n" };

async function problems(files: Record<string, string>): Promise<string> {
  return (await checkBoundaries(tree(files))).problems.join("\n");
}

describe("room boundaries", () => {
  it("passes what the table allows, tests of several rooms included", async () => {
    const verdict = await checkBoundaries(
      tree({
        ...CLOCK,
        ...PORT,
        "engine/store/file.ts": 'import type { Clock } from "../base/clock.ts";\nexport type Now = Clock["now"];\n',
        "engine/store/file.test.ts": 'import { port } from "../service/port.ts";\nconsole.log(port);\n',
      }),
    );
    expect(verdict.problems).toEqual([]);
    expect(verdict.note).toBe("4 files");
  });

  it("fails on an import that goes the wrong way, even one of types only", async () => {
    const values = 'import { port } from "../service/port.ts";\nexport const next = port + 1;\n';
    expect(await problems({ ...PORT, "engine/match/a.ts": values })).toMatch(
      /^engine\/match\/a\.ts → engine\/service\/port\.ts\n.*room-match: Pure/,
    );
    const types = 'import type { Clock } from "../base/clock.ts";\nexport type Now = Clock["now"];\n';
    expect(await problems({ ...CLOCK, "engine/contract/a.ts": types })).toContain("room-contract");
  });

  it("fails on I/O in the correlator, a cycle, a test in the product and an import that leads nowhere", async () => {
    const found = await problems({
      "engine/backlog/a.ts":
        'import { readFileSync } from "node:fs";\nexport const text = readFileSync("a", "utf8");\n',
      "engine/base/a.ts": 'import { b } from "./b.ts";\nexport const a = () => b;\n',
      "engine/base/b.ts": 'import { a } from "./a.ts";\nexport const b = () => a;\n',
      "engine/base/c.fixture.ts": "export const c = 1;\n",
      "engine/base/d.ts": 'import { c } from "./c.fixture.ts";\nexport const d = c;\n',
      "engine/base/e.ts": 'import { none } from "./none.ts";\nexport const e = none;\n',
    });
    for (const rule of ["room-backlog", "no-cycles", "no-tests-in-product", "no-unresolvable"]) {
      expect(found).toContain(rule);
    }
  });

  it("keeps the desktop's main process from the services' code, and its preload script from nearly everything", async () => {
    const found = await problems({
      ...PORT,
      "engine/supervisor/a.ts": "export const a = 1;\n",
      "engine/contract/c.ts": "export const c = 1;\n",
      "electron/main/ok.ts": 'import { a } from "../../engine/supervisor/a.ts";\nexport const b = a;\n',
      "electron/main/bad.ts": 'import { port } from "../../engine/service/port.ts";\nexport const b = port;\n',
      "electron/preload/ok.ts": 'import { c } from "../../engine/contract/c.ts";\nexport const b = c;\n',
      "electron/preload/bad.ts": 'import { readFileSync } from "node:fs";\nexport const b = readFileSync("x");\n',
    });
    expect(found).toMatch(/^electron\/main\/bad\.ts → engine\/service\/port\.ts\n.*room-electron-main: Windows/m);
    expect(found).toContain("room-electron-preload");
    expect(found).not.toContain("ok.ts");
  });

  it("fails on a room without a rule, and where there is nothing to see", async () => {
    expect(await problems({ "engine/attic/a.ts": "export const a = 1;\n" })).toContain("engine/attic: a room without");
    expect(await problems({ "engine/base/notes.txt": "" })).toContain("no source files");
  });
});
