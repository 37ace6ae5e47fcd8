// `npm run test:disk`: disks that are full, fail, write half, and files that are taken away; no line may show it.

import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeAtExit } from "../bench/lib/children.ts";
import {
  fileLimit,
  refusingDisk,
  runThroughTrouble,
  smallDisk,
  type Trouble,
  whyNoFileLimit,
  whyNoMount,
} from "./lib/full-disk.ts";
import { runWithFault } from "./lib/nth-call.ts";
import { readOptions } from "./lib/options.ts";
import { type OwnFrontend, openFrontend } from "./lib/own-frontend.ts";
import type { Proof, Report } from "./lib/report.ts";
import { type Rotation, runWithRotations } from "./lib/rotations.ts";
import { CALL_CLASSES, type CallClass, compileShim, type Fault, whyNoShim } from "./lib/shim.ts";

const USAGE = `usage: npm run test:disk [-- options]
  --every N      of the calls of a run, each Nth is made to fail, 1 (every one) unless given
  --calls CLASS  only calls of this class: ${CALL_CLASSES.join(" ")}
  --rotations N  how often the log files are taken away in each way, 20 unless given
  --rate N       events a second under which the disk is full and files are rotated, 1000 unless given
  --only PART    only this part: full, rotations or calls`;

const DEFAULTS = { every: 1, calls: "", rotations: 20, rate: 1000, only: "" };
const LANES = 16;
/** So many events wait in the frontend before it answers 503. */
const MAX_BUFFERED = 2000;
const SMALL_DISK_MIB = 24;
const ROTATIONS: readonly Rotation[] = ["rename", "rename and SIGKILL", "unlink", "copy and truncate"];
const MOST_SHOWN = 5;

type DiskOptions = typeof DEFAULTS;

/** What each part gets. */
interface Ground {
  readonly folder: string;
  readonly own: OwnFrontend;
  /** The compiled shim, where there can be one. */
  readonly library: string | undefined;
  readonly options: DiskOptions;
  readonly report: Report;
}

export const proof: Proof = {
  usage: USAGE,
  run: async (args, report) => disk(readOptions(args, DEFAULTS), report),
};

async function disk(options: DiskOptions, report: Report): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "dsiem-disk-")));
  removeAtExit(folder);
  const own = await openFrontend(join(folder, "frontend"), LANES, MAX_BUFFERED);
  const missing = whyNoShim();
  if (missing !== undefined) report.say(`skipped, everything for which calls have to fail: ${missing}`);
  const library = missing === undefined ? compileShim(folder) : undefined;
  const ground: Ground = { folder, own, library, options, report };
  const wanted = (part: string): boolean => options.only === "" || options.only === part;
  if (wanted("full")) await fullDisks(ground);
  if (wanted("rotations")) await rotatedFiles(ground);
  if (wanted("calls")) await failingCalls(ground);
  await own.frontend.stop();
}

async function fullDisks(ground: Ground): Promise<void> {
  const { folder, options, own, report } = ground;
  for (const trouble of troublesOf(ground)) {
    const outcome = await runThroughTrouble(trouble, { folder, own, lanes: LANES, eventsPerSecond: options.rate });
    const { acknowledged, correlatedMeanwhile, faults, recoveredMs, refused, refusedAfterMs } = outcome;
    report.say(
      `${trouble.name}: ${acknowledged} events acknowledged, 503 after ${Math.round(refusedAfterMs)} ms (${refused} ` +
        `requests), ${correlatedMeanwhile} events correlated meanwhile, all written ${Math.round(recoveredMs)} ms later`,
    );
    report.check(`${trouble.name}: 503 once the buffer is full`, refused > 0);
    report.check(`${trouble.name}: correlation goes on`, correlatedMeanwhile > 0);
    report.check(`${trouble.name}: nothing torn, lost or doubled`, faults.length === 0, faults.join("\n    "));
  }
}

function troublesOf({ folder, library, report }: Ground): Trouble[] {
  const troubles: Trouble[] = [];
  const noMount = whyNoMount(folder);
  if (noMount === undefined) troubles.push(smallDisk(SMALL_DISK_MIB));
  else report.say(`skipped, the small disk: ${noMount}`);
  const noLimit = whyNoFileLimit();
  if (noLimit === undefined) troubles.push(fileLimit());
  else report.say(`skipped, the limit of files: ${noLimit}`);
  if (library === undefined) return troubles;
  const refusing = (name: string, fault: Pick<Fault, "calls" | "error">): Trouble =>
    refusingDisk(name, library, join(folder, "refuses"), { ...fault, nth: 1, times: "on" });
  return [
    ...troubles,
    refusing("half a write, then a full disk", { calls: "write", error: "TORN" }),
    refusing("every sync fails", { calls: "sync", error: "EIO" }),
    refusing("every call fails", { calls: "any", error: "EIO" }),
  ];
}

async function rotatedFiles({ folder, options, own, report }: Ground): Promise<void> {
  const { rate, rotations } = options;
  for (const how of ROTATIONS) {
    const outcome = await runWithRotations(how, { folder, own, lanes: LANES, eventsPerSecond: rate, rotations });
    const { acknowledged, faults } = outcome;
    const promised = how === "copy and truncate" ? "nothing torn" : "nothing torn, lost or doubled";
    report.check(`log files, ${how}, ${rotations} times: ${promised}`, faults.length === 0, said(faults, acknowledged));
  }
}

function said(faults: readonly string[], acknowledged: number): string {
  return faults.length === 0 ? `${acknowledged} events` : faults.join("\n    ");
}

async function failingCalls({ folder, library, options, own, report }: Ground): Promise<void> {
  if (library === undefined) return;
  const ground = { folder, library, own };
  for (const calls of CALL_CLASSES.filter((each) => options.calls === "" || options.calls === each)) {
    const { calls: total } = (await runWithFault({ ...ground, fault: { calls, error: "EIO", nth: 0, times: "once" } }))
      .counts;
    for (const kind of KINDS_OF_FAILURE) {
      if (kind.onlyWrites === true && calls !== "write") continue;
      const step = options.every * kind.stride;
      // Not always the same ones of the calls, when it isn't every one.
      const first = 1 + (calls.length % step);
      let runs = 0;
      let restarts = 0;
      let shown = 0;
      let faulty = 0;
      for (let nth = first; nth <= total; nth += step) {
        const run = await runWithFault({ ...ground, fault: kind.fault(calls, nth, join(folder, "fails")) });
        runs += 1;
        restarts += run.restarts;
        if (run.faults.length === 0) continue;
        faulty += 1;
        shown += 1;
        if (shown <= MOST_SHOWN)
          report.say(`${calls} ${nth} of ${total}, ${kind.name}\n    ${run.faults.join("\n    ")}`);
      }
      const what = `${calls}: ${kind.name}, ${runs} of ${total} calls`;
      report.check(what, faulty === 0, `${faulty} runs with faults, ${restarts} restarts`);
    }
  }
}

interface KindOfFailure {
  readonly name: string;
  /** One call in so many is enough. */
  readonly stride: number;
  readonly onlyWrites?: true;
  fault(calls: CallClass, nth: number, control: string): Fault;
}

const KINDS_OF_FAILURE: readonly KindOfFailure[] = [
  { name: "the Nth fails", stride: 1, fault: (calls, nth) => ({ calls, error: "EIO", nth, times: "once" }) },
  {
    name: "all from the Nth on fail for a while",
    stride: 5,
    fault: (calls, nth, control) => ({ calls, error: "ENOSPC", nth, times: "on", control }),
  },
  {
    name: "half of the Nth write, and the next fails",
    stride: 3,
    onlyWrites: true,
    fault: (calls, nth) => ({ calls, error: "TORN", nth, times: "once" }),
  },
];
