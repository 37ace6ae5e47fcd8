import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Disk } from "./disk-image.ts";
import { readJournal } from "./disk-journal.ts";
import { compileShim, type Fault, readCounts, shimEnvironment, whyNoShim } from "./shim.ts";

const missing = whyNoShim();
if (missing !== undefined) console.log(`skipped: ${missing}`);

/** Does a bit of everything to its working folder: SQLite, appended and renamed files, promises and buffers in lists. */
const BUSY = `
const fs = require("node:fs"); const { DatabaseSync } = require("node:sqlite");
fs.mkdirSync("logs/inner", { recursive: true });
const db = new DatabaseSync("logs/x.db");
db.exec("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (a, b)");
for (let i = 0; i < 30; i++) db.prepare("INSERT INTO t VALUES (?, ?)").run(i, "x".repeat(3000));
const fd = fs.openSync("logs/lines", "a");
fs.writeSync(fd, "one\\n"); fs.writevSync(fd, [Buffer.from("two\\n"), Buffer.from("three\\n")]); fs.fdatasyncSync(fd);
fs.ftruncateSync(fd, 8);
fs.promises.writeFile("logs/inner/a.tmp", "whole", { flush: true })
  .then(() => fs.promises.rename("logs/inner/a.tmp", "logs/inner/a"))
  .then(() => { fs.writeFileSync("gone", "x"); fs.unlinkSync("gone"); fs.closeSync(fd); process.kill(process.pid, "SIGKILL"); });
`;

/** Writes ten lines and prints what became of each. */
const LINES = `
const fs = require("node:fs"); const fd = fs.openSync("lines", "a"); const said = [];
for (let i = 0; i < 10; i++) { try { said.push(fs.writeSync(fd, "line-" + i + "\\n")); } catch (error) { said.push(error.code); } }
console.log(JSON.stringify(said));
`;

// Without a C compiler there is no shim to test; what is missing is printed above.
describe.skipIf(missing !== undefined)("the fault shim", () => {
  let base = "";
  let library = "";
  let root = "";
  beforeAll(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), "fault-shim-")));
    library = compileShim(base);
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));
  beforeEach(() => {
    root = mkdtempSync(join(base, "root-"));
  });

  function run(script: string, use: { journal?: string; counts?: string; fault?: Fault }) {
    const env = { ...process.env, ...shimEnvironment({ library, root, ...use }) };
    return spawnSync(process.execPath, ["-e", script], { cwd: root, env, encoding: "utf8" });
  }

  it("records every change, so that playing the journal gives the same folder", () => {
    const journal = join(base, "journal");
    const counts = join(base, "counts");
    const { signal, stderr } = run(BUSY, { journal, counts });
    expect(signal, stderr).toBe("SIGKILL");
    const changes = readJournal(readFileSync(journal));
    expect(readCounts(counts).recorded).toBe(changes.length);
    const disk = new Disk(root, "journal");
    for (const change of changes) disk.apply(change);
    const image = join(base, "image");
    mkdirSync(image);
    // With this number a power cut loses nothing.
    disk.writeImage(image, { sector: 512, random: () => 0.2 });
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).sort();
    expect(files).toContain("logs/x.db-wal");
    expect(readdirSync(image, { recursive: true, encoding: "utf8" }).sort()).toEqual(files);
    const list = (folder: string) =>
      execFileSync("sh", ["-c", "find . -type f | sort | xargs cksum"], { cwd: folder, encoding: "utf8" });
    expect(list(image)).toBe(list(root));
  });

  function said(fault: Fault): { said: unknown; file: string } {
    const { stdout, stderr } = run(LINES, { fault });
    expect(stderr).toBe("");
    return { said: JSON.parse(stdout), file: readFileSync(join(root, "lines"), "utf8") };
  }

  it("fails the Nth call, that one and all after it, or every Nth one", () => {
    expect(said({ calls: "write", error: "EIO", nth: 3, times: "once" })).toEqual({
      said: [7, 7, "EIO", 7, 7, 7, 7, 7, 7, 7],
      file: [0, 1, 3, 4, 5, 6, 7, 8, 9].map((n) => `line-${n}\n`).join(""),
    });
    rmSync(join(root, "lines"));
    expect(said({ calls: "write", error: "ENOSPC", nth: 9, times: "on" }).said).toEqual([
      ...new Array(8).fill(7),
      "ENOSPC",
      "ENOSPC",
    ]);
  });

  it("stops a write half way, after which Node writes the rest or is told that the disk is full", () => {
    const short = said({ calls: "write", error: "SHORT", nth: 4, times: "every" });
    expect(short.file).toBe([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `line-${n}\n`).join(""));
    rmSync(join(root, "lines"));
    const torn = said({ calls: "write", error: "TORN", nth: 4, times: "every" });
    expect(torn.said).toEqual([7, 7, 7, 3, 7, 7, 3, 7, 7, 3]);
    rmSync(join(root, "lines"));
    expect(said({ calls: "write", error: "TORN", nth: 4, times: "once" }).said).toEqual([7, 7, 7, 3, 7, 7, 7, 7, 7, 7]);
    rmSync(join(root, "lines"));
    const full = said({ calls: "write", error: "TORN", nth: 4, times: "on" });
    expect(full.said).toEqual([7, 7, 7, 3, ...new Array(6).fill("ENOSPC")]);
    expect(full.file).toBe("line-0\nline-1\nline-2\nlin");
  });

  it("touches only the calls and files it was told of, and only while its control file exists", () => {
    const control = join(base, "control");
    const fault = { calls: "any", error: "EIO", nth: 1, times: "on" } as const;
    expect(said({ ...fault, match: "other" }).said).toEqual(new Array(10).fill(7));
    expect(said({ ...fault, calls: "sync" }).said).toEqual(new Array(10).fill(7));
    expect(said({ ...fault, control }).said).toEqual(new Array(10).fill(7));
    writeFileSync(control, "");
    const { stderr } = run(LINES, { fault: { ...fault, control } });
    expect(stderr).toContain("EIO");
  });
});
