import { constants, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DiskFile } from "./disk-file.ts";
import { Disk, type NamesAreSafe } from "./disk-image.ts";
import type { DiskChange } from "./disk-journal.ts";
import { randomFrom } from "./options.ts";

const NEW = constants.O_WRONLY | constants.O_CREAT;
const SEEDS = 400;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "disk-image-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Step = DiskChange extends infer C ? (C extends DiskChange ? Omit<C, "atMs" | "pid"> : never) : never;

/** The different contents that power cuts after these steps leave: names with the length of their files. */
function outcomes(names: NamesAreSafe, steps: readonly Step[]): Set<string> {
  const disk = new Disk("/d", names);
  for (const step of steps) disk.apply({ atMs: 0, pid: 1, ...step } as DiskChange);
  const seen = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const target = join(folder, String(seed));
    mkdirSync(target);
    disk.writeImage(target, { sector: 512, random: randomFrom(seed) });
    seen.add(
      readdirSync(target, { recursive: true, withFileTypes: true })
        .map((found) =>
          found.isFile() ? `${found.name}:${readFileSync(join(found.parentPath, found.name)).length}` : found.name,
        )
        .sort()
        .join(" "),
    );
    rmSync(target, { recursive: true });
  }
  return seen;
}

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(1);
const open = (path: string, fd = 3): Step => ({ op: "open", fd, path: `/d/${path}`, flags: NEW, ino: 0 });
const write = (length: number, offset = 0, fd = 3): Step => ({ op: "write", fd, offset, bytes: bytes(length) });

describe("names after a power cut", () => {
  it("are there once the folder was synced, and may be missing before", () => {
    const made: Step[] = [open("a"), write(10), { op: "fsync", fd: 3 }];
    expect(outcomes("folder", made)).toEqual(new Set(["", "a:10"]));
    const synced: Step[] = [
      { op: "open", fd: 4, path: "/d", flags: 0, ino: 0 },
      { op: "fsync", fd: 4 },
    ];
    expect(outcomes("folder", [...made, ...synced])).toEqual(new Set(["a:10"]));
  });

  it("are safe with any later sync where the file system has a journal, and come in their order", () => {
    expect(outcomes("journal", [open("a"), write(10), { op: "fsync", fd: 3 }])).toEqual(new Set(["a:10"]));
    expect(outcomes("journal", [open("a"), open("b", 4)])).toEqual(new Set(["", "a:0", "a:0 b:0"]));
    expect(outcomes("folder", [open("a"), open("b", 4)])).toEqual(new Set(["", "a:0", "b:0", "a:0 b:0"]));
  });

  it("change at once in a rename", () => {
    const steps: Step[] = [
      open("a.tmp"),
      write(5),
      { op: "fsync", fd: 3 },
      { op: "rename", path: "/d/a.tmp", to: "/d/a" },
    ];
    expect(outcomes("journal", steps)).toEqual(new Set(["a.tmp:5", "a:5"]));
  });

  it("of a file that took another's place are there only when the other one's name is gone", () => {
    const steps: Step[] = [open("a"), write(5), { op: "fsync", fd: 3 }, { op: "rename", path: "/d/a", to: "/d/a.1" }];
    const again = outcomes("folder", [...steps, open("a", 4)]);
    expect(again).toEqual(new Set(["", "a:5", "a.1:5", "a.1:5 a:0"]));
  });

  it("are unreachable while their folder is", () => {
    const steps: Step[] = [
      { op: "mkdir", path: "/d/logs" },
      open("logs/a"),
      { op: "open", fd: 4, path: "/d/logs", flags: 0, ino: 0 },
      { op: "fsync", fd: 4 },
    ];
    expect(outcomes("folder", steps)).toEqual(new Set(["", "a:0 logs"]));
  });
});

describe("a file after a power cut", () => {
  function contents(file: DiskFile): string[] {
    const seen = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      seen.add(Buffer.from(file.afterCut({ sector: 512, random: randomFrom(seed) })).toString("latin1"));
    }
    return [...seen];
  }

  it("has everything that was synced, and of the rest some sectors", () => {
    const file = new DiskFile();
    file.write(0, Buffer.from("s".repeat(700)));
    file.sync();
    file.write(700, Buffer.from("n".repeat(1000)));
    const seen = contents(file);
    expect(seen.every((text) => text.startsWith("s".repeat(700)) && /^s{700}[n\0]*$/.test(text))).toBe(true);
    expect(seen).toContain("s".repeat(700));
    expect(seen).toContain(`${"s".repeat(700)}${"n".repeat(1000)}`);
    // A sector is there or not: what stands behind the last synced byte begins with the rest of the second sector.
    expect(seen).toContain(`${"s".repeat(700)}${"n".repeat(324)}`);
    expect(seen).toContain(`${"s".repeat(700)}${"\0".repeat(324)}${"n".repeat(512)}`);
    expect(new Set(seen.map((text) => text.length))).toEqual(new Set([700, 1024, 1536, 1700]));
  });

  it("merges writes of one sector, the later ones over the earlier ones", () => {
    const file = new DiskFile();
    file.write(0, Buffer.from("aaaa"));
    file.write(2, Buffer.from("bbbb"));
    expect(new Set(contents(file))).toEqual(new Set(["", "aaaa", "aabbbb", "\0\0\0\0", "\0\0\0\0\0\0", "aaaa\0\0"]));
  });

  it("may still be as long as before it was cut off", () => {
    const file = new DiskFile(0, Buffer.from("old old"));
    file.truncate(3);
    file.write(3, Buffer.from("new"));
    expect(new Set(contents(file))).toEqual(new Set(["old old", "old", "oldnew", "old\0\0\0"]));
  });
});
