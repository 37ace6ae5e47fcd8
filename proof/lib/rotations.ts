import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
} from "node:fs";
import { join } from "node:path";
import { sleep, until } from "../../bench/lib/waiting.ts";
import { ALARM_EVENTS_FILE, ALARMS_FILE } from "../../engine/store/open-state.ts";
import { GroupLoad } from "./group-load.ts";
import { ALL_KINDS } from "./groups.ts";
import { randomFrom } from "./options.ts";
import type { OwnFrontend } from "./own-frontend.ts";
import { NODE, ProvenService } from "./site.ts";
import { faultsOfAlarms, partsOf } from "./whole-files.ts";

/** What is done to a log file under a writer: moved away, deleted, or copied and emptied. */
export type Rotation = "rename" | "rename and SIGKILL" | "unlink" | "copy and truncate";

export interface RotationOutcome {
  readonly faults: readonly string[];
  readonly rotations: number;
  readonly acknowledged: number;
}

const EVERY_MS = 150;
const WRITTEN_MS = 30_000;
const FILES = [ALARM_EVENTS_FILE, ALARMS_FILE];

/** Rotates both alarm files of a backend under load again and again. */
export async function runWithRotations(
  how: Rotation,
  {
    eventsPerSecond,
    folder,
    lanes,
    own,
    rotations,
  }: {
    folder: string;
    own: OwnFrontend;
    lanes: number;
    eventsPerSecond: number;
    rotations: number;
  },
): Promise<RotationOutcome> {
  const root = join(folder, "rotated");
  mkdirSync(root);
  const args = ["-n", NODE, "-f", `http://127.0.0.1:${own.frontend.port}`, "--msq", "link"];
  const backend = new ProvenService({ name: "backend", folder: root, args, logFolder: folder });
  try {
    backend.start();
    await backend.ready();
    const load = new GroupLoad({
      port: own.frontend.port,
      kinds: ALL_KINDS,
      lanes,
      eventsPerSecond,
      random: randomFrom(2),
    });
    for (let number = 1; number <= rotations; number++) {
      await sleep(EVERY_MS);
      for (const name of FILES) rotate(how, join(root, "logs", name), number);
      if (how !== "rename and SIGKILL") continue;
      await backend.kill();
      backend.start();
      await backend.ready();
    }
    await load.stop();
    await until("every event to be written", WRITTEN_MS, () => (own.link.status().buffered === 0 ? true : undefined));
    const ended = await backend.stop();
    const faults = [
      ...(ended === "exit code 0" ? [] : [`it stopped with ${ended}; ${backend.lastLines()}`]),
      ...(how === "copy and truncate" ? tornLines(root) : await faultsOfAlarms(root, load.groups)),
    ];
    return { faults, rotations, acknowledged: load.counters.acked };
  } finally {
    if (backend.outcome === undefined) await backend.kill();
    rmSync(root, { recursive: true, force: true });
  }
}

function rotate(how: Rotation, path: string, number: number): void {
  // It may not have been made anew yet.
  if (!existsSync(path)) return;
  const old = `${path}.${number}`;
  switch (how) {
    case "rename":
    case "rename and SIGKILL":
      renameSync(path, old);
      return;
    case "unlink":
      // Its second name is how the proof gets to see what went there.
      linkSync(path, old);
      unlinkSync(path);
      return;
    case "copy and truncate":
      copyFileSync(path, old);
      truncateSync(path);
      return;
  }
}

/** Whoever copies and then empties loses what comes in between; but what is there are whole lines. */
function tornLines(root: string): string[] {
  return FILES.flatMap((name) => partsOf(join(root, "logs"), name)).flatMap((part) => {
    const text = readFileSync(part, "utf8");
    const lines = text.split("\n");
    // A copy may have been made in the middle of a write, and then ends there.
    const ending = lines.pop();
    const torn = lines.filter((line) => !isObject(line));
    if (/[.]json$/.test(part) && ending !== "") torn.push(ending ?? "");
    return torn.map((line) => `torn in ${part.slice(part.lastIndexOf("/") + 1)}: ${line.slice(0, 200)}`);
  });
}

function isObject(line: string): boolean {
  try {
    return typeof JSON.parse(line) === "object";
  } catch {
    return false;
  }
}
