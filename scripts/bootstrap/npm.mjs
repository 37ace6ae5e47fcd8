// Whether the npm that runs this script is still there. npm passes a SIGTERM on to the shell that it runs its scripts
// in, and the shell dies of it without telling anybody; a killed npm tells nobody at all. Either way what npm started
// must stop.

import { readFileSync } from "node:fs";
import process from "node:process";

const watches = process.platform !== "win32" && process.env.npm_lifecycle_event !== undefined;
const parent = process.ppid;
/** The shell's own parent, where the system tells: npm. */
const npm = watches ? parentOfShell(parent) : undefined;

export function hasLostNpm() {
  if (!watches) return false;
  return process.ppid !== parent || (npm !== undefined && parentOfShell(parent) !== npm);
}

/**
 * The parent of a process that is a shell running a script; of another one's parent nothing follows for us.
 * @param {number} pid
 */
function parentOfShell(pid) {
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[1] !== "-c") return undefined;
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Behind the name in parentheses, which may hold anything: the state, then the parent.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
