/** What a key means in a table, apart from the page's shortcuts. */
export type GridMove =
  | { kind: "row"; to: number; extend: boolean }
  | { kind: "cell"; to: number }
  | { kind: "heads" }
  | { kind: "select" }
  | { kind: "all" }
  | { kind: "menu" };

export interface GridPlace {
  /** The active row's place, from 0; -1 while there is none. */
  row: number;
  rows: number;
  /** The active cell; -1 for the row as a whole. */
  cell: number;
  cells: number;
  /** Rows that are seen at once. */
  page: number;
}

interface Press {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

export function gridMove(press: Press, place: GridPlace): GridMove | undefined {
  const mod = press.ctrlKey || press.metaKey;
  if (press.altKey) return undefined;
  if (mod) return modMove(press, place);
  const row = (to: number): GridMove => ({ kind: "row", to: clamp(to, place.rows), extend: press.shiftKey });
  switch (press.key) {
    case "ArrowDown":
      return row(place.row + 1);
    case "ArrowUp":
      return place.row <= 0 && !press.shiftKey ? { kind: "heads" } : row(place.row - 1);
    case "PageDown":
      return row(place.row + place.page);
    case "PageUp":
      return row(place.row - place.page);
    case "Home":
      return { kind: "cell", to: place.cells === 0 ? -1 : 0 };
    case "End":
      return { kind: "cell", to: place.cells - 1 };
    case "ArrowRight":
      return { kind: "cell", to: Math.min(place.cells - 1, place.cell + 1) };
    case "ArrowLeft":
      return { kind: "cell", to: Math.max(-1, place.cell - 1) };
    case " ":
      return { kind: "select" };
    case "ContextMenu":
      return { kind: "menu" };
    case "F10":
      return press.shiftKey ? { kind: "menu" } : undefined;
    default:
      return undefined;
  }
}

function modMove(press: Press, place: GridPlace): GridMove | undefined {
  if (press.key === "a") return { kind: "all" };
  if (press.key === "Home") return { kind: "row", to: 0, extend: press.shiftKey };
  if (press.key === "End") return { kind: "row", to: clamp(place.rows - 1, place.rows), extend: press.shiftKey };
  return undefined;
}

function clamp(to: number, rows: number): number {
  return Math.max(0, Math.min(rows - 1, to));
}
