import { plain } from "../base/log.ts";
import type { ShownAlarm } from "./alarm-follower.ts";

/** Alarms remembered for telling a raised risk from a mere update; older ones are forgotten first. */
const REMEMBERED_MAX = 10_000;
const TITLE_WIDTH = 52;
const ADDRESSES_WIDTH = 40;
/** Glyph, word and colour of a risk class: never colour alone (console.md §4). */
const MARKS: Readonly<Record<string, { glyph: string; rank: number; colour: number }>> = {
  Low: { glyph: "●", rank: 1, colour: 34 },
  Medium: { glyph: "◆", rank: 2, colour: 33 },
  High: { glyph: "▲", rank: 3, colour: 31 },
};

/** Colours for a terminal, and nothing elsewhere. */
export class Paint {
  readonly #colours: boolean;

  constructor(colours: boolean) {
    this.#colours = colours;
  }

  /** As NO_COLOR asks, and only on a terminal. */
  static for(stream: { isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>): Paint {
    return new Paint(stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb");
  }

  bold(text: string): string {
    return this.#wrap(1, text);
  }

  dim(text: string): string {
    return this.#wrap(2, text);
  }

  colour(code: number, text: string): string {
    return this.#wrap(code, text);
  }

  #wrap(code: number, text: string): string {
    return this.#colours ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

/**
 * One line for each alarm when it is first seen, and one more each time its risk rises to a higher class; its other
 * records say nothing new here.
 */
export class AlarmLines {
  readonly #paint: Paint;
  readonly #timeText: (seconds: number) => string;
  readonly #ranks = new Map<string, number>();

  /** `timeText` says a time of whole epoch seconds; all its texts are of one width. */
  constructor(paint: Paint, timeText: (seconds: number) => string = clockText) {
    this.#paint = paint;
    this.#timeText = timeText;
  }

  header(): string {
    return this.#paint.dim(row("TIME".padEnd(this.#timeText(0).length), "RISK", "ALARM", "SOURCE → TARGET", "STATUS"));
  }

  /** The line to print, or `undefined` when there is nothing to say. */
  line(alarm: ShownAlarm): string | undefined {
    const mark = MARKS[alarm.risk_class] ?? { glyph: "○", rank: 0, colour: 37 };
    const before = this.#ranks.get(alarm.alarm_id);
    if (before !== undefined && before >= mark.rank) return undefined;
    this.#remember(alarm.alarm_id, mark.rank);
    const time = this.#timeText(alarm.update_time);
    const risk = `${mark.glyph} ${String(alarm.risk).padStart(2)} ${alarm.risk_class}`;
    const addresses = `${shortList(alarm.src_ips)} → ${shortList(alarm.dst_ips)}`;
    const status = before === undefined ? plain(alarm.status) : `${plain(alarm.status)}, risk has risen`;
    const title = fitted(plain(alarm.title), TITLE_WIDTH);
    return row(time, this.#paint.colour(mark.colour, risk.padEnd(RISK_WIDTH)), title, addresses, status);
  }

  #remember(id: string, rank: number): void {
    this.#ranks.set(id, rank);
    if (this.#ranks.size <= REMEMBERED_MAX) return;
    const oldest = this.#ranks.keys().next();
    if (oldest.done !== true) this.#ranks.delete(oldest.value);
  }
}

const RISK_WIDTH = 11;

/** The time of day here. */
function clockText(seconds: number): string {
  return new Date(seconds * 1000).toTimeString().slice(0, 8);
}

function row(time: string, risk: string, title: string, addresses: string, status: string): string {
  const cells = [time, risk.padEnd(RISK_WIDTH), title.padEnd(TITLE_WIDTH), addresses.padEnd(ADDRESSES_WIDTH), status];
  return cells.join("  ").trimEnd();
}

function fitted(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

function shortList(addresses: readonly string[]): string {
  const [first = "–", ...more] = addresses.map(plain);
  return more.length === 0 ? first : `${first} +${more.length}`;
}
