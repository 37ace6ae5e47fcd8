import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { JournalTable } from "./journal-table.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

function journal(db = new DatabaseSync(":memory:")): { db: DatabaseSync; table: JournalTable } {
  db.exec(
    "CREATE TABLE IF NOT EXISTS journal_size(one INTEGER PRIMARY KEY, bytes INTEGER NOT NULL); CREATE TABLE IF NOT EXISTS journal(first INTEGER PRIMARY KEY, count INTEGER NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL)",
  );
  return { db, table: new JournalTable(db) };
}

function add(table: JournalTable, at: number, ...names: string[]): void {
  const bytes = new TextEncoder().encode(names.map((name) => `{"name":"${name}"}`).join("\n"));
  table.append({ first: table.next, count: names.length, at, bytes });
}

function names(entries: readonly string[]): string[] {
  return entries.map((entry) => {
    const { seq, at, name } = JSON.parse(entry) as Record<string, unknown>;
    return `${String(seq)} ${String(at)} ${String(name)}`;
  });
}

it("numbers entries on, over restarts, and pages through them from any number", () => {
  const { db, table } = journal();
  expect(table.since(1, 1000)).toEqual({ entries: [], next: 1, oldest: 1, last: 0 });
  add(table, 10, "a", "b", "c");
  add(table, 20, "d");
  const again = journal(db).table;
  add(again, 30, "é", "f");
  expect(names(again.since(0, 10_000).entries)).toEqual(["1 10 a", "2 10 b", "3 10 c", "4 20 d", "5 30 é", "6 30 f"]);
  expect(names(again.since(3, 10_000).entries)).toEqual(["3 10 c", "4 20 d", "5 30 é", "6 30 f"]);
  const walked: string[] = [];
  for (let page = again.since(1, 70); page.entries.length > 0; page = again.since(page.next, 70)) {
    expect(page.entries.length).toBeLessThan(3);
    walked.push(...names(page.entries));
  }
  expect(walked).toHaveLength(6);
  expect(again.since(7, 70)).toMatchObject({ entries: [], next: 7, last: 6 });
});

it("gives one entry at least, however large", () => {
  const { table } = journal();
  add(table, 1, "x".repeat(5000), "y");
  const page = table.since(1, 100);
  expect(page.entries).toHaveLength(1);
  expect(page.next).toBe(2);
});

it("lets go of what is older than seven days, and says what the oldest number is", () => {
  const { table } = journal();
  add(table, 0, "a", "b");
  add(table, 3 * DAY_MS, "c");
  add(table, 7 * DAY_MS + 1, "d");
  expect(names(table.since(1, 1000).entries).map((each) => each.slice(-1))).toEqual(["c", "d"]);
  expect(table.since(1, 1000)).toMatchObject({ oldest: 3, last: 4 });
});
