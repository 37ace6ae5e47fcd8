// The built files are fresh while the stamp beside them names what they were built from.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { exitAs, runQuietly } from "./child.mjs";
import { withLock } from "./lock.mjs";
import { progress } from "./progress.mjs";
import { root } from "./root.mjs";
import { SetupError } from "./setup-error.mjs";

/** Everything that decides what the built files are. */
const SOURCES = ["engine", "renderer", "electron", "assets", "scripts/build.mjs", "package.json", "package-lock.json"];
const OUTPUTS = [
  "dist/dsiem.js",
  "dist/frontend.js",
  "dist/backend.js",
  "dist/renderer/index.html",
  "dist/electron/main.js",
];
const stamp = join(root, "dist", ".built-from");

/**
 * @param {import("./pinned-node.mjs").PinnedNode} node
 * @param {{ force: boolean }} options
 */
export async function ensureBuilt(node, { force }) {
  if (!force && isFresh()) return;
  await withLock("build", async () => {
    if (!force && isFresh()) return;
    // Taken before the build: a file that is changed while it runs makes the result stale, not fresh.
    const source = sourceHash();
    const done = progress("Building");
    const result = await runQuietly(node.path, [...node.flags, join(root, "scripts", "build.mjs")], { cwd: root });
    done(result.code === 0);
    if (result.signal !== null) exitAs(result);
    if (result.code !== 0) throw new SetupError(`${result.output}\nThe build failed; its output is above.`);
    mkdirSync(join(root, "dist"), { recursive: true });
    writeFileSync(stamp, source);
  });
}

function isFresh() {
  if (!OUTPUTS.every((file) => existsSync(join(root, file)))) return false;
  try {
    return readFileSync(stamp, "utf8") === sourceHash();
  } catch {
    return false;
  }
}

function sourceHash() {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    for (const file of filesOf(join(root, source))) {
      hash
        .update(`${relative(root, file).split(sep).join("/")}\0`)
        .update(readFileSync(file))
        .update("\0");
    }
  }
  return hash.digest("hex");
}

/**
 * The files at or below a path, in a fixed order; tests decide nothing about a build.
 * @param {string} path
 * @returns {Generator<string>}
 */
function* filesOf(path) {
  if (!existsSync(path)) return;
  let names;
  try {
    names = readdirSync(path).sort();
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOTDIR") throw error;
    if (!path.endsWith(".test.ts")) yield path;
    return;
  }
  for (const name of names) yield* filesOf(join(path, name));
}
