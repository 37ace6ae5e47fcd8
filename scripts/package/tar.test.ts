import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tarball, unpack } from "./tar.mjs";

const FILES = [
  { name: "p/run.js", content: Buffer.from("#!/usr/bin/env node\n"), mode: 0o755 },
  { name: "p/empty", content: Buffer.alloc(0), mode: 0o644 },
  { name: "p/a/block", content: Buffer.alloc(512, 7), mode: 0o600 },
  { name: "p/a/more", content: Buffer.alloc(513, 8), mode: 0o644 },
];
const newFolder = () => mkdtempSync(join(tmpdir(), "dsiem-tar-"));

it("is what the system's tar reads, and what it packs comes out again", () => {
  const archive = tarball(FILES, 1_700_000_000);
  const byTar = newFolder();
  writeFileSync(join(byTar, "x.tar.gz"), archive);
  execFileSync("tar", ["-xzf", "x.tar.gz"], { cwd: byTar });
  const byUs = newFolder();
  unpack(archive, byUs);
  for (const folder of [byTar, byUs]) {
    for (const { name, content, mode } of FILES) {
      expect(readFileSync(join(folder, name))).toEqual(content);
      expect(statSync(join(folder, name)).mode & 0o700).toBe(mode & 0o700);
    }
  }
  expect(statSync(join(byTar, "p/empty")).mtimeMs).toBe(1_700_000_000_000);
});

it("is the same from the same files, and takes no name that it would cut", () => {
  expect(tarball(FILES, 1).equals(tarball(FILES, 1))).toBe(true);
  expect(() => tarball([{ name: "x".repeat(101), content: Buffer.alloc(0), mode: 0 }], 1)).toThrow("too long");
});
