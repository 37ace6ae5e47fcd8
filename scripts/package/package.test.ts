import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AsarArchive } from "./asar-archive.mjs";
import { tryDesktop } from "./desktop-trial.mjs";
import { icns, ico } from "./icon-containers.mjs";
import { FUSES, lookAtFuses, lookThroughArchive } from "./look-through.mjs";
import { packServer } from "./server.mjs";
import { tryServerPackage } from "./server-trial.mjs";
import { buildUnpackedProgram } from "./unpacked-program.mjs";

const TAKES_MS = 120_000;
const scratch = mkdtempSync(join(tmpdir(), "dsiem-package-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("the desktop's program", () => {
  let program: Awaited<ReturnType<typeof buildUnpackedProgram>>;
  beforeAll(async () => {
    program = await buildUnpackedProgram(scratch);
  }, TAKES_MS);

  it("has in its archive what it needs, and nothing else", () => {
    const { problems, bytes } = lookThroughArchive(program.archive);
    expect(problems).toEqual([]);
    expect(bytes).toBeGreaterThan(1e6);
  });

  it("has the fuses of the security checklist", async () => {
    expect(await lookAtFuses(program.binary)).toEqual([]);
    expect([...FUSES.values()].filter((on) => !on)).toHaveLength(5);
    // As they come, they are others: the look at them can fail.
    const fresh = join(scratch, "stand-in", "electron");
    if (program.electron === "stand-in") expect(await lookAtFuses(fresh)).toContain("the fuse RunAsNode is on");
  });

  it(
    "starts from its archive, plays the demo, notifies of an alarm, and stops",
    async () => {
      const { steps } = await tryDesktop(program.archive, join(scratch, "trial"));
      expect(steps).toEqual([
        "window at app://dsiem/index.html",
        "its page",
        "its API with the demo",
        expect.stringMatching(/^the alarm "/),
        expect.stringMatching(/^the notification "/),
        "quit",
      ]);
    },
    TAKES_MS,
  );
});

it("an archive that lacks something, or has too much, is found out", () => {
  const header = JSON.stringify({
    files: { "package.json": { size: 2, offset: "0" }, src: { files: { "a.ts": { size: 0, offset: "2" } } } },
  });
  const padded = header.padEnd(Math.ceil(header.length / 4) * 4, " ");
  const lengths = Buffer.alloc(16);
  lengths.writeUInt32LE(4, 0);
  lengths.writeUInt32LE(padded.length + 8, 4);
  lengths.writeUInt32LE(padded.length + 4, 8);
  lengths.writeUInt32LE(header.length, 12);
  const path = join(scratch, "small.asar");
  writeFileSync(path, Buffer.concat([lengths, Buffer.from(padded), Buffer.from("{}")]));
  expect(new AsarArchive(path).read("package.json").toString()).toBe("{}");
  const { problems } = lookThroughArchive(path);
  expect(problems).toContain("dist/backend.js is missing");
  expect(problems).toContain("src/a.ts has no place in it");
  expect(problems).toContain("files have no hashes to be held to");
});

describe("the package for servers", () => {
  it(
    "unpacks into an empty folder, where its units' commands turn an event into an alarm",
    async () => {
      const { alarm, page } = await tryServerPackage(packServer(0), join(scratch, "server"));
      expect(alarm).toContain("Web shell on web-01");
      expect(page).toBe(200);
    },
    TAKES_MS,
  );

  it("is the same from the same files", () => expect(packServer(5).equals(packServer(5))).toBe(true));
});

describe("icons of all sizes in one file", () => {
  const drawings = [
    { size: 16, png: Buffer.from("sixteen") },
    { size: 256, png: Buffer.from("large one") },
  ];

  it("for Windows", () => {
    const file = ico(drawings);
    expect([file.readUInt16LE(2), file.readUInt16LE(4)]).toEqual([1, 2]);
    expect([file[6], file[22]]).toEqual([16, 0]);
    const [bytes, offset] = [file.readUInt32LE(30), file.readUInt32LE(34)];
    expect(file.subarray(offset, offset + bytes).toString()).toBe("large one");
  });

  it("for macOS", () => {
    const file = icns(drawings);
    expect(file.toString("latin1", 0, 4)).toBe("icns");
    expect(file.readUInt32BE(4)).toBe(file.length);
    expect(file.toString("latin1")).toContain("ic13");
  });
});
