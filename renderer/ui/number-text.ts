const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/** A count with its thousands marked: `18,204`. Small fractions keep one digit. */
export function numberText(value: number): string {
  return Math.abs(value) < 10 && !Number.isInteger(value) ? oneDigit.format(value) : whole.format(value);
}

/** A count in a table, where zero is a dash so that the others are seen. */
export function countCell(value: number): string {
  return value === 0 ? "–" : whole.format(value);
}

/** `1 alarm`, `205 alarms`. */
export function countOf(value: number, one: string, many = `${one}s`): string {
  return `${whole.format(value)} ${value === 1 ? one : many}`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;
/** Bytes in the unit that keeps them short: `1.4 MB`. */
export function bytesText(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 ? value : oneDigit.format(value)} ${UNITS[unit]}`;
}
