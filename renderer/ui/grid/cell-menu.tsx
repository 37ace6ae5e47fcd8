import { ContextMenuPopover, Menu, MenuDivider, MenuItem } from "@blueprintjs/core";
import type { ReactNode } from "react";
import { copyText } from "../copy.tsx";
import { Icon } from "../icon.tsx";
import { clipText } from "../safe-text.ts";
import { Keys } from "../shortcuts.tsx";
import type { GridColumn } from "./column.ts";

const MOST_SHOWN = 40;

export interface CellPlace<Row> {
  row: Row;
  column: GridColumn<Row>;
  left: number;
  top: number;
}
export interface CellTerm {
  field: string;
  value: string;
}

interface CellMenuProps<Row> {
  place: CellPlace<Row> | undefined;
  onClose: () => void;
  onTerm: ((term: CellTerm, want: "include" | "exclude") => void) | undefined;
  /** What the screen adds below: its pivots. */
  more: ((row: Row, column: GridColumn<Row>) => ReactNode) | undefined;
}

/** What can be done with a cell: only its value, hide its value, copy, and the screen's own. */
export function CellMenu<Row>({ place, onClose, onTerm, more }: CellMenuProps<Row>) {
  if (place === undefined) return null;
  const { row, column, left, top } = place;
  const term = column.term?.(row);
  const added = more?.(row, column);
  const content = (
    <Menu aria-label={column.title}>
      {term === undefined || onTerm === undefined ? null : (
        <>
          <MenuItem
            icon={<Icon name="filter" />}
            text={<TermText word="Only" value={term.value} />}
            labelElement={<Keys action="cell.include" />}
            onClick={() => onTerm(term, "include")}
          />
          <MenuItem
            icon={<Icon name="filter" />}
            text={<TermText word="Hide" value={term.value} />}
            labelElement={<Keys action="cell.exclude" />}
            onClick={() => onTerm(term, "exclude")}
          />
        </>
      )}
      <MenuItem icon={<Icon name="copy" />} text="Copy" onClick={() => void copyText(column.text(row))} />
      {added === undefined || added === null ? null : <MenuDivider />}
      {added}
    </Menu>
  );
  return <ContextMenuPopover isOpen content={content} targetOffset={{ left, top }} onClose={onClose} />;
}

function TermText({ word, value }: { word: string; value: string }) {
  return (
    <>
      {word} <span className="mono">{value === "" ? "(empty)" : clipText(value, MOST_SHOWN).text}</span>
    </>
  );
}
