import { constants, linkSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { BenchError } from "../../bench/lib/failure.ts";
import { type CutStyle, DiskFile } from "./disk-file.ts";
import type { DiskChange } from "./disk-journal.ts";

/**
 * When a name in a folder is safe: `folder`, once the folder was synced, which is all that POSIX promises; `journal`,
 * once anything was synced after it, as ext4 and XFS have it, where names also come back in their order.
 */
export type NamesAreSafe = "folder" | "journal";

class DiskFolder {
  readonly now = new Map<string, Entry>();
  durable = new Map<string, Entry>();
}

type Entry = DiskFile | DiskFolder;

/** A name that was given, taken away, or both at once by a rename. */
interface NameChange {
  readonly taken?: { readonly folder: DiskFolder; readonly name: string };
  readonly given?: { readonly folder: DiskFolder; readonly name: string; readonly entry: Entry };
}

/** A folder and what is in it, as the disk knows it while a journal is played: what a power cut would leave of it. */
export class Disk {
  readonly #root = new DiskFolder();
  readonly #path: string;
  readonly #names: NamesAreSafe;
  readonly #open = new Map<string, Entry>();
  /** Oldest first. */
  #pending: NameChange[] = [];

  /** `path` is the folder that was recorded; what is in `initial` was safe before. */
  constructor(path: string, names: NamesAreSafe, initial?: string) {
    this.#path = path;
    this.#names = names;
    if (initial !== undefined) load(initial, this.#root);
  }

  apply(change: DiskChange): void {
    switch (change.op) {
      case "open":
        this.#opened(change);
        return;
      case "write":
        this.#file(change.pid, change.fd).write(change.offset, change.bytes);
        return;
      case "truncate":
        this.#file(change.pid, change.fd).truncate(change.size);
        return;
      case "fsync":
      case "fdatasync":
        this.#sync(this.#entry(change.pid, change.fd));
        return;
      case "close":
        this.#open.delete(key(change.pid, change.fd));
        return;
      case "mkdir":
        this.#name({ given: { ...this.#place(change.path), entry: new DiskFolder() } });
        return;
      case "unlink":
      case "rmdir":
        this.#name({ taken: this.#place(change.path) });
        return;
      case "rename": {
        const taken = this.#place(change.path);
        const entry = taken.folder.now.get(taken.name);
        if (entry === undefined) throw unknown(change.path);
        this.#name({ taken, given: { ...this.#place(change.to), entry } });
        return;
      }
    }
  }

  /**
   * Writes into an empty folder what a power cut now may leave. `fileOf` names a file that has a recorded file's number
   * in the file system, and gets a second name: a program that remembers the number finds the file again.
   */
  writeImage(target: string, style: CutStyle, fileOf?: (ino: number) => string | undefined): void {
    const after = this.#foldersAfterCut(style);
    const write = (folder: DiskFolder, path: string): void => {
      for (const [name, entry] of after(folder)) {
        const inner = join(path, name);
        if (entry instanceof DiskFolder) {
          mkdirSync(inner);
          write(entry, inner);
        } else {
          const same = entry.ino === undefined ? undefined : fileOf?.(entry.ino);
          if (same !== undefined) linkSync(same, inner);
          writeFileSync(inner, entry.afterCut(style));
        }
      }
    };
    write(this.#root, target);
  }

  #foldersAfterCut({ random }: CutStyle): (folder: DiskFolder) => Map<string, Entry> {
    const left = new Map<DiskFolder, Map<string, Entry>>();
    const after = (folder: DiskFolder): Map<string, Entry> => {
      const names = left.get(folder) ?? new Map(folder.durable);
      left.set(folder, names);
      return names;
    };
    const likely = random();
    const reached = random() < 0.4 ? this.#pending.length : Math.floor(random() * (this.#pending.length + 1));
    // What comes later for a name can't be there without what came earlier.
    const missing = new Map<DiskFolder, Set<string>>();
    this.#pending.forEach((change, index) => {
      const places = [change.taken, change.given].filter((place) => place !== undefined);
      const made = this.#names === "journal" ? index < reached : random() < likely;
      if (!made || places.some(({ folder, name }) => missing.get(folder)?.has(name))) {
        for (const { folder, name } of places) missing.set(folder, (missing.get(folder) ?? new Set()).add(name));
        return;
      }
      if (change.taken !== undefined) after(change.taken.folder).delete(change.taken.name);
      if (change.given !== undefined) after(change.given.folder).set(change.given.name, change.given.entry);
    });
    return after;
  }

  #opened({ fd, flags, ino, path, pid }: Extract<DiskChange, { op: "open" }>): void {
    if (path === this.#path) {
      this.#open.set(key(pid, fd), this.#root);
      return;
    }
    const place = this.#place(path);
    let entry = place.folder.now.get(place.name);
    if (entry === undefined) {
      if ((flags & constants.O_CREAT) === 0) throw unknown(path);
      entry = new DiskFile(ino);
      this.#name({ given: { ...place, entry } });
    } else if (entry instanceof DiskFile && (flags & constants.O_TRUNC) !== 0) {
      entry.truncate(0);
    }
    this.#open.set(key(pid, fd), entry);
  }

  #sync(entry: Entry): void {
    if (entry instanceof DiskFile) entry.sync();
    const isSafe = ({ taken, given }: NameChange): boolean =>
      this.#names === "journal" || taken?.folder === entry || given?.folder === entry;
    const safe = this.#pending.filter(isSafe);
    if (safe.length === 0) return;
    this.#pending = this.#pending.filter((change) => !isSafe(change));
    for (const { taken, given } of safe) {
      taken?.folder.durable.delete(taken.name);
      given?.folder.durable.set(given.name, given.entry);
    }
  }

  #name(change: NameChange): void {
    change.taken?.folder.now.delete(change.taken.name);
    change.given?.folder.now.set(change.given.name, change.given.entry);
    this.#pending.push(change);
  }

  #place(path: string): { folder: DiskFolder; name: string } {
    const parts = relative(this.#path, dirname(path));
    let folder = this.#root;
    for (const part of parts === "" ? [] : parts.split("/")) {
      const inner = folder.now.get(part);
      if (!(inner instanceof DiskFolder)) throw unknown(path);
      folder = inner;
    }
    return { folder, name: basename(path) };
  }

  #entry(pid: number, fd: number): Entry {
    const entry = this.#open.get(key(pid, fd));
    if (entry === undefined) throw new BenchError(`the journal has a call on descriptor ${fd}, which it didn't open`);
    return entry;
  }

  #file(pid: number, fd: number): DiskFile {
    const entry = this.#entry(pid, fd);
    if (entry instanceof DiskFile) return entry;
    throw new BenchError(`the journal has a write into a folder, by descriptor ${fd}`);
  }
}

function load(path: string, folder: DiskFolder): void {
  for (const found of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, found.name);
    const entry = found.isDirectory() ? new DiskFolder() : new DiskFile(statSync(inner).ino, readFileSync(inner));
    if (entry instanceof DiskFolder) load(inner, entry);
    folder.now.set(found.name, entry);
    folder.durable.set(found.name, entry);
  }
}

function key(pid: number, fd: number): string {
  return `${pid}:${fd}`;
}

function unknown(path: string): BenchError {
  return new BenchError(`the journal names ${basename(path)}, which isn't on the disk at that moment`);
}
