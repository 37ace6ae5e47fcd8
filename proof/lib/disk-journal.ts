import { BenchError } from "../../bench/lib/failure.ts";

/** A change that a recorded process made below the shim's folder; paths are absolute. */
export type DiskChange = {
  /** Milliseconds since 1970, with the fraction that the system's clock gave. */
  readonly atMs: number;
  readonly pid: number;
} & (
  | { readonly op: "open"; readonly fd: number; readonly path: string; readonly flags: number; readonly ino: number }
  | { readonly op: "write"; readonly fd: number; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly op: "truncate"; readonly fd: number; readonly size: number }
  | { readonly op: "fsync" | "fdatasync" | "close"; readonly fd: number }
  | { readonly op: "rename"; readonly path: string; readonly to: string }
  | { readonly op: "unlink" | "mkdir" | "rmdir"; readonly path: string }
);

/** The shim's numbers (enum op in fault.c), from 1. */
const OPS = [
  "open",
  "write",
  "truncate",
  "fsync",
  "fdatasync",
  "close",
  "rename",
  "unlink",
  "mkdir",
  "rmdir",
  "link",
] as const;
const HEAD_BYTES = 48;

/**
 * The changes of a journal, in the order in which they happened.
 * @throws BenchError for a call that the image builder doesn't know; a record that was cut off with its process is left out.
 */
export function readJournal(bytes: Buffer): DiskChange[] {
  const changes: DiskChange[] = [];
  for (let at = 0; at + HEAD_BYTES <= bytes.length; ) {
    const [pathLength, otherLength, dataLength] = [32, 36, 40].map((field) => bytes.readUInt32LE(at + field)) as [
      number,
      number,
      number,
    ];
    const pathAt = at + HEAD_BYTES;
    const dataAt = pathAt + pathLength + otherLength;
    if (dataAt + dataLength > bytes.length) break;
    changes.push(
      changeOf(bytes, at, {
        path: bytes.toString("utf8", pathAt, pathAt + pathLength),
        to: bytes.toString("utf8", pathAt + pathLength, dataAt),
        data: bytes.subarray(dataAt, dataAt + dataLength),
      }),
    );
    at = dataAt + dataLength;
  }
  return changes;
}

function changeOf(
  bytes: Buffer,
  at: number,
  { path, to, data }: { path: string; to: string; data: Uint8Array },
): DiskChange {
  const op = OPS[bytes.readUInt32LE(at) - 1];
  const pid = bytes.readUInt32LE(at + 4);
  const fd = bytes.readInt32LE(at + 8);
  const flags = bytes.readInt32LE(at + 12);
  const atMs = Number(bytes.readBigUInt64LE(at + 16)) / 1e6;
  const offset = Number(bytes.readBigInt64LE(at + 24));
  switch (op) {
    case "open":
      return { op, atMs, pid, fd, path, flags, ino: offset };
    case "write":
      return { op, atMs, pid, fd, offset, bytes: data };
    case "truncate":
      return { op, atMs, pid, fd, size: offset };
    case "fsync":
    case "fdatasync":
    case "close":
      return { op, atMs, pid, fd };
    case "rename":
      return { op, atMs, pid, path, to };
    case "unlink":
    case "mkdir":
    case "rmdir":
      return { op, atMs, pid, path };
    default:
      throw new BenchError(`the journal has a call that the disk image can't follow: ${op ?? "unknown"} ${path}`);
  }
}
