import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { OpenedFiles, PIECE_BYTES } from "./opened-files.ts";

const folder = mkdtempSync(join(tmpdir(), "dsiem-opened-"));

function file(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function opened(): OpenedFiles {
  let last = 0;
  return new OpenedFiles(() => `f${++last}`);
}

async function readAll(files: OpenedFiles, id: string): Promise<string[]> {
  const pieces: string[] = [];
  for (let from: number | undefined = 0; from !== undefined; ) {
    const piece: { text: string; next?: number } = await files.read(id, from);
    pieces.push(piece.text);
    from = piece.next;
  }
  return pieces;
}

it.each([1, 2, 3, 4])("a character of %d bytes is never cut, wherever the piece ends", async (bytes) => {
  const character = ["", "a", "é", "€", "😀"][bytes] ?? "";
  for (let shift = 0; shift < bytes; shift++) {
    const text = "x".repeat(PIECE_BYTES - shift) + character.repeat(3);
    const files = opened();
    const { id } = await files.add(file("events.ndjson", text));
    const pieces = await readAll(files, id);
    expect(pieces.join("") === text).toBe(true);
    expect(pieces.length).toBe(2);
  }
});

it("a file of exactly one piece ends with an empty one", async () => {
  const files = opened();
  const { id, bytes, name } = await files.add(file("one.json", "y".repeat(PIECE_BYTES)));
  expect({ bytes, name }).toEqual({ bytes: PIECE_BYTES, name: "one.json" });
  expect((await readAll(files, id)).map((piece) => piece.length)).toEqual([PIECE_BYTES, 0]);
});

it("bytes that are no UTF-8 come through as replacement characters, and end", async () => {
  const files = opened();
  const { id } = await files.add(file("bad.json", Buffer.alloc(PIECE_BYTES + 10, 0xff)));
  const text = (await readAll(files, id)).join("");
  expect(/^\ufffd+$/.test(text)).toBe(true);
});

it("only what was opened can be read, by its id, and says so in a sentence", async () => {
  const files = opened();
  await expect(files.read(join(folder, "one.json"), 0)).rejects.toThrow("This file was closed: open it again.");
  await expect(files.add(folder)).rejects.toThrow("isn't a file.");
  await expect(files.add(join(folder, "none.json"))).rejects.toThrow(/^none\.json can't be opened: ENOENT/);
  const path = file("gone.json", "[]");
  const { id } = await files.add(path);
  rmSync(path);
  await expect(files.read(id, 0)).rejects.toThrow(/^gone\.json can't be read: ENOENT/);
});

it("remembers the last sixteen", async () => {
  const files = opened();
  const path = file("many.json", "[]");
  const first = await files.add(path);
  for (let i = 0; i < 16; i++) await files.add(path);
  await expect(files.read(first.id, 0)).rejects.toThrow("closed");
  expect((await files.read("f17", 0)).text).toBe("[]");
});
