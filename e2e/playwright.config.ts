import { defineConfig } from "@playwright/test";
import { chromiumPath } from "./lib/chromium.ts";

/** One journey at a time: each starts services of its own and some measure how fast the console reacts. */
export default defineConfig({
  testDir: "journeys",
  outputDir: "../test-results",
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: [["line"]],
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "UTC",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: chromiumPath(),
      // Root can't use Chromium's sandbox; what is shown is our own console.
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
  },
  // The same journeys in the desktop, where Electron is: what can't be tried is skipped, by name.
  projects: [{ name: "browser" }, { name: "electron", testIgnore: "door.spec.ts" }],
});
