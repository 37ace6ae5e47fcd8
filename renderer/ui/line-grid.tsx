import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { nextCursor } from "./line-cursor.ts";
import "./line-grid.css";

export interface LineColumn {
  id: string;
  title: string;
  /** A track of a CSS grid: `112px`, `minmax(0, 1fr)`. */
  width: string;
  align?: "right";
}

/** Of the row of heads, in pixels (--row-head). */
const HEAD_HEIGHT = 28;

/** A line of the table: cells in the order of the columns, or one piece over all of them. */
export type LineContent =
  | { kind: "cells"; cells: readonly ReactNode[]; className?: string }
  | { kind: "whole"; content: ReactNode; className?: string };

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
  /** In place of lines when there are none. */
  empty?: ReactNode;
}

/**
 * A table of lines of different heights, of which only those in sight are drawn. One stop of the Tab key; arrows move a
 * cursor over lines and cells, which a screen reader follows by aria-activedescendant.
 */
export function LineGrid<L>(props: LineGridProps<L>) {
  const { label, columns, lines, keyOf, heightOf, draw, current, empty } = props;
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
    // The head stays above the lines, in the same scroller.
    scrollPaddingStart: HEAD_HEIGHT,
  });
  // Heights are known, not measured: when other lines stand in other places, what was worked out is forgotten.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lines are why.
  useEffect(() => virtual.measure(), [lines, virtual]);
  const currentIndex = current === undefined ? -1 : lines.findIndex((line) => keyOf(line) === current);
  const onKeyDown = useKeys(props, currentIndex, column, setColumn, (index) => virtual.scrollToIndex(index));
  const items = virtual.getVirtualItems();
  // Only a line that is drawn can be named as the active one.
  const isDrawn = items.some(({ index }) => index === currentIndex);
  const template = columns.map(({ width }) => width).join(" ");
  return (
    <div
      className="line-grid"
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={lines.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={isDrawn ? `${id}-${currentIndex}-${column}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <Head columns={columns} template={template} />
      {lines.length === 0 && empty}
      <div className="line-body" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start, size, key }) => {
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
    const { lines, columns, stops, keyOf, onCurrent, onOpen, onEscape } = props;
    const line = lines[currentIndex];
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
    }
  };
}
