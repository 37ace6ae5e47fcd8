import type { LogLevel } from "./log.ts";
import { LOG_LEVELS } from "./log.ts";

/** One line of a service's log, taken apart. */
export interface TailLine {
  /** Grows by one with each line of the tail. */
  id: number;
  /** Milliseconds since the epoch. */
  at: number;
  service: string;
  level: LogLevel;
  text: string;
}

export interface LineFilter {
  service?: string | undefined;
  /** This severe or more. */
  level?: string | undefined;
}

const MAX_LINES = 2000;
const MAX_TEXT = 4000;
/** `2026-11-23T00:28:22.068874Z  INFO dsiem::server: …` */
const PLAIN = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) +(ERROR|WARN|INFO|DEBUG|TRACE) (.*)$/s;

/** The last lines of one or more services' logs, in the order in which they came. */
export class LogTail {
  readonly #now: () => number;
  readonly #lines: TailLine[] = [];
  #next = 0;

  /** @param now milliseconds since the epoch: the time of a line that names none */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(service: string, line: string): TailLine {
    const added = { id: this.#next++, service, ...readLine(line.slice(0, MAX_TEXT), this.#now) };
    this.#lines.push(added);
    // Not one by one: moving what is left costs as much as the whole list.
    if (this.#lines.length > MAX_LINES * 1.5) this.#lines.splice(0, this.#lines.length - MAX_LINES);
    return added;
  }

  /** The newest last. */
  last(count: number, filter: LineFilter): TailLine[] {
    const found: TailLine[] = [];
    for (let i = this.#lines.length - 1; i >= 0 && found.length < count; i--) {
      const line = this.#lines[i];
      if (line !== undefined && passes(line, filter)) found.push(line);
    }
    return found.reverse();
  }
}

export function passes(line: TailLine, { service, level }: LineFilter): boolean {
  if (service !== undefined && line.service !== service) return false;
  return level === undefined || severity(line.level) <= severity(level);
}

function severity(level: string): number {
  const known = LOG_LEVELS.indexOf(level as LogLevel);
  return known < 0 ? LOG_LEVELS.length : known;
}

function readLine(line: string, now: () => number): Pick<TailLine, "at" | "level" | "text"> {
  const plain = PLAIN.exec(line);
  if (plain !== null) return { at: timeOf(plain[1], now), level: levelOf(plain[2]), text: plain[3] ?? "" };
  if (line.startsWith('{"timestamp":')) {
    try {
      const { timestamp, level, target, fields } = JSON.parse(line) as Record<string, unknown>;
      const { message, ...rest } = (fields ?? {}) as Record<string, unknown>;
      const more = Object.entries(rest).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
      return { at: timeOf(timestamp, now), level: levelOf(level), text: `${target}: ${message}${more.join("")}` };
    } catch {
      // Cut in the middle, or something else that begins so: shown as it is.
    }
  }
  return { at: now(), level: "INFO", text: line };
}

function timeOf(text: unknown, now: () => number): number {
  const at = typeof text === "string" ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? now() : at;
}

function levelOf(text: unknown): LogLevel {
  return LOG_LEVELS.find((level) => level === text) ?? "INFO";
}
