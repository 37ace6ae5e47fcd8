import { chmod, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { errorText } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Profile } from "../contract/console/session.ts";

/** Of the data folder, and of the files in it, in console mode (operation.md §2). */
const FOLDER_MODE = 0o700;
export const PRIVATE_FILE_MODE = 0o600;

/**
 * Takes the data folder away from other users of the machine: itself, and the files in it and in `configs/`. What is
 * below `logs/` stays as it is, since whoever ships the alarms is often another user. Not for a folder that somebody
 * brought (operation.md §2): another installation or a shipper of logs may read there as another user, and would be locked
 * out (`isBrought`). What the console adds of its own is its owner's only all the same.
 */
export async function makePrivate(dataDir: string, log: Logger): Promise<void> {
  const configs = join(dataDir, "configs");
  const problems: string[] = [];
  const tighten = async (path: string, mode: number): Promise<void> => {
    await chmod(path, mode).catch((error: unknown) => problems.push(errorText(error)));
  };
  await tighten(dataDir, FOLDER_MODE);
  for (const folder of [dataDir, configs]) {
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name);
      // A link leads out of the folder, where nothing is ours to change.
      const stats = await lstat(path).catch(() => undefined);
      if (stats?.isFile() === true && (stats.mode & 0o077) !== 0) await tighten(path, PRIVATE_FILE_MODE);
    }
  }
  const [first] = problems;
  if (first !== undefined) {
    log.warn("other users of this machine may be able to read the data folder", { problems: problems.length, first });
  }
}

/** Whether the folder is one that somebody brought, whose rights are as they want them. */
export function isBrought(profile: Pick<Profile, "kind"> | undefined): boolean {
  return profile?.kind === "folder";
}
