import { test as base, expect, type Page } from "@playwright/test";
import { RunningConsole } from "./running-console.ts";
import { Site } from "./site.ts";

export { expect };

interface JourneyFixtures {
  /** A console with the journeys' directives, started for this journey alone. */
  running: RunningConsole;
  /** A page that is logged in and shows the alarms. */
  page: Page;
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
  running: async ({ configured, startArgs, prepare }, use, info) => {
    const site = new Site();
    if (configured) site.configure();
    prepare(site);
    const running = await RunningConsole.start(site.dataDir, startArgs);
    await use(running);
    await running.stop();
    if (info.status !== info.expectedStatus) console.log(running.output.slice(-4000));
    site.remove();
  },
  page: async ({ page, running, configured }, use) => {
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(`the page threw: ${error.stack ?? error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error" && /Content Security Policy/i.test(message.text())) faults.push(message.text());
    });
    page.on("dialog", (dialog) => {
      faults.push(`a dialog of the browser's opened: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(await running.loginUrl());
    if (configured) {
      await page.getByLabel("Your name").fill("analyst");
      await page.keyboard.press("Enter");
      await expect(page.getByRole("dialog")).toBeHidden();
    }
    await use(page);
    expect(faults).toEqual([]);
  },
});
