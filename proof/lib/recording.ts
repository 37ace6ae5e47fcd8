import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sleep, until } from "../../bench/lib/waiting.ts";
import { type DiskChange, readJournal } from "./disk-journal.ts";
import { GroupLoad } from "./group-load.ts";
import { ALL_KINDS, effectsOf, type Group, readEventId } from "./groups.ts";
import { randomFrom } from "./options.ts";
import { openFrontend } from "./own-frontend.ts";
import { compileShim, shimEnvironment } from "./shim.ts";
import { NODE, ProvenService } from "./site.ts";

/** An event as the frontend put it on the bus; its place in the list is its number there, less one. */
export interface SentEvent {
  readonly payload: Uint8Array;
  readonly atMs: number;
  /** Whether it changes anything: it is recorded by an alarm. */
  readonly counts: boolean;
}

/** A run of a backend under load: all that it did to its disk, and what it was given meanwhile. */
export interface Recording {
  /** The backend's data folder, as the journal names it. */
  readonly root: string;
  readonly changes: readonly DiskChange[];
  readonly events: readonly SentEvent[];
  readonly groups: readonly Group[];
  /** When it was seen how many events the backend had acknowledged, oldest first. */
  readonly acknowledged: readonly { readonly atMs: number; readonly upTo: number }[];
  /** The alarm files that there were, by their number in the file system. */
  readonly alarmFiles: ReadonlyMap<number, string>;
  readonly lanes: number;
}

export interface RecordingOptions {
  readonly folder: string;
  readonly seed: number;
  readonly eventsPerSecond: number;
  readonly lanes: number;
  /** The load goes on for about three times as long. */
  readonly phaseMs: number;
}

const LOOK_EVERY_MS = 1;
const SETTLED_MS = 30_000;

/**
 * Records a backend that starts in an empty folder, works, has its alarm files rotated, is stopped in order, started
 * again, works, and is killed once everything is done.
 */
export async function record(options: RecordingOptions): Promise<Recording> {
  const { eventsPerSecond, folder, lanes, phaseMs, seed } = options;
  const { frontend, link } = await openFrontend(join(folder, "frontend"), lanes);
  const sent: { payload: Uint8Array; atMs: number }[] = [];
  const acknowledged: { atMs: number; upTo: number }[] = [];
  link.subscribeEvents((payload) => sent.push({ payload, atMs: Date.now() }));
  const look = setInterval(() => {
    const upTo = sent.length - link.status().buffered;
    if (upTo > (acknowledged.at(-1)?.upTo ?? 0)) acknowledged.push({ atMs: Date.now(), upTo });
  }, LOOK_EVERY_MS);
  const root = join(folder, "backend");
  const journal = join(folder, "journal");
  const env = shimEnvironment({ library: compileShim(folder), root, journal });
  const args = ["-n", NODE, "-f", `http://127.0.0.1:${frontend.port}`, "--msq", "link", "--journal", "true"];
  const backend = new ProvenService({ name: "backend", folder: root, args, env });
  backend.start();
  await backend.ready();
  const random = randomFrom(seed);
  const load = new GroupLoad({ port: frontend.port, kinds: ALL_KINDS, lanes, eventsPerSecond, random });
  await sleep(phaseMs);
  rotate(join(root, "logs"), env);
  await sleep(phaseMs);
  await backend.stop();
  backend.start();
  await backend.ready();
  await sleep(phaseMs);
  await load.stop();
  await until("every event to be acknowledged", SETTLED_MS, () => (link.status().buffered === 0 ? true : undefined));
  await backend.kill();
  clearInterval(look);
  await frontend.stop();
  return {
    root,
    changes: readJournal(readFileSync(journal)),
    events: withEffects(sent, load.groups),
    groups: load.groups,
    acknowledged,
    alarmFiles: alarmFilesIn(join(root, "logs")),
    lanes,
  };
}

/** As logrotate does, by a process that is recorded as well. */
function rotate(logs: string, env: Record<string, string>): void {
  const script = `for (const name of process.argv.slice(1)) require("node:fs").renameSync(name, name + ".1");`;
  const files = ["siem_alarm_events.json", "siem_alarms.json"].map((name) => join(logs, name));
  execFileSync(process.execPath, ["-e", script, ...files], { env: { ...process.env, ...env } });
}

function withEffects(sent: readonly { payload: Uint8Array; atMs: number }[], groups: readonly Group[]): SentEvent[] {
  const stages = groups.map(({ acked, kind }) =>
    effectsOf(
      kind,
      Array.from({ length: acked }, (_, step) => step),
    ),
  );
  return sent.map((event) => {
    const { event_id } = JSON.parse(Buffer.from(event.payload).toString()) as { event_id: string };
    const id = readEventId(event_id);
    return { ...event, counts: id !== undefined && (stages[id.group]?.[id.step]?.stage ?? 0) > 0 };
  });
}

function alarmFilesIn(logs: string): Map<number, string> {
  const files = readdirSync(logs).filter((name) => name.startsWith("siem_alarm"));
  return new Map(files.map((name) => [statSync(join(logs, name)).ino, join(logs, name)]));
}
