import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { nodesOf } from "../base/config-file.ts";
import { errorText } from "../base/errors.ts";
import { type Profile as ConsoleProfile, profileSchema } from "../contract/console/session.ts";
import { ProfileError } from "./profile.ts";

const entrySchema = profileSchema.omit({ nodes: true });
export type ProfileEntry = z.infer<typeof entrySchema>;
const fileSchema = z.object({ current: z.string().optional(), profiles: z.array(entrySchema) });

/** The profiles of a user, in `profiles.json` of their root folder (operation.md §2): where each is, and what it is for. */
export class Profiles {
  readonly root: string;
  readonly #file: string;
  #entries: ProfileEntry[];
  #current: string | undefined;
  /** Why the file can't be read, and what becomes of it, one sentence. */
  readonly trouble: string | undefined;
  /** Where a file that can't be read is put before another takes its place. */
  #setAside: string | undefined;

  /** @param now milliseconds since the epoch */
  constructor(root: string, now: () => number = Date.now) {
    this.root = root;
    this.#file = join(root, "profiles.json");
    const read = readFile(this.#file);
    if (read.fault !== undefined) {
      this.#setAside = `${this.#file}.${new Date(now()).toISOString().replace(/[:.]/g, "-")}`;
      const what = `The list of profiles, ${this.#file}, can't be read (${read.fault})`;
      this.trouble = `${what}; the next choice begins a new one, and this one is kept as ${this.#setAside}.`;
    }
    this.#entries = read.profiles;
    this.#current = read.current;
  }

  /** The one that the next start without a wish goes to; `undefined` before anything was chosen. */
  get current(): ProfileEntry | undefined {
    return this.#entries.find(({ name }) => name === this.#current);
  }

  list(): ConsoleProfile[] {
    return this.#entries.map(described);
  }

  find(name: string): ProfileEntry | undefined {
    return this.#entries.find((entry) => entry.name === name);
  }

  ofFolder(folder: string): ProfileEntry | undefined {
    return this.#entries.find((entry) => entry.folder === folder);
  }

  /** The demo's, which has a folder of its own below the root. */
  demo(): ProfileEntry {
    return this.#known({ name: "demo", kind: "demo", folder: join(this.root, "demo"), editable: true });
  }

  /** One that begins empty. */
  own(): ProfileEntry {
    return this.#known({ name: "own", kind: "own", folder: join(this.root, "own"), editable: true });
  }

  /** A folder of somebody's, used in place and only read until editing is turned on. */
  folder(folder: string): ProfileEntry {
    const stem =
      basename(folder)
        .replace(/[^a-zA-Z0-9_-]+/g, "-")
        .replace(/^-+|-+$/g, "") || "folder";
    let name = stem;
    for (let i = 2; this.find(name) !== undefined || isTaken(name); i++) name = `${stem}-${i}`;
    return this.#known({ name, kind: "folder", folder, editable: false });
  }

  use(entry: ProfileEntry | undefined): void {
    this.#current = entry?.name;
    this.#save();
  }

  setEditable(entry: ProfileEntry, editable: boolean): ProfileEntry {
    const changed = { ...entry, editable };
    this.#entries = [...this.#entries.filter(({ folder }) => folder !== entry.folder), changed];
    this.#save();
    return changed;
  }

  /** Its folder stays where it is. */
  forget(entry: ProfileEntry): void {
    this.#entries = this.#entries.filter(({ name }) => name !== entry.name);
    if (this.#current === entry.name) this.#current = undefined;
    this.#save();
  }

  #known(entry: ProfileEntry): ProfileEntry {
    const known = this.ofFolder(entry.folder);
    if (known !== undefined) return known;
    this.#entries = [...this.#entries, entry];
    this.#save();
    return entry;
  }

  #save(): void {
    const content = { ...(this.#current === undefined ? {} : { current: this.#current }), profiles: this.#entries };
    try {
      mkdirSync(this.root, { recursive: true, mode: 0o700 });
      const fresh = `${this.#file}.new`;
      writeFileSync(fresh, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
      if (this.#setAside !== undefined) renameSync(this.#file, this.#setAside);
      this.#setAside = undefined;
      renameSync(fresh, this.#file);
    } catch (error) {
      throw new ProfileError(`${this.#file} can't be written: ${errorText(error)}`, { cause: error });
    }
  }
}

/** With the nodes that its directive files name now. */
export function described(entry: ProfileEntry): ConsoleProfile {
  return { ...entry, nodes: nodesOf(configNames(entry.folder)) };
}

export function configNames(folder: string): string[] {
  try {
    return readdirSync(join(folder, "configs"));
  } catch {
    return [];
  }
}

/** Names of ours, which no folder of somebody's gets. */
function isTaken(name: string): boolean {
  return name === "demo" || name === "own";
}

type Read = z.infer<typeof fileSchema> & { fault?: string };

/** Missing before the first choice; what can't be read is chosen anew. */
function readFile(file: string): Read {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return { profiles: [] };
    const fault = error instanceof z.ZodError ? z.prettifyError(error).split("\n")[0] : errorText(error);
    return { profiles: [], fault: fault ?? "" };
  }
}
