import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openReader, openWriter } from "./open-database.ts";
import { SCHEMA_VERSION } from "./schema.ts";
import { StoreRig } from "./testing/store-rig.ts";

let rig: StoreRig;
beforeEach(() => {
  rig = new StoreRig();
});
afterEach(() => rig.end());

it("makes the database, its owner's only, and finds it as it was", () => {
  const db = openWriter(join(rig.folder, "new", "console.db"));
  db.exec("INSERT INTO label(text) VALUES('x')");
  db.close();
  const again = openWriter(join(rig.folder, "new", "console.db"));
  expect(again.prepare("SELECT text FROM label").get()).toEqual({ text: "x" });
  expect(Number(again.prepare("PRAGMA user_version").get()?.user_version)).toBe(SCHEMA_VERSION);
  again.close();
  expect(statSync(join(rig.folder, "new", "console.db")).mode & 0o077).toBe(0);
});

it("keeps a copy of a database of an earlier version", () => {
  const db = new DatabaseSync(rig.path);
  // What a version before the first could have been: only that it is kept matters.
  db.exec("CREATE TABLE keepsake(x); PRAGMA user_version = -1");
  db.close();
  openWriter(rig.path).close();
  const [copy] = readdirSync(rig.folder).filter((name) => name.startsWith("console.db.v"));
  expect(copy).toBe("console.db.v-1");
  const kept = new DatabaseSync(join(rig.folder, copy ?? ""));
  expect(kept.prepare("SELECT count(*) AS tables FROM sqlite_schema WHERE name = 'keepsake'").get()).toEqual({
    tables: 1,
  });
  kept.close();
});

it("refuses a database of a newer version, and leaves it alone", () => {
  const db = new DatabaseSync(rig.path);
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
  db.close();
  expect(() => openWriter(rig.path)).toThrow(
    /was written by a newer version of Dsiem Console .* or move the file away/,
  );
  expect(readdirSync(rig.folder)).toEqual(["console.db"]);
});

it("says in a sentence what is wrong with a file or a folder", () => {
  writeFileSync(rig.path, "something else entirely, and long enough to be looked at");
  expect(() => openWriter(rig.path)).toThrow(
    /console.db can't be used: .*: file is not a database|console.db can't be used: /,
  );
  expect(() => openReader(join(rig.folder, "none.db"))).toThrow(/none.db can't be used/);
  const folder = join(rig.folder, "closed");
  mkdirSync(folder);
  writeFileSync(join(folder, "console.db"), "");
  mkdirSync(join(folder, "console.db-wal"));
  expect(() => openWriter(join(folder, "console.db"))).toThrow(/is its folder writable and the disk not full/);
  chmodSync(folder, 0o700);
  expect(existsSync(folder)).toBe(true);
});
