import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { sleep, until } from "../../bench/lib/waiting.ts";
import { backendStatsSchema } from "../../engine/contract/stats.ts";
import { statsSubject } from "../../engine/contract/subjects.ts";
import { GroupLoad } from "./group-load.ts";
import { ALL_KINDS } from "./groups.ts";
import { randomFrom } from "./options.ts";
import type { OwnFrontend } from "./own-frontend.ts";
import { type Fault, shimEnvironment } from "./shim.ts";
import { NODE, ProvenService } from "./site.ts";
import { faultsOfAlarms } from "./whole-files.ts";

/** How the disk of a backend is made to refuse, and to take writes again. */
export interface Trouble {
  readonly name: string;
  /** Before the backend starts; `folder` will be its data folder. */
  prepare?(folder: string): void;
  env?(folder: string): Record<string, string>;
  begin(folder: string, pid: number): void;
  end(folder: string, pid: number): void;
  /** Afterwards, whatever happened. */
  cleanUp?(folder: string): void;
}

export interface TroubleOutcome {
  /** Each in a sentence. */
  readonly faults: readonly string[];
  /** Requests that got 503, from so long after the trouble began, in milliseconds. */
  readonly refused: number;
  readonly refusedAfterMs: number;
  /** Events that were correlated while nothing could be written. */
  readonly correlatedMeanwhile: number;
  readonly acknowledged: number;
  /** From the end of the trouble until everything was written. */
  readonly recoveredMs: number;
}

const UNDISTURBED_MS = 1000;
const REFUSED_MS = 30_000;
const RECOVERED_MS = 30_000;
/** Longer than a backend waits between two times that it tells of itself. */
const STATS_MS = 10_000;
/** The trouble goes on for so long after the first 503. */
const GOES_ON_MS = 1500;

/** Runs a backend under load through a disk that refuses every write for some seconds. */
export async function runThroughTrouble(
  trouble: Trouble,
  { eventsPerSecond, folder, lanes, own }: { folder: string; own: OwnFrontend; lanes: number; eventsPerSecond: number },
): Promise<TroubleOutcome> {
  const root = join(folder, "troubled");
  mkdirSync(root);
  trouble.prepare?.(root);
  const args = ["-n", NODE, "-f", `http://127.0.0.1:${own.frontend.port}`, "--msq", "link"];
  const backend = new ProvenService({ name: "backend", folder: root, args, env: trouble.env?.(root) ?? {} });
  const correlated = followCorrelated(own);
  try {
    backend.start();
    await backend.ready();
    const random = randomFrom(1);
    const load = new GroupLoad({ port: own.frontend.port, kinds: ALL_KINDS, lanes, eventsPerSecond, random });
    await sleep(UNDISTURBED_MS);
    trouble.begin(root, backend.pid);
    const beganAt = performance.now();
    // Not more than these can have been correlated before.
    const before = load.counters.acked;
    await until("503 while the disk refuses", REFUSED_MS, () => (load.counters.refused > 0 ? true : undefined));
    const refusedAfterMs = performance.now() - beganAt;
    await sleep(GOES_ON_MS);
    const said = correlated.count;
    await until("the backend to tell of itself", STATS_MS, () => (correlated.count > said ? true : undefined));
    const correlatedMeanwhile = correlated.latest() - before;
    const alive = backend.outcome === undefined;
    trouble.end(root, backend.pid);
    const endedAt = performance.now();
    await until("events to be taken again", RECOVERED_MS, () => (own.link.status().buffered < 500 ? true : undefined));
    await sleep(UNDISTURBED_MS);
    await load.stop();
    await until("every event to be written", RECOVERED_MS, () => (own.link.status().buffered === 0 ? true : undefined));
    const recoveredMs = performance.now() - endedAt - UNDISTURBED_MS;
    const ended = await backend.stop();
    const faults = [
      ...(alive ? [] : [`it ended by itself: ${backend.outcome}; ${backend.lastLines()}`]),
      ...(ended === "exit code 0" ? [] : [`it stopped with ${ended}; ${backend.lastLines()}`]),
      ...(await faultsOfAlarms(root, load.groups)),
    ];
    const { acked, refused } = load.counters;
    return { faults, refused, refusedAfterMs, correlatedMeanwhile, acknowledged: acked, recoveredMs };
  } finally {
    correlated.close();
    if (backend.outcome === undefined) await backend.kill();
    trouble.cleanUp?.(root);
    rmSync(root, { recursive: true, force: true });
  }
}

/** How many events the backend has correlated, as it says itself. */
function followCorrelated({ link }: OwnFrontend): { latest(): number; readonly count: number; close(): void } {
  let latest = 0;
  let count = 0;
  const subscription = link.subscribe(statsSubject(NODE), (payload) => {
    latest = backendStatsSchema.parse(JSON.parse(Buffer.from(payload).toString())).flow.correlated;
    count += 1;
  });
  return {
    latest: () => latest,
    get count() {
      return count;
    },
    close: () => subscription.close(),
  };
}

const FILLER = "filler";
const PIECE = Buffer.alloc(4096);

/** A file system in memory of so many MiB, which a file is then made to fill. The service's own log is on it as well. */
export function smallDisk(mib: number): Trouble {
  return {
    name: `a full disk (tmpfs of ${mib} MiB)`,
    prepare: (folder) => mount(folder, mib),
    begin: (folder) => {
      const fd = openSync(join(folder, FILLER), "w");
      try {
        for (;;) writeSync(fd, PIECE);
      } catch {
        // That it is full is what was wanted.
      } finally {
        closeSync(fd);
      }
    },
    end: (folder) => rmSync(join(folder, FILLER)),
    cleanUp: (folder) => {
      execFileSync("umount", ["-l", folder]);
    },
  };
}

/** No file may grow beyond some kilobytes, and the process is told with EFBIG. */
export function fileLimit(): Trouble {
  return {
    name: "no file may grow (ulimit -f)",
    begin: (_, pid) => limitFiles(pid, String(SMALL_FILE_BYTES)),
    end: (_, pid) => limitFiles(pid, "unlimited"),
  };
}

const SMALL_FILE_BYTES = 4096;

function limitFiles(pid: number, most: string): void {
  execFileSync("prlimit", ["--pid", String(pid), `--fsize=${most}:unlimited`]);
}

/** Why the file limit of a process can't be changed here, in a sentence; undefined when it can. */
export function whyNoFileLimit(): string | undefined {
  try {
    limitFiles(process.pid, "unlimited");
    return undefined;
  } catch {
    return "the file limit of a running process is changed with prlimit, of util-linux";
  }
}

/** Calls fail, by the shim, from the `nth` one on. */
export function refusingDisk(name: string, library: string, control: string, fault: Omit<Fault, "control">): Trouble {
  return {
    name,
    env: (root) => shimEnvironment({ library, root, fault: { ...fault, control } }),
    begin: () => writeFileSync(control, ""),
    end: () => rmSync(control),
  };
}

/** Why no file system can be mounted here, in a sentence; undefined when it can. */
export function whyNoMount(folder: string): string | undefined {
  const place = join(folder, "mount");
  mkdirSync(place);
  try {
    mount(place, 1);
    execFileSync("umount", [place]);
    return undefined;
  } catch {
    return "a small disk needs the right to mount a tmpfs, which root on Linux has";
  } finally {
    rmSync(place, { recursive: true });
  }
}

function mount(folder: string, mib: number): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mib}m`, "tmpfs", folder], { stdio: "ignore" });
}
