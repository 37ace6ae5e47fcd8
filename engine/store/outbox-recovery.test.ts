import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppendFile, REAL_CALLS, type Whereabouts } from "./append-file.ts";
import { appendMissing, missingLines } from "./outbox-recovery.ts";

const BEFORE = '{"n":"before"}\n';
/** Two lines are the same: they count twice. */
const OUTBOX = '{"n":1}\n{"n":2}\n{"n":2}\n{"n":"é3"}\n';

let folder = "";
let path = "";
let from: Whereabouts;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outbox-recovery-"));
  path = join(folder, "lines.json");
  writeFileSync(path, BEFORE);
  from = whereabouts();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function whereabouts(): Whereabouts {
  const { dev, ino, size } = statSync(path, { bigint: true });
  return { dev, ino, offset: size };
}

function complete(): number {
  const file = new AppendFile(path);
  try {
    return appendMissing(file, missingLines(path, Buffer.from(OUTBOX), from, REAL_CALLS));
  } finally {
    file.close();
  }
}

function content(name = "lines.json"): string {
  return readFileSync(join(folder, name), "utf8");
}

describe("completing a file from the outbox", () => {
  it("adds exactly what is missing, at whichever byte the process was killed", () => {
    const outbox = Buffer.from(OUTBOX);
    for (let written = 0; written <= outbox.length; written++) {
      writeFileSync(path, Buffer.concat([Buffer.from(BEFORE), outbox.subarray(0, written)]));
      complete();
      expect(content(), `${written} bytes were written`).toBe(BEFORE + OUTBOX);
      expect(complete(), "a second start adds nothing").toBe(0);
    }
  });

  it("sees through the lines that others appended in between, and leaves an equal line from before alone", () => {
    writeFileSync(path, '{"n":1}\n');
    from = whereabouts();
    appendFileSync(path, '{"o":1}\n{"n":1}\n{"o":2}\n{"n":2}\n{"o":3}\n');
    expect(complete()).toBe(2);
    expect(content()).toBe('{"n":1}\n{"o":1}\n{"n":1}\n{"o":2}\n{"n":2}\n{"o":3}\n{"n":2}\n{"n":"é3"}\n');
  });

  it("writes a line anew whose half another process has appended to", () => {
    appendFileSync(path, '{"n":1}\n{"n":{"o":1}\n');
    expect(complete()).toBe(3);
    expect(content().slice(BEFORE.length)).toBe('{"n":1}\n{"n":{"o":1}\n{"n":2}\n{"n":2}\n{"n":"é3"}\n');
  });

  it("finds the file under its new name after a rotation, and goes on in the new one", () => {
    appendFileSync(path, '{"n":1}\n');
    renameSync(path, join(folder, "lines.json.1"));
    writeFileSync(path, '{"n":2}\n');
    expect(complete()).toBe(2);
    expect([content("lines.json.1"), content()]).toEqual([`${BEFORE}{"n":1}\n`, '{"n":2}\n{"n":2}\n{"n":"é3"}\n']);
  });

  it("finishes a half line where it stands, though that file was renamed and no new one made", () => {
    appendFileSync(path, '{"n":1}\n{"n"');
    renameSync(path, join(folder, "lines.json.1"));
    complete();
    expect([content("lines.json.1"), content()]).toEqual([`${BEFORE}{"n":1}\n{"n":2}\n`, '{"n":2}\n{"n":"é3"}\n']);
  });

  it("writes everything where the file is gone, and looks from the beginning where it was emptied", () => {
    unlinkSync(path);
    expect(complete()).toBe(4);
    expect(content()).toBe(OUTBOX);
    writeFileSync(path, BEFORE.repeat(10));
    from = whereabouts();
    truncateSync(path);
    appendFileSync(path, '{"n":1}\n');
    expect(complete()).toBe(3);
    expect(content()).toBe(OUTBOX);
  });

  it("keeps its lines whole behind the half line of another process", () => {
    appendFileSync(path, '{"torn by another');
    expect(complete()).toBe(4);
    expect(content()).toBe(`${BEFORE}{"torn by another\n${OUTBOX}`);
  });

  it("never truncates", () => {
    appendFileSync(path, '{"torn by another');
    complete();
    expect(content().startsWith(`${BEFORE}{"torn by another`)).toBe(true);
  });

  it("finishes a half line in a file that was renamed, also when a new file was made in its place", () => {
    appendFileSync(path, '{"n":1}\n{"n"');
    renameSync(path, join(folder, "lines.json.1"));
    writeFileSync(path, "");
    expect(complete()).toBe(3);
    expect([content("lines.json.1"), content()]).toEqual([`${BEFORE}{"n":1}\n{"n":2}\n`, '{"n":2}\n{"n":"é3"}\n']);
  });

  it("fills in what a power cut left unwritten within the lines, wherever it is", () => {
    const outbox = Buffer.from(OUTBOX);
    for (let length = 1; length <= outbox.length; length++) {
      for (let hole = 0; hole < length; hole += 3) {
        for (const size of [1, 5, length]) {
          const left = Buffer.from(outbox.subarray(0, length));
          left.fill(0, hole, Math.min(length, hole + size));
          writeFileSync(path, Buffer.concat([Buffer.from(BEFORE), left]));
          complete();
          expect(content(), `${length} bytes, ${size} zeros at ${hole}`).toBe(BEFORE + OUTBOX);
        }
      }
    }
  });

  it("fills in holes before what others appended since, and none that aren't of these lines", () => {
    const holed = Buffer.from(OUTBOX);
    holed.fill(0, 3, 12);
    appendFileSync(path, Buffer.concat([holed, Buffer.from('{"o":1}\n')]));
    expect(complete()).toBe(0);
    expect(content()).toBe(`${BEFORE}${OUTBOX}{"o":1}\n`);
    writeFileSync(path, `${BEFORE}{"o":\0\0}\n`);
    expect(complete()).toBe(4);
    expect(content()).toBe(`${BEFORE}{"o":\0\0}\n${OUTBOX}`);
  });
});
