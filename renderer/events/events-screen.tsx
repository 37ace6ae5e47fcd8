import { Button } from "@blueprintjs/core";
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { usePause } from "../state/pause.ts";
import { ColumnChooser } from "../ui/grid/column-chooser.tsx";
import { Grid } from "../ui/grid/grid.tsx";
import type { GridHandle } from "../ui/grid/grid-props.ts";
import { useColumnLayout } from "../ui/grid/use-column-layout.ts";
import { Icon } from "../ui/icon.tsx";
import { debuggerRoute, href } from "../ui/links.ts";
import { withValue } from "../ui/query-terms.ts";
import { useShortcuts } from "../ui/shortcuts.tsx";
import { rangeAt, useTimeRange } from "../ui/time-range.ts";
import { CellPivots } from "./cell-pivots.tsx";
import { EVENT_COLUMNS } from "./columns.tsx";
import { Contact, Filter, Head, SearchBar, TailBar } from "./events-bars.tsx";
import { idOf, useEventsView, useOpened } from "./events-view.ts";
import { ExplainedEvent } from "./explained-event.tsx";
import { ImportDialog } from "./import-dialog.tsx";
import { NoEvents } from "./no-events.tsx";
import { OpenedEvent } from "./opened-event.tsx";
import { useImportDrop } from "./use-import-drop.ts";
import { useSearch } from "./use-search.ts";
import { useTail } from "./use-tail.ts";
import "../ui/list-parts.css";
import "./events.css";

/** Events as they come in, or those that are retained; what became of each. */
export function Screen() {
  const view = useEventsView();
  const { paused } = usePause();
  const [held, setHeld] = useState(false);
  const live = view.mode === "live";
  const tail = useTail(live ? view.query : undefined, paused || held || view.opened !== undefined);
  const { range: viewRange, text: rangeText, setRange } = useTimeRange();
  const range = useMemo(() => rangeAt(viewRange, Date.now()), [viewRange]);
  const search = useSearch(live ? undefined : { q: view.query, ...range });
  const layout = useColumnLayout("events", EVENT_COLUMNS);
  const imports = useImportDrop();
  const [active, setActive] = useState<string | undefined>(undefined);
  const rows = live ? tail.tail.events : search.events;
  const opened = useOpened(rows, view.opened);
  const grid = useRef<GridHandle>(null);
  useRowInSight(grid, view.opened !== undefined);
  useShortcuts({
    back: () => {
      if (view.opened !== undefined) view.open(undefined);
      else if (view.query !== "") view.setQuery("");
    },
    ...(live ? { apply: tail.catchUp } : {}),
  });
  return (
    <div className="events-screen" {...imports.handlers}>
      <Head view={view} tail={tail} search={search}>
        <a
          className="bp6-button bp6-minimal bp6-small"
          href={href(debuggerRoute({ events: { q: view.query, t: live ? "15m" : rangeText } }))}
          title={`Replay ${live ? "those of the last 15 minutes" : "these"} that are retained in the debugger`}
        >
          <Icon name="bug" size={14} />
          <span>Replay these</span>
        </a>
        <Button
          variant="minimal"
          size="small"
          icon={<Icon name="folder" size={14} />}
          text="Import"
          onClick={() => imports.setOpen(true)}
        />
        <ColumnChooser columns={EVENT_COLUMNS} layout={layout} />
      </Head>
      <Filter view={view} fault={live ? tail.fault : undefined} />
      <Contact />
      {live ? <TailBar tail={tail} /> : <SearchBar search={search} />}
      {rows.length === 0 ? (
        <NoEvents view={view} tail={tail} search={search} range={viewRange} onAllTime={() => setRange("all")} />
      ) : (
        <Grid
          label={live ? "Live tail of events" : "Found events"}
          rows={rows}
          idOf={idOf}
          columns={EVENT_COLUMNS}
          layout={layout}
          active={opened === undefined ? active : idOf(opened)}
          onActive={(id) => {
            setActive(id);
            if (view.opened !== undefined) (view.explained ? view.explain : view.open)(id);
          }}
          onOpen={(row) => view.open(view.opened === idOf(row) ? undefined : idOf(row))}
          onTerm={(term, want) => view.setQuery(withValue(view.query, term.field, term.value, want))}
          cellMenu={(row, column) => (
            <CellPivots row={row} column={column.id} onExplain={() => view.explain(idOf(row))} />
          )}
          rowClass={(row) => (idOf(row) === view.opened ? "sel" : "")}
          onHold={setHeld}
          {...(live ? {} : { onNearEnd: search.loadMore })}
          flash={false}
          handle={grid}
          main
        />
      )}
      {opened !== undefined && view.explained && (
        <ExplainedEvent opened={opened} onBack={() => view.open(idOf(opened))} onClose={() => view.open(undefined)} />
      )}
      {opened !== undefined && !view.explained && (
        <OpenedEvent
          opened={opened}
          onExplain={() => view.explain(idOf(opened))}
          onClose={() => view.open(undefined)}
        />
      )}
      {imports.dragging && (
        <div className="drop-here">
          <p>Drop a file of events to import it</p>
        </div>
      )}
      <ImportDialog isOpen={imports.isOpen} file={imports.file} onFile={imports.setFile} onClose={imports.close} />
    </div>
  );
}

/** The panel of the opened event takes room from the table: the row that it belongs to may have been there. */
function useRowInSight(grid: RefObject<GridHandle | null>, isOpened: boolean): void {
  useEffect(() => {
    if (!isOpened) return;
    // Two frames later the table knows its new height.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => grid.current?.step(0));
    });
    return () => cancelAnimationFrame(frame);
  }, [grid, isOpened]);
}
