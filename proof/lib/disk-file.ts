/** How a power cut treats what wasn't synced: all of it gone, all of it there, or some of its sectors. */
export interface CutStyle {
  /** Bytes that a disk writes as a whole. */
  readonly sector: 512 | 4096;
  /** Numbers from 0 up to but without 1. */
  readonly random: () => number;
}

type Change =
  | { readonly kind: "write"; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly size: number };

const FIRST_CAPACITY = 4096;

/** Bytes that grow, with zeros where nothing was written. */
class Content {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #length = 0;

  static copyOf(bytes: Uint8Array): Content {
    const content = new Content();
    content.write(0, bytes);
    return content;
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#reserve(offset + bytes.length);
    this.#bytes.set(bytes, offset);
    this.#length = Math.max(this.#length, offset + bytes.length);
  }

  resize(size: number): void {
    this.#reserve(size);
    if (size < this.#length) this.#bytes.fill(0, size, this.#length);
    this.#length = size;
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(size, this.#bytes.length * 2));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** A file as the disk knows it: what was synced, and what was changed since. */
export class DiskFile {
  /** Its number in the file system, where that is known. */
  readonly ino: number | undefined;
  readonly #durable: Content;
  #pending: Change[] = [];

  constructor(ino?: number, bytes: Uint8Array = new Uint8Array(0)) {
    this.ino = ino;
    this.#durable = Content.copyOf(bytes);
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#pending.push({ kind: "write", offset, bytes });
  }

  truncate(size: number): void {
    this.#pending.push({ kind: "truncate", size });
  }

  sync(): void {
    for (const change of this.#pending) apply(this.#durable, change);
    this.#pending = [];
  }

  /** What a power cut now may leave of it. */
  afterCut(style: CutStyle): Uint8Array {
    if (this.#pending.length === 0) return this.#durable.bytes;
    const { random } = style;
    const left = Content.copyOf(this.#durable.bytes);
    const kind = random();
    if (kind < 0.15) return left.bytes;
    if (kind < 0.3) {
      for (const change of this.#pending) apply(left, change);
      return left.bytes;
    }
    // Sizes change in order; what was written after the last change of size that made it is there sector by sector.
    const reached = random() < 0.5 ? this.#pending.length : Math.floor(random() * (this.#pending.length + 1));
    const changes = this.#pending.slice(0, reached);
    const ordered = changes.findLastIndex((change) => change.kind === "truncate") + 1;
    for (const change of changes.slice(0, ordered)) apply(left, change);
    writeSectors(left, changes.slice(ordered), style);
    return left.bytes;
  }
}

function apply(content: Content, change: Change): void {
  if (change.kind === "write") content.write(change.offset, change.bytes);
  else content.resize(change.size);
}

/**
 * A sector holds all writes that reached it up to some moment: they were merged in memory before the disk got any.
 * Whether the file's size counts what is missing at its end, which then reads as zeros, is the file system's affair.
 */
function writeSectors(content: Content, writes: readonly Change[], { sector, random }: CutStyle): void {
  const likely = random();
  const moments = new Map<number, number>();
  const whole = content.length;
  let end = whole;
  writes.forEach((change, index) => {
    if (change.kind !== "write") return;
    end = Math.max(end, change.offset + change.bytes.length);
    for (let at = change.offset; at < change.offset + change.bytes.length; ) {
      const number = Math.floor(at / sector);
      const next = Math.min((number + 1) * sector, change.offset + change.bytes.length);
      let moment = moments.get(number);
      if (moment === undefined) {
        moment = random() < likely ? writes.length : Math.floor(random() * writes.length);
        moments.set(number, moment);
      }
      if (index < moment) content.write(at, change.bytes.subarray(at - change.offset, next - change.offset));
      at = next;
    }
  });
  if (content.length < end && random() < 0.25) content.resize(end);
}
