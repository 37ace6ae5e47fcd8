import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type FileCalls, REAL_CALLS } from "./append-file.ts";
import { ALARM_EVENTS_FILE, type OpenedState, openState } from "./open-state.ts";

const LINES = '{"n":1}\n{"n":2}\n{"n":3}\n';

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "open-state-"));
  path = join(folder, ALARM_EVENTS_FILE);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(calls: FileCalls = REAL_CALLS): Promise<OpenedState> {
  return openState({ folder, databasePath: join(folder, ".state", "be1.db"), nowMs: 1 }, calls);
}

/** Writes so many bytes and then nothing any more, as a process that is killed. */
function killedAfter(bytes: number): FileCalls {
  let left = bytes;
  return {
    ...REAL_CALLS,
    writeSync: (fd, buffer, offset, length) => {
      if (left <= 0) throw new Error("killed");
      const count = REAL_CALLS.writeSync(fd, buffer, offset, Math.min(length, left));
      left -= count;
      return count;
    },
  };
}

it("finds its lines in every file that was rotated away while starts were killed one after another", async () => {
  const first = await open();
  first.database?.commit({
    changes: new Uint8Array(0),
    began: [],
    ended: [],
    rules: [],
    waits: [],
    waitsNoMore: [],
    outbox: [{ file: ALARM_EVENTS_FILE, bytes: new TextEncoder().encode(LINES) }],
    position: undefined,
    savedFiles: undefined,
    journal: undefined,
  });
  first.database?.close();
  renameSync(path, `${path}.1`);
  await expect(open(killedAfter(10))).rejects.toThrow("killed");
  renameSync(path, `${path}.2`);
  await expect(open(killedAfter(8))).rejects.toThrow("killed");
  renameSync(path, `${path}.3`);
  const last = await open();
  last.database?.close();
  const parts = [`${path}.1`, `${path}.2`, `${path}.3`, path].map((part) => readFileSync(part, "utf8"));
  expect(parts).toEqual(["", '{"n":1}\n{"n":2}\n', '{"n":3}\n', ""]);
});
