// Child processes of the bootstrap: signals go to them once, nothing of theirs outlives them.

import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { hasLostNpm } from "./npm.mjs";

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Ending */

/** One Ctrl-C arrives here twice, from the terminal and from npm, which passes its own on: within this time it is one. */
const SAME_SIGNAL_MS = 1000;
const PARENT_POLL_MS = 300;
const onWindows = process.platform === "win32";

/**
 * Runs a program of Node with the terminal as its own and waits for its end. It gets a process group of its own, so
 * that the terminal's Ctrl-C reaches it only through here: once. The third one kills the group. Should this process
 * be killed outright, the child learns it from the closing channel and stops (stop-with-parent.mjs).
 * @param {string} node
 * @param {readonly string[]} args
 * @param {{ cwd: string }} options
 * @returns {Promise<Ending>}
 */
export function runInForeground(node, args, options) {
  const watch = new URL("./stop-with-parent.mjs", import.meta.url).href;
  return supervise(
    spawn(node, ["--import", watch, ...args], {
      cwd: options.cwd,
      env: { ...process.env, DSIEM_BOOTSTRAP_PID: String(process.pid) },
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      detached: !onWindows,
    }),
  );
}

/**
 * The same for a program that isn't Node; it learns whose child it is by DSIEM_BOOTSTRAP_PID.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string }} options
 * @returns {Promise<Ending>}
 */
export function runProgram(program, args, options) {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
  return supervise(
    spawn(program, [...args], {
      cwd: options.cwd,
      env: { ...env, DSIEM_BOOTSTRAP_PID: String(process.pid) },
      stdio: "inherit",
      detached: !onWindows,
    }),
  );
}

/**
 * Runs a program and keeps what it says, to be shown only when it fails.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string, shell?: boolean }} options
 * @returns {Promise<Ending & { output: string }>}
 */
export async function runQuietly(program, args, options) {
  const child = spawn(program, [...args], {
    cwd: options.cwd,
    stdio: ["ignore", "pipe", "pipe"],
    shell: options.shell ?? false,
    detached: !onWindows,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  return { ...(await supervise(child)), output };
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<Ending>}
 */
function supervise(child) {
  let last = { signal: "", at: Number.NEGATIVE_INFINITY };
  let sent = 0;
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => {
    const at = performance.now();
    if (signal === last.signal && at - last.at < SAME_SIGNAL_MS) return;
    last = { signal, at };
    sent++;
    // On Windows the console itself tells every process of it; here it is enough not to end before the child.
    if (onWindows) return;
    if (sent < 3) child.kill(signal);
    else killGroup(child.pid, "SIGKILL");
  };
  /** @type {readonly NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, passOn);
  const watch = setInterval(() => {
    if (!hasLostNpm()) return;
    clearInterval(watch);
    passOn("SIGTERM");
  }, PARENT_POLL_MS);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearInterval(watch);
      for (const name of signals) process.off(name, passOn);
      killGroup(child.pid, "SIGTERM");
      resolve({ code, signal });
    });
  });
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function killGroup(pid, signal) {
  if (pid === undefined || onWindows) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing is left of the group: as it should be.
  }
}

/**
 * Ends this process as the child ended.
 * @param {Ending} ending
 * @returns {never}
 */
export function exitAs(ending) {
  process.exit(ending.code ?? 128 + (ending.signal === null ? 1 : constants.signals[ending.signal]));
}
