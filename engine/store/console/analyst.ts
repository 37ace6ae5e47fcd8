import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LabelWriter } from "./labels.ts";

/** The beginning of a note that the list shows. */
const MAX_NOTE_IN_ROW = 200;

/** What an analyst wants to be different. */
export interface AlarmChange {
  status?: string | undefined;
  tag?: string | undefined;
  note?: string | undefined;
}

/** A part of a bulk change: its transaction, who does it and when. */
export interface ChangeRequest {
  ns: Float64Array;
  change: AlarmChange;
  by: string;
  at: number;
  /** Under which the change can be taken back. */
  token: string;
}

/** What people say of alarms, apart from what the engine says. Called within a transaction that is brought to the disk. */
export class AnalystPart {
  readonly #db: DatabaseSync;
  readonly #labels: LabelWriter;
  readonly #chosen: { clear: StatementSync; add: StatementSync };

  constructor(db: DatabaseSync, labels: LabelWriter) {
    this.#db = db;
    this.#labels = labels;
    db.exec("CREATE TEMP TABLE chosen(n INTEGER PRIMARY KEY)");
    this.#chosen = {
      clear: db.prepare("DELETE FROM temp.chosen"),
      add: db.prepare("INSERT OR IGNORE INTO temp.chosen SELECT value FROM json_each(?)"),
    };
  }

  /** Returns the numbers of the alarms that are different now. */
  change({ ns, change, by, at, token }: ChangeRequest, rev: number): number[] {
    const { status, tag, note } = change;
    const label = (text: string | undefined): number | null => (text === undefined ? null : this.#labels.number(text));
    const wanted = { status: label(status), tag: label(tag) };
    this.#choose(ns);
    // What is so already isn't touched: the engine goes on to have its say there.
    if (note === undefined) {
      this.#db
        .prepare(
          "DELETE FROM temp.chosen WHERE n IN (SELECT a.n FROM temp.chosen c CROSS JOIN alarm a ON a.n = c.n " +
            "WHERE coalesce($status, a.status) = a.status AND coalesce($tag, a.tag) = a.tag)",
        )
        .run(wanted);
    }
    this.#db.exec("DELETE FROM temp.chosen WHERE n NOT IN (SELECT n FROM alarm)");
    this.#db
      .prepare(
        "INSERT INTO undo(token, n, own_status, own_tag, own_rev, note, rev) SELECT ?, a.n, a.own_status, a.own_tag, " +
          "a.own_rev, a.note, ? FROM temp.chosen c CROSS JOIN alarm a ON a.n = c.n",
      )
      .run(token, rev);
    if (wanted.status !== null) this.#noteChange("status", wanted.status, by, at);
    if (wanted.tag !== null) this.#noteChange("tag", wanted.tag, by, at);
    if (note !== undefined) this.#addNote(note, by, at, token);
    // In one go: each index is written once. What the engine says already needs no word of the analyst's.
    this.#db
      .prepare(
        "UPDATE alarm SET own_status = CASE WHEN coalesce($status, status) = status THEN own_status ELSE $status END, " +
          "own_tag = CASE WHEN coalesce($tag, tag) = tag THEN own_tag ELSE $tag END, " +
          "note = coalesce($note, note), own_rev = $rev, rev = $rev WHERE n IN (SELECT n FROM temp.chosen)",
      )
      .run({ ...wanted, note: note === undefined ? null : beginningOf(note), rev });
    return this.#chosenOnes();
  }

  /** Takes back what was changed under a token, where nobody changed the alarm since. */
  undo(token: string, by: string, at: number, rev: number): { restored: number[]; skipped: number } {
    this.#chosen.clear.run();
    const all = Number(this.#db.prepare("SELECT count(*) AS changed FROM undo WHERE token = ?").get(token)?.changed);
    this.#db
      .prepare(
        "INSERT INTO temp.chosen SELECT u.n FROM undo u CROSS JOIN alarm a ON a.n = u.n WHERE u.token = ? AND a.own_rev = u.rev",
      )
      .run(token);
    this.#deleteNotes(
      "id IN (SELECT note_id FROM undo WHERE token = ? AND note_id IS NOT NULL AND n IN (SELECT n FROM temp.chosen))",
      token,
    );
    this.#db
      .prepare(
        "UPDATE alarm SET own_status = u.own_status, own_tag = u.own_tag, note = u.note, own_rev = ?2, rev = ?2 " +
          "FROM undo u WHERE u.token = ?1 AND u.n = alarm.n AND alarm.n IN (SELECT n FROM temp.chosen)",
      )
      .run(token, rev);
    this.#db.prepare("INSERT INTO activity(n, at, who, kind) SELECT n, ?, ?, 'undo' FROM temp.chosen").run(at, by);
    this.forget(token);
    const restored = this.#chosenOnes();
    return { restored, skipped: all - restored.length };
  }

  forget(token: string): void {
    this.#db.prepare("DELETE FROM undo WHERE token = ?").run(token);
  }

  /** Forgets what could be taken back until before `at`: a token begins with the time until which it can be used. */
  forgetUntil(at: number): void {
    this.#db.prepare("DELETE FROM undo WHERE CAST(token AS INTEGER) < ?").run(at);
  }

  /**
   * Deletes alarms with all that belongs to them, and returns their ids; numbers of backlogs that are no alarms are taken,
   * too.
   */
  delete(ns: Float64Array): string[] {
    this.#choose(ns);
    const those = "n IN (SELECT n FROM temp.chosen)";
    const ids = this.#db
      .prepare(`SELECT id FROM alarm WHERE ${those}`)
      .all()
      .map(({ id }) => String(id));
    this.#db.exec(
      `INSERT INTO alarm_text(alarm_text, rowid, search) SELECT 'delete', n, search FROM alarm_more WHERE ${those}`,
    );
    this.#deleteNotes(those);
    for (const table of ["fact", "alarm_event", "activity", "alarm_more", "alarm", "alarm_id"]) {
      this.#db.exec(`DELETE FROM ${table} WHERE ${those}`);
    }
    return ids;
  }

  #choose(ns: Float64Array): void {
    this.#chosen.clear.run();
    this.#chosen.add.run(JSON.stringify([...ns]));
  }

  #chosenOnes(): number[] {
    return this.#db
      .prepare("SELECT n FROM temp.chosen")
      .all()
      .map(({ n }) => Number(n));
  }

  #noteChange(what: "status" | "tag", wanted: number, by: string, at: number): void {
    this.#db
      .prepare(
        `INSERT INTO activity(n, at, who, kind, was, became) SELECT a.n, ?, ?, '${what}', was.text, became.text ` +
          `FROM temp.chosen c CROSS JOIN alarm a ON a.n = c.n JOIN label was ON was.l = a.${what} ` +
          `JOIN label became ON became.l = ? WHERE a.${what} <> became.l`,
      )
      .run(at, by, wanted);
  }

  #addNote(text: string, by: string, at: number, token: string): void {
    const before = Number(this.#db.prepare("SELECT coalesce(max(id), 0) AS id FROM note").get()?.id);
    this.#db.prepare("INSERT INTO note(n, at, who, text) SELECT n, ?, ?, ? FROM temp.chosen").run(at, by, text);
    this.#db.prepare("INSERT INTO note_text(rowid, text) SELECT id, text FROM note WHERE id > ?").run(before);
    this.#db
      .prepare(
        "UPDATE undo SET note_id = (SELECT id FROM note WHERE note.n = undo.n AND id > ?) " +
          "WHERE token = ? AND n IN (SELECT n FROM temp.chosen)",
      )
      .run(before, token);
    this.#db
      .prepare("INSERT INTO activity(n, at, who, kind, became) SELECT n, ?, ?, 'note', ? FROM temp.chosen")
      .run(at, by, text);
  }

  #deleteNotes(where: string, ...values: string[]): void {
    this.#db
      .prepare(`INSERT INTO note_text(note_text, rowid, text) SELECT 'delete', id, text FROM note WHERE ${where}`)
      .run(...values);
    this.#db.prepare(`DELETE FROM note WHERE ${where}`).run(...values);
  }
}

function beginningOf(note: string): string {
  return note.length > MAX_NOTE_IN_ROW ? `${note.slice(0, MAX_NOTE_IN_ROW).toWellFormed()}…` : note;
}
