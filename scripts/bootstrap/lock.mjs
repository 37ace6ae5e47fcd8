// A lock between bootstraps of one checkout, so that two npm scripts started at once install and build once.

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./root.mjs";
import { SetupError } from "./setup-error.mjs";

const POLL_MS = 200;
const GIVE_UP_MS = 15 * 60 * 1000;

/**
 * Does `work` while no other bootstrap of this checkout does work of that name.
 * @param {string} name
 * @param {() => Promise<void>} work
 */
export async function withLock(name, work) {
  const folder = join(root, ".tmp");
  const file = join(folder, `${name}.lock`);
  mkdirSync(folder, { recursive: true });
  const deadline = performance.now() + GIVE_UP_MS;
  let said = false;
  while (!take(file)) {
    const holder = readHolder(file);
    if (holder !== undefined && !isAlive(holder)) {
      breakLock(file, holder);
      continue;
    }
    if (performance.now() > deadline)
      throw new SetupError(`Process ${holder} holds ${file} for too long; is it stuck?`);
    if (!said) console.error(`Waiting for process ${holder ?? "?"}, which is at it already (${name})…`);
    said = true;
    await sleep(POLL_MS);
  }
  try {
    await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
}

/** @param {string} file */
function readHolder(file) {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/**
 * Removes the lock of a process that is gone. Renaming is what only one of several can do; should the file have become
 * somebody else's meanwhile, it is put back.
 * @param {string} file
 * @param {number} holder
 */
function breakLock(file, holder) {
  const mine = `${file}.${process.pid}`;
  try {
    renameSync(file, mine);
  } catch {
    return;
  }
  if (readHolder(mine) === holder) rmSync(mine, { force: true });
  else renameSync(mine, file);
}
