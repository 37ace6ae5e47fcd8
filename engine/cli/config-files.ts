import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { ConfigFile } from "../base/config-file.ts";
import { DsiemError, errorText } from "../base/errors.ts";

/**
 * The file itself, or the JSON files of the folder or of the `configs` folder in it, by name.
 * @throws DsiemError when there is none, or one can't be read
 */
export function readConfigFiles(path: string): ConfigFile[] {
  try {
    if (isFile(path)) return [{ name: basename(path), bytes: readFileSync(path) }];
    const inner = readdirSync(path, { withFileTypes: true }).some(
      (entry) => entry.name === "configs" && !entry.isFile(),
    );
    const folder = inner ? join(path, "configs") : path;
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    if (names.length === 0) throw new DsiemError("NO_CONFIG", `there is no .json file in ${folder}`);
    return names.sort().map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
  } catch (error) {
    if (error instanceof DsiemError) throw error;
    throw new DsiemError("UNREADABLE", `the configuration can't be read: ${errorText(error)}`, { cause: error });
  }
}

export function isFile(path: string): boolean {
  return statSync(path).isFile();
}
