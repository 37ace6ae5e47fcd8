/** A moment as it is published, and as the engine compares it. */
interface Timestamp {
  /**
   * UTC, `2026-11-23T00:28:22.068874Z`, with the fraction as it was sent, cut to nine digits. Second 60 stays in the
   * text, as Dsiem-rs publishes it.
   */
  readonly text: string;
  /** Whole seconds since the epoch, rounded down, also before 1970. */
  readonly seconds: number;
}

const ZERO = 48;
const DASH = 45;
const PLUS = 43;
const COLON = 58;
const DOT = 46;
const BLANK = 32;
const UPPER_T = 84;
const UPPER_Z = 90;
/** Turns an upper case ASCII letter into its lower case. */
const LOWER = 0x20;

const SECONDS_PER_DAY = 86_400;
const MAX_FRACTION_DIGITS = 9;

/**
 * Reads the time of an event: RFC 3339 with any offset, and the relaxed spellings that real pipelines send
 * (engine.md §2). `undefined` for anything else, for dates that don't exist, and when the moment isn't in the years
 * 0000 to 9999 of UTC. Second 60 belongs to the second before it, as in Dsiem-rs: a leap second neither ends a stage
 * early nor makes an event late.
 */
export function parseTimestamp(text: string): Timestamp | undefined {
  const seconds = canonicalSeconds(text);
  return seconds === undefined ? parseRelaxed(text) : { text, seconds };
}

/** Reads what is already spelt as it is published, which is nearly every timestamp; `undefined` for all else. */
function canonicalSeconds(text: string): number | undefined {
  const last = text.length - 1;
  if (last < 19 || last > 20 + MAX_FRACTION_DIGITS || text.charCodeAt(last) !== UPPER_Z) return undefined;
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH || text.charCodeAt(10) !== UPPER_T) return undefined;
  if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return undefined;
  if (last > 19) {
    if (last === 20 || text.charCodeAt(19) !== DOT) return undefined;
    for (let at = 20; at < last; at++) {
      if (!isDigit(text.charCodeAt(at))) return undefined;
    }
  }
  // A part that isn't two digits comes out negative, and no part may be.
  const century = twoDigits(text, 0);
  const yearOfCentury = twoDigits(text, 2);
  if (century < 0 || yearOfCentury < 0) return undefined;
  return secondsOf(
    century * 100 + yearOfCentury,
    twoDigits(text, 5),
    twoDigits(text, 8),
    twoDigits(text, 11),
    twoDigits(text, 14),
    twoDigits(text, 17),
  );
}

/** Goes through a timestamp part by part. Every step gives -1 or false once something isn't as it should be. */
class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Steps over one character if it is this one. */
  skip(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at++;
    return true;
  }

  /** Steps over one ASCII letter, of either case, if it is this one. */
  skipLetter(lower: number): boolean {
    if ((this.#text.charCodeAt(this.#at) | LOWER) !== lower) return false;
    this.#at++;
    return true;
  }

  /** Steps over any number of blanks; whether there was one. */
  skipBlanks(): boolean {
    const from = this.#at;
    while (this.#text.charCodeAt(this.#at) === BLANK) this.#at++;
    return this.#at > from;
  }

  /** Reads a number of `min` to `max` digits. */
  number(min: number, max: number): number {
    const from = this.#at;
    let value = 0;
    while (this.#at - from < max) {
      const code = this.#text.charCodeAt(this.#at);
      if (!isDigit(code)) break;
      value = value * 10 + code - ZERO;
      this.#at++;
    }
    return this.#at - from < min ? -1 : value;
  }

  /** Reads `.` and digits and gives the first nine with the dot; "" when there is none, `undefined` for a bare dot. */
  fraction(): string | undefined {
    const from = this.#at;
    if (!this.skip(DOT)) return "";
    while (isDigit(this.#text.charCodeAt(this.#at))) this.#at++;
    if (this.#at === from + 1) return undefined;
    return this.#text.slice(from, Math.min(this.#at, from + 1 + MAX_FRACTION_DIGITS));
  }
}

function parseRelaxed(text: string): Timestamp | undefined {
  const cursor = new Cursor(text);
  const year = cursor.number(4, 4);
  if (year < 0 || !cursor.skip(DASH)) return undefined;
  const month = cursor.number(1, 2);
  if (!cursor.skip(DASH)) return undefined;
  const day = cursor.number(1, 2);
  if (!cursor.skipLetter(UPPER_T | LOWER) && !cursor.skipBlanks()) return undefined;
  const hour = cursor.number(1, 2);
  if (!cursor.skip(COLON)) return undefined;
  const minute = cursor.number(1, 2);
  if (!cursor.skip(COLON)) return undefined;
  const second = cursor.number(1, 2);
  const fraction = cursor.fraction();
  cursor.skipBlanks();
  const offset = parseOffset(cursor);
  const local = secondsOf(year, month, day, hour, minute, second);
  if (fraction === undefined || offset === undefined || local === undefined || !cursor.atEnd) return undefined;
  const seconds = local - offset;
  const whole = utcText(seconds, second === 60);
  return whole === undefined ? undefined : { text: `${whole}${fraction}Z`, seconds };
}

/** Reads `Z`, `UTC`, `+07:00` or `+0700` and gives it in seconds. */
function parseOffset(cursor: Cursor): number | undefined {
  if (cursor.skipLetter(UPPER_Z | LOWER)) return 0;
  if (cursor.skipLetter(117)) return cursor.skipLetter(116) && cursor.skipLetter(99) ? 0 : undefined;
  const east = cursor.skip(PLUS);
  if (!east && !cursor.skip(DASH)) return undefined;
  const hours = cursor.number(2, 2);
  cursor.skip(COLON);
  const minutes = cursor.number(2, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return undefined;
  const offset = hours * 3600 + minutes * 60;
  return east ? offset : -offset;
}

/** Whole seconds since the epoch of a moment in UTC; `undefined` when there is no such moment. Second 60 counts as 59. */
function secondsOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (month < 1 || month > 12 || day < 1 || (day > 28 && day > daysInMonth(year, month))) return undefined;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return undefined;
  return daysSinceEpoch(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + (second === 60 ? 59 : second);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH_DAY = 719_468;
const DAYS_PER_400_YEARS = 146_097;

/** Counts with years that begin in March, so that a leap day is the last of its year; for the years 0000 to 9999. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const marchYear = month > 2 ? year : year - 1;
  const monthFromMarch = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1;
  return marchYear * 365 + leapDays + dayOfYear - EPOCH_DAY;
}

/** `2026-11-23T00:28:22`, or `undefined` outside the years 0000 to 9999. A leap second is written as second 60. */
function utcText(seconds: number, isLeapSecond: boolean): string | undefined {
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  const rest = seconds - days * SECONDS_PER_DAY;
  const marchDays = days + EPOCH_DAY;
  const era = Math.floor(marchDays / DAYS_PER_400_YEARS);
  const dayOfEra = marchDays - era * DAYS_PER_400_YEARS;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  if (year < 0 || year > 9999) return undefined;
  const date = `${String(year).padStart(4, "0")}-${padded(month)}-${padded(day)}`;
  const second = isLeapSecond ? 60 : rest % 60;
  return `${date}T${padded(Math.floor(rest / 3600))}:${padded(Math.floor(rest / 60) % 60)}:${padded(second)}`;
}

function padded(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= 57;
}

/** Two digits as a number, or -1. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const ones = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : -1;
}
