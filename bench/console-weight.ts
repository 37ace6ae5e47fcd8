import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { RunningConsole } from "../e2e/lib/running-console.ts";
import { bruteForce, Site } from "../e2e/lib/site.ts";
import { asMs, type Bench, rowAtMost } from "./lib/bench.ts";
import { startBrowser } from "./lib/browser.ts";
import { removeAtExit } from "./lib/children.ts";

const RENDERER = join(dirname(fileURLToPath(import.meta.url)), "..", "dist", "renderer");
const FIRST_LOAD_KB = 400;
const FONTS_KB = 150;
const INTERACTIVE_MS = 1000;

/** What the page is asked to load before the alarms are on the screen, and how long that takes on this machine. */
export const consoleWeight: Bench = {
  name: "console-weight",
  async run({ options }) {
    const site = new Site().configure();
    removeAtExit(site.dataDir);
    const running = await RunningConsole.start(site.dataDir);
    const times: number[] = [];
    const loaded = new Set<string>();
    try {
      await running.send(bruteForce("203.0.113.9"));
      for (let i = 0; i < options.runs; i++) {
        const browser = await startBrowser();
        browser.page.on("response", (response) => loaded.add(new URL(response.url()).pathname));
        await browser.page.goto(await running.loginUrl());
        await browser.page.getByRole("navigation").first().waitFor();
        const began = performance.now();
        await browser.page.goto("about:blank");
        await browser.page.goto(`${running.url}/ui/#/alarms`);
        await browser.page.getByRole("grid").getByRole("row").nth(1).waitFor();
        times.push(performance.now() - began);
        await browser.close();
      }
    } finally {
      await running.stop();
      site.remove();
    }
    const names = readdirSync(RENDERER, { recursive: true, encoding: "utf8" });
    const sizeOf = (wanted: RegExp, size: (bytes: Buffer) => number): number =>
      names
        .filter((name) => wanted.test(name) && loaded.has(`/ui/${name}`))
        .reduce((sum, name) => sum + size(readFileSync(join(RENDERER, name))) / 1000, 0);
    const asKb = (value: number): string => `${value.toFixed(0)} kB`;
    const bench = this.name;
    const code = sizeOf(/\.(?:js|css)$/, (bytes) => gzipSync(bytes).length);
    const fonts = sizeOf(/\.woff2$/, (bytes) => bytes.length);
    return [
      rowAtMost({ bench, measure: "first load, JS and CSS, gzip", values: [code], format: asKb }, FIRST_LOAD_KB),
      rowAtMost({ bench, measure: "fonts", values: [fonts], format: asKb }, FONTS_KB),
      rowAtMost(
        { bench, measure: "page asked for until alarms are shown", values: times, format: asMs },
        INTERACTIVE_MS,
      ),
    ];
  },
};
