import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeFilesAtomically } from "./atomic-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dsiem-atomic-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const text = (name: string) => readFileSync(at(name), "utf8");

test("several files are replaced or made together, and nothing else is left behind", async () => {
  writeFileSync(at("a"), "old a");
  await writeFilesAtomically([
    { path: at("a"), bytes: "new a" },
    { path: at("b"), bytes: "new b", mode: 0o600 },
  ]);
  expect([text("a"), text("b"), lstatSync(at("b")).mode & 0o777]).toEqual(["new a", "new b", 0o600]);
  expect(readdirSync(folder).sort()).toEqual(["a", "b"]);
});

test("when one can't be replaced those before it are put back, also a link and one that wasn't there", async () => {
  writeFileSync(at("a"), "old a");
  writeFileSync(at("target"), "old target");
  symlinkSync("target", at("b"));
  // A folder's place is never taken by a file.
  mkdirSync(at("d"));
  const files = ["a", "b", "c", "d", "e"].map((name) => ({ path: at(name), bytes: `new ${name}` }));
  await expect(writeFilesAtomically(files)).rejects.toThrow(/EISDIR|EEXIST|EPERM/);
  expect(readdirSync(folder).sort()).toEqual(["a", "b", "d", "target"]);
  expect([text("a"), lstatSync(at("b")).isSymbolicLink(), text("target")]).toEqual(["old a", true, "old target"]);
});
