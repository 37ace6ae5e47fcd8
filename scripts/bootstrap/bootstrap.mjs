// What each npm script does: packages, the pinned Node, builds, then the command itself on that Node.

import { join } from "node:path";
import process from "node:process";
import { ensureBuilt } from "./built.mjs";
import { exitAs, runInForeground } from "./child.mjs";
import { ensureInstalled } from "./installed.mjs";
import { findPinnedNode } from "./pinned-node.mjs";
import { root } from "./root.mjs";
import { SetupError } from "./setup-error.mjs";
import { startWithWindow } from "./window.mjs";

/**
 * `needsBuild`: the command runs built files, so stale ones are built first. `command`: what the pinned Node runs;
 * absent when the build was all there was to do.
 * @type {Record<string, { needsBuild: boolean, command?: readonly string[] }>}
 */
const SCRIPTS = {
  start: { needsBuild: true },
  dsiem: { needsBuild: true, command: ["dist/dsiem.js"] },
  test: { needsBuild: true, command: ["scripts/test.mjs"] },
  check: { needsBuild: false, command: ["scripts/check.mjs"] },
  build: { needsBuild: true },
  bench: { needsBuild: true, command: ["bench/main.ts"] },
  package: { needsBuild: true, command: ["scripts/package/main.mjs"] },
  screenshots: { needsBuild: true, command: ["e2e/screenshots.ts"] },
  proof: { needsBuild: true, command: ["proof/main.ts"] },
};

/**
 * Runs one npm script and ends this process with its exit code.
 * @param {string | undefined} what
 * @param {readonly string[]} args
 */
export async function bootstrap(what, args) {
  const script = what === undefined ? undefined : SCRIPTS[what];
  if (script === undefined) {
    console.error(`usage: node scripts/run.mjs ${Object.keys(SCRIPTS).join("|")} [arguments]`);
    process.exit(2);
  }
  try {
    await ensureInstalled();
    const node = findPinnedNode();
    if (script.needsBuild) await ensureBuilt(node, { force: what === "build" && args.includes("--force") });
    if (what === "start") await startWithWindow(node, args);
    if (script.command === undefined) return;
    const [file = "", ...first] = script.command;
    exitAs(
      await runInForeground(node.path, [...node.flags, join(root, file), ...first, ...args], {
        cwd: what === "dsiem" ? (process.env.INIT_CWD ?? root) : root,
      }),
    );
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exit(error.exitCode);
  }
}
