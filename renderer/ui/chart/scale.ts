/* What a chart works out before it draws: tops of scales, stacks, labels of times. */

const STEPS = [1, 2, 4, 6, 8, 10] as const;

/** The top of a scale that holds `highest` and whose half is a number people like: 2, 4, 6, 8, 10 times a power of ten. */
export function topOf(highest: number): number {
  if (!(highest > 2)) return 2;
  const power = 10 ** Math.floor(Math.log10(highest));
  const step = STEPS.find((each) => each * power >= highest && (each * power) % 2 === 0) ?? 10;
  return step * power;
}

/** `1,284` as an axis writes it: `950`, `1.3k`, `2M`. */
export function axisNumber(value: number): string {
  if (value >= 1_000_000) return `${trimmed(value / 1_000_000)}M`;
  return value >= 1_000 ? `${trimmed(value / 1_000)}k` : trimmed(value);
}
function trimmed(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

/** Where each part of a stack begins and ends; `parts` from the bottom to the top. */
export function stackAt(parts: readonly (readonly number[])[], index: number): [from: number, to: number][] {
  let height = 0;
  return parts.map((values) => {
    const from = height;
    height += values[index] ?? 0;
    return [from, height];
  });
}

export function highestStack(parts: readonly (readonly number[])[]): number {
  const length = Math.max(0, ...parts.map((values) => values.length));
  let highest = 0;
  for (let index = 0; index < length; index += 1) {
    highest = Math.max(highest, stackAt(parts, index).at(-1)?.[1] ?? 0);
  }
  return highest;
}

const DAY_SECONDS = 86_400;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The label of a point of the time axis, in seconds since the epoch: the clock, or the day where the axis spans many. */
export function axisTime(seconds: number, spanSeconds: number, zone: string): string {
  const days = spanSeconds > 2 * DAY_SECONDS;
  const key = `${days}${zone}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      ...(days ? { day: "numeric", month: "short" } : { hour: "2-digit", minute: "2-digit" }),
      ...(zone === "" ? {} : { timeZone: zone }),
    });
    formats.set(key, format);
  }
  return format.format(seconds * 1000);
}
