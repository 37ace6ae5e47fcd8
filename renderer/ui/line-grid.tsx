import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { nextCursor } from "./line-cursor.ts";
import "./line-grid.css";

export interface LineColumn {
  id: string;
  title: string;
  /** A track of a CSS grid: `112px`, `minmax(0, 1fr)`. */
  width: string;
  align?: "right";
}

/** A line of the table: cells in the order of the columns, or one piece over all of them. */
export type LineContent =
  | { kind: "cells"; cells: readonly ReactNode[]; className?: string }
  | { kind: "whole"; content: ReactNode; className?: string };

export interface CellPlace<L> {
  line: L;
  column: LineColumn;
  /** Where on the screen a menu would open. */
  x: number;
  y: number;
}

interface LineGridProps<L> {
  label: string;
  columns: readonly LineColumn[];
  lines: readonly L[];
  keyOf: (line: L) => string;
  heightOf: (line: L) => number;
  /** Whether the cursor stops at a line; heads of groups and opened parts are passed over. */
  stops: (line: L) => boolean;
  draw: (line: L) => LineContent;
  /** The key of the line that the cursor is on. */
  current: string | undefined;
  onCurrent: (key: string, line: L) => void;
  onOpen?: (key: string, line: L) => void;
  onEscape?: () => void;
  onCellMenu?: (place: CellPlace<L>) => void;
  /** A key that the table doesn't know itself; true says that it was used. */
  onKey?: (event: KeyboardEvent, line: L | undefined, column: LineColumn | undefined) => boolean;
  /** Told how far it is scrolled. */
  onScroll?: (top: number) => void;
  /** In place of lines when there are none. */
  empty?: ReactNode;
}

/**
 * A table of lines of different heights, of which only those in sight are drawn. One stop of the Tab key; arrows move a
 * cursor over lines and cells, which a screen reader follows by aria-activedescendant.
 */
export function LineGrid<L>(props: LineGridProps<L>) {
  const { label, columns, lines, keyOf, heightOf, draw, current, onScroll, empty } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [column, setColumn] = useState(0);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => {
      const line = lines[index];
      return line === undefined ? 28 : heightOf(line);
    },
    getItemKey: (index) => {
      const line = lines[index];
      return line === undefined ? index : keyOf(line);
    },
    overscan: 8,
  });
  // Heights are known, not measured: when other lines stand in other places, what was worked out is forgotten.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lines are why.
  useEffect(() => virtual.measure(), [lines, virtual]);
  const currentIndex = current === undefined ? -1 : lines.findIndex((line) => keyOf(line) === current);
  const onKeyDown = useKeys(props, currentIndex, column, setColumn, (index) => virtual.scrollToIndex(index));
  const scrolled = useCallback(() => onScroll?.(scroller.current?.scrollTop ?? 0), [onScroll]);
  const template = columns.map(({ width }) => width).join(" ");
  return (
    <div
      className="line-grid"
      role="grid"
      aria-label={label}
      aria-rowcount={lines.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={currentIndex >= 0 ? `${id}-${currentIndex}-${column}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <Head columns={columns} template={template} />
      <div className="line-scroller" ref={scroller} onScroll={scrolled} role="presentation">
        {lines.length === 0 && empty}
        <div role="presentation" style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map(({ index, start, size, key }) => {
            const line = lines[index];
            if (line === undefined) return null;
            const content = draw(line);
            return (
              <Line
                key={key}
                {...props}
                id={`${id}-${index}`}
                line={line}
                index={index}
                content={content}
                template={template}
                style={{ transform: `translateY(${start}px)`, height: size }}
                cursor={index === currentIndex ? column : undefined}
                onColumn={setColumn}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Head({ columns, template }: { columns: readonly LineColumn[]; template: string }) {
  return (
    <div className="line-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
      {columns.map((column) => (
        <span key={column.id} role="columnheader" className={column.align}>
          {column.title}
        </span>
      ))}
    </div>
  );
}

interface LineProps<L> extends LineGridProps<L> {
  id: string;
  line: L;
  index: number;
  content: LineContent;
  template: string;
  style: { transform: string; height: number };
  /** The column of the cursor, when it is on this line. */
  cursor: number | undefined;
  onColumn: (column: number) => void;
}

function Line<L>(props: LineProps<L>) {
  const { id, line, index, content, template, style, cursor, onColumn, columns, stops, keyOf, onCurrent, onOpen } =
    props;
  if (content.kind === "whole") {
    return (
      <div className={`line whole ${content.className ?? ""}`} role="row" aria-rowindex={index + 2} style={style}>
        <div role="gridcell" aria-colspan={columns.length} id={`${id}-0`}>
          {content.content}
        </div>
      </div>
    );
  }
  const menu = (event: MouseEvent, column: LineColumn): void => {
    if (props.onCellMenu === undefined) return;
    event.preventDefault();
    props.onCellMenu({ line, column, x: event.clientX, y: event.clientY });
  };
  return (
    <div
      className={`line ${content.className ?? ""}${cursor === undefined ? "" : " current"}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={stops(line) ? cursor !== undefined : undefined}
      style={{ ...style, gridTemplateColumns: template }}
      onClick={(event) => {
        if (!stops(line) || isControl(event.target)) return;
        onCurrent(keyOf(line), line);
        onOpen?.(keyOf(line), line);
      }}
    >
      {content.cells.map((cell, at) => {
        const column = columns[at];
        if (column === undefined) return null;
        return (
          <span
            key={column.id}
            id={`${id}-${at}`}
            role="gridcell"
            aria-colindex={at + 1}
            className={`${column.align ?? ""}${cursor === at ? " cursor" : ""}`}
            onMouseDown={() => onColumn(at)}
            onContextMenu={(event) => menu(event, column)}
          >
            {cell}
          </span>
        );
      })}
    </div>
  );
}

function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest("a, button, input") !== null;
}

function useKeys<L>(
  props: LineGridProps<L>,
  currentIndex: number,
  column: number,
  setColumn: (column: number) => void,
  scrollTo: (index: number) => void,
) {
  return (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget && isControl(event.target)) return;
    const { lines, columns, stops, keyOf, onCurrent, onOpen, onEscape, onCellMenu, onKey } = props;
    const line = lines[currentIndex];
    const at = columns[column];
    const used = (): void => {
      event.preventDefault();
      event.stopPropagation();
    };
    const next = nextCursor(event, currentIndex, lines.length, (index) => {
      const candidate = lines[index];
      return candidate !== undefined && stops(candidate);
    });
    const target = next === undefined ? undefined : lines[next];
    if (next !== undefined && target !== undefined) {
      used();
      scrollTo(next);
      onCurrent(keyOf(target), target);
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      used();
      setColumn(Math.min(columns.length - 1, Math.max(0, column + (event.key === "ArrowRight" ? 1 : -1))));
    } else if (event.key === "Enter" && line !== undefined && onOpen !== undefined) {
      used();
      onOpen(keyOf(line), line);
    } else if (event.key === "Escape" && onEscape !== undefined) {
      used();
      onEscape();
    } else if (isMenuKey(event) && line !== undefined && at !== undefined && onCellMenu !== undefined) {
      used();
      const active = event.currentTarget.getAttribute("aria-activedescendant") ?? "";
      const place = document.getElementById(active)?.getBoundingClientRect();
      onCellMenu({ line, column: at, x: place?.left ?? 0, y: place?.bottom ?? 0 });
    } else if (onKey?.(event, line, at)) used();
  };
}

function isMenuKey(event: KeyboardEvent): boolean {
  return event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
}
