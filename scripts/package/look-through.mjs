// What must be in the program's archive, what must not, and what the binary's fuses say.

import { FuseState, FuseV1Options, getCurrentFuseWire } from "@electron/fuses";
import { AsarArchive } from "./asar-archive.mjs";

/** Without these it would start and fail. */
const NEEDED = [
  "package.json",
  "LICENSE",
  "dist/electron/main.js",
  "dist/electron/preload.cjs",
  "dist/frontend.js",
  "dist/backend.js",
  "dist/renderer/index.html",
  "assets/icons/linux/256x256.png",
  "assets/icons/tray.png",
  "assets/icons/tray@2x.png",
  "assets/icons/trayTemplate.png",
];
/** Nobody's machine needs these; maps and sources would also say more than the licence asks for. */
const UNWANTED = [
  /[.](map|br|gz)$/,
  /[.]tsx?$/,
  /(^|\/)node_modules\//,
  /(^|\/)(engine|electron\/main|renderer\/app|scripts|e2e|bench|proof)\//,
  /[.]test[.]/,
];
const LARGEST_MB = 24;

/** @type {ReadonlyMap<FuseV1Options, boolean>} */
export const FUSES = new Map([
  [FuseV1Options.RunAsNode, false],
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable, false],
  [FuseV1Options.EnableNodeCliInspectArguments, false],
  [FuseV1Options.GrantFileProtocolExtraPrivileges, false],
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot, false],
  [FuseV1Options.OnlyLoadAppFromAsar, true],
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, true],
  [FuseV1Options.EnableCookieEncryption, true],
]);

/**
 * @param {string} path of the archive
 * @returns {{ problems: string[], files: number, bytes: number }}
 */
export function lookThroughArchive(path) {
  const archive = new AsarArchive(path);
  const { files } = archive;
  const problems = NEEDED.filter((name) => !files.has(name)).map((name) => `${name} is missing`);
  for (const name of files.keys()) {
    // The built desktop lies in dist/electron and the built page in dist/renderer; their sources are elsewhere.
    if (UNWANTED.some((pattern) => pattern.test(name))) problems.push(`${name} has no place in it`);
  }
  for (const name of archive.unpacked) problems.push(`${name} lies beside it, where nothing checks that it is ours`);
  if (!archive.hasIntegrity) problems.push("files have no hashes to be held to");
  if (problems.length === 0) problems.push(...contents(archive));
  const bytes = [...files.values()].reduce((sum, size) => sum + size, 0);
  if (bytes > LARGEST_MB * 1e6) problems.push(`it has ${megabytes(bytes)} MB, more than ${LARGEST_MB}`);
  return { problems, files: files.size, bytes };
}

/** @param {AsarArchive} archive */
function contents(archive) {
  const text = (/** @type {string} */ name) => archive.read(name).toString("utf8");
  const problems = [];
  if (JSON.parse(text("package.json")).main !== "dist/electron/main.js")
    problems.push("package.json names no main script");
  // What the page names must be there too.
  for (const [, name] of text("dist/renderer/index.html").matchAll(/(?:src|href)="\.\/([^"]+)"/g)) {
    if (!archive.files.has(`dist/renderer/${name}`)) problems.push(`dist/renderer/${name} is missing`);
  }
  if (/<script(?![^>]*\bsrc=)|\son\w+=|<style/.test(text("dist/renderer/index.html"))) {
    problems.push("the page has scripts or styles of its own, which the content security policy forbids");
  }
  return problems;
}

/**
 * @param {string} binary
 * @returns {Promise<string[]>} the fuses that aren't as they should be
 */
export async function lookAtFuses(binary) {
  const wire = await getCurrentFuseWire(binary);
  return [...FUSES].flatMap(([fuse, wanted]) => {
    const isOn = wire[fuse] === FuseState.ENABLE;
    return isOn === wanted ? [] : [`the fuse ${FuseV1Options[fuse]} is ${isOn ? "on" : "off"}`];
  });
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}
