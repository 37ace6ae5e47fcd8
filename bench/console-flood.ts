import { setTimeout as sleep } from "node:timers/promises";
import { RunningConsole } from "../e2e/lib/running-console.ts";
import { anEvent, SID, Site } from "../e2e/lib/site.ts";
import { asMs, asRatio, type Bench, type Row, rowAtLeast, rowAtMost, rowForInformation } from "./lib/bench.ts";
import { type BenchBrowser, type FrameStatistics, frameStatistics, heapMib, startBrowser } from "./lib/browser.ts";
import { removeAtExit } from "./lib/children.ts";
import { BenchError } from "./lib/failure.ts";
import { Helper } from "./lib/helper.ts";
import type { LiveRelayMethods } from "./processes/live-relay.ts";

const ALARMS = 400;
const UPDATES_PER_SECOND = 5000;
const FLOOD_MS = 60_000;
const IDLE_MS = 15_000;
const CALM_MS = 3000;
const START_MS = 30_000;
const FRAMES_SHARE = 0.8;
const LONG_TASK_MS = 100;
const HEAP_MIB = 20;

/** Five thousand updates of alarms a second at the WebSocket: what the page's frames and its memory make of it. */
export const consoleFlood: Bench = {
  name: "console-flood",
  async run({ options, say }) {
    const site = new Site().configure();
    removeAtExit(site.dataDir);
    const running = await RunningConsole.start(site.dataDir);
    const relay = new Helper<LiveRelayMethods>("live-relay.ts");
    const browser = await startBrowser();
    try {
      await running.send(
        Array.from({ length: ALARMS }, (_, i) =>
          anEvent(SID.single, { src_ip: `203.0.${113 + Math.floor(i / 250)}.${i % 250}` }),
        ),
      );
      await running.waitUntil("all alarms to be stored", async () => {
        const { total } = await running.get("GET /alarms/counts");
        return total >= ALARMS ? total : undefined;
      });
      const login = new URL(await running.loginUrl());
      const { port } = await relay.call("open", { port: Number(login.port) }, START_MS);
      login.port = String(port);
      await browser.page.goto(login.href);
      await openAlarms(browser, `http://127.0.0.1:${port}`, relay);
      const milliseconds = options.quick ? FLOOD_MS / 10 : FLOOD_MS;
      const idle = await frameStatistics(browser.page, () => sleep(options.quick ? IDLE_MS / 5 : IDLE_MS));
      const before = await heapMib(browser);
      let updatesPerSecond = 0;
      const flooded = await frameStatistics(browser.page, async () => {
        const sent = await relay.call(
          "flood",
          { updatesPerSecond: UPDATES_PER_SECOND, milliseconds },
          milliseconds + START_MS,
        );
        updatesPerSecond = sent.updatesPerSecond;
      });
      await sleep(CALM_MS);
      const after = await heapMib(browser);
      say(
        `idle ${described(idle)}; flooded ${described(flooded)}; heap ${before.toFixed(1)} → ${after.toFixed(1)} MiB`,
      );
      return rows({ idle, flooded, updatesPerSecond, before, after });
    } finally {
      await browser.close();
      await relay.stop();
      await running.stop();
      site.remove();
    }
  },
};

async function openAlarms(browser: BenchBrowser, origin: string, relay: Helper<LiveRelayMethods>): Promise<void> {
  await browser.page.goto(`${origin}/ui/#/alarms`);
  await browser.page.getByRole("grid").getByRole("row").nth(5).waitFor({ timeout: START_MS });
  if ((await relay.call("rows", {}, START_MS)) < 50) throw new BenchError("the page shows fewer than 50 alarms");
}

interface Outcome {
  idle: FrameStatistics;
  flooded: FrameStatistics;
  updatesPerSecond: number;
  before: number;
  after: number;
}

function rows({ idle, flooded, updatesPerSecond, before, after }: Outcome): Row[] {
  const bench = consoleFlood.name;
  const asMiB = (value: number): string => `${value.toFixed(1)} MiB`;
  return [
    rowForInformation({
      bench,
      measure: "updates of alarms a second at the WebSocket",
      values: [updatesPerSecond],
      format: (value) => value.toFixed(0),
    }),
    rowAtLeast(
      {
        bench,
        measure: "frames, in those of the idle page",
        values: [flooded.framesPerSecond / idle.framesPerSecond],
        format: asRatio,
        detail: `${flooded.framesPerSecond.toFixed(1)}/s against ${idle.framesPerSecond.toFixed(1)}/s`,
      },
      FRAMES_SHARE,
    ),
    rowAtMost(
      {
        bench,
        measure: "longest task of the page",
        values: [flooded.longestTaskMs],
        format: asMs,
        detail: `${flooded.longTasks} over 50 ms; longest time between two frames ${flooded.longestGapMs.toFixed(0)} ms`,
      },
      LONG_TASK_MS,
    ),
    rowAtMost(
      { bench, measure: "heap afterwards, more than before", values: [Math.max(0, after - before)], format: asMiB },
      HEAP_MIB,
    ),
  ];
}

function described({ framesPerSecond, longestTaskMs, longestGapMs }: FrameStatistics): string {
  return `${framesPerSecond.toFixed(1)} frames/s, longest task ${longestTaskMs.toFixed(0)} ms, longest gap ${longestGapMs.toFixed(0)} ms`;
}
