import { describe, expect, it } from "vitest";
import { checkLockFile } from "./lock-file.mjs";
import { missingPlatformPackages } from "./platform-packages.mjs";
import { checkTexts } from "./text-rules.mjs";

describe("the lock file", () => {
  const tool = {
    version: "2.0.0",
    dev: true,
    optionalDependencies: {
      "@tool/cli-linux-x64": "2.0.0",
      "@tool/cli-linux-x64-musl": "2.0.0",
      "@tool/cli-win32-x64": "2.0.0",
    },
  };
  const complete = {
    "": { devDependencies: { tool: "2.0.0" } },
    "node_modules/tool": tool,
    "node_modules/@tool/cli-linux-x64": { version: "2.0.0" },
    "node_modules/@tool/cli-linux-x64-musl": { version: "2.0.0" },
    "node_modules/@tool/cli-win32-x64": { version: "2.0.0" },
  };
  const manifest = { devDependencies: { tool: "2.0.0" } };

  it("passes when it is complete", () => {
    expect(checkLockFile({ packages: complete }, manifest)).toEqual({ problems: [], note: "4 packages" });
  });

  it("tells the platform packages that npm left out, and what their entries must say", () => {
    const {
      "node_modules/@tool/cli-linux-x64": _glibc,
      "node_modules/@tool/cli-linux-x64-musl": _musl,
      ...rest
    } = complete;
    expect(checkLockFile({ packages: rest }, manifest).problems).toHaveLength(2);
    const optional = { version: "2.0.0", dev: true, optional: true, cpu: ["x64"], os: ["linux"] };
    expect(missingPlatformPackages({ packages: rest })).toEqual({
      "node_modules/@tool/cli-linux-x64": { ...optional, libc: ["glibc"] },
      "node_modules/@tool/cli-linux-x64-musl": { ...optional, libc: ["musl"] },
    });
  });

  it("puts what a nested package misses beside that package", () => {
    const nested = { version: "1.0.0", optionalDependencies: { "@deep/cli-darwin-arm64": "1.0.0" } };
    const packages = { "": {}, "node_modules/a": { version: "1.0.0" }, "node_modules/a/node_modules/deep": nested };
    expect(missingPlatformPackages({ packages })).toEqual({
      "node_modules/a/node_modules/@deep/cli-darwin-arm64": {
        version: "1.0.0",
        optional: true,
        cpu: ["arm64"],
        os: ["darwin"],
      },
    });
  });

  it("fails on a registry's name and on a dependency that package.json has otherwise", () => {
    const named = { ...complete, "node_modules/tool": { ...tool, resolved: "https://registry.example/tool.tgz" } };
    expect(checkLockFile({ packages: named }, manifest).problems[0]).toContain("registry.example");
    expect(checkLockFile({ packages: complete }, { devDependencies: { tool: "2.0.1" } }).problems[0]).toContain(
      "disagree",
    );
  });
});

describe("the texts", () => {
  const findings = (name: string, text: string) => checkTexts([{ name, text }]);

  it.each([
    ["engine/a.ts", 'const folder = "/home/somebody/x";'],
    ["README.md", `Look into ${["", "root", "logs"].join("/")}`],
    ["engine/a.ts", "// TODO: later"],
    ["engine/a.ts", "// works for now"],
    ["engine/a.test.ts", 'it.only("works", () => {});'],
    ["engine/a.test.ts", 'it.skip("works", () => {});'],
    ["engine/a.ts", "// @ts-ignore: because"],
    ["engine/a.ts", "// @ts-expect-error"],
    ["engine/a.ts", "// biome-ignore lint/style/useConst"],
    ["engine/a.ts", '/// <reference lib="dom" />'],
    ["electron/main/menu.ts", 'ipcMain.on("x", () => undefined);'],
  ])("finds in %s: %s", (name, text) => {
    expect(findings(name, text).problems).toHaveLength(1);
  });

  it.each([
    ["engine/a.ts", 'const folder = "/var/lib/dsiem";'],
    ["docs/a.md", "TODO is a word here, /home/you/configs an example."],
    ["engine/a.ts", 'const flag = { placeholder: "port" };'],
    ["engine/a.test.ts", '// The registry has no such package on this platform.\nit.skip("works", () => {});'],
    ["engine/a.ts", "// @ts-expect-error: the types of x lack y"],
    ["engine/a.ts", "// biome-ignore lint/style/useConst: it is assigned in the loop"],
    ["electron/main/ipc.ts", 'ipcMain.handle("x", () => undefined);'],
  ])("passes in %s: %s", (name, text) => {
    expect(findings(name, text).problems).toEqual([]);
  });

  it("asks about a file over 400 lines without failing it", () => {
    const verdict = findings("engine/a.ts", "const a = 1;\n".repeat(401));
    expect(verdict).toMatchObject({ problems: [], questions: ["engine/a.ts has 401 lines: is it about one thing?"] });
  });
});
