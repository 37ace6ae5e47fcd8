import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Profiles } from "./profiles.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "dsiem-profiles-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const NOW = Date.UTC(2026, 10, 28, 12);
const KEPT = "profiles.json.2026-11-28T12-00-00-000Z";

test.each([
  ["isn't JSON", "{ damaged"],
  ["says what no version wrote", '{"profiles":[{"name":7}]}'],
])("a list that %s is kept under another name before the next choice writes one, and that is said", (_, text) => {
  writeFileSync(join(root, "profiles.json"), text);
  const profiles = new Profiles(root, () => NOW);
  expect(profiles.trouble).toContain(`this one is kept as ${join(root, KEPT)}.`);
  // Whoever only looks moves nothing.
  expect(readdirSync(root)).toEqual(["profiles.json"]);
  profiles.use(profiles.own());
  expect(readFileSync(join(root, KEPT), "utf8")).toBe(text);
  const again = new Profiles(root, () => NOW);
  expect([again.current?.name, again.trouble]).toEqual(["own", undefined]);
});

test("one that isn't there yet is no trouble", () => {
  const profiles = new Profiles(root, () => NOW);
  profiles.use(profiles.own());
  expect([profiles.trouble, existsSync(join(root, KEPT))]).toEqual([undefined, false]);
});
