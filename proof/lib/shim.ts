import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BenchError } from "../../bench/lib/failure.ts";

const SOURCE = join(dirname(fileURLToPath(import.meta.url)), "..", "shim", "fault.c");

/** Calls that can be told to fail: `sync` is fsync and fdatasync, `unlink` also rmdir, `rename` also link. */
export const CALL_CLASSES = ["open", "write", "sync", "truncate", "rename", "unlink", "mkdir", "read"] as const;
export type CallClass = (typeof CALL_CLASSES)[number] | "close" | "any";

export interface Fault {
  readonly calls: CallClass;
  /**
   * `SHORT`: a write takes only half of its bytes and says so (which Node itself answers by writing the rest). `TORN`:
   * the same, and the next call fails with ENOSPC, as on a disk that becomes full.
   */
  readonly error: "EIO" | "ENOSPC" | "SHORT" | "TORN";
  /** The first call of the class that fails, from 1; 0: none does, but they are counted. */
  readonly nth: number;
  /** That one, that one and all that follow, or every Nth one. */
  readonly times: "once" | "on" | "every";
  /** Only files whose path holds this text. */
  readonly match?: string;
  /** Calls are counted, and fail, only while this file exists. */
  readonly control?: string;
}

export interface ShimUse {
  /** The compiled shim. */
  readonly library: string;
  /** Only calls below this folder are touched; its real path. */
  readonly root: string;
  /** Where every change is recorded. */
  readonly journal?: string;
  /** Where the counts go that `readCounts` reads. */
  readonly counts?: string;
  readonly fault?: Fault;
}

/** Why no fault can be injected on this machine, in a sentence; undefined when it can. */
export function whyNoShim(): string | undefined {
  if (process.platform !== "linux") return `the fault shim needs Linux, and this is ${process.platform}`;
  try {
    execFileSync(compiler(), ["--version"], { stdio: "ignore" });
  } catch {
    return `the fault shim needs a C compiler, and ${compiler()} can't be run (name one in CC)`;
  }
  return undefined;
}

/** Compiles the shim into a folder. @throws BenchError with what the compiler says. */
export function compileShim(folder: string): string {
  const library = join(folder, "fault.so");
  try {
    execFileSync(compiler(), ["-O2", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl", "-lpthread"], {
      stdio: ["ignore", "pipe", "pipe"],
      encoding: "utf8",
    });
  } catch (error) {
    throw new BenchError(`the fault shim can't be compiled: ${(error as { stderr?: string }).stderr ?? error}`);
  }
  return library;
}

/** What a process started with this environment does to its disk. */
export function shimEnvironment({ library, root, journal, counts, fault }: ShimUse): Record<string, string> {
  return {
    LD_PRELOAD: library,
    DSIEM_FAULT_ROOT: root,
    // The ring would pass the library by; Node leaves it off by default, and this makes sure.
    UV_USE_IO_URING: "0",
    ...(journal === undefined ? {} : { DSIEM_FAULT_JOURNAL: journal }),
    ...(counts === undefined ? {} : { DSIEM_FAULT_COUNTS: counts }),
    ...(fault === undefined
      ? {}
      : {
          DSIEM_FAULT_CLASS: fault.calls,
          DSIEM_FAULT_ERROR: fault.error,
          DSIEM_FAULT_NTH: String(fault.nth),
          DSIEM_FAULT_TIMES: fault.times,
          ...(fault.match === undefined ? {} : { DSIEM_FAULT_MATCH: fault.match }),
          ...(fault.control === undefined ? {} : { DSIEM_FAULT_CONTROL: fault.control }),
        }),
  };
}

export interface ShimCounts {
  /** Calls of the fault's class. */
  readonly calls: number;
  /** Calls that were made to fail or to stop short. */
  readonly failed: number;
  readonly recorded: number;
}

/** The counts so far, also of a process that is running or was killed. */
export function readCounts(path: string): ShimCounts {
  const bytes = readFileSync(path);
  const [calls = 0, failed = 0, recorded = 0] = [0, 8, 16].map((at) => Number(bytes.readBigUInt64LE(at)));
  return { calls, failed, recorded };
}

function compiler(): string {
  return process.env.CC || "cc";
}
