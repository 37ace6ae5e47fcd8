import { existsSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RotatingLog } from "./rotating-log.ts";

const logFile = () => join(mkdtempSync(join(tmpdir(), "dsiem-log-")), "services", "x.log");

test("grows to its size, then starts anew and keeps two older files", () => {
  const path = logFile();
  const log = new RotatingLog(path, 100);
  for (let i = 0; i < 40; i++) log.write(Buffer.from(`line ${String(i).padStart(4, "0")}\n`));
  log.close();
  for (const file of [path, `${path}.1`, `${path}.2`]) expect(statSync(file).size).toBe(100);
  expect(existsSync(`${path}.3`)).toBe(false);
  expect(readFileSync(path, "utf8")).toContain("line 0039\n");
  expect(readFileSync(`${path}.2`, "utf8").startsWith("line 0010\n")).toBe(true);
});

test("goes on where an earlier run ended", () => {
  const path = logFile();
  for (const text of ["one\n", "two\n"]) {
    const log = new RotatingLog(path);
    log.write(Buffer.from(text));
    log.close();
  }
  expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
});

test("has the last lines at hand, unfinished ones too", () => {
  const log = new RotatingLog(logFile());
  log.write(Buffer.from("a\nb"));
  expect(log.lastLines(5)).toEqual(["a", "b"]);
  log.write(Buffer.from("c\nd\n"));
  expect(log.lastLines(2)).toEqual(["bc", "d"]);
  for (let i = 0; i < 1000; i++) log.write(Buffer.from(`${i}\n`));
  expect(log.lastLines(10_000)).toHaveLength(200);
  log.close();
});

test("a log that can't be written costs nothing else", () => {
  const log = new RotatingLog(join(import.meta.filename, "x.log"));
  log.write(Buffer.from("still here\n"));
  expect(log.lastLines(1)).toEqual(["still here"]);
});
