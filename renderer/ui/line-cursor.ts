/** The part of a key press that moves a cursor. */
export interface CursorKey {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}

/** Lines that a page key goes over. */
const PAGE = 20;

/**
 * Where a key takes the cursor of a table: the index of the line, undefined when the key moves nothing or there is nothing
 * further. `at` is -1 while the cursor is nowhere; lines that don't stop it are passed over.
 */
export function nextCursor(
  { key, ctrlKey, altKey, metaKey, shiftKey }: CursorKey,
  at: number,
  count: number,
  stops: (index: number) => boolean,
): number | undefined {
  if (ctrlKey || altKey || metaKey || shiftKey) return undefined;
  switch (key) {
    case "ArrowDown":
    case "j":
      return walk(at, 1, 1, count, stops);
    case "ArrowUp":
    case "k":
      return at < 0 ? walk(-1, 1, 1, count, stops) : walk(at, -1, 1, count, stops);
    case "PageDown":
      return walk(at, 1, PAGE, count, stops);
    case "PageUp":
      return walk(at, -1, PAGE, count, stops);
    case "Home":
      return walk(-1, 1, 1, count, stops);
    case "End":
      return walk(count, -1, 1, count, stops);
    default:
      return undefined;
  }
}

/** So many steps, or as many as there are. */
function walk(
  from: number,
  direction: 1 | -1,
  steps: number,
  count: number,
  stops: (index: number) => boolean,
): number | undefined {
  let reached: number | undefined;
  let left = steps;
  for (let index = from + direction; index >= 0 && index < count && left > 0; index += direction) {
    if (!stops(index)) continue;
    reached = index;
    left -= 1;
  }
  return reached;
}
