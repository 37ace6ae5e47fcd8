import { join } from "node:path";
import { AppendFile, type FileCalls, REAL_CALLS } from "./append-file.ts";
import { appendMissing, missingLines } from "./outbox-recovery.ts";
import { quarantineDatabase, StateDatabase, type StoredState } from "./state-database.ts";
import { StateCorruptError } from "./state-errors.ts";

export const ALARMS_FILE = "siem_alarms.json";
export const ALARM_EVENTS_FILE = "siem_alarm_events.json";

/** How long the torn end of a file must stay as it is before it counts as one: another process may be writing it. */
const SETTLE_MS = 50;

export interface StateFiles {
  readonly events: AppendFile;
  readonly alarms: AppendFile;
}

/** What a start found, and what it did about it. */
export interface StartFacts {
  /** `undefined` where no state is kept. */
  stored: StoredState | undefined;
  /** Lines that an earlier process had committed and not written. */
  completedLines: number;
  /** Files that ended in the middle of somebody's line, which was ended. */
  mendedFiles: string[];
  /** A damaged database, and where it was moved to. */
  quarantined: { reason: string; path: string } | undefined;
}

export interface OpenedState extends StartFacts {
  files: StateFiles;
  database: StateDatabase | undefined;
}

/**
 * Opens the two alarm files and the state database, and brings them to agree (reliability.md §2): what was committed
 * for a file and isn't in it is appended. A damaged database is moved to the quarantine folder and begun anew.
 */
export async function openState(
  { folder, databasePath, nowMs }: { folder: string; databasePath: string | undefined; nowMs: number },
  calls: FileCalls = REAL_CALLS,
): Promise<OpenedState> {
  const events = new AppendFile(join(folder, ALARM_EVENTS_FILE), calls);
  const alarms = new AppendFile(join(folder, ALARMS_FILE), calls);
  let completedLines = 0;
  const complete = (database: StateDatabase): void => {
    completedLines = 0;
    for (const [name, file] of [
      [ALARM_EVENTS_FILE, events],
      [ALARMS_FILE, alarms],
    ] as const) {
      const { bytes, from } = database.undelivered(name);
      // Before it is opened, which would create it: whether it is there tells where its lines went.
      const missing = missingLines(file.path, bytes, from, calls);
      file.open();
      const at = file.whereabouts();
      // Or whoever comes after another kill, and another rotation, would not find what is written there now.
      if (missing.isNewFile && at !== undefined && missing.lines.length > 0) {
        database.goOnIn(name, missing.lines, { ...at, offset: at.offset - BigInt(missing.half) });
      }
      completedLines += appendMissing(file, missing);
      database.delivered(name, file.whereabouts());
    }
    database.commit(undefined);
  };
  const found = databasePath === undefined ? undefined : openDatabase(databasePath, nowMs, complete);
  const mendedFiles: string[] = [];
  try {
    for (const file of [events, alarms]) {
      file.open();
      if (await mended(file)) mendedFiles.push(file.path);
    }
  } catch (error) {
    // Whoever tries again in this process would find the node's lock held.
    found?.database.abandon();
    throw error;
  }
  return {
    files: { events, alarms },
    database: found?.database,
    stored: found?.stored,
    completedLines,
    mendedFiles,
    quarantined: found?.quarantined,
  };
}

interface Found {
  database: StateDatabase;
  stored: StoredState;
  quarantined: OpenedState["quarantined"];
}

function openDatabase(path: string, nowMs: number, complete: (database: StateDatabase) => void): Found {
  try {
    return { ...openedDatabase(path, complete), quarantined: undefined };
  } catch (error) {
    if (!(error instanceof StateCorruptError)) throw error;
    const moved = quarantineDatabase(path, nowMs);
    return { ...openedDatabase(path, complete), quarantined: { reason: error.message, path: moved } };
  }
}

function openedDatabase(path: string, complete: (database: StateDatabase) => void): Omit<Found, "quarantined"> {
  const database = StateDatabase.open(path);
  try {
    const stored = database.load();
    complete(database);
    return { database, stored };
  } catch (error) {
    // Without a word about why that may fail, too: the first failure says what is to be done.
    database.abandon();
    throw error;
  }
}

/**
 * A file that ends in the middle of a line, because a process was killed while it wrote or its disk was full, gets a
 * line end, so that the first line of ours stays whole.
 */
async function mended(file: AppendFile): Promise<boolean> {
  const tornAt = file.tornEnd();
  if (tornAt === undefined) return false;
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  if (file.tornEnd() !== tornAt) return false;
  file.endTornLine();
  return true;
}
