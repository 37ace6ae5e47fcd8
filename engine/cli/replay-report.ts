import { plain } from "../base/log.ts";
import type { AlarmRecord } from "../contract/alarm.ts";
import type { RecordingProblem } from "../contract/console/replay.ts";
import type { DirectiveExplanation } from "../contract/explain.ts";
import { AlarmLines, type Paint } from "./alarm-lines.ts";
import type { ExplainedEvent } from "./replay-explain.ts";

/** The name of the longest check. */
const CHECK_WIDTH = 11;

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
  /** A record of an alarm was written. */
  alarm(record: AlarmRecord, node: string): void;
  /** The event that was asked about. */
  explained(answer: ExplainedEvent): void;
  end(totals: ReplayTotals): void;
}

/** One JSON object a line, each with its `kind`. */
export class JsonReport implements ReplayReport {
  readonly #out: (text: string) => void;
  readonly #severalNodes: boolean;

  constructor(out: (text: string) => void, severalNodes: boolean) {
    this.#out = out;
    this.#severalNodes = severalNodes;
  }

  alarm(record: AlarmRecord, node: string): void {
    this.#line({ kind: "alarm", ...(this.#severalNodes && { node }), record });
  }

  explained({ node, ...answer }: ExplainedEvent): void {
    this.#line({ kind: "explanation", ...(this.#severalNodes && { node }), ...answer });
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
  readonly #paint: Paint;
  readonly #severalNodes: boolean;
  readonly #lines: AlarmLines;
  #headed = false;

  constructor(out: (text: string) => void, paint: Paint, severalNodes: boolean) {
    this.#out = out;
    this.#paint = paint;
    this.#severalNodes = severalNodes;
    this.#lines = new AlarmLines(paint, utcText);
  }

  alarm(record: AlarmRecord, node: string): void {
    const line = this.#lines.line({ ...record, alarm_id: `${node} ${record.alarm_id}` });
    if (line === undefined) return;
    if (!this.#headed) this.#out(`${this.#lines.header()}\n`);
    this.#headed = true;
    this.#out(`${line}${this.#severalNodes ? `  (${plain(node)})` : ""}\n`);
  }

  explained({ line, node, explanation }: ExplainedEvent): void {
    const { event, sentence, directives, others } = explanation;
    const what = event === undefined ? "" : `, ${plain(event.title)} of ${plain(event.timestamp)}`;
    const where = this.#severalNodes ? `, node ${plain(node)}` : "";
    this.#out(`\n${this.#paint.bold(`Event of line ${line}${what}${where}`)}\n${plain(sentence)}\n`);
    for (const [place, directive] of directives.entries()) this.#directive(directive, place === 0);
    for (const { sentence: other } of others) this.#out(`  ${plain(other)}\n`);
    this.#out("\n");
  }

  /** `inFull`: with the checks of its nearest attempt. */
  #directive({ directiveId, name, sentence, attempts, fate }: DirectiveExplanation, inFull: boolean): void {
    this.#out(`\n  ${this.#paint.bold(`${directiveId} ${plain(name)}`)}\n  ${plain(sentence)}\n`);
    if (fate !== undefined) this.#out(`  Later: ${plain(fate.sentence)}\n`);
    for (const stage of (inFull ? attempts[0]?.stages : undefined) ?? []) {
      this.#out(`    stage ${stage.stage}, ${plain(stage.rule)}:\n`);
      for (const check of stage.checks) {
        const mark = { pass: "✓", fail: "✗", open: "·" }[check.result];
        const said = `${mark} ${check.check.padEnd(CHECK_WIDTH)} ${plain(check.expected)}; got ${plain(check.actual)}`;
        this.#out(`      ${check.check === stage.firstFailing ? this.#paint.bold(said) : said}\n`);
      }
    }
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
