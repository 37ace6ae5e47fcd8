import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { delimiter, join } from "node:path";
import { BenchError } from "./failure.ts";

/** Linux counts the CPU time of a process in hundredths of a second, whatever its own timer's rate (proc(5)). */
const TICKS_PER_SECOND = 100;

/** Seconds of CPU time that a process has used, all its threads together. */
export function cpuSeconds(pid: number): number {
  const stat = readProc(pid, "stat");
  // The second field is the command's name in parentheses and may hold blanks; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory of a process in MiB. */
export function residentMib(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, "status"))?.[1];
  if (kib === undefined) throw new BenchError(`/proc/${pid}/status names no VmRSS`);
  return Number(kib) / 1024;
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    throw new BenchError(`/proc/${pid}/${file} can't be read: the process is gone`);
  }
}

export function refuseUnfitSystem(): void {
  if (!existsSync("/proc/self/stat")) {
    throw new BenchError("the benches read CPU time and memory of processes from /proc, which only Linux has");
  }
}

/** nats-server by `NATS_SERVER`, on the PATH, or where Debian installs it. */
export function findNatsServer(): string {
  const named = process.env.NATS_SERVER;
  if (named !== undefined && named !== "") return named;
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/bin"];
  const found = folders.map((folder) => join(folder, "nats-server")).find((file) => existsSync(file));
  if (found === undefined) {
    throw new BenchError("there is no nats-server: apt-get install nats-server, or name one in NATS_SERVER");
  }
  return found;
}

export interface MachineFacts {
  readonly [fact: string]: string;
}

/** What a figure depends on: nothing here names the machine or its owner. */
export function machineFacts(natsServer: string): MachineFacts {
  const nats = execFileSync(natsServer, ["--version"], { encoding: "utf8" });
  return {
    date: new Date().toISOString().slice(0, 10),
    CPU: cpus()[0]?.model.trim() || "unknown",
    cores: String(cpus().length),
    memory: `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    system: `${type()} ${release().split("-")[0]} ${process.arch}`,
    node: process.version,
    "nats-server": /v?(\d+\.\d+\.\d+)/.exec(nats)?.[1] ?? nats.trim(),
  };
}
