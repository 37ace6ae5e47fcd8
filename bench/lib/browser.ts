import { type Browser, type BrowserContext, chromium, type Page } from "@playwright/test";
import { chromiumPath } from "../../e2e/lib/chromium.ts";
import { BenchError } from "./failure.ts";

/** A real Chromium with one page, as large as a workstation's window. */
export interface BenchBrowser {
  readonly page: Page;
  readonly context: BrowserContext;
  close(): Promise<void>;
}

export async function startBrowser(): Promise<BenchBrowser> {
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--enable-precise-memory-info"],
  });
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
  const page = await context.newPage();
  page.on("pageerror", (error) => {
    throw new BenchError(`the page threw: ${error.message}`);
  });
  return { page, context, close: () => browser.close() };
}

/** What the page's main thread was like over some time. */
export interface FrameStatistics {
  framesPerSecond: number;
  longTasks: number;
  longestTaskMs: number;
  /** The longest time between two frames. */
  longestGapMs: number;
}

/** Runs in the page, whose types this project doesn't have: counts frames and long tasks until it is asked for them. */
const COUNT_FRAMES = `(() => {
  const seen = { frames: 0, started: performance.now(), last: performance.now(), gap: 0, tasks: [] };
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.tasks.push(entry.duration);
  });
  observer.observe({ type: "longtask" });
  let running = true;
  const frame = (now) => {
    if (!running) return;
    seen.frames += 1;
    seen.gap = Math.max(seen.gap, now - seen.last);
    seen.last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  globalThis.benchFrames = () => {
    running = false;
    observer.disconnect();
    return {
      framesPerSecond: (seen.frames * 1000) / (performance.now() - seen.started),
      longTasks: seen.tasks.length,
      longestTaskMs: Math.max(0, ...seen.tasks),
      longestGapMs: seen.gap,
    };
  };
})()`;

/** Counts the page's frames and its tasks over 50 ms while `during` runs. */
export async function frameStatistics(page: Page, during: () => Promise<void>): Promise<FrameStatistics> {
  await page.evaluate(COUNT_FRAMES);
  await during();
  return await page.evaluate<FrameStatistics>("benchFrames()");
}

/** The JavaScript heap of the page in MiB, after what nobody needs has been collected. */
export async function heapMib({ page, context }: BenchBrowser): Promise<number> {
  const session = await context.newCDPSession(page);
  await session.send("HeapProfiler.enable");
  // The first collection frees what finalizers and weak references held; the second finds what that left.
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize / 1024 / 1024;
}
