import type { ReactNode } from "react";

/** A column of a grid: how it is drawn, and what its cells mean beyond their look. */
export interface GridColumn<Row> {
  id: string;
  title: string;
  /** In pixels; for a column that takes what is left, its least. */
  width: number;
  /** Takes what the others leave. */
  flex?: true;
  /** In pixels: other columns fold to give it this much, though it can do with its `width`. */
  roomy?: number;
  align?: "right";
  /** What the list is sorted by when its head is pressed; without it the column can't be sorted. */
  sort?: string;
  /** The order that comes first when its head is pressed. */
  sortFirst?: "descending";
  /** Not shown until somebody asks for it. */
  optional?: true;
  /** The narrower the grid, the more columns leave; 1 leaves first. */
  folds?: number;
  cell: (row: Row) => ReactNode;
  /** The cell as plain text: for copying, the tooltip of cut text, and to see that it changed. */
  text: (row: Row) => string;
  /** Changes of this cell are no news: ages, for example. */
  quiet?: true;
  /** Field and value by which a list can be filtered for what this cell says. */
  term?: (row: Row) => { field: string; value: string } | undefined;
}

/** Which columns are shown in which order, and widths that somebody has set. */
export interface ColumnLayout {
  shown: readonly string[];
  widths: Readonly<Record<string, number>>;
}

const NARROWEST = 36;
const WIDEST = 1_200;

export function defaultLayout<Row>(columns: readonly GridColumn<Row>[]): ColumnLayout {
  return { shown: columns.filter((column) => !column.optional).map((column) => column.id), widths: {} };
}

/** The columns of a layout that exist, as it has them. A layout of an older version may name others. */
export function layOut<Row>(columns: readonly GridColumn<Row>[], layout: ColumnLayout): GridColumn<Row>[] {
  const known = new Map(columns.map((column) => [column.id, column]));
  const shown = layout.shown.map((id) => known.get(id)).filter((column) => column !== undefined);
  return shown.length === 0 ? columns.filter((column) => !column.optional) : shown;
}

/** Columns that leave so that the rest fits, those with the lowest `folds` first. */
export function foldColumns<Row>(
  columns: readonly GridColumn<Row>[],
  layout: ColumnLayout,
  available: number,
): GridColumn<Row>[] {
  const kept = [...columns];
  const wanted = (column: GridColumn<Row>) => layout.widths[column.id] ?? column.roomy ?? column.width;
  const needed = () => kept.reduce((sum, column) => sum + wanted(column), 0);
  while (needed() > available) {
    const next = kept.filter((column) => column.folds !== undefined).sort((a, b) => (a.folds ?? 0) - (b.folds ?? 0))[0];
    if (next === undefined) break;
    kept.splice(kept.indexOf(next), 1);
  }
  return kept;
}

export function widthOf<Row>(column: GridColumn<Row>, layout: ColumnLayout): number {
  return layout.widths[column.id] ?? column.width;
}

export function withWidth(layout: ColumnLayout, id: string, width: number): ColumnLayout {
  const bounded = Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
  return { ...layout, widths: { ...layout.widths, [id]: bounded } };
}

export function withColumn<Row>(
  columns: readonly GridColumn<Row>[],
  layout: ColumnLayout,
  id: string,
  shown: boolean,
): ColumnLayout {
  const others = layout.shown.filter((each) => each !== id);
  if (!shown) return others.length === 0 ? layout : { ...layout, shown: others };
  if (layout.shown.includes(id)) return layout;
  // It appears where it stands among all columns, as far as the order was left alone.
  const before = new Set(
    columns
      .slice(
        0,
        columns.findIndex((column) => column.id === id),
      )
      .map((column) => column.id),
  );
  const at = others.findLastIndex((each) => before.has(each)) + 1;
  return { ...layout, shown: [...others.slice(0, at), id, ...others.slice(at)] };
}

/** Moves a column by so many places. */
export function withMoved(layout: ColumnLayout, id: string, by: number): ColumnLayout {
  const from = layout.shown.indexOf(id);
  const to = Math.min(layout.shown.length - 1, Math.max(0, from + by));
  if (from === -1 || from === to) return layout;
  const shown = layout.shown.filter((each) => each !== id);
  shown.splice(to, 0, id);
  return { ...layout, shown };
}

/** A layout as an address writes it, `risk,title.320,tag`; the default is written as nothing. */
export function writeLayout(layout: ColumnLayout, standard: ColumnLayout): string | undefined {
  const write = ({ shown, widths }: ColumnLayout) =>
    shown.map((id) => (widths[id] === undefined ? id : `${id}.${widths[id]}`)).join(",");
  const text = write(layout);
  return text === write(standard) ? undefined : text;
}

export function readLayout(text: string | null): ColumnLayout | undefined {
  if (text === null || !/^[\w.,-]+$/.test(text)) return undefined;
  const shown: string[] = [];
  const widths: Record<string, number> = {};
  for (const piece of text.split(",")) {
    const [id = "", width] = piece.split(".");
    if (id === "" || shown.includes(id)) continue;
    shown.push(id);
    if (width !== undefined && /^\d{1,4}$/.test(width)) widths[id] = Number(width);
  }
  return shown.length === 0 ? undefined : { shown, widths };
}
