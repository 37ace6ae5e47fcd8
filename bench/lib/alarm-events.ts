import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { BenchError } from "./failure.ts";
import { sleep } from "./waiting.ts";

const NEWLINE = 0x0a;
const POLL_MS = 2;
/** So long no line may come while some are missing: then they are lost. */
const STALL_MS = 10_000;

/** Follows siem_alarm_events.json as it grows, counting lines. */
export class AlarmEventFile {
  readonly #path: string;
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(1024 * 1024);
  #offset = 0;
  #lines = 0;

  constructor(path: string) {
    this.#path = path;
    this.#fd = openSync(path, "r");
  }

  /** Lines so far. */
  count(): number {
    for (;;) {
      const length = readSync(this.#fd, this.#buffer, 0, this.#buffer.length, this.#offset);
      if (length === 0) return this.#lines;
      this.#offset += length;
      for (let at = this.#buffer.indexOf(NEWLINE); at >= 0 && at < length; at = this.#buffer.indexOf(NEWLINE, at + 1)) {
        this.#lines += 1;
      }
    }
  }

  /**
   * Waits until there are so many lines. While it waits it looks every 2 ms, which is what the time it returns at is
   * exact to.
   * @throws BenchError when no more come: events were lost.
   */
  async reach(lines: number): Promise<void> {
    let last = this.count();
    let lastAt = performance.now();
    while (last < lines) {
      await sleep(POLL_MS);
      const now = this.count();
      if (now > last) lastAt = performance.now();
      else if (performance.now() - lastAt > STALL_MS) {
        throw new BenchError(
          `LOST ${lines - now} of ${lines} events: the last alarm-event line came ${STALL_MS / 1000} s ago`,
        );
      }
      last = now;
    }
  }

  /** @throws BenchError unless every line names another event and there are exactly so many. */
  verify(lines: number): void {
    const ids = new Set<string>();
    let all = 0;
    for (const line of readFileSync(this.#path, "utf8").trimEnd().split("\n")) {
      if (line === "") continue;
      all += 1;
      ids.add((JSON.parse(line) as { event_id: string }).event_id);
    }
    if (all !== lines || ids.size !== lines) {
      throw new BenchError(`${lines} events match, but there are ${all} alarm-event lines of ${ids.size} events`);
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}
