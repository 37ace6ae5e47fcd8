import { afterEach, beforeEach, expect, test } from "vitest";
import type { PrintedFile } from "../ingest/config-work.ts";
import { ThreadedConfigWork } from "./config-work.ts";

let work: ThreadedConfigWork;

beforeEach(() => {
  work = new ThreadedConfigWork();
});

afterEach(() => work.close());

function assetsFile(count: number, change: Record<string, unknown> = {}): Buffer {
  const assets = Array.from({ length: count }, (_, i) => ({
    name: `host ${i}`,
    cidr: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
    value: 1,
  }));
  return Buffer.from(
    JSON.stringify({ assets: [...assets, { name: "last", cidr: "10.255.0.1", value: 1, ...change }] }),
  );
}

function textOf(file: PrintedFile): string {
  return "printed" in file ? Buffer.from(file.printed).toString() : file.problem;
}

/** How often the event loop turns until the promise settles. */
async function turnsDuring(promise: Promise<unknown>): Promise<number> {
  let turns = 0;
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  while (!settled) {
    turns += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return turns;
}

test("prints and checks small files at once", async () => {
  const bytes = assetsFile(1);
  const printed = await work.print({ name: "assets_a.json", bytes });
  expect(textOf(printed)).toBe(JSON.stringify(JSON.parse(bytes.toString()), null, 2));
  const checked = await work.check({ name: "assets_a.json", bytes });
  expect(checked.problems).toEqual([]);
  expect(checked.bytes).toBe(bytes);
});

test("does the work on large files beside the event loop", async () => {
  const bytes = assetsFile(50_000);
  const copy = Buffer.from(bytes);
  const checking = work.check({ name: "assets_a.json", bytes });
  expect(await turnsDuring(checking)).toBeGreaterThan(50);
  const checked = await checking;
  expect(checked.problems).toEqual([]);
  expect(Buffer.from(checked.bytes).equals(copy)).toBe(true);

  const printing = work.print({ name: "assets_a.json", bytes: checked.bytes });
  expect(await turnsDuring(printing)).toBeGreaterThan(50);
  expect(textOf(await printing)).toBe(JSON.stringify(JSON.parse(copy.toString()), null, 2));
});

test("reports the problems of large files, of several at a time", async () => {
  const bad = work.check({ name: "assets_a.json", bytes: assetsFile(20_000, { value: 0 }) });
  const broken = work.print({ name: "assets_b.json", bytes: assetsFile(20_000).subarray(0, 500_000) });
  const good = work.check({ name: "assets_c.json", bytes: assetsFile(20_000) });
  expect((await bad).problems.join()).toMatch(/assets_a\.json.*value/);
  expect(textOf(await broken)).toMatch(/assets_b\.json.*not JSON/);
  expect((await good).problems).toEqual([]);
});

test("bounds the number of problems that are told", async () => {
  const assets = Array.from({ length: 3000 }, () => ({ name: "", cidr: "10.0.0.0/8", value: 1 }));
  const { problems } = await work.check({ name: "assets_a.json", bytes: Buffer.from(JSON.stringify({ assets })) });
  expect(problems).toHaveLength(1001);
  expect(problems.at(-1)).toMatch(/^and \d+ more problems$/);
});

test("rejects what is under way when it is closed, and starts anew after that", async () => {
  const interrupted = work.print({ name: "assets_a.json", bytes: assetsFile(20_000) });
  const rejected = expect(interrupted).rejects.toThrow("stopping");
  await work.close();
  await rejected;
  expect(textOf(await work.print({ name: "assets_a.json", bytes: assetsFile(20_000) }))).toContain("\n  ");
});
