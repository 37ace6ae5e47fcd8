import * as fs from "node:fs";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AppendFile, type FileCalls, REAL_CALLS } from "./append-file.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "append-file-"));
  path = join(folder, "logs", "lines.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const CALLS: FileCalls = REAL_CALLS;

/** The real calls, each of which first asks `before` whether it should fail, and `writeSync` how much it may write. */
function calls(
  before: (name: keyof FileCalls) => void,
  allowed: (length: number) => number = (length) => length,
): FileCalls {
  const wrapped = Object.fromEntries(
    (Object.keys(REAL_CALLS) as (keyof FileCalls)[]).map((name) => [
      name,
      (...args: unknown[]) => {
        before(name);
        if (name === "writeSync") args[3] = allowed(args[3] as number);
        return (CALLS[name] as (...a: unknown[]) => unknown)(...args);
      },
    ]),
  );
  return wrapped as unknown as FileCalls;
}

function failing(code: string): Error {
  return Object.assign(new Error(`${code}: it doesn't work`), { code });
}

function lines(from: number, count: number): string {
  return Array.from({ length: count }, (_, n) => `{"line":${from + n},"text":"${"é".repeat((from + n) % 7)}"}\n`).join(
    "",
  );
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Writes until it is done, as the worker does. */
function persist(file: AppendFile, between: () => void = () => undefined): number {
  for (let failures = 0; ; failures++) {
    try {
      file.write();
      return failures;
    } catch (error) {
      if (failures > 1000) throw error;
      between();
    }
  }
}

function append(file: AppendFile, text: string): void {
  file.take(bytes(text));
  persist(file);
}

describe("AppendFile", () => {
  it("creates file and folder empty, with the mode that the umask leaves, and keeps what is there", () => {
    const before = process.umask(0o027);
    try {
      new AppendFile(path).open();
      expect(statSync(path).mode & 0o777).toBe(0o640);
    } finally {
      process.umask(before);
    }
    expect(readFileSync(path, "utf8")).toBe("");
    const file = new AppendFile(path);
    file.open();
    append(file, "one\n");
    append(file, "");
    append(new AppendFile(path), "two\n");
    append(file, "three\n");
    file.close();
    expect(readFileSync(path, "utf8")).toBe("one\ntwo\nthree\n");
  });

  it("writes a batch in one call", () => {
    let writes = 0;
    const file = new AppendFile(
      path,
      calls((name) => void (name === "writeSync" && writes++)),
    );
    file.open();
    append(file, lines(0, 20_000));
    expect(writes).toBe(1);
    expect(readFileSync(path, "utf8")).toBe(lines(0, 20_000));
  });

  it("goes on in a new file when the old one was renamed, unlinked or lost with its folder", () => {
    const file = new AppendFile(path);
    file.open();
    append(file, "one\n");
    renameSync(path, `${path}.1`);
    append(file, "two\n");
    rmSync(path);
    file.ensureCurrent();
    expect(readFileSync(path, "utf8")).toBe("");
    append(file, "three\n");
    rmSync(join(folder, "logs"), { recursive: true });
    append(file, "four\n");
    expect(readFileSync(path, "utf8")).toBe("four\n");
    truncateSync(path);
    append(file, "five\n");
    expect(readFileSync(path, "utf8")).toBe("five\n");
  });

  it("refuses what is no file, and takes a device", () => {
    expect(() => new AppendFile(folder).open()).toThrow("neither a file nor a device");
    const device = new AppendFile("/dev/null");
    device.open();
    append(device, "gone\n");
    expect(device.tornEnd()).toBeUndefined();
  });

  it("sees an end in the middle of a line", () => {
    const file = new AppendFile(path);
    file.open();
    expect(file.tornEnd()).toBeUndefined();
    append(file, "whole\n");
    expect(file.tornEnd()).toBeUndefined();
    writeFileSync(path, "whole\nha", { flag: "w" });
    expect(file.tornEnd()).toBe(8n);
  });

  it("gives a half that stays one a line end, and none to what another process is just writing", () => {
    const file = new AppendFile(path);
    file.open();
    writeFileSync(path, "whole\nha");
    append(file, "ours\n");
    expect(readFileSync(path, "utf8")).toBe("whole\nha\nours\n");
    const others = ["lf", " of it", "\n"];
    const watchful = new AppendFile(
      path,
      calls((name) => {
        if (name === "pause") writeFileSync(path, others.shift() ?? "", { flag: "a" });
      }),
    );
    watchful.open();
    writeFileSync(path, "whole\nha");
    append(watchful, "ours\n");
    expect(readFileSync(path, "utf8")).toBe("whole\nhalf of it\nours\n");
  });

  it("takes no second batch before the first is written", () => {
    const file = new AppendFile(path);
    file.open();
    file.take(bytes("one\n"));
    expect(() => file.take(bytes("two\n"))).toThrow("broken invariant");
  });
});

describe("AppendFile when the disk fails", () => {
  const all = lines(0, 12);

  /** Three batches of four lines while `sabotage` decides which calls fail and how short writes are. */
  function run(wrapped: FileCalls, between?: () => void): string {
    rmSync(path, { force: true });
    const file = new AppendFile(path, wrapped);
    for (const from of [0, 4, 8]) {
      file.take(bytes(lines(from, 4)));
      persist(file, between);
    }
    file.close();
    return readFileSync(path, "utf8");
  }

  it.each(["ENOSPC", "EIO", "EBADF", "ESTALE"])(
    "writes each line once when the Nth call fails with %s, for every N",
    (code) => {
      let total = 0;
      expect(run(calls(() => void total++))).toBe(all);
      for (let nth = 1; nth <= total; nth++) {
        let count = 0;
        const failingCalls = calls((name) => {
          count += 1;
          if (count === nth && name !== "closeSync") throw failing(code);
        });
        expect(run(failingCalls), `call ${nth}`).toBe(all);
      }
    },
  );

  it("writes each line once when writes stop anywhere and the next call fails, for every byte", () => {
    const length = bytes(lines(0, 4)).length;
    for (let stop = 1; stop < length; stop++) {
      let writes = 0;
      let failed = false;
      const short = calls(
        (name) => {
          if (name !== "writeSync") return;
          writes += 1;
          if (writes === 2 && !failed) {
            failed = true;
            throw failing("ENOSPC");
          }
        },
        (asked) => (writes === 1 ? stop : asked),
      );
      expect(run(short), `after ${stop} bytes`).toBe(all);
    }
  });

  it("writes each line once whatever calls fail and however short the writes are", () => {
    const step = fc.record({
      fails: fc.boolean(),
      code: fc.constantFrom("EIO", "ENOSPC"),
      most: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let count = 0;
        const dreadful = calls(
          (name) => {
            const step = steps[count++];
            if (step?.fails === true && name !== "closeSync") throw failing(step.code);
          },
          (asked) => Math.min(asked, steps[count]?.most ?? asked),
        );
        expect(run(dreadful)).toBe(all);
      }),
      { numRuns: 300 },
    );
  });

  it("goes on in the same file when the descriptor dies in the middle of a line", () => {
    for (const code of ["EBADF", "ESTALE"]) {
      let writes = 0;
      let dead = -1;
      const dying = {
        ...CALLS,
        fstatSync: (fd: number, options: { bigint: true }) => {
          if (fd === dead) throw failing(code);
          return fs.fstatSync(fd, options);
        },
        writeSync: (fd: number, batch: Uint8Array, offset: number, length: number): number => {
          writes += 1;
          if (writes === 2) dead = fd;
          if (fd === dead) throw failing(code);
          return fs.writeSync(fd, batch, offset, writes === 1 ? 5 : length);
        },
        closeSync: (fd: number) => {
          fs.closeSync(fd);
          dead = -1;
        },
      };
      expect(run(dying)).toBe(all);
    }
  });

  /** A file that got `stop` bytes of its batch, and then an error. */
  function halted(stop: number): AppendFile {
    let writes = 0;
    const halting = calls(
      (name) => {
        if (name !== "writeSync") return;
        writes += 1;
        if (writes === 2) throw failing("ENOSPC");
      },
      (asked) => (writes === 1 ? stop : asked),
    );
    const file = new AppendFile(path, halting);
    file.open();
    file.take(bytes(lines(0, 2)));
    expect(() => file.write()).toThrow("ENOSPC");
    return file;
  }

  it("finishes a half-written line in the file where it began, though that was renamed", () => {
    const file = halted(5);
    renameSync(path, `${path}.1`);
    file.write();
    append(file, lines(2, 1));
    expect(readFileSync(`${path}.1`, "utf8")).toBe(lines(0, 2));
    expect(readFileSync(path, "utf8")).toBe(lines(2, 1));
  });

  it("takes the new file when writing stopped between two lines", () => {
    const file = halted(bytes(lines(0, 1)).length);
    renameSync(path, `${path}.1`);
    file.write();
    expect(readFileSync(`${path}.1`, "utf8")).toBe(lines(0, 1));
    expect(readFileSync(path, "utf8")).toBe(lines(1, 1));
  });

  it("writes a half-written line again from its beginning when the file was emptied meanwhile", () => {
    const file = halted(5);
    truncateSync(path);
    file.write();
    expect(readFileSync(path, "utf8")).toBe(lines(0, 2));
  });

  it("doesn't tear another process's line when that went behind the half one", () => {
    const file = halted(5);
    writeFileSync(path, "other\n", { flag: "a" });
    file.write();
    expect(readFileSync(path, "utf8").split("\n").slice(1).join("\n")).toBe(lines(0, 2));
    expect(readdirSync(join(folder, "logs"))).toEqual(["lines.json"]);
  });

  it("keeps its own lines whole behind the half line of another process, which then writes that anew", () => {
    const theirs = halted(5);
    const ours = new AppendFile(path);
    ours.open();
    ours.take(bytes("ours\n"));
    ours.write();
    theirs.write();
    ours.take(bytes("ours again\n"));
    ours.write();
    ours.close();
    const half = lines(0, 1).slice(0, 5);
    expect(readFileSync(path, "utf8")).toBe(`${half}\nours\n${lines(0, 2)}ours again\n`);
  });
});
