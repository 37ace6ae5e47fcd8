const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BLANK = 32;
const COMMA = 44;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** The bytes end before the object does. */
export const UNCLOSED = 0;

/**
 * The place behind the object that begins at `from`, `UNCLOSED`, or negative when it can't be one: minus the place from which
 * it is worth going on. That is the end of a line that cuts a string off, or one whose next line begins another object
 * while this one isn't closed, in a list or not: a line that was torn must not take all that follow with it, nor be looked
 * through anew for each of them.
 */
export function objectEnd(bytes: Buffer, from: number): number {
  let depth = 0;
  let at = from;
  while (at < bytes.length) {
    switch (bytes[at]) {
      case OPEN_BRACE:
        depth += 1;
        break;
      case CLOSE_BRACE:
        depth -= 1;
        if (depth === 0) return at + 1;
        break;
      case QUOTE:
        at = stringEnd(bytes, at + 1);
        if (at >= bytes.length) return UNCLOSED;
        if (bytes[at] === LINE_FEED) return -at;
        break;
      case LINE_FEED:
        if (firstInLine(bytes, at + 1) === OPEN_BRACE) return -at;
        break;
      default:
    }
    at += 1;
  }
  return UNCLOSED;
}

/** The closing quote, or the line end that comes before it, or the end of the bytes. */
function stringEnd(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE || byte === LINE_FEED) return at;
    at += byte === BACKSLASH && bytes[at + 1] !== LINE_FEED ? 2 : 1;
  }
  return at;
}

function firstInLine(bytes: Buffer, from: number): number | undefined {
  let at = from;
  while (isBetween(bytes[at])) at += 1;
  return bytes[at];
}

/** What may be between two events of a line, and around them. */
export function isBetween(byte: number | undefined): boolean {
  return (
    byte === BLANK ||
    byte === COMMA ||
    byte === TAB ||
    byte === CARRIAGE_RETURN ||
    byte === OPEN_BRACKET ||
    byte === CLOSE_BRACKET
  );
}
