// Reads an asar archive: a header in JSON with the offsets of all files, then their bytes one after the other.

import { closeSync, openSync, readSync } from "node:fs";

/**
 * @typedef {{ size: number, offset: string, unpacked?: true, executable?: true, integrity?: object }} FileEntry
 * @typedef {{ files: Record<string, Entry> }} FolderEntry
 * @typedef {FileEntry | FolderEntry} Entry
 */

/** The header stands behind two pickles of Chromium: a length, and a text with its own length before it. */
const LENGTHS_BYTES = 16;

export class AsarArchive {
  #path;
  /** @type {Map<string, FileEntry>} */
  #files = new Map();
  #base;

  /** @param {string} path */
  constructor(path) {
    this.#path = path;
    const lengths = this.#bytes(0, LENGTHS_BYTES);
    const headerBytes = lengths.readUInt32LE(4);
    const textBytes = lengths.readUInt32LE(12);
    /** @type {FolderEntry} */
    const header = JSON.parse(this.#bytes(LENGTHS_BYTES, textBytes).toString("utf8"));
    this.#base = 8 + headerBytes;
    this.#gather("", header);
  }

  /** All files by their path, with their size in bytes. */
  get files() {
    return new Map([...this.#files].map(([path, { size }]) => [path, size]));
  }

  /** The files that lie beside the archive instead of in it. */
  get unpacked() {
    return [...this.#files].filter(([, entry]) => entry.unpacked === true).map(([path]) => path);
  }

  /** Whether every file has the hashes that electron compares when it reads it. */
  get hasIntegrity() {
    return [...this.#files.values()].every((entry) => entry.integrity !== undefined);
  }

  /** @param {string} path */
  read(path) {
    const entry = this.#files.get(path);
    if (entry === undefined) throw new Error(`The archive has no ${path}.`);
    return this.#bytes(this.#base + Number(entry.offset), entry.size);
  }

  /**
   * @param {string} path
   * @param {FolderEntry} folder
   */
  #gather(path, folder) {
    for (const [name, entry] of Object.entries(folder.files)) {
      const inside = path === "" ? name : `${path}/${name}`;
      if ("files" in entry) this.#gather(inside, entry);
      else this.#files.set(inside, entry);
    }
  }

  /**
   * @param {number} from
   * @param {number} count
   */
  #bytes(from, count) {
    const buffer = Buffer.alloc(count);
    const file = openSync(this.#path, "r");
    try {
      readSync(file, buffer, 0, count, from);
    } finally {
      closeSync(file);
    }
    return buffer;
  }
}
