import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = join(dirname(fileURLToPath(import.meta.url)), "..", "main.ts");
const LIMIT_MS = 120_000;

/**
 * Runs a proof as its npm script does, in a process of its own, and gives what it printed and its exit code. What it
 * started ends with it, also when the test is interrupted.
 */
export function runProof(name: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, name, ...args],
      { timeout: LIMIT_MS, killSignal: "SIGTERM", maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : (child.exitCode ?? 1);
        resolve({ code, output: `${stdout}${stderr}` });
      },
    );
  });
}
