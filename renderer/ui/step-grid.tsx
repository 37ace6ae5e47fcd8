import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useRef, useState } from "react";
import { useRowHeight } from "./grid/row-height.ts";
import "./step-grid.css";

/** Rows above and below what is seen that are drawn, too. */
const OVERSCAN = 10;

interface StepGridProps {
  label: string;
  heads: readonly string[];
  /** Rows are numbered from 1 to here; up to a million. */
  count: number;
  /** The row that the cursor is on; 0 before the first, more than there are behind the last. */
  current: number;
  onCurrent: (row: number) => void;
  /** Which rows are in sight, or nearly. */
  onRange: (first: number, last: number) => void;
  /** Cells in the order of the heads; undefined while they aren't there yet. */
  cellsOf: (row: number) => readonly ReactNode[] | undefined;
  rowClass: (row: number) => string;
}

/**
 * A long table of rows of one height, whose current row is a position that others move, too. Rows are known by their
 * number alone, so that a million of them cost nothing. One stop of the Tab key; the arrows move the cursor.
 */
export function StepGrid({ label, heads, count, current, onCurrent, onRange, cellsOf, rowClass }: StepGridProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const height = useRowHeight();
  const seen = useHeight(scroller);
  const [top, setTop] = useState(0);
  const first = Math.max(1, Math.floor(top / height) - OVERSCAN + 1);
  const last = Math.min(count, Math.ceil((top + seen) / height) + OVERSCAN);
  useEffect(() => onRange(first, last), [onRange, first, last]);
  useEffect(() => bringIntoSight(scroller.current, current, height), [current, height]);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const page = Math.max(1, Math.floor(seen / height) - 2);
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const by = moves[event.key];
    if (by === undefined) return;
    event.preventDefault();
    onCurrent(Math.min(count + 1, Math.max(0, current + by)));
  };
  const rows = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return (
    <div
      ref={scroller}
      className="step-grid"
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={count + 1}
      aria-colcount={heads.length}
      aria-activedescendant={current >= first && current <= last ? `${id}-${current}` : undefined}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
    >
      <div className="step-grid-head" role="row" aria-rowindex={1}>
        {heads.map((head) => (
          <span key={head} role="columnheader">
            {head}
          </span>
        ))}
      </div>
      <div className="step-grid-body" role="presentation" style={{ height: count * height }}>
        {rows.map((row) => (
          <div
            key={row}
            id={`${id}-${row}`}
            role="row"
            aria-rowindex={row + 1}
            aria-selected={row === current}
            className={`step-grid-row ${rowClass(row)}${row === current ? " current" : ""}`}
            style={{ transform: `translateY(${(row - 1) * height}px)`, height }}
            onClick={() => onCurrent(row)}
          >
            <Cells heads={heads} cells={cellsOf(row)} />
          </div>
        ))}
      </div>
    </div>
  );
}

function Cells({ heads, cells }: { heads: readonly string[]; cells: readonly ReactNode[] | undefined }) {
  return heads.map((head, index) => (
    <span key={head} role="gridcell" className={cells === undefined ? "t3" : undefined}>
      {cells === undefined ? (index === 0 ? "…" : "") : cells[index]}
    </span>
  ));
}

/** The height of what scrolls, in whole pixels. */
function useHeight(element: RefObject<HTMLElement | null>): number {
  const [height, setHeight] = useState(0);
  useEffect(() => {
    const box = element.current;
    if (box === null) return;
    const observer = new ResizeObserver(() => setHeight(Math.round(box.clientHeight)));
    observer.observe(box);
    return () => observer.disconnect();
  }, [element]);
  return height;
}

/** The current row stays in sight, with some of what comes next. */
function bringIntoSight(scroller: HTMLElement | null, row: number, height: number): void {
  if (scroller === null || row === 0) return;
  const { scrollTop, clientHeight } = scroller;
  const top = (row - 1) * height;
  if (top < scrollTop) scroller.scrollTop = top - 2 * height;
  // The head stands above the rows, in the same scroller.
  else if (top + 2 * height > scrollTop + clientHeight - height) scroller.scrollTop = top - clientHeight + 4 * height;
}
