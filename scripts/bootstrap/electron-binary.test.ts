import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  chooseWindow,
  FORGET_FAILURE_MS,
  findElectron,
  hasDisplay,
  readFailure,
  tryDownload,
} from "./electron-binary.mjs";

const newFolder = () => mkdtempSync(join(tmpdir(), "dsiem-electron-"));
const NAME =
  process.platform === "darwin"
    ? "Electron.app/Contents/MacOS/Electron"
    : process.platform === "win32"
      ? "electron.exe"
      : "electron";

describe("finding the binary", () => {
  function installed(version: string): string {
    const folder = newFolder();
    mkdirSync(dirname(join(folder, "dist", NAME)), { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"version":"45.4.1"}');
    writeFileSync(join(folder, "dist", NAME), "");
    writeFileSync(join(folder, "dist", "version"), version);
    return folder;
  }

  it("takes the version that the packages name, and no other", () => {
    const folder = installed("v45.4.1\n");
    expect(findElectron({}, folder)).toBe(join(folder, "dist", NAME));
    expect(findElectron({}, installed("44.0.0"))).toBeUndefined();
    expect(findElectron({}, newFolder())).toBeUndefined();
  });

  it("takes the folder that somebody names", () => {
    const folder = join(installed("1.0.0"), "dist");
    expect(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: folder }, newFolder())).toBe(join(folder, NAME));
    expect(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: newFolder() }, installed("45.4.1"))).toBeUndefined();
  });
});

describe("what shows the console", () => {
  const facts = {
    platform: "linux",
    env: { DISPLAY: ":0" },
    version: "45.4.1",
    failure: undefined,
    now: 1e12,
  } as const;

  it("is the window where there is a binary and a display", () => {
    expect(chooseWindow({ ...facts, binary: "/b" })).toEqual({ kind: "desktop", binary: "/b" });
    expect(chooseWindow({ ...facts, binary: "/b", env: { WAYLAND_DISPLAY: "wayland-0" } }).kind).toBe("desktop");
    expect(chooseWindow({ ...facts, binary: "/b", env: {}, platform: "win32" }).kind).toBe("desktop");
  });

  it("is the browser without a display, and nothing is downloaded", () => {
    expect(hasDisplay("linux", { DISPLAY: "" })).toBe(false);
    for (const binary of ["/b", undefined]) {
      expect(chooseWindow({ ...facts, binary, env: {} })).toEqual({
        kind: "browser",
        why: "There is no display here, so the console is served to the browser.",
        download: false,
      });
    }
  });

  it("is the browser while the binary is fetched, and for 7 days after a failure", () => {
    const missing = { ...facts, binary: undefined };
    expect(chooseWindow(missing)).toMatchObject({ kind: "browser", download: true });
    const failure = { at: 1e12, version: "45.4.1", why: "no network" };
    expect(chooseWindow({ ...missing, failure, now: 1e12 + FORGET_FAILURE_MS - 1 })).toEqual({
      kind: "browser",
      why: "Electron couldn't be downloaded (no network), so the console opens in the browser; it is tried again from 2001-09-16 on.",
      download: false,
    });
    expect(chooseWindow({ ...missing, failure, now: 1e12 + FORGET_FAILURE_MS })).toMatchObject({ download: true });
    expect(chooseWindow({ ...missing, failure, version: "46.0.0" })).toMatchObject({ download: true });
    expect(chooseWindow({ ...missing, version: undefined })).toMatchObject({ download: false });
  });
});

describe("the download", () => {
  function attempt(download: (signal: AbortSignal) => Promise<void>, limitMs = 60_000) {
    const file = join(newFolder(), "user", "electron-download.json");
    const lines: string[] = [];
    const options = {
      download,
      say: (line: string) => lines.push(line),
      version: "45.4.1",
      file,
      limitMs,
      now: () => 5,
    };
    return { file, lines, done: tryDownload(options) };
  }

  it("that succeeds says that the next start has the window", async () => {
    const { done, file, lines } = attempt(async () => undefined);
    expect(await done).toBe(true);
    expect(lines).toEqual([
      "Downloading Electron 45.4.1 for the desktop window, for at most 60 s …",
      "Electron is here: the next npm start opens the desktop window.",
    ]);
    expect(existsSync(file)).toBe(false);
  });

  it("that fails is remembered with its first line, and never throws", async () => {
    const { done, file, lines } = attempt(() => Promise.reject(new Error("\ngetaddrinfo ENOTFOUND\n  at stack")));
    expect(await done).toBe(false);
    expect(readFailure(file)).toEqual({ at: 5, version: "45.4.1", why: "getaddrinfo ENOTFOUND" });
    expect(lines[1]).toContain("couldn't be downloaded (getaddrinfo ENOTFOUND)");
  });

  it("that takes too long is given up", async () => {
    const { done, file } = attempt(
      (signal) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")))),
      20,
    );
    expect(await done).toBe(false);
    expect(readFailure(file)?.why).toBe("it took longer than 1 s");
  });

  it("a memory that can't be written, or read, costs another try only", async () => {
    const lines: string[] = [];
    const file = join(import.meta.filename, "x.json");
    const options = { download: () => Promise.reject(new Error("no")), say: (line: string) => lines.push(line) };
    expect(await tryDownload({ ...options, version: "1", file })).toBe(false);
    expect(readFailure(file)).toBeUndefined();
    const torn = join(newFolder(), "torn.json");
    writeFileSync(torn, '{"at":"x"');
    expect(readFailure(torn)).toBeUndefined();
    expect(readFileSync(torn, "utf8")).toContain("x");
  });
});
