import type { DatabaseSync, StatementSync } from "node:sqlite";

/** The texts that alarms share, by number. A label never changes and never goes away, so what was read once stays known. */
export class Labels {
  readonly #texts = new Map<number, string>();
  readonly #byNumber: StatementSync;

  constructor(db: DatabaseSync) {
    this.#byNumber = db.prepare("SELECT text FROM label WHERE l = ?");
  }

  text(label: number): string {
    let text = this.#texts.get(label);
    if (text === undefined) {
      text = String(this.#byNumber.get(label)?.text ?? "");
      this.#texts.set(label, text);
    }
    return text;
  }
}

/** Gives texts their numbers; of the writing connection. */
export class LabelWriter {
  /** Only those of committed transactions are safe to keep, and a label that is rolled back is simply made again. */
  readonly #numbers = new Map<string, number>();
  readonly #find: StatementSync;
  readonly #add: StatementSync;

  constructor(db: DatabaseSync) {
    this.#find = db.prepare("SELECT l FROM label WHERE text = ?");
    this.#add = db.prepare("INSERT INTO label(text) VALUES(?)");
  }

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const found = this.#find.get(text)?.l;
    const number = Number(found ?? this.#add.run(text).lastInsertRowid);
    this.#numbers.set(text, number);
    return number;
  }

  /** After a transaction that was rolled back. */
  forget(): void {
    this.#numbers.clear();
  }
}
