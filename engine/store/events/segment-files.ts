import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** A file of retained events. */
export interface SegmentFile {
  readonly path: string;
  /** The id of its first event: segments lie in that order. */
  readonly firstId: number;
  readonly bytes: number;
}

/** Wide enough for every id, so that the names sort as the ids do. */
const ID_DIGITS = 16;
const NAME = /^(\d{16})\.events$/;

export function segmentName(firstId: number): string {
  return `${String(firstId).padStart(ID_DIGITS, "0")}.events`;
}

/** The segments in a folder, the oldest first; none when there is no such folder. Throws what else the system says. */
export function segmentFiles(folder: string): SegmentFile[] {
  const files: SegmentFile[] = [];
  for (const name of namesIn(folder).sort()) {
    const firstId = Number(NAME.exec(name)?.[1] ?? Number.NaN);
    const path = join(folder, name);
    // One that is discarded at this moment is no segment any more.
    const stats = Number.isSafeInteger(firstId) ? statSync(path, { throwIfNoEntry: false }) : undefined;
    if (stats?.isFile() === true) files.push({ path, firstId, bytes: stats.size });
  }
  return files;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
