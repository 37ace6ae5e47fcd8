import type { DatabaseSync, StatementSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { StateCorruptError } from "./state-errors.ts";

/** A round of cleaning begins when the table holds twice what the last one left and this much more. */
const CLEAN_ABOVE_BYTES = 8 * 1024 * 1024;
/** What a commit cleans of the table while a round is under way: about a millisecond of work. */
const CLEAN_AT_ONCE_BYTES = 256 * 1024;
const NEWLINE = 0x0a;
const COMMA = 0x2c;
const DIGIT_0 = 0x30;
/** The kinds `c`, `i` and `x` of contract/state-change.ts. */
const CREATED = 0x63;
const IMPORTED = 0x69;
const REMOVED = 0x78;

/**
 * The table of changes: one row for each commit, appended and never rewritten by what comes later. Lines of backlogs
 * that have ended are cleaned out in small steps, each within some commit, so that the table stays within a constant
 * factor of what lives and a commit's cost follows what changed (reliability.md §2).
 */
export class ChangeTable {
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #next: StatementSync;
  readonly #live = new Set<number>();
  #bytes = 0;
  /** Bytes that the last round of cleaning left. */
  #cleanBytes = 0;
  /** Of the round under way: the last row that was cleaned, and the last one that will be. */
  #round: { at: number; end: number } | undefined;
  #lastId = 0;
  /** As it was before the transaction under way. */
  #before: { bytes: number; cleanBytes: number; round: { at: number; end: number } | undefined; lastId: number };

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare("INSERT INTO change(id, crc, bytes) VALUES(?, ?, ?)");
    this.#update = db.prepare("UPDATE change SET crc = ?, bytes = ? WHERE id = ?");
    this.#delete = db.prepare("DELETE FROM change WHERE id = ?");
    this.#next = db.prepare("SELECT id, crc, bytes FROM change WHERE id > ? AND id <= ? ORDER BY id LIMIT 1");
    this.#before = this.#state();
  }

  /** The rows' texts, oldest first. */
  load(): Uint8Array[] {
    const rows: Uint8Array[] = [];
    for (let row = this.#next.get(0, Number.MAX_SAFE_INTEGER); row !== undefined; ) {
      const bytes = checked(row);
      rows.push(bytes);
      this.#bytes += bytes.length;
      this.#lastId = Number(row.id);
      noteLiving(bytes, this.#live);
      row = this.#next.get(this.#lastId, Number.MAX_SAFE_INTEGER);
    }
    // Nothing is known of how much of it still matters, so the first round comes early.
    this.#cleanBytes = 0;
    this.#before = this.#state();
    return rows;
  }

  /** Within a transaction. */
  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#lastId += 1;
    this.#insert.run(this.#lastId, crc32(bytes), bytes);
    this.#bytes += bytes.length;
    this.#clean();
  }

  committed(began: readonly number[], ended: readonly number[]): void {
    for (const ordinal of began) this.#live.add(ordinal);
    for (const ordinal of ended) this.#live.delete(ordinal);
    this.#before = this.#state();
  }

  rolledBack(): void {
    const { bytes, cleanBytes, round, lastId } = this.#before;
    this.#bytes = bytes;
    this.#cleanBytes = cleanBytes;
    // A copy, because cleaning moves it on, and the same transaction may be tried again and again.
    this.#round = round === undefined ? undefined : { ...round };
    this.#lastId = lastId;
  }

  #state() {
    const round = this.#round === undefined ? undefined : { ...this.#round };
    return { bytes: this.#bytes, cleanBytes: this.#cleanBytes, round, lastId: this.#lastId };
  }

  /** The row that was just appended is left alone: what it begins isn't known to live before the commit. */
  #clean(): void {
    if (this.#round === undefined) {
      if (this.#bytes < 2 * this.#cleanBytes + CLEAN_ABOVE_BYTES) return;
      this.#round = { at: 0, end: this.#lastId - 1 };
    }
    const round = this.#round;
    const kept: Uint8Array[] = [];
    let read = 0;
    let previous = 0;
    while (read < CLEAN_AT_ONCE_BYTES) {
      const row = this.#next.get(round.at, round.end);
      if (row === undefined) {
        this.#round = undefined;
        break;
      }
      const bytes = checked(row);
      read += bytes.length;
      const rest = linesOf(bytes, this.#live);
      if (rest.length > 0) kept.push(rest);
      // All that is kept of one step becomes one row, the last of them, so that many small rows become few.
      if (previous > 0) this.#delete.run(previous);
      previous = Number(row.id);
      round.at = previous;
    }
    const merged = joined(kept);
    if (previous > 0 && merged.length === 0) this.#delete.run(previous);
    else if (previous > 0) this.#update.run(crc32(merged), merged, previous);
    this.#bytes += merged.length - read;
    if (this.#round === undefined) this.#cleanBytes = this.#bytes;
  }
}

function checked(row: Record<string, unknown>): Uint8Array {
  const { id, crc, bytes } = row;
  if (!(bytes instanceof Uint8Array) || crc32(bytes) !== crc) {
    throw new StateCorruptError("the state database", `row ${String(id)} of its changes isn't what was written`);
  }
  return bytes;
}

/** The ordinal that a line `[123,…` begins with. */
function ordinalAt(bytes: Uint8Array, start: number): number {
  let ordinal = 0;
  for (let i = start + 1; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === undefined || byte === COMMA) break;
    ordinal = ordinal * 10 + byte - DIGIT_0;
  }
  return ordinal;
}

/** The ordinals of backlogs that began and haven't ended. Other lines may come after the end, and say nothing then. */
function noteLiving(bytes: Uint8Array, live: Set<number>): void {
  for (let start = 0; start < bytes.length; ) {
    const end = lineEnd(bytes, start);
    // After the ordinal stand a comma, a quote and the letter of the kind.
    const kind = bytes[bytes.indexOf(COMMA, start) + 2];
    if (kind === CREATED || kind === IMPORTED) live.add(ordinalAt(bytes, start));
    else if (kind === REMOVED) live.delete(ordinalAt(bytes, start));
    start = end + 1;
  }
}

function linesOf(bytes: Uint8Array, live: ReadonlySet<number>): Uint8Array {
  const kept: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = lineEnd(bytes, start);
    if (live.has(ordinalAt(bytes, start))) kept.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return joined(kept);
}

function lineEnd(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(NEWLINE, start);
  return end < 0 ? bytes.length : end;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(pieces.reduce((sum, piece) => sum + piece.length + 1, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
    bytes[at] = NEWLINE;
    at += 1;
  }
  return bytes.subarray(0, Math.max(0, at - 1));
}
