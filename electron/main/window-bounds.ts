/** A rectangle on the desktop, in device-independent pixels. */
export interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const SMALLEST = { width: 720, height: 480 } as const;
const FIRST = { width: 1440, height: 900 } as const;

/**
 * Where the window goes: where it was, moved and shrunk so that all of it is on one display, since displays come and go
 * between two starts; in the middle of the first one when it was never anywhere.
 * @param areas the displays without the system's bars, the primary one first
 */
export function fittedBounds(saved: Bounds | undefined, areas: readonly Bounds[]): Bounds {
  const [primary] = areas;
  if (primary === undefined) return { x: 0, y: 0, ...FIRST };
  if (saved === undefined) return within({ ...centred(primary), ...FIRST }, primary);
  const home = areas.reduce((best, area) => (overlap(saved, area) > overlap(saved, best) ? area : best), primary);
  return within(saved, home);
}

function within(bounds: Bounds, area: Bounds): Bounds {
  const width = Math.min(Math.max(bounds.width, SMALLEST.width), area.width);
  const height = Math.min(Math.max(bounds.height, SMALLEST.height), area.height);
  return {
    x: clamp(bounds.x, area.x, area.x + area.width - width),
    y: clamp(bounds.y, area.y, area.y + area.height - height),
    width,
    height,
  };
}

function centred(area: Bounds): { x: number; y: number } {
  return {
    x: Math.round(area.x + (area.width - FIRST.width) / 2),
    y: Math.round(area.y + (area.height - FIRST.height) / 2),
  };
}

function overlap(a: Bounds, b: Bounds): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
