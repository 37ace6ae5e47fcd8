import { memo, type ReactNode, useRef } from "react";
import { tooltipText } from "../safe-text.ts";
import type { GridColumn } from "./column.ts";

/** While a cell still fades from its last change, another one doesn't start it over: it would only flicker. */
const FLASH_MS = 900;

interface GridRowProps<Row> {
  row: Row;
  id: string;
  /** The id of its element. */
  domId: string;
  /** Its place among all rows, from 1; the heads are row 1 of the grid. */
  place: number;
  top: number;
  columns: readonly GridColumn<Row>[];
  className: string;
  /** Undefined where rows can't be selected. */
  selected: boolean | undefined;
  /** The whole row has the focus (-1), or one of its cells. */
  active: number | undefined;
  flash: boolean;
}

/** One row; drawn again only when something of it changed. */
function Row<Row>(props: GridRowProps<Row>) {
  const { row, id, domId, place, top, columns, className, selected, active, flash } = props;
  const flashing = useFlashes(row, id, columns, flash);
  const state = `${selected ? " sel" : ""}${active === undefined ? "" : active === -1 ? " cur" : " cur-cell"}`;
  return (
    <div
      role="row"
      id={domId}
      aria-rowindex={place + 1}
      aria-selected={selected}
      data-row={id}
      className={`tr ${className}${state}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      {selected === undefined ? null : (
        <div role="gridcell" aria-colindex={1} className="td-select" data-col="select">
          <span className={`chk ${selected ? "on" : ""}`} aria-hidden="true" />
          <span className="off-screen">{selected ? "selected" : "not selected"}</span>
        </div>
      )}
      {columns.map((column, index) => (
        <div
          key={column.id}
          role="gridcell"
          id={`${domId}-${index}`}
          aria-colindex={index + (selected === undefined ? 1 : 2)}
          data-col={column.id}
          title={titleOf(column, row)}
          className={classOf(column, flashing.get(column.id), active === index)}
        >
          {column.cell(row) as ReactNode}
        </div>
      ))}
    </div>
  );
}
export const GridRow = memo(Row) as typeof Row;

function classOf<Row>(column: GridColumn<Row>, flash: "a" | "b" | undefined, active: boolean): string {
  return `td${column.align === "right" ? " right" : ""}${flash === undefined ? "" : ` flash-${flash}`}${active ? " cur" : ""}`;
}

/** Cut text is whole in its tooltip. What is drawn of marks has no text to cut. */
function titleOf<Row>(column: GridColumn<Row>, row: Row): string | undefined {
  return column.flex ? tooltipText(column.text(row)) : undefined;
}

/**
 * Which cells show that they changed. Two names take turns, so that a second change starts the animation again.
 */
function useFlashes<Row>(
  row: Row,
  id: string,
  columns: readonly GridColumn<Row>[],
  flash: boolean,
): ReadonlyMap<string, "a" | "b"> {
  const seen = useRef<{
    id: string;
    row: Row;
    texts: Map<string, string>;
    at: Map<string, number>;
    flashes: Map<string, "a" | "b">;
  }>(undefined);
  // An element stands for a place: another row in it is no change of a cell.
  const before = seen.current?.id === id ? seen.current : undefined;
  if (before !== undefined && before.row === row) return before.flashes;
  const texts = new Map(columns.filter((column) => !column.quiet).map((column) => [column.id, column.text(row)]));
  const now = performance.now();
  const flashes = new Map(before?.flashes);
  const at = new Map(before?.at);
  if (before !== undefined && flash) {
    for (const [column, text] of texts) {
      const old = before.texts.get(column);
      if (old === undefined || old === text || now - (at.get(column) ?? Number.NEGATIVE_INFINITY) < FLASH_MS) continue;
      flashes.set(column, flashes.get(column) === "a" ? "b" : "a");
      at.set(column, now);
    }
  }
  seen.current = { id, row, texts, at, flashes };
  return flashes;
}
