import type { Stats } from "node:fs";
import { mkdir, readdir, readFile, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { ConfigFile } from "../base/config-file.ts";
import { syncFolder, writeFileAtomically, writeFilesAtomically } from "./atomic-file.ts";
import { errorCode } from "./error-code.ts";

/** A configuration file as it is at the moment, before anything of it was read. */
export interface FoundFile {
  /** Changes whenever the file does: inode, time of change and size. */
  version: string;
  size: number;
  /** When it was written, milliseconds since the epoch; 0 of what is served from memory. */
  modifiedMs: number;
  /** `undefined` when it has gone since. */
  read(): Promise<Buffer | undefined>;
}

/**
 * The folder `configs/`. The names that come in have been checked against `CONFIG_FILE_NAME`. Symbolic links are
 * followed when reading (a Kubernetes ConfigMap consists of them), never when writing.
 */
export class ConfigFolder {
  readonly #folder: string;
  /** Of the files that are written; `undefined` keeps that of the file that is replaced, else leaves it to the umask. */
  readonly #fileMode: number | undefined;
  /** What couldn't be written into the folder and is served all the same (engine.md §3). */
  readonly #fromMemory = new Map<string, Buffer>();

  constructor(folder: string, fileMode?: number) {
    this.#folder = folder;
    this.#fileMode = fileMode;
  }

  /** Every `*.json`, sorted; hidden files and folders left out. A missing folder is an empty one. */
  async list(): Promise<string[]> {
    const names = new Set(this.#fromMemory.keys());
    let entries: string[] = [];
    try {
      entries = await readdir(this.#folder);
    } catch (error) {
      if (errorCode(error) !== "ENOENT" && errorCode(error) !== "ENOTDIR") throw error;
    }
    for (const name of entries) {
      if (!name.endsWith(".json") || name.startsWith(".")) continue;
      if ((await this.#stat(name)) !== undefined) names.add(name);
    }
    return [...names].sort();
  }

  async find(name: string): Promise<FoundFile | undefined> {
    const memory = this.#fromMemory.get(name);
    if (memory !== undefined)
      return { version: "memory", size: memory.length, modifiedMs: 0, read: async () => memory };
    const stats = await this.#stat(name);
    if (stats === undefined) return undefined;
    const version = `${stats.ino}:${stats.mtimeMs}:${stats.ctimeMs}:${stats.size}`;
    const { size, mtimeMs: modifiedMs } = stats;
    return { version, size, modifiedMs, read: () => unlessAbsent(readFile(join(this.#folder, name))) };
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const mode = this.#fileMode ?? (await this.#stat(name))?.mode;
    await writeFileAtomically(join(this.#folder, name), bytes, mode === undefined ? undefined : mode & 0o777);
    this.#fromMemory.delete(name);
  }

  /** All of them or, when one can't be written, none. */
  async writeAll(files: readonly ConfigFile[]): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeFilesAtomically(
      await Promise.all(
        files.map(async ({ name, bytes }) => {
          const mode = this.#fileMode ?? (await this.#stat(name))?.mode;
          return { path: join(this.#folder, name), bytes, mode: mode === undefined ? undefined : mode & 0o777 };
        }),
      ),
    );
    for (const { name } of files) this.#fromMemory.delete(name);
  }

  /** False when there was no such file. */
  async remove(name: string): Promise<boolean> {
    if (this.#fromMemory.delete(name)) return true;
    if ((await this.#stat(name)) === undefined) return false;
    try {
      await unlink(join(this.#folder, name));
    } catch (error) {
      if (errorCode(error) === "ENOENT") return false;
      throw error;
    }
    await syncFolder(this.#folder);
    return true;
  }

  /**
   * Sees to it that a file of our own is there; when the folder is missing or can't be written, serves it from memory
   * and returns why.
   */
  async offer(name: string, bytes: Buffer): Promise<unknown> {
    try {
      const present = await readFile(join(this.#folder, name)).catch(() => undefined);
      if (present?.equals(bytes) === true) return undefined;
      await writeFileAtomically(join(this.#folder, name), bytes, this.#fileMode);
      return undefined;
    } catch (error) {
      this.lend(name, bytes);
      return error;
    }
  }

  /** Serves a file of our own from memory, whatever is in the folder, where nothing is written. */
  lend(name: string, bytes: Buffer): void {
    this.#fromMemory.set(name, bytes);
  }

  /** Of a regular file, or a link to one; `undefined` when there is none of this name. */
  async #stat(name: string): Promise<Stats | undefined> {
    const stats = await unlessAbsent(stat(join(this.#folder, name)));
    return stats?.isFile() === true ? stats : undefined;
  }
}

async function unlessAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (ABSENT.has(errorCode(error) ?? "")) return undefined;
    throw error;
  }
}

/** What a file system says of a name that leads to no file. */
const ABSENT: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"]);
