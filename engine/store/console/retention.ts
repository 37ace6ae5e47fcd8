import type { DatabaseSync } from "node:sqlite";
import type { AnalystPart } from "./analyst.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const MEGABYTE = 1024 * 1024;
/** Alarms that one step deletes: some tens of milliseconds. */
const STEP = 500;
/** Pages that are given back to the system in one step. */
const PAGES_STEP = 2000;
/** Free pages of the file are given back when they are more than this part of it; else they are soon used again. */
const FREE_PART = 0.25;
/** Events of a backlog that never became an alarm are kept for so long after the last of them. */
const ORPHAN_MS = 2 * DAY_MS;

export interface RetentionLimits {
  nowMs: number;
  /** 0: for ever. */
  alarmDays: number;
  /** 0: without a limit. */
  maxMegabytes: number;
  /** The configured status that an alarm is done with. */
  closed: string;
}

/**
 * Which alarms are kept no longer. By age go those that are done with or that nobody ever touched; an open alarm that an
 * analyst works on goes only when the file is too large and nothing else is left to delete. A step at a time, so that
 * nothing waits for long.
 */
export class Retention {
  readonly #db: DatabaseSync;
  readonly #analyst: AnalystPart;
  /** Up to where backlogs without an alarm were looked for. */
  #orphansFrom = 0;

  constructor(db: DatabaseSync, analyst: AnalystPart) {
    this.#db = db;
    this.#analyst = analyst;
  }

  /** Within a transaction. Returns which alarms went, and whether there is more to do at once. */
  step(limits: RetentionLimits): { deleted: readonly string[]; more: boolean } {
    const ns = this.#due(limits);
    const deleted = ns.length === 0 ? [] : this.#analyst.delete(Float64Array.from(ns));
    const orphans = this.#orphans(limits.nowMs);
    if (orphans.length > 0) this.#analyst.delete(Float64Array.from(orphans));
    return { deleted, more: ns.length > 0 || this.#orphansFrom > 0 };
  }

  /** Not within a transaction. Returns whether there is more to give back. */
  giveBack(): boolean {
    if (this.#figure("freelist_count") <= this.#figure("page_count") * FREE_PART) return false;
    this.#db.exec(`PRAGMA incremental_vacuum(${PAGES_STEP})`);
    return true;
  }

  #due({ nowMs, alarmDays, maxMegabytes, closed }: RetentionLimits): number[] {
    const done = "(own_rev = 0 OR status IN (SELECT l FROM label WHERE text = ?))";
    const oldest = (where: string, ...values: (string | number)[]): number[] =>
      this.#db
        .prepare(`SELECT n FROM alarm WHERE ${where} ORDER BY updated, n LIMIT ${STEP}`)
        .all(...values)
        .map(({ n }) => Number(n));
    if (alarmDays > 0) {
      const old = oldest(`updated < ? AND ${done}`, nowMs - alarmDays * DAY_MS, closed);
      if (old.length > 0) return old;
    }
    if (maxMegabytes === 0 || this.#usedBytes() <= maxMegabytes * MEGABYTE) return [];
    const unneeded = oldest(done, closed);
    return unneeded.length > 0 ? unneeded : oldest("1");
  }

  #orphans(nowMs: number): number[] {
    const slice = this.#db
      .prepare("SELECT n FROM alarm_id WHERE n > ? ORDER BY n LIMIT 20000")
      .all(this.#orphansFrom)
      .map(({ n }) => Number(n));
    const last = slice.at(-1);
    const found = this.#db
      .prepare(
        "SELECT i.n FROM alarm_id i WHERE i.n > ? AND i.n <= ? AND i.n NOT IN (SELECT n FROM alarm) " +
          `AND (SELECT coalesce(max(at), 0) FROM alarm_event e WHERE e.n = i.n) < ?`,
      )
      .all(this.#orphansFrom, last ?? 0, nowMs - ORPHAN_MS)
      .map(({ n }) => Number(n));
    this.#orphansFrom = slice.length < 20_000 ? 0 : (last ?? 0);
    return found;
  }

  #usedBytes(): number {
    return (this.#figure("page_count") - this.#figure("freelist_count")) * this.#figure("page_size");
  }

  #figure(pragma: string): number {
    return Number(this.#db.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
  }
}
