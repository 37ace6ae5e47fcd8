import type { DatabaseSync } from "node:sqlite";
import type { ALARM_SORT_FIELDS, AlarmRow, AlarmsPage } from "../../contract/console/alarms.ts";
import type { AlarmFilter, SqlValue } from "./alarm-filter.ts";
import { alarmRow, ROW_COLUMNS, type SqlRow } from "./alarm-rows.ts";
import type { Labels } from "./labels.ts";

type SortField = (typeof ALARM_SORT_FIELDS)[number];

const label = (column: string): string => `(SELECT text FROM label WHERE l = ${column}) COLLATE NOCASE`;
/** What is compared for each field. */
const SORT_COLUMNS: Readonly<Record<SortField, string>> = {
  ...{ updated: "a.updated", created: "a.created", risk: "a.risk", title: "a.title", id: "a.id" },
  ...{ status: label("a.status"), tag: label("a.tag"), kingdom: label("a.kingdom"), category: label("a.category") },
  ...{ source: "a.src", target: "a.dst", events: "a.events", stage: "a.stage", directive: "a.directive" },
};

/** Whose orders are walked in an index until a page is full; for the others all that fits is sorted. */
const INDEXED: ReadonlySet<SortField> = new Set(["updated", "created", "risk", "title"]);

/** A field and a direction, ready for SQL. */
export interface SortOrder {
  readonly field: SortField;
  readonly descending: boolean;
  readonly indexed: boolean;
}

export function readSort(text: string): SortOrder {
  const descending = text.startsWith("-");
  const name = descending ? text.slice(1) : text;
  const field = (Object.keys(SORT_COLUMNS) as SortField[]).find((each) => each === name);
  const known = field ?? "updated";
  return { field: known, descending, indexed: INDEXED.has(known) };
}

/** Where a page ends: the value that it is sorted by, and the alarm's number among those of the same value. */
type Cursor = readonly [value: number | string, n: number];

/** Reads pages of alarms, newest change and all. */
export class AlarmList {
  readonly #db: DatabaseSync;
  readonly #labels: Labels;

  constructor(db: DatabaseSync, labels: Labels) {
    this.#db = db;
    this.#labels = labels;
  }

  get rev(): number {
    return Number(this.#db.prepare("SELECT rev FROM counter").get()?.rev);
  }

  /** @param cursor `next` of the page before; one that can't be read begins anew. */
  page(filter: AlarmFilter, order: SortOrder, limit: number, cursor?: string): AlarmsPage {
    const rev = this.rev;
    const column = SORT_COLUMNS[order.field];
    const [direction, beyond] = order.descending ? ["DESC", "<"] : ["ASC", ">"];
    const after = cursor === undefined ? undefined : readCursor(cursor);
    const from = after === undefined ? "" : `AND (${column}, a.n) ${beyond} (?, ?)`;
    const rows = this.#db
      .prepare(
        `SELECT ${ROW_COLUMNS}, ${column} AS sorted FROM alarm a ${hint(filter, order)} WHERE ${filter.sql} ${from} ` +
          `ORDER BY ${column} ${direction}, a.n ${direction} LIMIT ?`,
      )
      .all(...filter.values, ...(after ?? []), limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const next = rows.length > limit && last !== undefined ? { next: writeCursor(last) } : {};
    return { rows: shown.map((row) => alarmRow(row, this.#labels)), ...next, rev };
  }

  /** The rows of these alarms that the filter finds. */
  rowsAmong(ns: readonly number[], filter: AlarmFilter | undefined): (AlarmRow & { n: number })[] {
    const { sql, values } = filter ?? { sql: "1", values: [] };
    return this.#db
      .prepare(
        `SELECT ${ROW_COLUMNS} FROM alarm a NOT INDEXED WHERE a.n IN (SELECT value FROM json_each(?)) AND ${sql}`,
      )
      .all(JSON.stringify(ns), ...values)
      .map((row) => ({ ...alarmRow(row, this.#labels), n: Number(row.n) }));
  }

  /** The numbers of all alarms that the filter finds, in order. */
  matching(filter: AlarmFilter, order: SortOrder): Float64Array {
    const column = SORT_COLUMNS[order.field];
    const direction = order.descending ? "DESC" : "ASC";
    const statement = this.#db.prepare(
      `SELECT a.n FROM alarm a ${hint(filter, order)} WHERE ${filter.sql} ORDER BY ${column} ${direction}, a.n ${direction}`,
    );
    statement.setReturnArrays(true);
    const numbers: number[] = [];
    for (const row of statement.iterate(...filter.values)) numbers.push(Number((row as unknown as SqlValue[])[0]));
    return Float64Array.from(numbers);
  }
}

/**
 * SQLite doesn't know how many alarms a condition finds; the filter does. Few are looked up by number and sorted, and
 * otherwise the index of the order is walked until the page is full.
 */
function hint(filter: AlarmFilter, { field }: SortOrder): string {
  if (filter.few) return "NOT INDEXED";
  return field === "updated" ? "INDEXED BY alarm_updated" : "";
}

function writeCursor(row: SqlRow): string {
  return Buffer.from(JSON.stringify([row.sorted, row.n])).toString("base64url");
}

function readCursor(text: string): Cursor | undefined {
  try {
    const read: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (!Array.isArray(read)) return undefined;
    const [value, n] = read as unknown[];
    return (typeof value === "string" || typeof value === "number") && typeof n === "number" ? [value, n] : undefined;
  } catch {
    return undefined;
  }
}
