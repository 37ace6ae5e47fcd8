import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { DsiemError } from "../base/errors.ts";
import { type FolderCalls, makeFolder, syncFolder } from "./folders.ts";

/** The calls that an `AppendFile` makes: the real ones, or a test's that fail when told to. */
export interface FileCalls extends FolderCalls {
  writeSync(fd: number, bytes: Uint8Array, offset: number, length: number, position?: number): number;
  readSync(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  fstatSync(fd: number, options: { bigint: true }): FileFacts;
  statSync(path: string, options: { bigint: true; throwIfNoEntry: false }): FileFacts | undefined;
  fdatasyncSync(fd: number): void;
  /** Lets so many milliseconds pass. */
  pause(milliseconds: number): void;
}

/** Of a file, as much as tells whether it is still the same one. */
export interface FileFacts {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  isFile(): boolean;
  isCharacterDevice(): boolean;
}

export const REAL_CALLS: FileCalls = {
  openSync,
  closeSync,
  writeSync,
  readSync,
  fstatSync,
  statSync,
  mkdirSync,
  fdatasyncSync,
  fsyncSync,
  pause: (milliseconds) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  },
};

/** A place in a file that keeps its meaning when the file is renamed. */
export interface Whereabouts {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly offset: bigint;
}

/** Readable, too: whether the file ends in the middle of somebody's line has to be seen before one is added. */
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
const LINE_END = Uint8Array.of(0x0a);
/** The umask takes from it what it wants to: Filebeat runs as another user (engine.md §8). */
const MODE = 0o666;
const NEWLINE = 0x0a;
/** How long an end in the middle of a line must stay as it is before it counts as torn, and how often is looked. */
const SETTLE_MS = 5;
const MOST_LOOKS = 40;
const NOTHING = new Uint8Array(0);
/** What calls say of a descriptor that will never work again, after a network file system lost its server for one. */
const DEAD_DESCRIPTOR: ReadonlySet<string> = new Set(["EBADF", "ESTALE"]);

interface OpenFile {
  readonly fd: number;
  readonly dev: bigint;
  readonly ino: bigint;
  /** `/dev/null` and the like: nothing of what is said about files holds. */
  readonly isDevice: boolean;
}

/**
 * A file of whole lines that others read, rotate and append to as well (engine.md §8). A batch of lines is one
 * write(2): on Linux that holds the inode's lock for a regular file, so that lines of several processes that all append
 * with O_APPEND never mix, whatever the size. After a failed or short write `write` is called again and goes on at the
 * very byte where it stopped. The file is looked for under its name before each write and opened anew when it was
 * renamed or unlinked, but never in the middle of a line. Synchronous: it lives in a worker thread.
 */
export class AppendFile {
  readonly path: string;
  readonly #calls: FileCalls;
  #file: OpenFile | undefined;
  #batch: Uint8Array = NOTHING;
  /** Bytes of the batch that are in the file. */
  #written = 0;
  /** Whether the batch's first line has its beginning in the file already. */
  #finishes = false;
  /** Whether anything was written since `sync`. */
  #dirty = false;
  /**
   * Whether a power cut may take the file's name away, and all that is in it. Whoever rotated the file and made a new
   * one may have left that to chance as well.
   */
  #nameUnsafe = false;
  /** The file as it was after a write that stopped in the middle of a line; `undefined` when that isn't known. */
  #half: FileFacts | undefined;

  constructor(path: string, calls: FileCalls = REAL_CALLS) {
    this.path = path;
    this.#calls = calls;
  }

  /** Creates the file, empty, unless it exists, and its folder. Throws what the system says. */
  open(): void {
    this.#reopen();
  }

  /** Whether every byte of the last batch is in the file. */
  get done(): boolean {
    return this.#written === this.#batch.length;
  }

  /**
   * Takes the next batch, whole lines; the one before must be done. `finishes`: it begins with the rest of a line whose
   * beginning is the end of the file.
   */
  take(batch: Uint8Array, finishes = false): void {
    if (!this.done) throw new Error(`broken invariant: a batch for ${this.path} before the last one was written`);
    this.#batch = batch;
    this.#written = 0;
    this.#finishes = finishes;
  }

  /** Writes what is left of the batch. Throws what the system says; call it again to go on. */
  write(): void {
    while (!this.done) {
      if (this.#isMidLine()) this.#resumeLine();
      else this.ensureCurrent();
      // At the beginning of a line, unless the batch finishes one.
      if (!this.#isMidLine() && (this.#written > 0 || !this.#finishes)) this.endTornLine();
      const file = this.#opened();
      let count: number;
      try {
        count = this.#calls.writeSync(file.fd, this.#batch, this.#written, this.#batch.length - this.#written);
      } catch (error) {
        // Nothing of this call is in the file. A descriptor that went bad is only noticed by using it, so the next
        // attempt takes a new one, unless a line has to be finished in this very file.
        if (!this.#isMidLine()) this.#close();
        throw error;
      }
      this.#written += count;
      this.#dirty = true;
      this.#noteHalf(file);
    }
    this.#batch = NOTHING;
    this.#written = 0;
  }

  /** Brings what was written to the disk. Throws what the system says; call it again to go on. */
  sync(): void {
    if (!this.#dirty) return;
    const { fd, isDevice } = this.#opened();
    if (!isDevice) this.#calls.fdatasyncSync(fd);
    if (this.#nameUnsafe) syncFolder(dirname(this.path), this.#calls);
    this.#nameUnsafe = false;
    this.#dirty = false;
  }

  /** Which file it is now, and its size: everything written so far lies before it. */
  whereabouts(): Whereabouts | undefined {
    if (this.#file === undefined) this.#reopen();
    const { fd, isDevice } = this.#opened();
    if (isDevice) return undefined;
    const { dev, ino, size } = this.#calls.fstatSync(fd, { bigint: true });
    return { dev, ino, offset: size };
  }

  /**
   * Opens the file anew if the name doesn't lead to it any more: it was renamed, unlinked or replaced. Returns whether it
   * did.
   */
  ensureCurrent(): boolean {
    if (this.#file !== undefined) {
      const named = this.#calls.statSync(this.path, { bigint: true, throwIfNoEntry: false });
      if (named !== undefined && named.dev === this.#file.dev && named.ino === this.#file.ino) return false;
    }
    this.#reopen();
    return true;
  }

  /** The file's size when its last byte is something else than the end of a line, else `undefined`. */
  tornEnd(): bigint | undefined {
    const { fd, isDevice } = this.#opened();
    const { size } = this.#calls.fstatSync(fd, { bigint: true });
    if (isDevice || size === 0n) return undefined;
    const last = new Uint8Array(1);
    const count = this.#calls.readSync(fd, last, 0, 1, Number(size - 1n));
    return count === 1 && last[0] !== NEWLINE ? size : undefined;
  }

  /**
   * If another process stopped in the middle of a line of its own, that half gets a line end, or a line of ours would be
   * torn with it. The other finds the file longer than it left it and writes its line anew. Throws what the system says.
   *
   * A write(2) of another process that is under way shows as a half, too, since reading doesn't wait for it; a line end
   * for that one would be an empty line once it is done. So only an end that stays as it is counts as torn. One that
   * keeps changing belongs to somebody who is writing, and ours waits for that one's write anyway.
   */
  endTornLine(): void {
    let torn = this.tornEnd();
    for (let look = 0; torn !== undefined && look < MOST_LOOKS; look++) {
      this.#calls.pause(SETTLE_MS);
      const now = this.tornEnd();
      if (now === torn) {
        this.#calls.writeSync(this.#opened().fd, LINE_END, 0, 1);
        this.#dirty = true;
        return;
      }
      torn = now;
    }
  }

  close(): void {
    this.#close();
  }

  #isMidLine(): boolean {
    return this.#written > 0 && !this.done && this.#batch[this.#written - 1] !== NEWLINE;
  }

  /**
   * Before the rest of a half-written line: is its beginning still the end of this file? If the file was truncated
   * (copied away and emptied), or another process appended behind the half, the rest alone would be one more torn
   * line, and so the line is written again from its beginning.
   */
  #resumeLine(): void {
    const half = this.#half;
    if (half === undefined) return;
    if (this.#file === undefined) this.#reopen();
    const { fd } = this.#opened();
    let now: FileFacts;
    try {
      now = this.#calls.fstatSync(fd, { bigint: true });
    } catch (error) {
      if (DEAD_DESCRIPTOR.has((error as NodeJS.ErrnoException).code ?? "")) this.#close();
      throw error;
    }
    const same = now.dev === half.dev && now.ino === half.ino && now.size === half.size;
    if (!same) this.#written = this.#batch.lastIndexOf(NEWLINE, this.#written - 1) + 1;
    if (!same) this.ensureCurrent();
  }

  /** Remembers where a write stopped in the middle of a line; not knowing means that it will just be finished. */
  #noteHalf({ fd, isDevice }: OpenFile): void {
    this.#half = undefined;
    if (isDevice || !this.#isMidLine()) return;
    try {
      this.#half = this.#calls.fstatSync(fd, { bigint: true });
    } catch {
      // The size only guards against others who change the file in this very moment.
    }
  }

  #opened(): OpenFile {
    if (this.#file === undefined) throw new Error(`broken invariant: ${this.path} is not open`);
    return this.#file;
  }

  #reopen(): void {
    // The descriptor is given up, so what was written through it has to be on the disk first.
    if (this.#file !== undefined && this.#dirty) this.#syncOld(this.#file.fd);
    this.#close();
    const existing = this.#calls.statSync(this.path, { bigint: true, throwIfNoEntry: false });
    // A pipe would block its opener until somebody reads it, and a write to it isn't a whole one.
    if (existing !== undefined) assertAppendable(this.path, existing);
    if (existing === undefined) makeFolder(dirname(this.path), this.#calls);
    const fd = this.#calls.openSync(this.path, FLAGS, MODE);
    try {
      const facts = this.#calls.fstatSync(fd, { bigint: true });
      this.#file = { fd, dev: facts.dev, ino: facts.ino, isDevice: facts.isCharacterDevice() };
    } catch (error) {
      this.#calls.closeSync(fd);
      throw error;
    }
    this.#nameUnsafe = true;
  }

  #syncOld(fd: number): void {
    try {
      this.#calls.fdatasyncSync(fd);
      this.#dirty = false;
    } catch (error) {
      // A descriptor that is dead can't be synced any more; the file under its name is all there is.
      if (!DEAD_DESCRIPTOR.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }

  #close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    try {
      this.#calls.closeSync(file.fd);
    } catch {
      // The descriptor is gone either way, and what was written was written: there is nothing left to save.
    }
  }
}

function assertAppendable(path: string, facts: FileFacts): void {
  if (facts.isFile() || facts.isCharacterDevice()) return;
  throw new DsiemError("STORE_NOT_A_FILE", `${path} is neither a file nor a device, so that no line can be appended`);
}
