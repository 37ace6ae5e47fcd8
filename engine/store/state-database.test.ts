import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openState } from "./open-state.ts";
import { type StateCommit, StateDatabase } from "./state-database.ts";

let folder = "";
let path = "";
const open: StateDatabase[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "state-database-"));
  path = join(folder, ".state", "be1.db");
});
afterEach(() => {
  for (const database of open.splice(0)) database.close();
  rmSync(folder, { recursive: true, force: true });
});

function opened(): StateDatabase {
  const database = StateDatabase.open(path);
  open.push(database);
  return database;
}

/** Closes what is open and reads it back, as a process that follows does. */
function reopened(): StateDatabase {
  for (const database of open.splice(0)) database.close();
  return opened();
}

function commit(change: Partial<StateCommit>): StateCommit {
  return {
    changes: new Uint8Array(0),
    began: [],
    ended: [],
    rules: [],
    waits: [],
    waitsNoMore: [],
    outbox: [],
    position: undefined,
    savedFiles: undefined,
    journal: undefined,
    ...change,
  };
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function text(rows: readonly Uint8Array[]): string {
  return rows.map((row) => Buffer.from(row).toString()).join("\n");
}

describe("the state database", () => {
  it("gives back what was committed", () => {
    const database = opened();
    database.load();
    database.commit(
      commit({
        changes: bytes('[1,"c",7]\n[1,"x"]'),
        rules: [["h", "[]"]],
        waits: [
          [3, "three"],
          [4, "four"],
        ],
        position: { stream: "boot", sequence: 2 ** 40 },
        savedFiles: [{ directiveId: 9, hash: "abc", taken: true }],
        outbox: [{ file: "a.json", bytes: bytes("line\n") }],
        journal: { first: 1, count: 2, at: 5, bytes: bytes('{"kind":"alarm"}\n{"kind":"event"}') },
      }),
    );
    database.commit(commit({ waitsNoMore: [3], waits: [[5, "five"]], rules: [["h", "ignored"]] }));
    const again = reopened();
    const stored = again.load();
    expect({ ...stored, changes: text(stored.changes) }).toEqual({
      changes: '[1,"c",7]\n[1,"x"]',
      rules: [["h", "[]"]],
      pending: [
        [4, "four"],
        [5, "five"],
      ],
      position: { stream: "boot", sequence: 2 ** 40 },
      savedFiles: [{ directiveId: 9, hash: "abc", taken: true }],
      journalNext: 3,
    });
    expect(text([again.undelivered("a.json").bytes])).toBe("line\n");
    again.delivered("a.json", { dev: 2n ** 60n, ino: 3n, offset: 4n });
    again.commit(undefined);
    const last = reopened();
    expect(last.undelivered("a.json")).toEqual({
      bytes: Buffer.alloc(0),
      from: { dev: 2n ** 60n, ino: 3n, offset: 4n },
    });
  });

  it("is all or nothing: a commit that fails leaves no trace and can be tried again", () => {
    const database = opened();
    database.load();
    database.commit(commit({ waits: [[1, "one"]] }));
    const bad = commit({
      changes: bytes('[1,"c"]'),
      outbox: [{ file: "a", bytes: bytes("x\n") }],
      waits: [[1, "again"]],
    });
    expect(() => database.commit(bad)).toThrow(/UNIQUE/);
    database.commit({ ...bad, waits: [] });
    const again = reopened();
    expect(text(again.load().changes)).toBe('[1,"c"]');
    expect(text([again.undelivered("a").bytes])).toBe("x\n");
  });

  it("stays within a constant factor of what lives, whatever came and went, and keeps every line that matters", () => {
    const database = opened();
    database.load();
    const filler = "x".repeat(2000);
    const living: string[] = [];
    let size = 0;
    for (let round = 1; round <= 600; round++) {
      const base = round * 100;
      const lines = Array.from({ length: 20 }, (_, n) => `[${base + n},"c","${filler}"]`);
      // One of twenty lives on; of the others, the end comes a round later.
      const before = round === 1 ? [] : Array.from({ length: 19 }, (_, n) => base - 100 + n + 1);
      database.commit(
        commit({
          changes: bytes([...lines, ...before.map((ordinal) => `[${ordinal},"x"]`)].join("\n")),
          began: lines.map((_, n) => base + n),
          ended: before,
        }),
      );
      living.push(lines[0] ?? "");
      size += lines.length * filler.length;
    }
    const rows = reopened().load().changes;
    const kept = text(rows).split("\n");
    expect(living.every((line) => kept.includes(line))).toBe(true);
    expect(kept.filter((line) => living.includes(line))).toEqual(living);
    expect(size).toBeGreaterThan(20_000_000);
    expect(text(rows).length).toBeLessThan(12_000_000);
  });

  it("doesn't take a sticky value for the end of a backlog", () => {
    const database = opened();
    database.load();
    database.commit(commit({ changes: bytes('[7,"c"]\n[7,"s",1,"x"]'), began: [7] }));
    const again = reopened();
    again.load();
    const filler = "y".repeat(100_000);
    for (let n = 0; n < 200; n++) {
      again.commit(commit({ changes: bytes(`[${100 + n},"c","${filler}"]`), began: [100 + n], ended: [99 + n] }));
    }
    expect(text(reopened().load().changes).split("\n").slice(0, 2)).toEqual(['[7,"c"]', '[7,"s",1,"x"]']);
  });

  it("has one owner: a second process is refused in one line, also after the first was killed and another came", async () => {
    opened();
    expect(() => StateDatabase.open(path)).toThrow(/another process already runs this node on this folder/);
    for (const database of open.splice(0)) database.close();
    const holds = `
      import { StateDatabase } from ${JSON.stringify(new URL("./state-database.ts", import.meta.url).href)};
      StateDatabase.open(${JSON.stringify(path)});
      console.log("open");
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", holds], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    expect(() => StateDatabase.open(path)).toThrow(/another process already runs this node/);
    child.kill("SIGKILL");
    await once(child, "exit");
    opened();
  });

  it("refuses a database of a newer version with a sentence, and leaves it alone", () => {
    opened();
    for (const database of open.splice(0)) database.close();
    const raw = new DatabaseSync(path);
    raw.exec("PRAGMA user_version = 99");
    raw.close();
    expect(() => opened()).toThrow(/was written by a newer version of this program/);
    expect(existsSync(path)).toBe(true);
  });
});

describe("a damaged state database is set aside, and the start goes on:", () => {
  /** Four commits of some size, so that damage hits what matters. */
  function fill(): void {
    const database = opened();
    database.load();
    for (let n = 1; n <= 4; n++) {
      database.commit(commit({ changes: bytes(`[${n},"c","${"z".repeat(9000)}"]`), began: [n] }));
    }
    for (const each of open.splice(0)) each.close();
  }

  const damages: [string, () => void][] = [
    ["no database at all", () => writeFileSync(path, "this is no database, whatever its name says".repeat(50))],
    ["cut off", () => writeFileSync(path, readFileSync(path).subarray(0, 20_000))],
    [
      "a bit flipped in a row",
      () => {
        const content = readFileSync(path);
        const at = content.indexOf("zzzzzzzz");
        content[at + 100] = 0x41;
        writeFileSync(path, content);
      },
    ],
    [
      "its tables gone",
      () => {
        const raw = new DatabaseSync(path);
        raw.exec("DROP TABLE change");
        raw.close();
      },
    ],
    [
      "overwritten in the middle",
      () =>
        execFileSync("dd", ["if=/dev/zero", `of=${path}`, "bs=4096", "seek=3", "count=3", "conv=notrunc"], {
          stdio: "ignore",
        }),
    ],
  ];

  for (const [name, damage] of damages) {
    it(name, async () => {
      fill();
      damage();
      const state = await openState({ folder, databasePath: path, nowMs: 123 });
      expect(state.quarantined?.reason).toContain("damaged");
      expect(state.stored?.changes).toEqual([]);
      state.database?.close();
      expect(readdirSync(join(folder, ".state", "quarantine"))).toContain("be1.db.123");
    });
  }

  it("but not one that is whole, nor one whose last commit was never finished", async () => {
    fill();
    // What a killed process leaves behind its last commit.
    appendFileSync(`${path}-wal`, Buffer.alloc(5000, 7));
    const state = await openState({ folder, databasePath: path, nowMs: 123 });
    expect(state.quarantined).toBeUndefined();
    expect(text(state.stored?.changes ?? []).split("\n")).toHaveLength(4);
    state.database?.close();
  });
});
