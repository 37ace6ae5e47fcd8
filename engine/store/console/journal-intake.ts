import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  type AnyJournalEntry,
  anyJournalNewsSchema,
  type JournalEntry,
  journalEntrySchema,
} from "../../contract/journal.ts";
import { sincePageSchema } from "../../contract/rpc.ts";
import type { AlarmIngest } from "./ingest.ts";
import type { Transactions } from "./transactions.ts";

/** Up to where a backend's journal was taken in. */
export interface JournalPosition {
  /** The first number that is wanted. */
  next: number;
  /** When the entry before it was written down, by which it is known again; 0 when there is none. */
  at: number;
  /** Entries that were kept no more when they were asked for, or could not be read. */
  missing: number;
}

/** What came of a page or of news. */
export interface IntakeResult extends JournalPosition {
  /** Numbers are missing before what came: `since` has them. */
  behind: boolean;
  /** Entries that were taken in. */
  taken: number;
  /** What was wrong with the last entry that could not be read. */
  unreadable?: string;
}

/**
 * Takes in the journals of the backends, each entry once: by its number, which is kept with what it brought in one
 * transaction (operation.md §7).
 */
export class JournalIntake {
  readonly #ingest: AlarmIngest;
  readonly #transactions: Transactions;
  readonly #find: StatementSync;
  readonly #keep: StatementSync;

  constructor(db: DatabaseSync, ingest: AlarmIngest, transactions: Transactions) {
    this.#ingest = ingest;
    this.#transactions = transactions;
    this.#find = db.prepare("SELECT next, at, missing FROM journal WHERE node = ?");
    this.#keep = db.prepare("INSERT OR REPLACE INTO journal(node, next, at, missing) VALUES(?, ?, ?, ?)");
  }

  position(node: string): JournalPosition {
    const row = this.#find.get(node);
    if (row === undefined) return { next: 1, at: 0, missing: 0 };
    return { next: Number(row.next), at: Number(row.at), missing: Number(row.missing) };
  }

  /** Messages of `alarmsSubject` as they came. What can't be read counts as not come: `since` has it. */
  news(node: string, payloads: readonly Uint8Array[]): IntakeResult {
    const entries: AnyJournalEntry[] = [];
    let unread = false;
    for (const payload of payloads) {
      const read = anyJournalNewsSchema.safeParse(parsed(payload));
      if (read.success && read.data.node === node) entries.push(...read.data.entries);
      else unread = true;
    }
    const result = this.#take(node, entries, this.position(node), false);
    return { ...result, behind: result.behind || unread };
  }

  /**
   * The answer to `since`, which was asked from the number before `next` on, so that a journal that was begun anew
   * shows: its entry of that number is another one.
   */
  page(node: string, answer: unknown): IntakeResult & { done: boolean } {
    const { entries, gap, last, next, restarted } = sincePageSchema.parse(answer);
    const position = this.position(node);
    const before = entries.find(({ seq }) => seq === position.next - 1);
    if (restarted === true || (before !== undefined && position.at !== 0 && before.at !== position.at)) {
      position.next = 1;
      position.at = 0;
      // A page from the middle of the new journal isn't where to begin.
      if (restarted !== true) return { ...this.#take(node, [], position, true), done: false };
    }
    if (gap !== undefined && gap.to >= position.next) {
      // What was never asked for before isn't missed.
      if (position.next > 1) position.missing += gap.to - Math.max(gap.from, position.next) + 1;
      position.next = gap.to + 1;
    }
    const result = this.#take(node, entries, position, true);
    return { ...result, behind: false, done: next > last };
  }

  #take(node: string, entries: readonly AnyJournalEntry[], position: JournalPosition, keep: boolean): IntakeResult {
    const now = { ...position };
    const wanted: JournalEntry[] = [];
    let behind = false;
    let unreadable: string | undefined;
    for (const entry of entries) {
      if (entry.seq < now.next) continue;
      if (entry.seq > now.next) {
        behind = true;
        break;
      }
      now.next = entry.seq + 1;
      now.at = entry.at;
      const read = journalEntrySchema.safeParse(entry);
      if (read.success) wanted.push(read.data);
      else {
        now.missing += 1;
        unreadable = `entry ${entry.seq}: ${read.error.message.replace(/\s+/g, " ").slice(0, 300)}`;
      }
    }
    if (now.next !== position.next || keep) {
      this.#transactions.engine((rev) => {
        const ns: number[] = [];
        for (const entry of wanted) {
          const n = this.#entry(node, entry, rev);
          if (n !== undefined) ns.push(n);
        }
        this.#keep.run(node, now.next, now.at, now.missing);
        return { ns, result: undefined };
      });
    }
    return { ...now, behind, taken: wanted.length, ...(unreadable !== undefined && { unreadable }) };
  }

  #entry(node: string, entry: JournalEntry, rev: number): number | undefined {
    switch (entry.kind) {
      case "alarm":
        return this.#ingest.record({ ...entry, node }, entry.at, rev);
      case "event":
        return this.#ingest.event(entry.alarm_id, entry.stage, entry.at, entry.event, rev);
      case "omitted":
        return undefined;
    }
  }
}

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("utf8"));
  } catch {
    return undefined;
  }
}
