import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, useEffect, useId, useImperativeHandle, useMemo, useRef, useState } from "react";
import { CellMenu, type CellPlace } from "./cell-menu.tsx";
import { foldColumns, type GridColumn, layOut, widthOf } from "./column.ts";
import { GridHead } from "./grid-head.tsx";
import type { GridProps } from "./grid-props.ts";
import { GridRow } from "./grid-row.tsx";
import { useRowHeight } from "./row-height.ts";
import type { Selection } from "./selection.ts";
import type { LayoutControl } from "./use-column-layout.ts";
import { useGridActions } from "./use-grid-actions.ts";
import { useHold } from "./use-hold.ts";
import { useWidth } from "./use-width.ts";

const OVERSCAN = 8;
/** How many rows before the end the next page is asked for. */
const NEAR_END = 40;
const SELECT_WIDTH = 38;

/**
 * The table of the console: virtualised, a grid to assistive technology with one tab stop; rows by id, so that focus and
 * selection survive every change of order.
 */
export function Grid<Row>(props: GridProps<Row>) {
  const { rows, idOf, columns, layout, selection, active, rowClass, flash = true, onNearEnd } = props;
  const domId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight();
  const width = useWidth(scroller);
  const [cell, setCell] = useState(-1);
  const [menu, setMenu] = useState<CellPlace<Row>>();
  const hold = useHold(scroller, (selection?.ids.size ?? 0) > 0, props.onHold);

  const selectable = selection !== undefined;
  const shown = useMemo(() => {
    const room = width - (selectable ? SELECT_WIDTH : 0);
    return foldColumns(layOut(columns, layout.layout), layout.layout, width === 0 ? Number.POSITIVE_INFINITY : room);
  }, [columns, layout.layout, width, selectable]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
    scrollPaddingStart: rowHeight,
    scrollPaddingEnd: props.padEnd ?? 0,
    paddingEnd: props.padEnd ?? 0,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows' height is measured anew when it changes.
  useEffect(() => virtual.measure(), [rowHeight]);
  const items = virtual.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && lastSeen >= rows.length - NEAR_END) onNearEnd?.();
  }, [lastSeen, rows.length, onNearEnd]);

  const place = useMemo(() => rows.findIndex((row) => idOf(row) === active), [rows, idOf, active]);
  const actions = useGridActions({ props, place, cell, setCell, setMenu, shown, scroller, virtual, rowHeight, domId });
  useImperativeHandle(props.handle, () => actions.handle, [actions]);

  // Columns may have left since the cell was chosen.
  const shownCell = Math.min(cell, shown.length - 1);
  const activeDom = place === -1 ? undefined : `${domId}-${place}${shownCell === -1 ? "" : `-${shownCell}`}`;
  const isActiveDrawn = items.some((item) => item.index === place);
  return (
    <>
      <div
        ref={scroller}
        role="grid"
        aria-label={props.label}
        aria-rowcount={(props.total ?? rows.length) + 1}
        aria-colcount={shown.length + (selectable ? 1 : 0)}
        aria-multiselectable={selectable || undefined}
        aria-activedescendant={isActiveDrawn ? activeDom : undefined}
        tabIndex={0}
        className={`grid${props.stale ? " stale" : ""}`}
        style={gridStyle(shown, layout, selectable, rowHeight)}
        onKeyDown={actions.onKeyDown}
        onClick={actions.onClick}
        onContextMenu={actions.onContextMenu}
        onScroll={hold.check}
        onFocus={hold.check}
        onBlur={() => queueMicrotask(hold.check)}
      >
        <GridHead
          columns={shown}
          layout={layout}
          domId={`${domId}-head`}
          sort={props.sort}
          onSort={props.onSort}
          selected={selectedOf(selection, rows, idOf)}
          onSelectAll={actions.toggleAll}
        />
        <div
          role="rowgroup"
          className="grid-body"
          style={{ height: virtual.getTotalSize() }}
          onPointerEnter={() => hold.hover(true)}
          onPointerLeave={() => hold.hover(false)}
        >
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const id = idOf(row);
            return (
              <GridRow
                key={item.index}
                row={row}
                id={id}
                domId={`${domId}-${item.index}`}
                place={item.index + 1}
                top={item.start}
                columns={shown}
                className={rowClass?.(row) ?? ""}
                selected={selection?.ids.has(id)}
                active={item.index === place ? shownCell : undefined}
                flash={flash}
              />
            );
          })}
        </div>
      </div>
      <CellMenu place={menu} onClose={() => setMenu(undefined)} onTerm={props.onTerm} more={props.cellMenu} />
    </>
  );
}

function gridStyle<Row>(
  shown: readonly GridColumn<Row>[],
  layout: LayoutControl,
  selectable: boolean,
  rowHeight: number,
): CSSProperties {
  const tracks = shown.map((column) => {
    const width = widthOf(column, layout.layout);
    return column.flex ? `minmax(${width}px, 1fr)` : `${width}px`;
  });
  const cols = [...(selectable ? [`${SELECT_WIDTH}px`] : []), ...tracks].join(" ");
  const least = shown.reduce((sum, column) => sum + widthOf(column, layout.layout), selectable ? SELECT_WIDTH : 0);
  return { "--cols": cols, "--least": `${least}px`, "--row": `${rowHeight}px` } as CSSProperties;
}

function selectedOf<Row>(selection: Selection | undefined, rows: readonly Row[], idOf: (row: Row) => string) {
  if (selection === undefined) return undefined;
  if (selection.ids.size === 0) return "none";
  return rows.length > 0 && rows.every((row) => selection.ids.has(idOf(row))) ? "all" : "some";
}
