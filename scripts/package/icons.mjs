// Draws the program's icons from the SVG files in assets/icons, in every size and container that the systems want:
// `node scripts/package/icons.mjs`, after a change of an SVG. Needs a Chromium; the results are committed.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { chromium } from "@playwright/test";
import { root } from "../bootstrap/root.mjs";
import { icns, ico } from "./icon-containers.mjs";

const folder = join(root, "assets", "icons");
const LINUX_SIZES = [16, 24, 32, 48, 64, 128, 256, 512];
const WINDOWS_SIZES = [16, 24, 32, 48, 64, 128, 256];
const MAC_SIZES = [16, 32, 64, 128, 256, 512, 1024];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  const icon = readFileSync(join(folder, "icon.svg"), "utf8");
  /** @type {Map<number, Buffer>} */
  const drawn = new Map();
  for (const size of new Set([...LINUX_SIZES, ...WINDOWS_SIZES, ...MAC_SIZES])) drawn.set(size, await draw(icon, size));
  const of = (/** @type {readonly number[]} */ sizes) =>
    sizes.map((size) => ({ size, png: drawn.get(size) ?? Buffer.alloc(0) }));

  rmSync(join(folder, "linux"), { recursive: true, force: true });
  mkdirSync(join(folder, "linux"));
  for (const { size, png } of of(LINUX_SIZES)) writeFileSync(join(folder, "linux", `${size}x${size}.png`), png);
  writeFileSync(join(folder, "icon.ico"), ico(of(WINDOWS_SIZES)));
  writeFileSync(join(folder, "icon.icns"), icns(of(MAC_SIZES)));
  // The system takes the file with @2x in its name on a dense display by itself.
  for (const name of ["tray", "trayTemplate"]) {
    const svg = readFileSync(join(folder, `${name}.svg`), "utf8");
    const size = name === "tray" ? 22 : 18;
    writeFileSync(join(folder, `${name}.png`), await draw(svg, size));
    writeFileSync(join(folder, `${name}@2x.png`), await draw(svg, 2 * size));
  }
} finally {
  await browser.close();
}

/**
 * @param {string} svg
 * @param {number} size in pixels
 */
async function draw(svg, size) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  const png = await page.screenshot({ omitBackground: true });
  await page.close();
  return png;
}
