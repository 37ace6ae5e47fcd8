// The Node that everything runs on: it comes with the packages where there is one for the platform (package.json,
// optionalDependencies), so that the system's own may be any version that can run the bootstrap.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { root } from "./root.mjs";
import { SetupError } from "./setup-error.mjs";

/** The oldest that the built files run on, and the oldest that runs TypeScript files without being asked to. */
const OLDEST = { major: 22, minor: 15 };
const STRIPS_TYPES = { major: 22, minor: 18 };

/** @typedef {{ path: string, flags: readonly string[] }} PinnedNode */

/** @returns {PinnedNode} */
export function findPinnedNode() {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const file = process.platform === "win32" ? "node.exe" : "node";
  const packaged = join(root, "node_modules", `node-${platform}-${process.arch}`, "bin", file);
  // A packaged one may be there and yet not run: it is built for glibc.
  if (existsSync(packaged) && spawnSync(packaged, ["--version"]).status === 0) return { path: packaged, flags: [] };
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  /** @param {{ major: number, minor: number }} least */
  const isAtLeast = (least) => major > least.major || (major === least.major && minor >= least.minor);
  if (!isAtLeast(OLDEST)) {
    throw new SetupError(
      `There is no packaged Node for ${process.platform}-${process.arch}, and this one is ${process.version}: ` +
        `please install Node ${OLDEST.major}.${OLDEST.minor} or newer.`,
    );
  }
  return { path: process.execPath, flags: isAtLeast(STRIPS_TYPES) ? [] : ["--experimental-strip-types"] };
}
