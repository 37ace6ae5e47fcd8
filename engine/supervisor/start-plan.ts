import { basename, join, resolve } from "node:path";
import { configNames, type ProfileEntry, type Profiles } from "./profiles.ts";

const UI_CONFIG = "dsiem_config.json";

/** What somebody who starts the console asked for. */
export interface Wish {
  demo: boolean;
  /** Name of a profile below the root. */
  profile: string | undefined;
  /** A folder that is used in place. */
  dataDir: string | undefined;
}

/** Which services are to run: on which folder, and what else there is to do. */
export interface Plan {
  dataDir: string;
  /** Missing at a first run, where nothing was chosen yet. */
  entry: ProfileEntry | undefined;
  /** Put the demo's configuration into the folder if it has none; one that came from us is renewed. */
  seed: boolean;
  /** Play the demo's traffic. */
  play: boolean;
}

/**
 * Where a start begins (console.md §1): with what was wished for, else with the profile in use, else with one of an
 * earlier version, else at the first run.
 */
export function planStart(profiles: Profiles, { demo, profile, dataDir }: Wish): Plan {
  const named = dataDir === undefined ? profile && join(profiles.root, profile) : resolve(dataDir);
  if (named !== undefined) {
    const kind = dataDir === undefined ? "own" : "folder";
    const name = dataDir === undefined ? (profile ?? "") : basename(named);
    const entry = profiles.ofFolder(named) ?? { name, kind, folder: named, editable: kind === "own" };
    return { dataDir: named, entry, seed: true, play: demo };
  }
  if (demo) return planProfile(profiles.demo());
  if (profiles.current !== undefined) return planProfile(profiles.current);
  const earlier = join(profiles.root, "demo");
  if (profiles.ofFolder(earlier) === undefined && hasConfiguration(earlier)) {
    const entry: ProfileEntry = { name: "demo", kind: "own", folder: earlier, editable: true };
    return { dataDir: earlier, entry, seed: true, play: false };
  }
  return firstRun(profiles);
}

export function planProfile(entry: ProfileEntry): Plan {
  const isDemo = entry.kind === "demo";
  return { dataDir: entry.folder, entry, seed: isDemo, play: isDemo };
}

/** A folder of its own, so that what is chosen later begins clean. */
export function firstRun(profiles: Profiles): Plan {
  return { dataDir: join(profiles.root, ".first-run"), entry: undefined, seed: false, play: false };
}

function hasConfiguration(folder: string): boolean {
  return configNames(folder).some((name) => name.endsWith(".json") && name !== UI_CONFIG);
}
