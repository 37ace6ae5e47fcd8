// Windows and macOS want all sizes of an icon in one file. Both containers take PNG files as they are.

/** @typedef {{ size: number, png: Buffer }} Drawing */

const ICO_HEADER = 6;
const ICO_ENTRY = 16;

/**
 * A Windows icon.
 * @param {readonly Drawing[]} drawings up to 256 pixels
 */
export function ico(drawings) {
  const head = Buffer.alloc(ICO_HEADER + ICO_ENTRY * drawings.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(drawings.length, 4);
  let offset = head.length;
  for (const [at, { size, png }] of drawings.entries()) {
    const entry = ICO_HEADER + ICO_ENTRY * at;
    // 0 means 256.
    head.writeUInt8(size % 256, entry);
    head.writeUInt8(size % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(png.length, entry + 8);
    head.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  }
  return Buffer.concat([head, ...drawings.map(({ png }) => png)]);
}

/**
 * Which names a size has: for itself, and as the dense form of the half.
 * @type {Readonly<Record<number, readonly string[]>>}
 */
const ICNS_TYPES = {
  16: ["icp4"],
  32: ["icp5", "ic11"],
  64: ["ic12"],
  128: ["ic07"],
  256: ["ic08", "ic13"],
  512: ["ic09", "ic14"],
  1024: ["ic10"],
};

/**
 * A macOS icon.
 * @param {readonly Drawing[]} drawings
 */
export function icns(drawings) {
  const parts = drawings.flatMap(({ size, png }) =>
    (ICNS_TYPES[size] ?? []).map((type) => Buffer.concat([chunkHead(type, png.length), png])),
  );
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([chunkHead("icns", length), ...parts]);
}

/**
 * @param {string} type
 * @param {number} bytes of what follows
 */
function chunkHead(type, bytes) {
  const head = Buffer.alloc(8);
  head.write(type, "latin1");
  head.writeUInt32BE(head.length + bytes, 4);
  return head;
}
