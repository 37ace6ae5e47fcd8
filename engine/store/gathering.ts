import type { StateBatch } from "./state-cycle.ts";
import type { SavedFileNote, StoredPosition } from "./state-database.ts";

/** Entries of the journal that one batch adds: the number of the first, when, and their texts, a line each. */
export interface JournalNews {
  first: number;
  at: number;
  lines: string;
}

/**
 * What gathers on the correlator's thread until it is handed to the worker as one batch: lines of both files, changes of
 * the state, entries of the journal. Texts are kept as texts, because joining them is the cheapest thing to do for each
 * event, and become bytes once for all of them.
 */
export class Gathering {
  readonly #encoder = new TextEncoder();
  #events = "";
  #alarms = "";
  #changes = "";
  #journal = "";
  #journalCount = 0;
  #journalNext: number;
  #began: number[] = [];
  #ended: number[] = [];
  #rules: [hash: string, text: string][] = [];
  readonly #waits = new Map<number, string>();
  #waitsNoMore: number[] = [];
  /** Of the rules and of what waits. */
  #otherCharacters = 0;
  #savedFiles: readonly SavedFileNote[] | undefined;
  /** Lines of both files. */
  lines = 0;

  constructor(journalNext: number) {
    this.#journalNext = journalNext;
  }

  /** How much it is, counted in characters. */
  get characters(): number {
    const lines = this.#events.length + this.#alarms.length + this.#changes.length + this.#journal.length;
    return lines + this.#otherCharacters;
  }

  addEventLine(line: string): void {
    this.#events += line;
    this.lines += 1;
  }

  addAlarmLine(line: string): void {
    this.#alarms += line;
    this.lines += 1;
  }

  addChange(line: string): void {
    this.#changes = this.#changes === "" ? line : `${this.#changes}\n${line}`;
  }

  began(ordinal: number): void {
    this.#began.push(ordinal);
  }

  ended(ordinal: number): void {
    this.#ended.push(ordinal);
  }

  addRules(hash: string, text: string): void {
    this.#rules.push([hash, text]);
    this.#otherCharacters += text.length;
  }

  addWaiting(id: number, text: string): void {
    this.#waits.set(id, text);
    this.#otherCharacters += text.length;
  }

  /** Of a record that began to wait within this very batch nothing has to be kept at all. */
  removeWaiting(id: number): void {
    const text = this.#waits.get(id);
    if (text === undefined) {
      this.#waitsNoMore.push(id);
      return;
    }
    this.#waits.delete(id);
    this.#otherCharacters -= text.length;
  }

  noteSavedFiles(notes: readonly SavedFileNote[]): void {
    this.#savedFiles = notes;
  }

  addJournalEntry(entry: string): void {
    this.#journal = this.#journal === "" ? entry : `${this.#journal}\n${entry}`;
    this.#journalCount += 1;
  }

  /** The lines alone, for a worker that keeps no state; empties it. */
  takeLines(seq: number): StateBatch {
    const batch: StateBatch = { kind: "batch", seq, ...this.#encodedLines(), commit: undefined };
    this.#empty();
    return batch;
  }

  /** All of it, as one commit; empties it. */
  take(seq: number, position: StoredPosition | undefined, nowMs: number): { batch: StateBatch; news?: JournalNews } {
    const news = { first: this.#journalNext, at: Math.floor(nowMs), lines: this.#journal };
    const hasNews = this.#journalCount > 0;
    const { first, at } = news;
    const batch: StateBatch = {
      kind: "batch",
      seq,
      ...this.#encodedLines(),
      commit: {
        changes: this.#encoder.encode(this.#changes),
        began: this.#began,
        ended: this.#ended,
        rules: this.#rules,
        waits: [...this.#waits],
        waitsNoMore: this.#waitsNoMore,
        position,
        savedFiles: this.#savedFiles,
        journal: hasNews
          ? { first, count: this.#journalCount, at, bytes: this.#encoder.encode(news.lines) }
          : undefined,
      },
    };
    this.#empty();
    return hasNews ? { batch, news } : { batch };
  }

  #encodedLines(): Pick<StateBatch, "events" | "alarms"> {
    return { events: this.#encoder.encode(this.#events), alarms: this.#encoder.encode(this.#alarms) };
  }

  #empty(): void {
    this.#journalNext += this.#journalCount;
    this.#events = "";
    this.#alarms = "";
    this.#changes = "";
    this.#journal = "";
    this.#journalCount = 0;
    this.#began = [];
    this.#ended = [];
    this.#rules = [];
    this.#waits.clear();
    this.#otherCharacters = 0;
    this.#waitsNoMore = [];
    this.#savedFiles = undefined;
    this.lines = 0;
  }
}
