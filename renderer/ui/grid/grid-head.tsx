import { type KeyboardEvent, type PointerEvent as ReactPointerEvent, useRef } from "react";
import { Icon } from "../icon.tsx";
import { type GridColumn, widthOf, withMoved, withWidth } from "./column.ts";
import type { LayoutControl } from "./use-column-layout.ts";

const WIDTH_STEP = 16;

interface GridHeadProps<Row> {
  columns: readonly GridColumn<Row>[];
  layout: LayoutControl;
  domId: string;
  sort: string | undefined;
  onSort: ((sort: string) => void) | undefined;
  /** Undefined where rows can't be selected. */
  selected: "all" | "some" | "none" | undefined;
  onSelectAll: () => void;
}

/** The heads: press to sort, drag the edge for the width, drag the head for the place; with Alt and Shift by arrow keys. */
export function GridHead<Row>(props: GridHeadProps<Row>) {
  const { columns, layout, domId, sort, onSort, selected, onSelectAll } = props;
  const dragged = useRef<string>(undefined);
  const drop = (id: string) => {
    const { shown } = layout.layout;
    const from = dragged.current;
    dragged.current = undefined;
    if (from !== undefined && from !== id) {
      layout.change(withMoved(layout.layout, from, shown.indexOf(id) - shown.indexOf(from)));
    }
  };
  return (
    <div role="row" aria-rowindex={1} className="tr th" id={domId}>
      {selected === undefined ? null : (
        <div role="columnheader" aria-colindex={1} className="td-select">
          <button
            type="button"
            tabIndex={-1}
            aria-label={selected === "all" ? "Clear the selection" : "Select all rows that are loaded"}
            onClick={onSelectAll}
          >
            <span className={`chk ${selected === "all" ? "on" : selected === "some" ? "part" : ""}`} />
          </button>
        </div>
      )}
      {columns.map((column, index) => (
        <Head
          key={column.id}
          column={column}
          columnIndex={index + (selected === undefined ? 1 : 2)}
          layout={layout}
          order={orderOf(column, sort)}
          onSort={column.sort === undefined || onSort === undefined ? undefined : () => onSort(nextSort(column, sort))}
          onDrag={(id) => {
            dragged.current = id;
          }}
          onDrop={drop}
        />
      ))}
    </div>
  );
}

function orderOf<Row>(column: GridColumn<Row>, sort: string | undefined): "ascending" | "descending" | undefined {
  if (column.sort === undefined || sort === undefined) return undefined;
  if (sort === column.sort) return "ascending";
  return sort === `-${column.sort}` ? "descending" : undefined;
}

/** The order that pressing a head brings: its own first one, or the other one when it has an order already. */
function nextSort<Row>(column: GridColumn<Row>, sort: string | undefined): string {
  const up = column.sort ?? "";
  const order = orderOf(column, sort);
  if (order === undefined) return column.sortFirst === "descending" ? `-${up}` : up;
  return order === "ascending" ? `-${up}` : up;
}

interface HeadProps<Row> {
  column: GridColumn<Row>;
  columnIndex: number;
  layout: LayoutControl;
  order: "ascending" | "descending" | undefined;
  onSort: (() => void) | undefined;
  onDrag: (id: string) => void;
  onDrop: (id: string) => void;
}

function Head<Row>({ column, columnIndex, layout, order, onSort, onDrag, onDrop }: HeadProps<Row>) {
  const resizing = useRef<{ x: number; width: number }>(undefined);
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0 || !(event.altKey || event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.altKey) layout.change(withMoved(layout.layout, column.id, step));
    else layout.change(withWidth(layout.layout, column.id, widthOf(column, layout.layout) + step * WIDTH_STEP));
  };
  const startResize = (event: ReactPointerEvent<HTMLElement>) => {
    const head = event.currentTarget.parentElement;
    if (head === null) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    resizing.current = { x: event.clientX, width: head.offsetWidth };
  };
  const resize = (event: ReactPointerEvent<HTMLElement>) => {
    const from = resizing.current;
    if (from !== undefined) layout.change(withWidth(layout.layout, column.id, from.width + event.clientX - from.x));
  };
  const label = (
    <>
      <span className="clip">{column.title}</span>
      {order === undefined ? null : <Icon name={order === "ascending" ? "up" : "down"} size={12} />}
    </>
  );
  return (
    <div
      role="columnheader"
      aria-colindex={columnIndex}
      aria-sort={order ?? (onSort === undefined ? undefined : "none")}
      className={`td${column.align === "right" ? " right" : ""}${order === undefined ? "" : " sorted"}`}
      onDragOver={(event) => event.preventDefault()}
      onDrop={() => onDrop(column.id)}
    >
      <button
        type="button"
        tabIndex={-1}
        draggable
        onDragStart={() => onDrag(column.id)}
        onClick={onSort}
        onKeyDown={onKey}
        title={onSort === undefined ? column.title : `${column.title}: sort`}
      >
        {label}
      </button>
      <span
        className="resize"
        aria-hidden="true"
        onPointerDown={startResize}
        onPointerMove={resize}
        onPointerUp={() => {
          resizing.current = undefined;
        }}
      />
    </div>
  );
}
