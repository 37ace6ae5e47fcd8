import { plain } from "../base/log.ts";
import type { AlarmRecord } from "../contract/alarm.ts";
import type { RecordingProblem } from "../contract/console/replay.ts";
import { AlarmLines, type Paint } from "./alarm-lines.ts";

/** What a replay came to. */
export interface ReplayTotals {
  events: number;
  /** Event times: of the first event, and the highest. */
  first?: string;
  last?: string;
  alarms: number;
  highestRisk: number;
  riskless: number;
  expired: number;
  live: number;
  refused: number;
  problems: RecordingProblem[];
}

/** How `dsiem replay` says what happens, as it happens. */
export interface ReplayReport {
  /** A record of an alarm was written; `node` where there are several. */
  alarm(record: AlarmRecord, node: string | undefined): void;
  end(totals: ReplayTotals): void;
}

/** One JSON object a line, each with its `kind`. */
export class JsonReport implements ReplayReport {
  readonly #out: (text: string) => void;

  constructor(out: (text: string) => void) {
    this.#out = out;
  }

  alarm(record: AlarmRecord, node: string | undefined): void {
    this.#line({ kind: "alarm", ...(node !== undefined && { node }), record });
  }

  end(totals: ReplayTotals): void {
    this.#line({ kind: "summary", ...totals });
  }

  #line(value: object): void {
    this.#out(`${JSON.stringify(value)}\n`);
  }
}

/** A line for each new alarm and each risen risk, and sentences at the end. */
export class HumanReport implements ReplayReport {
  readonly #out: (text: string) => void;
  readonly #lines: AlarmLines;
  #headed = false;

  constructor(out: (text: string) => void, paint: Paint) {
    this.#out = out;
    this.#lines = new AlarmLines(paint, utcText);
  }

  alarm(record: AlarmRecord, node: string | undefined): void {
    const shown = node === undefined ? record : { ...record, alarm_id: `${node} ${record.alarm_id}` };
    const line = this.#lines.line(shown);
    if (line === undefined) return;
    if (!this.#headed) this.#out(`${this.#lines.header()}\n`);
    this.#headed = true;
    this.#out(`${line}${node === undefined ? "" : `  (${plain(node)})`}\n`);
  }

  end(totals: ReplayTotals): void {
    const { events, first, last, alarms, highestRisk, riskless, expired, live, refused, problems } = totals;
    const span = first === undefined || last === undefined ? "" : ` from ${short(first)} to ${short(last)}`;
    const highest = alarms === 0 ? "" : `, the highest risk is ${highestRisk}`;
    this.#out(`${counted(events, "event")}${span}: ${counted(alarms, "alarm")}${highest}\n`);
    const backlogs = `${number(riskless)} complete with risk 0, ${number(expired)} expired, ${number(live)} live at the end`;
    this.#out(`backlogs: ${backlogs}\n`);
    if (refused === 0) return;
    this.#out(`${counted(refused, "line")} couldn't be used:\n`);
    for (const { line, text } of problems) this.#out(`  line ${line} ${plain(text)}\n`);
    if (refused > problems.length) this.#out(`  and ${number(refused - problems.length)} more\n`);
  }
}

/** `2026-11-23 00:28:22`: recordings are of any day, and their times are UTC. */
function utcText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
}

/** Without the fraction. */
function short(timestamp: string): string {
  return `${timestamp.slice(0, 19)}Z`;
}

function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
