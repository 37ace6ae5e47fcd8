import type { DatabaseSync, StatementSync } from "node:sqlite";

/** The journal keeps what is younger than this and fits into this much, whichever is less (operation.md §7). */
const KEEP_MS = 7 * 24 * 60 * 60 * 1000;
const KEEP_BYTES = 2 * 1024 * 1024 * 1024;
/** Rows that one commit deletes at the most: more than it adds, so that the bounds are reached. */
const DELETE_AT_ONCE = 8;

/** What `since` found: JSON texts of entries, each with its number. */
export interface JournalPage {
  entries: string[];
  /** What to ask for next. */
  next: number;
  /** The oldest number that is still kept. */
  oldest: number;
  /** The highest number given so far. */
  last: number;
}

/** The entry as it is told: the object's text, which isn't empty, with its number and time in front. */
export function numberedEntry(seq: number, at: number, text: string): string {
  return `{"seq":${seq},"at":${at},${text.slice(1)}`;
}

/**
 * Alarm records and the full events of backlogs, numbered in the order in which they were committed: what lets a
 * console that was away ask for what it missed (operation.md §7). One row for each commit; an entry is a line, its
 * number is that of the row's first one plus its place.
 */
export class JournalTable {
  readonly #insert: StatementSync;
  readonly #deleteOldest: StatementSync;
  readonly #oldest: StatementSync;
  readonly #noteSize: StatementSync;
  readonly #from: StatementSync;
  #bytes: number;
  #last: number;
  /** As they were before the transaction under way. */
  #before: { bytes: number; last: number };

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare("INSERT INTO journal(first, count, at, bytes) VALUES(?, ?, ?, ?)");
    this.#deleteOldest = db.prepare("DELETE FROM journal WHERE first = ?");
    this.#oldest = db.prepare("SELECT first, at, length(bytes) AS size FROM journal ORDER BY first LIMIT 1");
    this.#from = db.prepare(
      "SELECT first, count, at, bytes FROM journal WHERE first >= coalesce((SELECT max(first) FROM journal WHERE first <= ?), 0) ORDER BY first",
    );
    this.#noteSize = db.prepare("INSERT OR REPLACE INTO journal_size(one, bytes) VALUES(1, ?)");
    // Kept beside it, because adding it up would mean to read all of it at each start.
    const whole = db.prepare("SELECT bytes FROM journal_size").get();
    const newest = db.prepare("SELECT first, count FROM journal ORDER BY first DESC LIMIT 1").get();
    this.#bytes = Number(whole?.bytes ?? 0);
    this.#last = newest === undefined ? 0 : Number(newest.first) + Number(newest.count) - 1;
    this.#before = { bytes: this.#bytes, last: this.#last };
  }

  committed(): void {
    this.#before = { bytes: this.#bytes, last: this.#last };
  }

  rolledBack(): void {
    this.#bytes = this.#before.bytes;
    this.#last = this.#before.last;
  }

  /** The number that the next entry gets. */
  get next(): number {
    return this.#last + 1;
  }

  /** Within a transaction: adds entries, and lets go of the oldest. */
  append({ first, count, at, bytes }: { first: number; count: number; at: number; bytes: Uint8Array }): void {
    if (count === 0) return;
    this.#insert.run(first, count, at, bytes);
    this.#bytes += bytes.length;
    this.#last = first + count - 1;
    for (let i = 0; i < DELETE_AT_ONCE; i++) {
      const oldest = this.#oldest.get();
      if (oldest === undefined || Number(oldest.first) === first) break;
      if (this.#bytes <= KEEP_BYTES && Number(oldest.at) >= at - KEEP_MS) break;
      this.#deleteOldest.run(oldest.first ?? 0);
      this.#bytes -= Number(oldest.size);
    }
    this.#noteSize.run(this.#bytes);
  }

  /** Entries from number `seq` on, of together at most `maxBytes` characters, but at least one where there is one. */
  since(seq: number, maxBytes: number): JournalPage {
    const entries: string[] = [];
    const oldest = this.#oldest.get();
    let next = Math.max(seq, 1, Number(oldest?.first ?? this.next));
    let size = 0;
    for (const { first, at, bytes } of this.#from.iterate(next)) {
      const lines = Buffer.from(bytes as Uint8Array)
        .toString("utf8")
        .split("\n");
      for (let place = Math.max(0, next - Number(first)); place < lines.length; place++) {
        const entry = numberedEntry(Number(first) + place, Number(at), lines[place] ?? "{}");
        if (entries.length > 0 && size + entry.length > maxBytes) {
          return { entries, next, oldest: Number(oldest?.first ?? this.next), last: this.#last };
        }
        entries.push(entry);
        size += entry.length + 1;
        next = Number(first) + place + 1;
      }
    }
    return { entries, next, oldest: Number(oldest?.first ?? this.next), last: this.#last };
  }
}
