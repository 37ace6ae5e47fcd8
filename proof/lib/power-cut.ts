import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { until, within } from "../../bench/lib/waiting.ts";
import { ManualClock } from "../../engine/base/clock.ts";
import { silentLogger } from "../../engine/base/log.ts";
import { MemoryBus } from "../../engine/bus/memory.ts";
import { runBackend } from "../../engine/service/backend.ts";
import type { BackendConfig } from "../../engine/service/config.ts";
import { Disk, type NamesAreSafe } from "./disk-image.ts";
import type { DiskChange } from "./disk-journal.ts";
import { randomFrom } from "./options.ts";
import type { Recording } from "./recording.ts";
import { LINK_TOKEN, NODE, ProvenService } from "./site.ts";
import { faultsOfAlarms } from "./whole-files.ts";

const START_MS = 30_000;
const REPLAY_MS = 60_000;
/** The built backend starts after every so many power cuts, before the rest is done in this process. */
const PROCESS_EVERY = 20;
/** Most text of a kind of fault that is told. */
const MOST_TEXT = 300;

/** A power cut: when, and how the disk was made. */
export interface PowerCut {
  readonly seed: number;
  /** So many of the recorded changes were made. */
  readonly at: number;
  readonly names: NamesAreSafe;
  readonly sector: 512 | 4096;
}

/** What a start after a power cut made of it. */
export interface CutOutcome {
  /** Each in a sentence; none is how it has to be. */
  readonly faults: readonly string[];
  readonly startMs: number;
  /** How old the oldest event was that has to be given again, and would be lost if it couldn't. */
  readonly progressLostMs: number;
  readonly replayed: number;
  /** The cut lost something that had been written and not synced. */
  readonly completedLines: number;
}

/** What came before the start and is to be held against what came of it. */
interface Before {
  readonly atMs: number;
  /** The event that the state stands for, by its number on the bus; 0: none. */
  readonly position: number;
  readonly acknowledged: number;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** How the seed cuts the power: every other time just before something would have been synced. */
export function drawCut(seed: number, changes: readonly DiskChange[]): PowerCut {
  const random = randomFrom(seed);
  const at = 1 + Math.floor(random() * changes.length);
  const isSync = ({ op }: DiskChange): boolean => op === "fsync" || op === "fdatasync";
  const sync = random() < 0.5 ? changes.findIndex((change, index) => index >= at && isSync(change)) : -1;
  return {
    seed,
    at: sync < 0 ? at : sync,
    names: random() < 0.5 ? "journal" : "folder",
    sector: random() < 0.5 ? 512 : 4096,
  };
}

/** Plays a recording once, and cuts the power on the way at the given moments, which have to come in order. */
export class PowerCuts {
  readonly #recording: Recording;
  readonly #disks: Record<NamesAreSafe, Disk>;
  #played = 0;

  constructor(recording: Recording) {
    this.#recording = recording;
    this.#disks = { journal: new Disk(recording.root, "journal"), folder: new Disk(recording.root, "folder") };
  }

  /** Leaves in the folder what the cut leaves on the disk. */
  writeImage(cut: PowerCut, folder: string): void {
    const { alarmFiles, changes } = this.#recording;
    if (cut.at < this.#played) throw new Error("broken invariant: the cuts don't come in order");
    for (const change of changes.slice(this.#played, cut.at)) {
      this.#disks.journal.apply(change);
      this.#disks.folder.apply(change);
    }
    this.#played = cut.at;
    const random = randomFrom(cut.seed + 1_000_000);
    this.#disks[cut.names].writeImage(folder, { sector: cut.sector, random }, (ino) => alarmFiles.get(ino));
  }
}

/**
 * Starts a backend in the folder, gives it every event behind its position, and holds its files against what they have
 * to be: those of a run that nothing interrupted.
 */
export async function examine(
  recording: Recording,
  { cut, folder, frontendPort }: { cut: PowerCut; folder: string; frontendPort: number },
): Promise<CutOutcome> {
  const before = whatWasBefore(recording, cut, folder);
  const processMs = cut.seed % PROCESS_EVERY === 0 ? await startAndKill(folder, frontendPort) : 0;
  const bus = new MemoryBus(silentLogger(new ManualClock()));
  const log: string[] = [];
  const config = backendConfig(folder, frontendPort);
  const began = performance.now();
  const start = runBackend(config, undefined, { write: (line) => log.push(line), openBus: () => bus });
  const backend = await within("the backend to start after a power cut", START_MS, start);
  const startMs = Math.max(processMs, performance.now() - began);
  // What the frontend has let go isn't there any more.
  const first = Math.max(before.position, before.acknowledged);
  const again = recording.events.slice(first);
  bus.publishEvents(
    again.map(({ payload }) => payload),
    () => undefined,
  );
  await until("the events to be processed again", REPLAY_MS, () => (bus.acked === again.length ? true : undefined));
  await backend.stop();
  const code = await backend.done;
  const faults = [
    ...(code === 0 ? [] : [`it stopped with exit code ${code}`]),
    ...faultsOfPosition(recording, before),
    ...faultsOfLog(log),
    ...faultsOfFiles(before, folder),
    ...(await faultsOfAlarms(folder, recording.groups)),
  ];
  return {
    faults,
    startMs,
    progressLostMs: progressLost(recording, before),
    replayed: again.length,
    completedLines: completedLines(log),
  };
}

/** The built backend, in a process of its own, which is killed as soon as it is ready: the second start finds its traces. */
async function startAndKill(folder: string, frontendPort: number): Promise<number> {
  const args = ["-n", NODE, "-f", `http://127.0.0.1:${frontendPort}`, "--msq", "link", "--journal", "true"];
  const service = new ProvenService({ name: "backend", folder, args });
  service.start();
  const startMs = await service.ready();
  await service.kill();
  return startMs;
}

function whatWasBefore(recording: Recording, cut: PowerCut, folder: string): Before {
  const atMs = recording.changes[cut.at - 1]?.atMs ?? 0;
  const acknowledged = recording.acknowledged.findLast((seen) => seen.atMs < Math.floor(atMs))?.upTo ?? 0;
  return { atMs, position: storedPosition(folder), acknowledged, files: alarmFiles(folder) };
}

/** The position in the state database of a folder, read from a copy: 0 when there is none. */
function storedPosition(folder: string): number {
  const state = join(folder, "logs", ".state");
  if (!existsSync(join(state, `${NODE}.db`))) return 0;
  const copy = `${folder}-copy`;
  mkdirSync(copy);
  try {
    for (const ending of ["", "-wal", "-journal"]) {
      const file = `${NODE}.db${ending}`;
      if (existsSync(join(state, file))) copyFileSync(join(state, file), join(copy, file));
    }
    const db = new DatabaseSync(join(copy, `${NODE}.db`));
    try {
      const known = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'position'").get();
      if (known === undefined) return 0;
      return Number(db.prepare("SELECT sequence FROM position").get()?.sequence ?? 0);
    } finally {
      db.close();
    }
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function progressLost({ events }: Recording, { atMs, position }: Before): number {
  const oldest = events.find((event, at) => at >= position && event.counts);
  return oldest === undefined ? 0 : Math.max(0, atMs - oldest.atMs);
}

function faultsOfPosition({ events }: Recording, { acknowledged, position }: Before): string[] {
  const gone = events.slice(position, acknowledged).filter(({ counts }) => counts).length;
  if (gone === 0) return [];
  return [`${gone} events were acknowledged up to ${acknowledged} and the state stands at ${position}`];
}

/** What a start after a power cut has no reason to say. */
function faultsOfLog(log: readonly string[]): string[] {
  return log.filter((line) => /"level":"(WARN|ERROR)"/.test(line)).map((line) => line.trim().slice(0, MOST_TEXT));
}

function completedLines(log: readonly string[]): number {
  const line = log.find((each) => each.includes("had not written yet"));
  return Number(/"lines":(\d+)/.exec(line ?? "")?.[1] ?? 0);
}

/** Alarm files only grow; bytes that the cut left unwritten within them, zeros, may be filled in. */
function faultsOfFiles({ files }: Before, folder: string): string[] {
  const after = alarmFiles(folder);
  return [...files].flatMap(([name, bytes]) => {
    const now = after.get(name);
    if (now === undefined) return [`${name} is gone`];
    if (now.length < bytes.length) return [`${name} was truncated from ${bytes.length} to ${now.length} bytes`];
    const changed = bytes.findIndex((byte, at) => byte !== 0 && byte !== now[at]);
    return changed < 0 ? [] : [`${name} was changed at ${changed}`];
  });
}

function alarmFiles(folder: string): Map<string, Buffer> {
  const logs = join(folder, "logs");
  const names = existsSync(logs) ? readdirSync(logs).filter((name) => name.startsWith("siem_alarm")) : [];
  return new Map(names.map((name) => [name, readFileSync(join(logs, name))]));
}

function backendConfig(folder: string, frontendPort: number): BackendConfig {
  return {
    frontend: `http://127.0.0.1:${frontendPort}`,
    node: NODE,
    minAlarmLifetimeMinutes: 0,
    status: ["Open"],
    tags: ["Identified Threat"],
    medRiskMin: 3,
    medRiskMax: 6,
    maxEps: 1000,
    bus: { kind: "link", token: LINK_TOKEN },
    cacheMinutes: 10,
    maxQueue: 524_288,
    holdDurationSeconds: 60,
    maxDelaySeconds: 0,
    intelPrivateIp: false,
    reloadBacklogs: true,
    state: true,
    journal: true,
    preloadDirectives: false,
    idleDirectivesMinutes: 10,
    dataDir: folder,
    log: { level: "INFO", json: true },
    telemetry: { tracing: false, metrics: false, endpoint: "" },
  };
}
