import type { Clock } from "./clock.ts";

export const LOG_LEVELS = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The log of a service. Two forms, both wire facts of Dsiem-rs that operators' `jq` and `grep` lines rely on
 * (compat.md §3), which is why this is not a logging library: JSON lines with the message inside `fields`, or
 * `TIMESTAMP LEVEL target: message key=value`, a value in quotes where it isn't one word.
 */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  trace(message: string, fields?: LogFields): void;
  /**
   * Like `info`, but of one message at most `SAMPLED_PER_SECOND` records a second are written; how many more there
   * were is said once the second is over. For what happens per event: losing log lines must never slow correlation.
   */
  sampled(message: string, fields?: LogFields): void;
  /**
   * Whether one more record of this kind may be written in this second; one that may not is counted. What `sampled`
   * does, for who would rather not put together the text and fields of a record that nobody gets to see. `level` is that
   * of the record: one that isn't written at all needs no sampling.
   */
  sample(kind: string, level?: LogLevel): boolean;
  enabled(level: LogLevel): boolean;
  /** The same log under another target, such as `dsiem::watchdog`. */
  child(target: string): Logger;
}

/** Records of one sampled message that are written in a second; the rest are counted. */
export const SAMPLED_PER_SECOND = 100;
const SAMPLE_MS = 1000;
/** Sampled messages that are told apart; a message with somebody else's text in it must not cost memory for ever. */
const MAX_SAMPLED_MESSAGES = 1000;

export interface LogOptions {
  level: LogLevel;
  json: boolean;
  target: string;
  clock: Clock;
  /** Gets whole lines, newline included. */
  write: (line: string) => void;
}

interface SampleWindow {
  readonly message: string;
  /** The logger that is to say how many records were suppressed. */
  readonly log: LineLogger;
  started: number;
  written: number;
  suppressed: number;
}

/** What all loggers of a service know together of the messages they sample. */
class Samples {
  readonly windows = new Map<string, SampleWindow>();
  /** Those with suppressed records that nothing has been said of yet. */
  readonly unsaid = new Set<SampleWindow>();

  window(message: string, log: LineLogger, now: number): SampleWindow {
    const known = this.windows.get(message);
    if (known !== undefined) return known;
    const [oldest] = this.windows.keys();
    if (oldest !== undefined && this.windows.size >= MAX_SAMPLED_MESSAGES) this.windows.delete(oldest);
    const window = { message, log, started: now, written: 0, suppressed: 0 };
    this.windows.set(message, window);
    return window;
  }

  /** Takes the windows whose second is over. */
  takeOverdue(now: number): SampleWindow[] {
    const overdue = [...this.unsaid].filter((window) => now - window.started >= SAMPLE_MS);
    for (const window of overdue) this.unsaid.delete(window);
    return overdue;
  }
}

export function createLogger(options: LogOptions): Logger {
  return new LineLogger(options, LOG_LEVELS.indexOf(options.level), new Samples());
}

/** A logger that says nothing: for tests. */
export function silentLogger(clock: Clock): Logger {
  return createLogger({ level: "ERROR", json: false, target: "test", clock, write: () => undefined });
}

class LineLogger implements Logger {
  readonly #options: LogOptions;
  readonly #maxLevel: number;
  readonly #samples: Samples;

  constructor(options: LogOptions, maxLevel: number, samples: Samples) {
    this.#options = options;
    this.#maxLevel = maxLevel;
    this.#samples = samples;
  }

  error(message: string, fields?: LogFields): void {
    this.#write("ERROR", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write("WARN", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write("INFO", message, fields);
  }

  debug(message: string, fields?: LogFields): void {
    this.#write("DEBUG", message, fields);
  }

  trace(message: string, fields?: LogFields): void {
    this.#write("TRACE", message, fields);
  }

  sampled(message: string, fields?: LogFields): void {
    if (this.sample(message)) this.#write("INFO", message, fields);
  }

  sample(kind: string, level: LogLevel = "INFO"): boolean {
    if (!this.enabled(level)) return false;
    const now = this.#options.clock.monotonic();
    const window = this.#samples.window(kind, this, now);
    if (now - window.started >= SAMPLE_MS) {
      this.#sayOverdue(now);
      window.started = now;
      window.written = 0;
    }
    if (window.written < SAMPLED_PER_SECOND) {
      window.written += 1;
      return true;
    }
    window.suppressed += 1;
    if (window.suppressed === 1) this.#samples.unsaid.add(window);
    return false;
  }

  enabled(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) <= this.#maxLevel;
  }

  child(target: string): Logger {
    return new LineLogger({ ...this.#options, target }, this.#maxLevel, this.#samples);
  }

  #write(level: LogLevel, message: string, fields: LogFields | undefined): void {
    if (!this.enabled(level)) return;
    if (this.#samples.unsaid.size > 0) this.#sayOverdue(this.#options.clock.monotonic());
    const { json, target, clock, write } = this.#options;
    const timestamp = timestampMicros(clock.now());
    if (json) {
      // Control characters stand only inside its strings, where JSON understands the escapes.
      write(`${plain(JSON.stringify({ timestamp, level, fields: { message, ...fields }, target }))}\n`);
      return;
    }
    let line = `${timestamp} ${level.padStart(5)} ${target}: ${plain(message)}`;
    for (const [key, value] of Object.entries(fields ?? {})) {
      if (value !== undefined) line += ` ${key}=${plain(fieldText(value))}`;
    }
    write(`${line}\n`);
  }

  /** Says how many records were suppressed in the seconds that are over. */
  #sayOverdue(now: number): void {
    for (const window of this.#samples.takeOverdue(now)) {
      const { suppressed } = window;
      window.suppressed = 0;
      window.log.#write("INFO", window.message, { "not shown": suppressed });
    }
  }
}

/** In quotes where it would otherwise end early, or pass for further fields: an event's text may say `a directive.id=1`. */
function fieldText(value: string | number | boolean): string {
  const text = String(value);
  return text === "" || /[\s"=]/.test(text) ? JSON.stringify(text) : text;
}

/** `2026-11-23T00:28:22.068874Z`: microseconds, as Dsiem-rs writes them. */
function timestampMicros(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  const micros = Math.floor((milliseconds - whole) * 1000);
  return `${new Date(whole).toISOString().slice(0, -1)}${String(micros).padStart(3, "0")}Z`;
}

/**
 * Escapes control characters (C0, DEL, C1, line and bidirectional separators), so that an event's text can neither
 * forge a log line nor drive the terminal that shows it (reliability.md §4).
 */
export function plain(text: string): string {
  let out = "";
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if (!isControl(text.charCodeAt(i))) continue;
    out += `${text.slice(from, i)}\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`;
    from = i + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

function isControl(code: number): boolean {
  if (code < 0x20) return true;
  if (code < 0x7f) return false;
  if (code < 0xa0) return true;
  return (code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}
