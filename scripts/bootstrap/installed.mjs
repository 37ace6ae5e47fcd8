// The locked packages are installed when they are missing or when the lock file is another than the installed one's.

import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { exitAs, runQuietly } from "./child.mjs";
import { withLock } from "./lock.mjs";
import { progress } from "./progress.mjs";
import { root } from "./root.mjs";
import { SetupError } from "./setup-error.mjs";

const stamp = join(root, "node_modules", ".dsiem-installed");

export async function ensureInstalled() {
  if (isInstalled()) return;
  await withLock("install", async () => {
    if (isInstalled()) return;
    rmSync(stamp, { force: true });
    const done = progress("Installing the locked packages");
    const npm = findNpm();
    // What a site has set for its own projects (NODE_ENV=production, omit=optional) must not leave half of it out.
    const args = ["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
    const result = await runQuietly(npm.program, [...npm.first, ...args], { cwd: root, shell: npm.shell }).catch(
      (cause) => {
        throw new SetupError(`npm can't be started: ${cause.message}. Dsiem Console needs Node and npm.`);
      },
    );
    done(result.code === 0);
    if (result.signal !== null) exitAs(result);
    if (result.code !== 0) throw new SetupError(`${result.output}\nnpm ci failed; its output is above.`);
    writeFileSync(stamp, wanted());
  });
}

function isInstalled() {
  try {
    return readFileSync(stamp, "utf8") === wanted();
  } catch {
    return false;
  }
}

/** What the stamp says when the installed packages are those of the lock file, for this platform. */
function wanted() {
  const hash = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  return `${hash} ${process.platform}-${process.arch}\n`;
}

/** The npm that runs this script, else the one on the PATH. */
function findNpm() {
  const self = process.env.npm_execpath;
  if (self !== undefined && basename(self) === "npm-cli.js") {
    return { program: process.execPath, first: [self], shell: false };
  }
  // On Windows npm is a batch file, which only a shell can start.
  return { program: "npm", first: [], shell: process.platform === "win32" };
}
