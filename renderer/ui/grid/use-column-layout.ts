import { useCallback, useMemo } from "react";
import { useUrlState } from "../hash-location.ts";
import { readStored, writeStored } from "../stored.ts";
import { type ColumnLayout, defaultLayout, type GridColumn, readLayout, writeLayout } from "./column.ts";

export interface LayoutControl {
  layout: ColumnLayout;
  change: (layout: ColumnLayout) => void;
  reset: () => void;
}

/** A screen's columns: as its address has them, else as this browser kept them, else the usual ones. */
export function useColumnLayout<Row>(screen: string, columns: readonly GridColumn<Row>[]): LayoutControl {
  const [url, changeUrl] = useUrlState();
  const inUrl = url.get("cols");
  const standard = useMemo(() => defaultLayout(columns), [columns]);
  const layout = useMemo(
    () => readLayout(inUrl) ?? readLayout(readStored(`columns.${screen}`) ?? null) ?? standard,
    [inUrl, screen, standard],
  );
  const change = useCallback(
    (next: ColumnLayout) => {
      const text = writeLayout(next, standard);
      writeStored(`columns.${screen}`, text);
      // The usual columns are written out once another layout was in use, so that the address goes on saying what is shown.
      changeUrl({ cols: text ?? standard.shown.join(",") });
    },
    [changeUrl, screen, standard],
  );
  const reset = useCallback(() => {
    writeStored(`columns.${screen}`, undefined);
    changeUrl({ cols: undefined });
  }, [changeUrl, screen]);
  return { layout, change, reset };
}
