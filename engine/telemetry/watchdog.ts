import type { Logger } from "../base/log.ts";
import type { WatchdogReport } from "../contract/stats.ts";

/** What the watchdog reads at each report; the counts grow for ever, it takes the differences itself. */
export interface WatchdogReading {
  received: number;
  matched: number;
  /** Events whose processing time is in `busyMs`. */
  processed: number;
  busyMs: number;
  queueLength: number;
  directivesLoaded: number;
  directivesActive: number;
  backlogs: number;
}

/** Reports are this far apart, in milliseconds. */
export const WATCHDOG_EVERY_MS = 10_000;

/** Writes one `watchdog report` at each call of `report`, about what happened since the call before. */
export class Watchdog {
  readonly #log: Logger;
  readonly #read: () => WatchdogReading;
  readonly #maxEps: number;
  #last: WatchdogReading;
  #lastMs: number;

  /** `maxEps` only decides when a processing time is worth a warning. */
  constructor(log: Logger, read: () => WatchdogReading, maxEps: number, monotonicMs: number) {
    this.#log = log;
    this.#read = read;
    this.#maxEps = maxEps;
    this.#last = read();
    this.#lastMs = monotonicMs;
  }

  report(monotonicMs: number): WatchdogReport {
    const reading = this.#read();
    const seconds = (monotonicMs - this.#lastMs) / 1000;
    const received = reading.received - this.#last.received;
    const processed = reading.processed - this.#last.processed;
    const report: WatchdogReport = {
      eps: seconds > 0 ? rounded(received / seconds, 2) : 0,
      queue_length: reading.queueLength,
      avg_proc_time_ms: processed > 0 ? rounded((reading.busyMs - this.#last.busyMs) / processed, 3) : 0,
      directives_ttl: reading.directivesLoaded,
      directives_active: reading.directivesActive,
      events_rcvd: received,
      events_matched: reading.matched - this.#last.matched,
      backlogs: reading.backlogs,
      backlogs_timedout: 0,
    };
    this.#last = reading;
    this.#lastMs = monotonicMs;
    this.#log.info("watchdog report", { ...report });
    const limitMs = 1000 / this.#maxEps;
    if (report.queue_length > 0 && report.avg_proc_time_ms > limitMs) {
      this.#log.warn(
        `avg. processing time maybe too long to sustain the target ${this.#maxEps} event/sec (or ${limitMs.toFixed(3)} ms/event)`,
        { avg_proc_time_ms: report.avg_proc_time_ms },
      );
    }
    return report;
  }
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
