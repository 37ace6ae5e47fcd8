// `npm run screenshots`: the pictures of the README, from the demo as it stands a minute after its start.

import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "@playwright/test";
import { chromiumPath } from "./lib/chromium.ts";
import { RunningConsole } from "./lib/running-console.ts";
import { goTo, rows, rowWith } from "./lib/screens.ts";
import { Site } from "./lib/site.ts";

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "..", "docs", "screens");
const THEMES = ["dark", "light"] as const;
const WINDOW = { width: 1440, height: 900 };
/** The demo plays for about a minute before it calms down. */
const PLAYED_MS = 65_000;
const SETTLED_MS = 1500;

interface Shot {
  name: string;
  route: string;
  /** What is done on the screen before the picture is taken. */
  prepare?: (page: Page) => Promise<void>;
}

const SHOTS: readonly Shot[] = [
  { name: "overview", route: "/overview" },
  { name: "alarms", route: "/alarms" },
  { name: "alarm", route: "/alarms", prepare: openBruteForce },
  { name: "directives", route: "/directives" },
  { name: "events", route: "/events", prepare: (page) => rows(page).nth(8).waitFor() },
  { name: "why", route: "/events?mode=search&q=ip:172.16.30.0/24&t=all", prepare: explainGuest },
  { name: "editor", route: "/directives/9003", prepare: (page) => page.getByText("as it is saved").waitFor() },
  { name: "debugger", route: "/directives/debugger?directive=9006", prepare: replayGuesses },
  { name: "health", route: "/health" },
];

/** The shell on a device that no asset gives a value: complete, and no alarm. */
async function explainGuest(page: Page): Promise<void> {
  await rows(page).first().dblclick();
  // What the double click marked isn't of interest.
  await page.evaluate("getSelection().removeAllRanges()");
  await page.getByRole("button", { name: "Explain" }).click();
  await page.getByRole("table", { name: "Every rule against the event" }).waitFor();
}

/** VPN logins that stop one short: in the middle of them. */
async function replayGuesses(page: Page): Promise<void> {
  const other = page.getByRole("button", { name: "Other input" });
  if (await other.isVisible()) await other.click();
  const retained = page.getByRole("region", { name: "Retained events" });
  await retained.getByRole("textbox", { name: "Filter of retained events" }).fill("title~VPN");
  await retained.getByRole("combobox", { name: "Time range" }).selectOption("all");
  await retained.getByRole("button", { name: "Replay these" }).click();
  for (let step = 0; step < 4; step += 1) await page.getByRole("button", { name: "Step", exact: true }).click();
  await page.getByRole("table", { name: "Every rule against the event" }).waitFor();
}

async function openBruteForce(page: Page): Promise<void> {
  await rowWith(page, "Brute force").click();
  await page.getByRole("tab", { name: /Stages/ }).waitFor();
}

const site = new Site();
const running = await RunningConsole.start(site.dataDir, ["--demo"], { fresh: true });
const browser = await chromium.launch({
  executablePath: chromiumPath(),
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
try {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  // Somebody looks at the live tail all the while, so that what becomes of each event is known.
  const watcher = await browser.newPage();
  await watcher.goto(await running.loginUrl());
  await goTo(watcher, "/events");
  await sleep(PLAYED_MS);
  const page = await browser.newPage({ viewport: WINDOW, timezoneId: "UTC" });
  await page.goto(await running.loginUrl());
  for (const theme of THEMES) {
    await running.call("PATCH", "/settings", { theme });
    await page.reload();
    for (const { name, route, prepare } of SHOTS) {
      await goTo(page, route);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await prepare?.(page);
      await page.mouse.move(0, 0);
      await sleep(SETTLED_MS);
      await page.screenshot({ path: join(FOLDER, `${name}-${theme}.png`) });
      console.log(`docs/screens/${name}-${theme}.png`);
    }
  }
} finally {
  await browser.close();
  await running.stop();
  site.remove();
}
