import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { errorText } from "../../base/errors.ts";
import type { Logger } from "../../base/log.ts";

/** Says once when exports of one kind begin to work and once when they begin to fail, however many follow. */
export class ExportState {
  readonly #what: string;
  readonly #to: string;
  readonly #log: Logger;
  #works: boolean | undefined;

  /** `what`: "traces" or "metrics". `to`: where they are sent, for people. */
  constructor(what: string, to: string, log: Logger) {
    this.#what = what;
    this.#to = to;
    this.#log = log;
  }

  /** Returns whether the export worked. */
  note({ code, error }: ExportResult): boolean {
    const works = code === ExportResultCode.SUCCESS;
    if (works === this.#works) return works;
    this.#works = works;
    if (works) this.#log.info(`${this.#what} are exported to ${this.#to}`);
    else this.#log.warn(`${this.#what} can't be exported to ${this.#to}`, { reason: error && errorText(error) });
    return works;
  }
}

/** What came of an export; an exporter that throws has failed like any other. */
export async function resultOf(start: (done: (result: ExportResult) => void) => void): Promise<ExportResult> {
  try {
    return await new Promise<ExportResult>((resolve) => start(resolve));
  } catch (error) {
    return { code: ExportResultCode.FAILED, error: error instanceof Error ? error : new Error(errorText(error)) };
  }
}
