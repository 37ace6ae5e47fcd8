import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";

const require = createRequire(import.meta.url);

/**
 * Runs a tool and keeps what it says.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ code: number | null, stdout: string, output: string }>}
 */
export function runTool(program, args, cwd, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, output }));
  });
}

/**
 * The file that a package's command runs, to be started with this very Node: a link in node_modules/.bin would look
 * for one on the PATH, and a package may export no path to its files.
 * @param {string} name
 * @param {string} command
 */
export function toolPath(name, command) {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      const manifest = require(join(folder, name, "package.json"));
      const bin = typeof manifest.bin === "string" ? manifest.bin : manifest.bin[command];
      return join(dirname(join(folder, name, "package.json")), bin);
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new Error(`The package ${name} isn't installed.`);
}
