// Builds the desktop's program as electron-builder lays it out, without installers, for a look into it: with electron's
// binary where there is one, else with a stand-in of the same shape, so that it works offline and everywhere.

import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { findElectron } from "../bootstrap/electron-binary.mjs";
import { root } from "../bootstrap/root.mjs";
import { runTool, toolPath } from "../checks/run-tool.mjs";

/** Behind this text electron's binary has its fuses (@electron/fuses). */
const FUSE_SENTINEL = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";
/** Version 1, nine fuses, as a fresh electron has them: run as Node, NODE_OPTIONS, --inspect, file: and traps are on. */
const FRESH_FUSES = Buffer.concat([Buffer.from([1, 9]), Buffer.from("101100011")]);

/**
 * @typedef {{ binary: string, archive: string, electron: "real" | "stand-in" }} Program
 * @param {string} folder where to build it
 * @returns {Promise<Program>}
 */
export async function buildUnpackedProgram(folder) {
  const real = process.platform === "linux" ? findElectron() : undefined;
  const electronDist = real === undefined ? standInDist(join(folder, "stand-in")) : dirname(real);
  const output = join(folder, "program");
  const args = [
    ...["--linux", "dir", "--x64", "--publish", "never", "--config", join(root, "electron-builder.yml")],
    `--config.electronDist=${electronDist}`,
    `--config.directories.output=${output}`,
  ];
  const result = await runTool(process.execPath, [toolPath("electron-builder", "electron-builder"), ...args], root);
  if (result.code !== 0) throw new Error(`electron-builder ended with exit code ${result.code}:\n${result.output}`);
  const program = join(output, "linux-unpacked");
  return {
    binary: join(program, "dsiem-console"),
    archive: join(program, "resources", "app.asar"),
    electron: real === undefined ? "stand-in" : "real",
  };
}

/** @param {string} folder */
function standInDist(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "electron"), Buffer.concat([Buffer.from(FUSE_SENTINEL), FRESH_FUSES]), { mode: 0o755 });
  cpSync(join(root, "node_modules", "electron", "LICENSE"), join(folder, "LICENSE"));
  return folder;
}
