import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateFolder } from "../base/state-folder.ts";

/** A system that runs, as other commands of the same user find it: in `session.json`. */
export interface RunningSession {
  /** Base URL of its frontend. */
  url: string;
  /** The launch token (operation.md §3). It opens the console's API, so the file is its owner's only. */
  token: string;
  /** Of the supervisor. */
  pid: number;
}

export function writeSession(path: string, session: RunningSession): void {
  // Under another name first, and never into a file that is there: whoever made that could read along.
  const fresh = `${path}.${randomUUID()}`;
  writeFileSync(fresh, `${JSON.stringify(session)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(fresh, path);
}

export function removeSession(path: string): void {
  rmSync(path, { force: true });
}

/** `undefined` when nothing runs in this folder, as far as the file tells: a supervisor that was killed leaves it behind. */
export function readSession(path: string): RunningSession | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof value !== "object" || value === null) return undefined;
    const { url, token, pid } = value as Record<string, unknown>;
    if (typeof url !== "string" || typeof token !== "string" || typeof pid !== "number") return undefined;
    return { url, token, pid };
  } catch {
    return undefined;
  }
}

/** Of the system that runs on a data folder. */
export function sessionOfFolder(dataDir: string): string {
  return join(stateFolder(dataDir), "session.json");
}

/** Of the one that was started without a wish, whichever profile it is on. */
export function sessionOfRoot(profileRoot: string): string {
  return join(profileRoot, "session.json");
}
