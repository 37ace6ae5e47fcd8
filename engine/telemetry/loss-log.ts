import type { Logger } from "../base/log.ts";
import type { LossLedger } from "./loss-ledger.ts";

/** How often the ledger is written into the log while it grows, in milliseconds (operation.md §7). */
export const LOSS_LOG_MS = 60_000;

/** Writes the counts of a ledger into the log, as long as they grow. */
export class LossLog {
  readonly #log: Logger;
  readonly #ledger: LossLedger;
  #written = "{}";

  constructor(log: Logger, ledger: LossLedger) {
    this.#log = log;
    this.#ledger = ledger;
  }

  /** One record with the counts since the start, when anything was added to them since the record before. */
  write(): void {
    const counts = this.#ledger.counts();
    const text = JSON.stringify(counts);
    if (text === this.#written) return;
    this.#written = text;
    this.#log.info("loss ledger", counts);
  }
}
