import type { Virtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, type RefObject, useMemo, useRef } from "react";
import { assertNever } from "../assert-never.ts";
import { useShortcuts } from "../shortcuts.tsx";
import type { CellPlace } from "./cell-menu.tsx";
import type { GridColumn } from "./column.ts";
import { type GridMove, gridMove } from "./grid-keys.ts";
import type { GridHandle, GridProps } from "./grid-props.ts";
import { allSelected, extended, NOTHING_SELECTED, toggled } from "./selection.ts";

interface Parts<Row> {
  props: GridProps<Row>;
  /** Where the active row stands; -1 when it isn't among the rows. */
  place: number;
  cell: number;
  setCell: (cell: number) => void;
  setMenu: (menu: CellPlace<Row> | undefined) => void;
  shown: readonly GridColumn<Row>[];
  scroller: RefObject<HTMLDivElement | null>;
  virtual: Virtualizer<HTMLDivElement, Element>;
  rowHeight: number;
  domId: string;
}

/** What keys and the mouse do in a grid. */
export function useGridActions<Row>(parts: Parts<Row>) {
  const latest = useRef(parts);
  latest.current = parts;
  const actions = useMemo(() => new GridActions<Row>(() => latest.current), []);
  useGridShortcuts(parts, actions);
  return actions;
}

function useGridShortcuts<Row>({ props, place, cell, shown }: Parts<Row>, actions: GridActions<Row>): void {
  const row = props.rows[place];
  const { main, onOpen, onTerm, onSelection } = props;
  const openRow = row === undefined || onOpen === undefined ? undefined : () => onOpen(row);
  const column = shown[cell];
  const term = row === undefined ? undefined : column?.term?.(row);
  const filter = (want: "include" | "exclude") =>
    term === undefined || onTerm === undefined ? undefined : () => onTerm(term, want);
  const selecting = onSelection !== undefined;
  useShortcuts(
    main
      ? definedOnly({
          "row.next": () => void actions.handle.step(1),
          "row.previous": () => void actions.handle.step(-1),
          "row.open": openRow,
          "row.select": selecting && row !== undefined ? () => actions.toggle(place) : undefined,
          "row.extendNext": selecting ? () => actions.move({ kind: "row", to: place + 1, extend: true }) : undefined,
          "row.extendPrevious": selecting
            ? () => actions.move({ kind: "row", to: place - 1, extend: true })
            : undefined,
          "cell.include": filter("include"),
          "cell.exclude": filter("exclude"),
        })
      : {},
  );
}

function definedOnly<K extends string, V>(values: Record<K, V | undefined>): Partial<Record<K, V>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Record<K, V>>;
}

class GridActions<Row> {
  readonly #parts: () => Parts<Row>;

  constructor(parts: () => Parts<Row>) {
    this.#parts = parts;
  }

  readonly handle: GridHandle = {
    focus: () => this.#parts().scroller.current?.focus(),
    step: (by) => {
      const { place, props } = this.#parts();
      return this.#goTo(place === -1 && by > 0 ? 0 : Math.min(props.rows.length - 1, Math.max(0, place + by)));
    },
    scrollToTop: () => this.#parts().virtual.scrollToOffset(0),
  };

  /** Makes a row the active one, brings it into view, and takes the focus to the grid. */
  #goTo(place: number): string | undefined {
    const { props, virtual, scroller } = this.#parts();
    const row = props.rows[place];
    if (row === undefined) return undefined;
    const id = props.idOf(row);
    props.onActive(id);
    virtual.scrollToIndex(place);
    const { current } = scroller;
    if (current !== null && !current.contains(document.activeElement)) current.focus({ preventScroll: true });
    return id;
  }

  toggle(place: number): void {
    const { props } = this.#parts();
    const row = props.rows[place];
    if (row !== undefined && props.selection !== undefined)
      props.onSelection?.(toggled(props.selection, props.idOf(row)));
  }

  readonly toggleAll = (): void => {
    const { props } = this.#parts();
    const ids = props.rows.map(props.idOf);
    const all = ids.length > 0 && ids.every((id) => props.selection?.ids.has(id));
    props.onSelection?.(all ? NOTHING_SELECTED : allSelected(ids));
  };

  move(move: GridMove): void {
    const { props, place, setCell } = this.#parts();
    switch (move.kind) {
      case "row": {
        const from = props.rows[place];
        const id = this.#goTo(Math.max(0, Math.min(props.rows.length - 1, move.to)));
        if (!move.extend || id === undefined || props.selection === undefined) return;
        const anchor = props.selection.anchor ?? (from === undefined ? id : props.idOf(from));
        props.onSelection?.(extended({ ...props.selection, anchor }, props.rows.map(props.idOf), id));
        return;
      }
      case "cell":
        setCell(move.to);
        return;
      case "heads":
        this.#focusHead(0);
        return;
      case "select":
        this.toggle(place);
        return;
      case "all":
        this.toggleAll();
        return;
      case "menu":
        this.#openMenuByKey();
        return;
      default:
        assertNever(move);
    }
  }

  readonly onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const { props, place, cell, shown, scroller, rowHeight } = this.#parts();
    if (event.target !== scroller.current) {
      this.#onHeadKey(event);
      return;
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const move = gridMove(event, { row: place, rows: props.rows.length, cell, cells: shown.length, page });
    if (move === undefined) return;
    if ((move.kind === "select" || move.kind === "all") && props.onSelection === undefined) return;
    event.preventDefault();
    this.move(move);
  };

  /** Between the heads by arrow keys, and back down into the rows. */
  #onHeadKey(event: KeyboardEvent<HTMLElement>): void {
    const heads = this.#heads();
    const at = heads.indexOf(event.target as HTMLElement);
    if (at === -1 || event.altKey || event.shiftKey) return;
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      this.#focusHead(at + (event.key === "ArrowRight" ? 1 : -1));
    } else if (event.key === "ArrowDown" || event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.handle.focus();
    }
  }

  #heads(): HTMLElement[] {
    const { scroller, domId } = this.#parts();
    const head = scroller.current?.querySelector(`[id="${domId}-head"]`);
    return [...(head?.querySelectorAll<HTMLElement>("button") ?? [])];
  }

  #focusHead(at: number): void {
    const heads = this.#heads();
    heads[Math.max(0, Math.min(heads.length - 1, at))]?.focus();
  }

  /** The row and the cell that an element is in. */
  #placeOf(target: EventTarget | null): { place: number; column: string } | undefined {
    if (!(target instanceof Element)) return undefined;
    const { props } = this.#parts();
    const id = target.closest<HTMLElement>("[data-row]")?.dataset.row;
    const place = id === undefined ? -1 : props.rows.findIndex((row) => props.idOf(row) === id);
    if (place === -1) return undefined;
    return { place, column: target.closest<HTMLElement>("[data-col]")?.dataset.col ?? "" };
  }

  readonly onClick = (event: MouseEvent<HTMLElement>): void => {
    const { props, shown, setCell } = this.#parts();
    const found = this.#placeOf(event.target);
    if (found === undefined) return;
    const selectable = props.selection !== undefined;
    if (selectable && event.shiftKey) {
      this.move({ kind: "row", to: found.place, extend: true });
      return;
    }
    this.#goTo(found.place);
    setCell(shown.findIndex((column) => column.id === found.column));
    if (selectable && (found.column === "select" || event.ctrlKey || event.metaKey)) {
      this.toggle(found.place);
      return;
    }
    // Somebody who marks text wants the text, and a link goes where it leads.
    if (!(document.getSelection()?.isCollapsed ?? true)) return;
    if (event.target instanceof Element && event.target.closest("a, button") !== null) return;
    const row = props.rows[found.place];
    if (row !== undefined) props.onOpen?.(row);
  };

  readonly onContextMenu = (event: MouseEvent<HTMLElement>): void => {
    const { props, shown, setCell, setMenu } = this.#parts();
    const found = this.#placeOf(event.target);
    const at = shown.findIndex((column) => column.id === found?.column);
    const [row, column] = [props.rows[found?.place ?? -1], shown[at]];
    if (found === undefined || row === undefined || column === undefined) return;
    event.preventDefault();
    this.#goTo(found.place);
    setCell(at);
    setMenu({ row, column, left: event.clientX, top: event.clientY });
  };

  #openMenuByKey(): void {
    const { props, place, cell, shown, domId, setMenu } = this.#parts();
    const [row, column] = [props.rows[place], shown[Math.max(0, cell)]];
    const element = document.getElementById(`${domId}-${place}-${Math.max(0, cell)}`);
    if (row === undefined || column === undefined || element === null) return;
    const { left, bottom } = element.getBoundingClientRect();
    setMenu({ row, column, left, top: bottom });
  }
}
