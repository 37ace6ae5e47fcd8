import type { ReactNode, Ref } from "react";
import type { CellTerm } from "./cell-menu.tsx";
import type { GridColumn } from "./column.ts";
import type { Selection } from "./selection.ts";
import type { LayoutControl } from "./use-column-layout.ts";

export interface GridHandle {
  focus: () => void;
  /** Moves to the row after or before the active one, and returns it. */
  step: (by: number) => string | undefined;
  scrollToTop: () => void;
}

export interface GridProps<Row> {
  label: string;
  rows: readonly Row[];
  idOf: (row: Row) => string;
  columns: readonly GridColumn<Row>[];
  layout: LayoutControl;
  /** All rows there are, when more than these exist. */
  total?: number | undefined;
  sort?: string | undefined;
  onSort?: (sort: string) => void;
  /** Rows can be selected when both are given. */
  selection?: Selection | undefined;
  onSelection?: (selection: Selection) => void;
  /** The row that has the focus, by id. */
  active: string | undefined;
  onActive: (id: string) => void;
  onOpen?: ((row: Row) => void) | undefined;
  onTerm?: (term: CellTerm, want: "include" | "exclude") => void;
  /** Items that the screen adds to a cell's menu. */
  cellMenu?: (row: Row, column: GridColumn<Row>) => ReactNode;
  rowClass?: (row: Row) => string;
  /** The order must stand still, or needn't any more. */
  onHold?: (held: boolean) => void;
  onNearEnd?: () => void;
  /** Changed cells light up; off while everything is loaded anew. */
  flash?: boolean;
  /** Data that is old: grey, and said so above it. */
  stale?: boolean;
  /** Room below the last row, for what floats above it. */
  padEnd?: number;
  /** Takes the page's row keys: j, k, x, Enter, f. One per screen. */
  main?: boolean;
  handle?: Ref<GridHandle>;
}
