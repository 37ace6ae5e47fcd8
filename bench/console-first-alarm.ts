import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunningConsole } from "../e2e/lib/running-console.ts";
import { type Bench, rowAtMost } from "./lib/bench.ts";
import { startBrowser } from "./lib/browser.ts";
import { removeAtExit, removeNow } from "./lib/children.ts";

const FIRST_ALARM_MS = 5000;
const LIMIT_MS = 60_000;

/** From `npm start -- --demo` on a built tree, on a folder that nobody used before, until the page shows an alarm. */
export const consoleFirstAlarm: Bench = {
  name: "console-first-alarm",
  async run({ options, say }) {
    const values: number[] = [];
    for (let i = 0; i < (options.quick ? 1 : Math.max(3, options.runs)); i++) {
      const ms = await firstAlarmMs();
      say(`first alarm after ${ms.toFixed(0)} ms`);
      values.push(ms);
    }
    return [
      rowAtMost(
        {
          bench: this.name,
          measure: "npm start -- --demo until an alarm is on the screen",
          values,
          format: (ms) => `${(ms / 1000).toFixed(2)} s`,
          detail: "npm, the freshness of the build and a browser that is already open included",
        },
        FIRST_ALARM_MS,
      ),
    ];
  },
};

async function firstAlarmMs(): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), "dsiem-bench-demo-"));
  removeAtExit(dataDir);
  const browser = await startBrowser();
  const started = performance.now();
  const running = await RunningConsole.start(dataDir, ["--demo"], { command: "npm" });
  try {
    await browser.page.goto(await running.loginUrl());
    await browser.page.goto(`${running.url}/ui/#/alarms`);
    await browser.page.getByRole("grid").getByRole("row").nth(1).waitFor({ timeout: LIMIT_MS });
    return performance.now() - started;
  } finally {
    await browser.close();
    await running.stop();
    removeNow(dataDir);
  }
}
