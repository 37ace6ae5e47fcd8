import type { DatabaseSync } from "node:sqlite";
import type { LabelWriter } from "./labels.ts";

/** What a transaction changed: the console's count of changes after it, and the numbers of the alarms that are different. */
export interface Changed {
  readonly rev: number;
  readonly ns: readonly number[];
  /** Ids of alarms that are gone. */
  readonly deleted: readonly string[];
  /** More may be different than is known: whoever follows looks at everything again. */
  readonly unknown?: boolean;
}

/** What the work in a transaction comes to. */
interface Done<T> {
  ns: Iterable<number>;
  deleted?: readonly string[];
  result: T;
}

/** The transactions of the one connection that writes. */
export class Transactions {
  readonly #db: DatabaseSync;
  readonly #labels: LabelWriter;
  readonly #tell: (changed: Changed) => void;

  constructor(db: DatabaseSync, labels: LabelWriter, tell: (changed: Changed) => void) {
    this.#db = db;
    this.#labels = labels;
    this.#tell = tell;
  }

  /** The count of changes so far. */
  get rev(): number {
    return Number(this.#db.prepare("SELECT rev FROM counter").get()?.rev);
  }

  /** What the engine tells: a power cut may take the last of it, and the backends are asked for it again. */
  engine<T>(work: (rev: number) => Done<T>): T {
    return this.#run(work);
  }

  /** What an analyst did is on the disk when this returns. */
  analyst<T>(work: (rev: number) => Done<T>): T {
    this.#db.exec("PRAGMA synchronous = FULL");
    try {
      return this.#run(work);
    } finally {
      this.#db.exec("PRAGMA synchronous = NORMAL");
    }
  }

  #run<T>(work: (rev: number) => Done<T>): T {
    this.#db.exec("BEGIN IMMEDIATE");
    let changed: Changed;
    let result: T;
    try {
      const rev = Number(this.#db.prepare("UPDATE counter SET rev = rev + 1 RETURNING rev").get()?.rev);
      const done = work(rev);
      changed = { rev, ns: [...new Set(done.ns)], deleted: done.deleted ?? [] };
      result = done.result;
      this.#db.exec("COMMIT");
    } catch (error) {
      this.#labels.forget();
      this.#rollBack();
      throw error;
    }
    if (changed.ns.length + changed.deleted.length > 0) this.#tell(changed);
    return result;
  }

  /** SQLite may have rolled back on its own account, as on a full disk. */
  #rollBack(): void {
    if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
  }
}
