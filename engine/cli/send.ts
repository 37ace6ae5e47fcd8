import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { readEventInput } from "../base/event-input.ts";
import { plain } from "../base/log.ts";
import { EventSender, type OutgoingEvent, type Refusal, SendError } from "../supervisor/demo/event-sender.ts";
import type { Terminal } from "./command-line.ts";

export interface SendOptions {
  /** `-` is the standard input. */
  file: string;
  frontend: string;
  /** Events of one request. */
  batch: number;
  /** Events per second; `undefined` is as fast as the frontend takes them. */
  rate: number | undefined;
}

/** A batch is sent early when it gets this large, far below what a frontend takes. */
const BATCH_BYTES_MAX = 4 * 1024 * 1024;
/** With --rate, requests go out about this often a second, so that the events come evenly. */
const PACED_REQUESTS_PER_SECOND = 10;

/** `dsiem send`: resolves with the exit code, 1 when anything was refused. */
export async function sendFile(options: SendOptions, terminal: Terminal, stdin: Readable): Promise<number> {
  const tally = new Tally(terminal);
  const sender = new EventSender(options.frontend, (status, reason) => {
    terminal.err(`waiting: the frontend answers ${status}${reason === "" ? "" : `, ${plain(reason)}`}\n`);
  });
  const pace = new Pace(options.rate);
  const size = batchSize(options);
  const batch: OutgoingEvent[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const events = batch.splice(0);
    bytes = 0;
    await pace.next(events.length);
    tally.answered(events.length, await sender.send(events));
  };
  try {
    for await (const item of readEventInput(options.file === "-" ? stdin : createReadStream(options.file))) {
      if ("problem" in item) {
        tally.unreadable(item.line, item.problem);
        continue;
      }
      if (batch.length > 0 && bytes + item.text.length > BATCH_BYTES_MAX) await flush();
      batch.push(item);
      bytes += item.text.length;
      if (batch.length >= size) await flush();
    }
    if (batch.length > 0) await flush();
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    tally.summary();
    throw error;
  }
  return tally.summary();
}

function batchSize(options: SendOptions): number {
  if (options.rate === undefined) return options.batch;
  return Math.max(1, Math.min(options.batch, Math.floor(options.rate / PACED_REQUESTS_PER_SECOND)));
}

/** Counts what became of the events and says it. */
class Tally {
  readonly #terminal: Terminal;
  #accepted = 0;
  #refused = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  answered(count: number, refusals: readonly Refusal[]): void {
    this.#accepted += count - refusals.length;
    this.#refused += refusals.length;
    for (const refusal of refusals) {
      const status = refusal.status === 0 ? "" : `${refusal.status} `;
      this.#terminal.out(`line ${refusal.line}: refused: ${status}${plain(refusal.reason)}\n`);
    }
  }

  unreadable(line: number, problem: string): void {
    this.#refused += 1;
    this.#terminal.out(`line ${line}: not sent: ${plain(problem)}\n`);
  }

  summary(): number {
    const total = this.#accepted + this.#refused;
    this.#terminal.out(
      `${count(total)} ${total === 1 ? "event" : "events"}: ${count(this.#accepted)} accepted, ${count(this.#refused)} refused\n`,
    );
    return this.#refused > 0 ? 1 : 0;
  }
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** Spreads events evenly over time. */
class Pace {
  readonly #rate: number | undefined;
  readonly #started = performance.now();
  #sent = 0;

  constructor(rate: number | undefined) {
    this.#rate = rate;
  }

  /** Waits until the next `events` are due. */
  async next(events: number): Promise<void> {
    if (this.#rate !== undefined) {
      const due = this.#started + (this.#sent / this.#rate) * 1000;
      const wait = due - performance.now();
      if (wait > 0) await sleep(wait);
    }
    this.#sent += events;
  }
}
