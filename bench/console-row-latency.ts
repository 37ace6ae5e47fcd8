import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RunningConsole } from "../e2e/lib/running-console.ts";
import { anEvent, type SentEvent, SID, Site } from "../e2e/lib/site.ts";
import { asMs, type Bench, rowAtMost, rowForInformation } from "./lib/bench.ts";
import { startBrowser } from "./lib/browser.ts";
import { removeAtExit } from "./lib/children.ts";
import { BenchError } from "./lib/failure.ts";
import { perSecond, quantile } from "./lib/figures.ts";
import { LineFollower } from "./lib/line-follower.ts";

const EVENTS_PER_SECOND = 5000;
const ALARMS_PER_SECOND = 50;
const BATCHES_PER_SECOND = 50;
const RUN_MS = 20_000;
const SETTLE_MS = 5000;
const P95_MS = 250;

/** Runs in the page: notes when the row of each alarm was painted first, in milliseconds since the epoch. */
const NOTE_PAINTS = `(() => {
  const painted = new Map();
  const grid = document.querySelector('[role="grid"]');
  const look = () => {
    const fresh = [...grid.querySelectorAll('[data-row]')].map((row) => row.dataset.row).filter((id) => !painted.has(id));
    if (fresh.length === 0) return;
    // A row that is in the document is painted with the next frame; the one after it comes once that is done.
    for (const id of fresh) painted.set(id, undefined);
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const now = performance.timeOrigin + performance.now();
      for (const id of fresh) painted.set(id, now);
    }));
  };
  new MutationObserver(look).observe(grid, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-row'] });
  look();
  globalThis.benchPaints = () => [...painted].filter(([, at]) => at !== undefined);
})()`;

/** From an alarm's first record in siem_alarms.json until its row is painted, under load. */
export const consoleRowLatency: Bench = {
  name: "console-row-latency",
  async run({ options, say }) {
    const site = new Site().configure();
    removeAtExit(site.dataDir);
    const running = await RunningConsole.start(site.dataDir);
    const browser = await startBrowser();
    try {
      await running.send([anEvent(SID.single)]);
      await browser.page.goto(await running.loginUrl());
      await browser.page.goto(`${running.url}/ui/#/alarms`);
      await browser.page.getByRole("grid").getByRole("row").nth(1).waitFor();
      await browser.page.mouse.move(0, 0);
      await browser.page.evaluate(NOTE_PAINTS);
      const records = new RecordTimes(join(site.dataDir, "logs", "siem_alarms.json"));
      const rate = await load(running, options.quick ? RUN_MS / 5 : RUN_MS, records);
      await sleep(SETTLE_MS);
      records.read();
      const paints = new Map(await browser.page.evaluate<[string, number][]>("benchPaints()"));
      const latencies = records.all().flatMap(([id, at]) => {
        const paintedAt = paints.get(id);
        return paintedAt === undefined ? [] : [paintedAt - at];
      });
      const share = latencies.length / records.all().length;
      if (share < 0.9)
        throw new BenchError(`only ${(share * 100).toFixed(0)} % of the new alarms were seen in the table`);
      const sorted = Float64Array.from(latencies).sort();
      const p = (part: number): number => quantile(sorted, part);
      say(`p50 ${p(0.5).toFixed(0)} ms, p95 ${p(0.95).toFixed(0)} ms, longest ${p(1).toFixed(0)} ms`);
      return [
        rowForInformation({ bench: this.name, measure: "events a second", values: [rate], format: perSecond }),
        rowAtMost(
          {
            bench: this.name,
            measure: "alarm record written to row painted, p95",
            values: [p(0.95)],
            format: asMs,
            detail: `p50 ${p(0.5).toFixed(0)} ms, longest ${p(1).toFixed(0)} ms, ${latencies.length} alarms`,
          },
          P95_MS,
        ),
      ];
    } finally {
      await browser.close();
      await running.stop();
      site.remove();
    }
  },
};

/** When the first record of each alarm was in the file. */
class RecordTimes {
  readonly #follower: LineFollower;
  readonly #firstAt = new Map<string, number>();

  constructor(file: string) {
    this.#follower = new LineFollower(file);
    for (const _ of this.#follower.read());
  }

  read(): void {
    const now = performance.timeOrigin + performance.now();
    for (const line of this.#follower.read()) {
      const { alarm_id } = JSON.parse(line) as { alarm_id: string };
      if (!this.#firstAt.has(alarm_id)) this.#firstAt.set(alarm_id, now);
    }
  }

  all(): [string, number][] {
    return [...this.#firstAt];
  }
}

/** Posts arrays of events, so many a second, each with one that raises an alarm of its own. */
async function load(running: RunningConsole, milliseconds: number, records: RecordTimes): Promise<number> {
  const perBatch = EVENTS_PER_SECOND / BATCHES_PER_SECOND;
  const alarmsPerBatch = ALARMS_PER_SECOND / BATCHES_PER_SECOND;
  const started = performance.now();
  const posts: Promise<void>[] = [];
  let batches = 0;
  let alarms = 0;
  while (performance.now() - started < milliseconds) {
    if (performance.now() - started >= (batches * 1000) / BATCHES_PER_SECOND) {
      const raising = Array.from({ length: alarmsPerBatch }, () => {
        alarms += 1;
        return anEvent(SID.single, { src_ip: `198.51.${Math.floor(alarms / 250) % 250}.${alarms % 250}` });
      });
      const others: SentEvent[] = Array.from({ length: perBatch - alarmsPerBatch }, () => anEvent(999));
      posts.push(running.send([...raising, ...others]));
      batches += 1;
    }
    records.read();
    await sleep(2);
  }
  await Promise.all(posts);
  return (batches * perBatch * 1000) / (performance.now() - started);
}
