import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Of a socket in the kernel's table. */
const LISTENING = "0A";

/** The TCP sockets that these processes listen on, `127.0.0.1:8080`; `undefined` where there is no /proc to ask. */
export function listeningSockets(pids: readonly number[]): string[] | undefined {
  try {
    const inodes = new Set(pids.flatMap(socketInodes));
    return [...table("/proc/net/tcp"), ...table("/proc/net/tcp6")]
      .filter((row) => row.state === LISTENING && inodes.has(row.inode))
      .map((row) => row.address)
      .sort();
  } catch {
    return undefined;
  }
}

/** A process and all its descendants. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

function parentOf(pid: number): number | undefined {
  try {
    // The name of the program stands in parentheses and may hold blanks.
    return Number(/.*\) . (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, "latin1"))?.[1]);
  } catch {
    return undefined;
  }
}

function socketInodes(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
}

function table(file: string): { address: string; state: string; inode: string }[] {
  const rows = readFileSync(file, "latin1").trim().split("\n").slice(1);
  return rows.map((row) => {
    const [, local = "", , state = "", , , , , , inode = ""] = row.trim().split(/\s+/);
    const [host = "", port = ""] = local.split(":");
    return { address: `${hostText(host)}:${Number.parseInt(port, 16)}`, state, inode };
  });
}

/** IPv4 stands in the byte order of the machine, which is little-endian wherever this runs. */
function hostText(hex: string): string {
  if (hex.length !== 8) return /^0{31}1$|^0{24}0{7}1$|^0{24}01000000$/.test(hex) ? "[::1]" : `[${hex}]`;
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(".");
}
