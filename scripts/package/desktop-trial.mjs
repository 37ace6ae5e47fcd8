// Runs the program out of its archive: its main script under a plain Node with a stand-in for electron, whose utility
// processes are real ones, so that the packaged services start, serve the packaged page and stop.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runTool } from "../checks/run-tool.mjs";
import { AsarArchive } from "./asar-archive.mjs";

const here = dirname(fileURLToPath(import.meta.url));

/**
 * @param {string} path of the archive
 * @param {string} folder an empty one
 * @returns {Promise<{ steps: string[] }>}
 */
export async function tryDesktop(path, folder) {
  const program = join(folder, "program");
  const archive = new AsarArchive(path);
  for (const name of archive.files.keys()) {
    mkdirSync(dirname(join(program, name)), { recursive: true });
    writeFileSync(join(program, name), archive.read(name));
  }
  const home = join(folder, "home");
  mkdirSync(home);
  const args = [
    ...["--import", new URL("stand-in-electron.mjs", import.meta.url).href, join(here, "desktop-journey.mjs")],
    ...[join(program, "dist", "electron", "main.js"), join(home, "user-data")],
  ];
  // The program is started by hand here: it isn't to end with whoever started this script.
  const { DSIEM_BOOTSTRAP_PID: _, ...env } = process.env;
  const result = await runTool(process.execPath, args, folder, { ...env, HOME: home, USERPROFILE: home });
  if (result.code !== 0) throw new Error(`The program can't be used:\n${result.output}`);
  return { steps: JSON.parse(result.stdout.trim().split("\n").at(-1) ?? "[]") };
}
