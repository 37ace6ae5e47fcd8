import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SystemClock } from "../base/clock.ts";
import { createLogger } from "../base/log.ts";
import { type FileCalls, REAL_CALLS } from "./append-file.ts";
import { ALARM_EVENTS_FILE, ALARMS_FILE, openState } from "./open-state.ts";
import { StateCycle, type StateReport } from "./state-cycle.ts";
import { StateStore, type StateStoreOptions } from "./state-store.ts";

/** Why no small disk can be had here; undefined when one can. */
const noMount = process.platform === "linux" && process.getuid?.() === 0 ? undefined : "only root may mount a tmpfs";
if (noMount !== undefined) console.log(`skipped: ${noMount}`);

let folder = "";
const open: StateStore[] = [];
let logged: string[] = [];
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "state-store-")), "logs");
  logged = [];
});
afterEach(async () => {
  for (const files of open.splice(0)) await files.close(1000);
  rmSync(join(folder, ".."), { recursive: true, force: true });
});

async function start(options: Partial<StateStoreOptions> = {}): Promise<StateStore> {
  const clock = new SystemClock();
  const write = (line: string): void => void logged.push(line);
  const files = await StateStore.start({
    folder,
    databasePath: undefined,
    clock,
    logger: createLogger({ level: "INFO", json: false, target: "t", clock, write }),
    onDefect: (error) => {
      throw error;
    },
    ...options,
  });
  open.push(files);
  return files;
}

async function cycle(reports: StateReport[], calls: FileCalls): Promise<StateCycle> {
  const { files } = await openState({ folder, databasePath: undefined, nowMs: 0 }, calls);
  return new StateCycle(files, undefined, (report) => reports.push(report));
}

function read(name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 8000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("what was waited for didn't come");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Every line of the given kind in the folder, whatever the files are called by now. */
function everyLine(prefix: string): string[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  return names.flatMap((name) => read(name).split("\n").slice(0, -1));
}

describe("StateStore", () => {
  it("creates both files empty before start resolves, and their folder", async () => {
    await start();
    expect([read(ALARMS_FILE), read(ALARM_EVENTS_FILE)]).toEqual(["", ""]);
  });

  it("says why it can't start", async () => {
    writeFileSync(folder, "in the way");
    await expect(start()).rejects.toThrow(/the alarm files and the state can't be used: .*/);
    unlinkSync(folder);
    mkdirSync(join(folder, ALARMS_FILE), { recursive: true });
    await expect(start()).rejects.toThrow("neither a file nor a device");
  });

  it("appends what it is given, in order, and flush waits for what came before it", async () => {
    const files = await start();
    let expected = "";
    for (let n = 0; n < 3000; n++) {
      const line = `{"n":${n},"text":"é\u{1f600}"}\n`;
      files.appendEvent(line);
      expected += line;
      if (n % 500 === 0) {
        files.appendAlarm(line);
        await files.flush();
        expect(read(ALARM_EVENTS_FILE)).toBe(expected);
      }
    }
    expect(files.waitingLines).toBeGreaterThan(0);
    expect(await files.close(5000)).toBe(0);
    expect(read(ALARM_EVENTS_FILE)).toBe(expected);
    expect(read(ALARMS_FILE).split("\n")).toHaveLength(7);
  });

  it("ends a torn line that an earlier process left", async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, ALARMS_FILE), '{"whole":1}\n{"ha');
    const files = await start();
    files.appendAlarm("{}\n");
    await files.flush();
    expect(read(ALARMS_FILE)).toBe('{"whole":1}\n{"ha\n{}\n');
    expect(logged.join("")).toContain("ended in the middle of a line");
  });

  it("re-creates files that are rotated away while it has nothing to write", async () => {
    await start();
    renameSync(join(folder, ALARMS_FILE), join(folder, `${ALARMS_FILE}.1`));
    unlinkSync(join(folder, ALARM_EVENTS_FILE));
    await until(() => existsSync(join(folder, ALARMS_FILE)) && existsSync(join(folder, ALARM_EVENTS_FILE)));
  });

  it("loses, doubles and tears nothing while the files are renamed and unlinked under load, by two writers", async () => {
    const writers = await Promise.all([start(), start()]);
    const held: number[] = [];
    for (let round = 0; round < 40; round++) {
      for (const [who, files] of writers.entries()) {
        for (let n = 0; n < 250; n++) files.appendEvent(`{"w":${who},"n":${round * 250 + n},"${"x".repeat(n)}":0}\n`);
        files.appendAlarm(`{"w":${who},"n":${round}}\n`);
      }
      await new Promise((resolve) => setTimeout(resolve, round % 3));
      const path = join(folder, ALARM_EVENTS_FILE);
      if (round % 4 === 1 && existsSync(path)) renameSync(path, `${path}.${round}`);
      if (round % 4 === 3 && existsSync(path)) {
        // Like a harvester that reads a deleted file to its end.
        held.push(fs.openSync(path, "r"));
        unlinkSync(path);
      }
    }
    await Promise.all(writers.map((files) => files.flush()));
    const unlinked = held.flatMap((fd) => readFileSync(fd, "utf8").split("\n").slice(0, -1));
    const found = [...everyLine(ALARM_EVENTS_FILE), ...unlinked].map(
      (line) => JSON.parse(line) as { w: number; n: number },
    );
    for (const fd of held) fs.closeSync(fd);
    const keys = new Set(found.map(({ w, n }) => `${w} ${n}`));
    expect(found).toHaveLength(20_000);
    expect(keys.size).toBe(20_000);
    expect(everyLine(ALARMS_FILE)).toHaveLength(80);
  });

  it("says when too much waits, and when there is room again", async () => {
    const files = await start({ fullAtCharacters: 10_000 });
    const line = `{"text":"${"x".repeat(980)}"}\n`;
    let appended = 0;
    while (!files.appendEvent(line)) appended += 1;
    expect(appended).toBe(10);
    expect(files.full).toBe(true);
    await until(() => !files.full);
    expect(files.full).toBe(false);
    expect(logged.join("")).toContain("no more events are taken in");
    await files.flush();
    expect(read(ALARM_EVENTS_FILE).length).toBe(11 * line.length);
  });

  it("counts what it could not write before the stop", async () => {
    const files = await start();
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "in the way");
    files.appendAlarm("{}\n");
    files.appendEvent("{}\n");
    await until(() => logged.some((line) => line.includes("can't be written")));
    expect(await files.close(50)).toBe(2);
    expect(logged.join("")).toContain("lines=2");
  });

  it("goes on by itself once the disk works again, and says so once", async () => {
    const files = await start();
    rmSync(folder, { recursive: true });
    writeFileSync(folder, "in the way");
    for (let n = 0; n < 10; n++) files.appendEvent(`{"n":${n}}\n`);
    await until(() => logged.some((line) => line.includes("can't be written")));
    for (let n = 10; n < 20; n++) files.appendEvent(`{"n":${n}}\n`);
    unlinkSync(folder);
    await files.flush();
    expect(everyLine(ALARM_EVENTS_FILE)).toEqual(Array.from({ length: 20 }, (_, n) => `{"n":${n}}`));
    expect(logged.filter((line) => line.includes(`file=${join(folder, ALARM_EVENTS_FILE)}`))).toHaveLength(2);
  });
});

describe("StateStore with state", () => {
  const state = () => ({ databasePath: join(folder, ".state", "be1.db") });
  const stream = { streamPosition: (position: number) => ({ stream: "boot", sequence: position + 100 }) };

  it("acknowledges a position once all that led up to it is durable, and at once where nothing did", async () => {
    const store = await start(state());
    const acks: number[] = [];
    store.acknowledgeTo({ ...stream, ack: (position) => acks.push(position) });
    store.processed(5);
    expect(acks).toEqual([5]);
    store.change('[1,"c"]');
    store.appendEvent("line\n");
    store.processed(7);
    expect(acks).toEqual([5]);
    await until(() => acks.length > 1);
    expect(acks).toEqual([5, 7]);
    expect(read(ALARM_EVENTS_FILE)).toBe("line\n");
    store.appendAlarm("alarm\n");
    store.processed(8);
    await Promise.resolve();
    // What comes while a batch is under way without changing anything is done with when that is.
    store.processed(9);
    await until(() => acks.length > 2);
    expect(acks).toEqual([5, 7, 9]);
  });

  it("gives the next process the changes, the position and what waits for look-ups", async () => {
    const store = await start(state());
    store.acknowledgeTo({ ...stream, ack: () => undefined });
    store.began(1);
    store.change('[1,"c"]');
    store.change('[1,"s",1,"v"]');
    store.rules("h", "[]");
    store.waits(1, "one");
    store.waits(2, "two");
    store.waitsNoMore(1);
    store.noteSavedFiles([{ directiveId: 4, hash: "f", taken: false }]);
    store.journal('{"kind":"alarm"}');
    store.processed(3);
    await store.close(2000);
    const stored = (await start(state())).takeStored();
    expect(stored).toMatchObject({
      rules: [["h", "[]"]],
      pending: [[2, "two"]],
      position: { stream: "boot", sequence: 103 },
      savedFiles: [{ directiveId: 4, hash: "f", taken: false }],
      journalNext: 2,
    });
    expect(stored?.changes.map((row) => Buffer.from(row).toString())).toEqual(['[1,"c"]\n[1,"s",1,"v"]']);
  });

  it("answers since() with what is committed", async () => {
    const store = await start(state());
    for (const n of [1, 2, 3]) store.journal(`{"n":${n}}`);
    await store.flush();
    const page = await store.since(2, 1000);
    expect(page?.entries.map((entry) => JSON.parse(entry).n)).toEqual([2, 3]);
    expect(await (await start()).since(1, 1000)).toBeUndefined();
  });

  it("rejects since(), and goes on, when the journal can't be read", async () => {
    const store = await start(state());
    store.journal('{"n":1}');
    await store.flush();
    await store.close(2000);
    const raw = new DatabaseSync(state().databasePath);
    raw.exec("DROP TABLE journal; CREATE TABLE journal(first INTEGER, count INTEGER, at INTEGER, bytes INTEGER)");
    raw.exec("INSERT INTO journal VALUES(1, 1, 1, 5)");
    raw.close();
    const again = await start(state());
    await expect(again.since(1, 1000)).rejects.toThrow();
    again.appendEvent("line\n");
    await again.flush();
    expect(read(ALARM_EVENTS_FILE)).toBe("line\n");
  });

  // Only root may mount a small disk; elsewhere the reason is printed above.
  it.skipIf(noMount !== undefined)("waits for a disk that is full when it starts, and says so once", async () => {
    mkdirSync(folder, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder]);
    try {
      const filler = join(folder, "filler");
      try {
        for (;;) writeFileSync(filler, Buffer.alloc(4096), { flag: "a" });
      } catch {
        // Now it is full.
      }
      const starting = start(state());
      await until(() => logged.some((line) => line.includes("can't be written")));
      unlinkSync(filler);
      const store = await starting;
      store.appendEvent("line\n");
      await store.flush();
      expect(read(ALARM_EVENTS_FILE)).toBe("line\n");
      expect(logged.filter((line) => line.includes("can't be written"))).toHaveLength(1);
      expect(logged.filter((line) => line.includes("can be written again"))).toHaveLength(1);
      await store.close(2000);
    } finally {
      execFileSync("umount", ["-l", folder]);
    }
  });

  it("is refused where another process of the node holds the state", async () => {
    await start(state());
    await expect(start(state())).rejects.toThrow(/another process already runs this node on this folder/);
  });

  it("keeps what isn't urgent for company, and lets an alarm record take it along at once", async () => {
    const store = await start(state());
    for (let n = 0; n < 5; n++) {
      store.appendEvent(`{"n":${n}}\n`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(store.waitingLines).toBe(5);
    expect(read(ALARM_EVENTS_FILE)).toBe("");
    store.appendAlarm("{}\n");
    await store.flush();
    expect(everyLine(ALARM_EVENTS_FILE)).toHaveLength(5);
  });

  it("tells of a damaged database, sets it aside and starts", async () => {
    mkdirSync(join(folder, ".state"), { recursive: true });
    writeFileSync(join(folder, ".state", "be1.db"), "damaged".repeat(1000));
    const store = await start(state());
    expect(store.takeStored()?.changes).toEqual([]);
    expect(logged.join("")).toContain("the state can't be used and was set aside");
  });
});

describe("StateCycle", () => {
  it("acknowledges a batch once it is in both files, and reports trouble once per change of state", async () => {
    const reports: StateReport[] = [];
    let failures = 0;
    const calls = {
      ...REAL_CALLS,
      writeSync: (fd: number, bytes: Uint8Array, offset: number, length: number): number => {
        if (failures-- > 0) throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
        return fs.writeSync(fd, bytes, offset, Math.min(length, 7));
      },
    };
    const writer = await cycle(reports, calls);
    failures = 5;
    const encoder = new TextEncoder();
    writer.take({
      kind: "batch",
      seq: 1,
      events: encoder.encode("event line\n"),
      alarms: encoder.encode("alarm line\n"),
      commit: undefined,
    });
    await until(() => reports.some(({ kind }) => kind === "written"));
    const kinds = reports.map((report) =>
      "file" in report ? `${report.kind} ${report.file.slice(folder.length + 1)}` : report.kind,
    );
    expect(kinds.filter((kind) => kind.startsWith("trouble"))).toHaveLength(2);
    expect(kinds.filter((kind) => kind.startsWith("recovered"))).toHaveLength(2);
    expect(kinds.at(-1)).toBe("written");
    expect([read(ALARM_EVENTS_FILE), read(ALARMS_FILE)]).toEqual(["event line\n", "alarm line\n"]);
  });

  it("notices a file that can't be looked at while idle", async () => {
    const reports: StateReport[] = [];
    let broken = false;
    const calls = {
      ...REAL_CALLS,
      statSync: (path: string, options: { bigint: true; throwIfNoEntry: false }) => {
        if (broken) throw new Error("EIO: i/o error");
        return fs.statSync(path, options);
      },
    };
    const writer = await cycle(reports, calls);
    broken = true;
    writer.look();
    writer.look();
    broken = false;
    writer.look();
    expect(reports.map(({ kind }) => kind)).toEqual(["trouble", "trouble", "recovered", "recovered"]);
    chmodSync(folder, 0o700);
  });
});
