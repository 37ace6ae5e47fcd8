import { test as base, type ElectronApplication, expect, type Page } from "@playwright/test";
import { desktopMissing, startDesktop } from "./desktop.ts";
import { RunningConsole } from "./running-console.ts";
import { Site } from "./site.ts";

export { expect };

/** A console, and the desktop that shows it; undefined in a browser. */
interface System {
  running: RunningConsole;
  app: ElectronApplication | undefined;
}

interface JourneyFixtures {
  system: System;
  /** A console with the journeys' directives, started for this journey alone. */
  running: RunningConsole;
  /** A page that is logged in. */
  page: Page;
  /** Skips, by name, what this machine can't try. */
  possible: undefined;
}
interface JourneyOptions {
  /** Completes the site before the console starts. */
  prepare: (site: Site) => void;
  /** False: an empty folder, as on a fresh machine. */
  configured: boolean;
  startArgs: readonly string[];
}

/**
 * A journey: real services, a real browser. Whatever the page throws, or its content security policy refuses, fails it.
 */
export const journey = base.extend<JourneyFixtures & JourneyOptions>({
  configured: [true, { option: true }],
  startArgs: [[], { option: true }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are wanted: none
  prepare: async ({}, use) => use(() => undefined),
  possible: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are wanted: none
    async ({}, use, info) => {
      const why = info.project.name === "electron" ? desktopMissing() : undefined;
      info.skip(why !== undefined, why);
      await use(undefined);
    },
    { auto: true },
  ],
  system: async ({ configured, startArgs, prepare }, use, info) => {
    const site = new Site();
    if (configured) site.configure();
    prepare(site);
    const fresh = !configured;
    const system: System =
      info.project.name === "electron"
        ? await startDesktop(site.dataDir, startArgs, { fresh })
        : { app: undefined, running: await RunningConsole.start(site.dataDir, startArgs, { fresh }) };
    await use(system);
    await system.running.stop();
    if (info.status !== info.expectedStatus) console.log(system.running.output.slice(-4000));
    site.remove();
  },
  running: async ({ system }, use) => use(system.running),
  page: async ({ page: tab, system: { app, running }, configured }, use) => {
    const page = app === undefined ? tab : await app.firstWindow();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(`the page threw: ${error.stack ?? error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error" && /Content Security Policy/i.test(message.text())) faults.push(message.text());
    });
    page.on("dialog", (dialog) => {
      faults.push(`a dialog of the browser's opened: ${dialog.message()}`);
      void dialog.dismiss();
    });
    // The desktop needs no login, and knows who works at this machine.
    if (app === undefined) {
      await page.goto(await running.loginUrl());
      if (configured) await giveName(page);
    }
    await use(page);
    expect(faults).toEqual([]);
  },
});

async function giveName(page: Page): Promise<void> {
  await page.getByLabel("Your name").fill("analyst");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeHidden();
}
