import type { Clock } from "../base/clock.ts";
import { errorText } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import type { Bus } from "../bus/bus.ts";
import type { ServiceStats } from "../contract/stats.ts";
import { statsSubject } from "../contract/subjects.ts";
import { LEDGER_TICK_MS, type LossLedger } from "../telemetry/loss-ledger.ts";
import { LOSS_LOG_MS, LossLog } from "../telemetry/loss-log.ts";
import type { Timers } from "./timers.ts";

/** How often a service tells of itself, in milliseconds: a console that opens waits no longer than this. */
const STATS_EVERY_MS = 3000;

export interface StatsParts {
  node: string;
  /** Names this run of the service. */
  boot: string;
  clock: Clock;
  log: Logger;
  ledger: LossLedger;
  bus: Bus;
}

/** What both services tell. */
type CommonStats = Pick<ServiceStats, "node" | "boot" | "at" | "startedAt" | "eps" | "bus" | "ledger">;

/** Keeps the ledger of a service ticking, writes it into the log, and tells of the service on the bus (operation.md §7). */
export class Stats {
  readonly #parts: StatsParts;
  readonly #tell: (common: CommonStats) => ServiceStats;
  readonly #lossLog: LossLog;
  readonly #startedAt: number;
  #eps = 0;
  #lastEvents = 0;
  #lastMs: number;

  constructor(parts: StatsParts, tell: (common: CommonStats) => ServiceStats) {
    this.#parts = parts;
    this.#tell = tell;
    this.#lossLog = new LossLog(parts.log, parts.ledger);
    this.#startedAt = Math.floor(parts.clock.now());
    this.#lastMs = parts.clock.monotonic();
  }

  start(timers: Timers): void {
    timers.every(LEDGER_TICK_MS, () => this.#parts.ledger.tick());
    timers.every(LOSS_LOG_MS, () => this.#lossLog.write());
    timers.every(STATS_EVERY_MS, () => this.#publish());
    this.#publish();
  }

  /** For an orderly stop: the last word, on the bus and in the log. */
  finish(): void {
    this.#publish();
    this.writeLog();
  }

  writeLog(): void {
    this.#lossLog.write();
  }

  /** As it is now. */
  current(): ServiceStats {
    const { node, boot, clock, ledger, bus } = this.#parts;
    const { state, detail, buffered } = bus.status();
    return this.#tell({
      node,
      boot,
      at: Math.floor(clock.now()),
      startedAt: this.#startedAt,
      eps: this.#eps,
      bus: { kind: bus.kind, state, detail, buffered },
      ledger: ledger.snapshot(),
    });
  }

  #publish(): void {
    const { node, clock, log, bus } = this.#parts;
    const stats = this.current();
    const events = stats.role === "backend" ? stats.flow.received : stats.flow.accepted;
    const now = clock.monotonic();
    if (now > this.#lastMs)
      this.#eps = Math.round(((events - this.#lastEvents) / (now - this.#lastMs)) * 100_000) / 100;
    this.#lastEvents = events;
    this.#lastMs = now;
    try {
      bus.publish(statsSubject(node), Buffer.from(JSON.stringify({ ...stats, eps: this.#eps })));
    } catch (error) {
      log.sampled(`the stats can't be published: ${errorText(error)}`);
    }
  }
}
