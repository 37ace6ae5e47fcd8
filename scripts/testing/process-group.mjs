// Programs of a test run, each with everything it starts in a process group of its own, so that a run that hangs or is
// interrupted ends with all its servers.

import { spawn } from "node:child_process";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

const STOP_MS = 5000;

/** @type {Set<number>} */
const running = new Set();
let stopping = false;

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, limitMs: number }} options
 * @returns {Promise<{ code: number | null, output: string, timedOut: boolean }>}
 */
export function runGroup(program, args, { cwd, env, limitMs }) {
  // What was interrupted has no result: nothing is reported, and nothing else is begun.
  if (stopping) return new Promise(() => {});
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const pid = child.pid;
    if (pid !== undefined) running.add(pid);
    let output = "";
    let timedOut = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    const limit = setTimeout(() => {
      timedOut = true;
      signalGroup(pid, "SIGKILL");
    }, limitMs);
    child.once("error", reject);
    // Its servers hold the pipes too: what it left behind ends here, or the pipes would never close.
    child.once("exit", () => signalGroup(pid, "SIGKILL"));
    child.once("close", (code) => {
      clearTimeout(limit);
      if (pid !== undefined) running.delete(pid);
      if (stopping) return;
      resolve({ code, output, timedOut });
    });
  });
}

/** Ends what still runs: as Ctrl-C would, so that temporary folders are removed, then for certain. */
export async function stopGroups() {
  stopping = true;
  for (const pid of running) signalGroup(pid, "SIGINT");
  const deadline = performance.now() + STOP_MS;
  while (running.size > 0 && performance.now() < deadline) await sleep(50);
  for (const pid of running) signalGroup(pid, "SIGKILL");
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function signalGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in it.
  }
}
