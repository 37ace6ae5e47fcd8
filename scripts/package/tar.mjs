// A gzipped tar archive, written and read without a program of the system: the same bytes from the same files, everywhere.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

const BLOCK = 512;

/**
 * @typedef {{ name: string, content: Buffer, mode: number }} TarFile
 * @param {readonly TarFile[]} files names with slashes, of up to 100 bytes
 * @param {number} seconds since the epoch: the time of all of them
 */
export function tarball(files, seconds) {
  const blocks = files.flatMap(({ name, content, mode }) => {
    const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
    return [header(name, content.length, mode, seconds), content, padding];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]), { level: 9 });
}

/**
 * @param {string} name
 * @param {number} size
 * @param {number} mode
 * @param {number} seconds
 */
function header(name, size, mode, seconds) {
  if (Buffer.byteLength(name) > 100) throw new Error(`This name is too long for a tar archive: ${name}`);
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  const octal = (/** @type {number} */ value, /** @type {number} */ at, /** @type {number} */ digits) =>
    block.write(`${value.toString(8).padStart(digits, "0")}\0`, at);
  octal(mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(seconds, 136, 11);
  block.write("        ", 148);
  block.write("0", 156);
  block.write("ustar\x0000", 257, "latin1");
  block.write("root", 265);
  block.write("root", 297);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/**
 * Unpacks an archive of ours.
 * @param {Buffer} archive
 * @param {string} folder
 */
export function unpack(archive, folder) {
  const bytes = gunzipSync(archive);
  for (let at = 0; bytes[at] !== undefined && bytes[at] !== 0; ) {
    const field = (/** @type {number} */ from, /** @type {number} */ to) =>
      bytes
        .subarray(at + from, at + to)
        .toString("utf8")
        .replace(/\0.*$/s, "");
    const name = field(0, 100);
    const size = Number.parseInt(field(124, 136), 8);
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes.subarray(at + BLOCK, at + BLOCK + size), { mode: Number.parseInt(field(100, 108), 8) });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}
