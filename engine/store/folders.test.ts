import * as fs from "node:fs";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FolderCalls, makeFolder, syncFolder } from "./folders.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "folders-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The real calls, noting which folders are synced. */
function noting(change: Partial<FolderCalls> = {}): { calls: FolderCalls; synced: string[]; open: Set<number> } {
  const names = new Map<number, string>();
  const open = new Set<number>();
  const synced: string[] = [];
  const calls: FolderCalls = {
    mkdirSync: fs.mkdirSync,
    openSync: (path, flags, mode) => {
      const fd = fs.openSync(path, flags, mode);
      names.set(fd, path);
      open.add(fd);
      return fd;
    },
    fsyncSync: (fd) => {
      fs.fsyncSync(fd);
      synced.push(names.get(fd) ?? "");
    },
    closeSync: (fd) => {
      fs.closeSync(fd);
      open.delete(fd);
    },
    ...change,
  };
  return { calls, synced, open };
}

describe("a folder that has to stay", () => {
  it("is synced into the one above, and so is each that had to be created", () => {
    const { calls, open, synced } = noting();
    makeFolder(join(folder, "logs", ".state"), calls);
    expect(synced).toEqual([join(folder, "logs"), folder]);
    makeFolder(join(folder, "logs", "backlogs"), calls);
    expect(synced.slice(2)).toEqual([join(folder, "logs")]);
    makeFolder(join(folder, "logs"), calls);
    expect(synced).toHaveLength(3);
    expect(open.size).toBe(0);
  });

  it("counts as synced where the system doesn't let that be done, but not when the disk fails", () => {
    const failing = (code: string) => () => {
      throw Object.assign(new Error(code), { code });
    };
    for (const code of ["EINVAL", "EPERM", "ENOTSUP"]) syncFolder(folder, noting({ fsyncSync: failing(code) }).calls);
    syncFolder(folder, noting({ openSync: failing("EACCES") }).calls);
    for (const code of ["EIO", "ENOSPC"]) {
      const { calls, open } = noting({ fsyncSync: failing(code) });
      expect(() => syncFolder(folder, calls)).toThrow(code);
      expect(open.size).toBe(0);
    }
  });
});
