// The desktop's window needs electron's binary, which npm doesn't bring: `npm ci` runs no scripts and never fails for it.
// Here: where it is, whether a window makes sense at all, and one try to download it that nothing waits for.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { root } from "./root.mjs";

const DOWNLOAD_LIMIT_MS = 60_000;
/** How long a failed download isn't tried again. */
export const FORGET_FAILURE_MS = 7 * 24 * 60 * 60 * 1000;

const packageFolder = join(root, "node_modules", "electron");
const failureFile = join(homedir(), ".dsiem-console", "electron-download.json");

/** @typedef {{ at: number, version: string, why: string }} Failure */

/**
 * The binary, if it is here in the version that the lock file names: electron's own place in node_modules, or the folder
 * in ELECTRON_OVERRIDE_DIST_PATH, which electron's tools know too.
 * @param {Record<string, string | undefined>} [env]
 * @param {string} [folder] electron's package
 * @returns {string | undefined}
 */
export function findElectron(env = process.env, folder = packageFolder) {
  const override = env.ELECTRON_OVERRIDE_DIST_PATH;
  const dist = override === undefined || override === "" ? join(folder, "dist") : override;
  const binary = join(dist, binaryName(process.platform));
  if (!existsSync(binary)) return undefined;
  return dist === override || readText(join(dist, "version"))?.replace(/^v/, "") === wantedVersion(folder)
    ? binary
    : undefined;
}

/**
 * Whether a window can be shown. Only Linux can tell: elsewhere there is always one to whom it matters.
 * @param {NodeJS.Platform} platform
 * @param {Record<string, string | undefined>} env
 */
export function hasDisplay(platform, env) {
  return platform !== "linux" || Boolean(env.DISPLAY) || Boolean(env.WAYLAND_DISPLAY);
}

/**
 * What `npm start` shows the console with: the desktop's window, or the browser and why, with or without a download
 * beside it so that the next start has the window.
 * @typedef {{ kind: "desktop", binary: string } | { kind: "browser", why: string, download: boolean }} Window
 * @param {{ platform: NodeJS.Platform, env: Record<string, string | undefined>, binary: string | undefined,
 *   version: string | undefined, failure: Failure | undefined, now: number }} facts
 * @returns {Window}
 */
export function chooseWindow({ platform, env, binary, version, failure, now }) {
  if (!hasDisplay(platform, env)) {
    return {
      kind: "browser",
      why: "There is no display here, so the console is served to the browser.",
      download: false,
    };
  }
  if (binary !== undefined) return { kind: "desktop", binary };
  const browser = "the console opens in the browser";
  if (version === undefined) {
    return { kind: "browser", why: `Electron isn't among the installed packages, so ${browser}.`, download: false };
  }
  if (failure !== undefined && failure.version === version && now - failure.at < FORGET_FAILURE_MS) {
    const again = new Date(failure.at + FORGET_FAILURE_MS).toISOString().slice(0, 10);
    const why = `Electron couldn't be downloaded (${failure.why}), so ${browser}; it is tried again from ${again} on.`;
    return { kind: "browser", why, download: false };
  }
  return { kind: "browser", why: `Electron isn't here yet, so ${browser} this time.`, download: true };
}

/** What `chooseWindow` needs to know of this machine. */
export function windowFacts() {
  return {
    platform: process.platform,
    env: process.env,
    binary: findElectron(),
    version: wantedVersion(packageFolder),
    failure: readFailure(failureFile),
    now: Date.now(),
  };
}

/**
 * One try to download the binary, of at most 60 s. Never throws: a failure is remembered and said in one line.
 * @param {{ download: (signal: AbortSignal) => Promise<void>, say: (line: string) => void, version: string,
 *   file?: string, limitMs?: number, now?: () => number }} options `download` rejects when it fails, or is given up
 * @returns {Promise<boolean>} whether it is here now
 */
export async function tryDownload({
  download,
  say,
  version,
  file = failureFile,
  limitMs = DOWNLOAD_LIMIT_MS,
  now = Date.now,
}) {
  say(`Downloading Electron ${version} for the desktop window, for at most ${Math.ceil(limitMs / 1000)} s …`);
  const timeUp = AbortSignal.timeout(limitMs);
  try {
    await download(timeUp);
    say("Electron is here: the next npm start opens the desktop window.");
    return true;
  } catch (error) {
    const why = timeUp.aborted ? `it took longer than ${Math.ceil(limitMs / 1000)} s` : lineOf(error);
    remember(file, { at: now(), version, why });
    say(`Electron couldn't be downloaded (${why}). The console works in the browser; it is tried again in 7 days.`);
    return false;
  }
}

/** The script with which electron's package fetches its binary, from its cache or the network. */
export const installScript = join(packageFolder, "install.js");

/**
 * @param {string} file
 * @returns {Failure | undefined}
 */
export function readFailure(file) {
  try {
    const { at, version, why } = JSON.parse(readFileSync(file, "utf8"));
    return typeof at === "number" && typeof version === "string" ? { at, version, why: String(why) } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A folder that can't be written costs another try at the next start.
 * @param {string} file
 * @param {Failure} failure
 */
function remember(file, failure) {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(failure)}\n`);
  } catch {
    return;
  }
}

/** @param {NodeJS.Platform} platform */
function binaryName(platform) {
  if (platform === "darwin") return join("Electron.app", "Contents", "MacOS", "Electron");
  return platform === "win32" ? "electron.exe" : "electron";
}

/** @param {string} folder */
function wantedVersion(folder) {
  const text = readText(join(folder, "package.json"));
  return text === undefined ? undefined : String(JSON.parse(text).version);
}

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}

/** @param {unknown} error */
function lineOf(error) {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split("\n").find((line) => line.trim() !== "") ?? "no reason given").trim().slice(0, 200);
}
