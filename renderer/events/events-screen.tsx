import { Button, SegmentedControl } from "@blueprintjs/core";
import { type DragEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ConsoleEvent } from "../../engine/contract/console/events.ts";
import { api } from "../client/api.ts";
import { live as liveConnection } from "../client/live.ts";
import { downServices, useConnection } from "../state/connection.ts";
import { useWaitingFile, waitingFileStore } from "../state/opened-file.ts";
import { usePause } from "../state/pause.ts";
import { ColumnChooser } from "../ui/grid/column-chooser.tsx";
import { Grid } from "../ui/grid/grid.tsx";
import type { GridHandle } from "../ui/grid/grid-props.ts";
import { useColumnLayout } from "../ui/grid/use-column-layout.ts";
import { useUrlState } from "../ui/hash-location.ts";
import { Icon } from "../ui/icon.tsx";
import { healthRoute, href } from "../ui/links.ts";
import { NoContact } from "../ui/no-contact.tsx";
import { numberText } from "../ui/number-text.ts";
import { QueryBar, type QueryBarHandle, type QueryFault } from "../ui/query-bar.tsx";
import { valuesOf, withValue } from "../ui/query-terms.ts";
import { safeText } from "../ui/safe-text.ts";
import { Keys, useShortcuts } from "../ui/shortcuts.tsx";
import { DownState, EmptyState, FailedState, FilteredOut } from "../ui/states.tsx";
import { clockText } from "../ui/time.ts";
import { rangeAt, useTimeRange, type ViewRange } from "../ui/time-range.ts";
import { useTimeStyle } from "../ui/time-text.tsx";
import { CellPivots } from "./cell-pivots.tsx";
import { EVENT_COLUMNS } from "./columns.tsx";
import { ImportDialog } from "./import-dialog.tsx";
import type { ImportFile } from "./import-run.ts";
import { OpenedEvent } from "./opened-event.tsx";
import { RateLine } from "./rate-line.tsx";
import { TAIL_SIZE } from "./tail.ts";
import { type EventSearch, useSearch } from "./use-search.ts";
import { type LiveTail, useTail } from "./use-tail.ts";
import "../ui/list-parts.css";
import "./events.css";

type Mode = "live" | "search";

/** Events as they come in, or those that are retained; what became of each. */
export function Screen() {
  const view = useEventsView();
  const { paused } = usePause();
  const [held, setHeld] = useState(false);
  const live = view.mode === "live";
  const tail = useTail(live ? view.query : undefined, paused || held || view.opened !== undefined);
  const { range: viewRange, setRange } = useTimeRange();
  const range = useMemo(() => rangeAt(viewRange, Date.now()), [viewRange]);
  const search = useSearch(live ? undefined : { q: view.query, ...range });
  const layout = useColumnLayout("events", EVENT_COLUMNS);
  const imports = useImportDrop();
  const [active, setActive] = useState<string | undefined>(undefined);
  const rows = live ? tail.tail.events : search.events;
  const opened = useOpened(rows, view.opened);
  const grid = useRef<GridHandle>(null);
  const isOpened = view.opened !== undefined;
  useEffect(() => {
    // The panel takes room from the table: the row that it belongs to may have been there.
    // Two frames later the table knows its new height.
    if (!isOpened) return;
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => grid.current?.step(0));
    });
    return () => cancelAnimationFrame(frame);
  }, [isOpened]);
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
            if (view.opened !== undefined) view.open(id);
          }}
          onOpen={(row) => view.open(view.opened === idOf(row) ? undefined : idOf(row))}
          onTerm={(term, want) => view.setQuery(withValue(view.query, term.field, term.value, want))}
          cellMenu={(row, column) => <CellPivots row={row} column={column.id} />}
          rowClass={(row) => (idOf(row) === view.opened ? "sel" : "")}
          onHold={setHeld}
          {...(live ? {} : { onNearEnd: search.loadMore })}
          flash={false}
          handle={grid}
          main
        />
      )}
      {opened !== undefined && <OpenedEvent opened={opened} onClose={() => view.open(undefined)} />}
      {imports.dragging && (
        <div className="drop-here">
          <p>Drop a file of events to import it</p>
        </div>
      )}
      <ImportDialog isOpen={imports.isOpen} file={imports.file} onFile={imports.setFile} onClose={imports.close} />
    </div>
  );
}

const idOf = ({ id }: ConsoleEvent): string => String(id);

interface EventsView {
  mode: Mode;
  setMode: (mode: Mode) => void;
  query: string;
  setQuery: (query: string) => void;
  /** The id of the opened event. */
  opened: string | undefined;
  open: (id: string | undefined) => void;
}

function useEventsView(): EventsView {
  const [url, change] = useUrlState();
  return {
    mode: url.get("mode") === "search" ? "search" : "live",
    setMode: (mode) => change({ mode: mode === "live" ? undefined : mode, event: undefined }),
    query: url.get("q") ?? "",
    setQuery: (q) => change({ q: q === "" ? undefined : q }),
    opened: url.get("event") ?? undefined,
    open: useCallback((id: string | undefined) => change({ event: id }), [change]),
  };
}

/** The opened event, also after it left the table. */
function useOpened(rows: readonly ConsoleEvent[], id: string | undefined): ConsoleEvent | undefined {
  const last = useRef<ConsoleEvent | undefined>(undefined);
  const found = useMemo(() => (id === undefined ? undefined : rows.find((row) => idOf(row) === id)), [rows, id]);
  if (found !== undefined) last.current = found;
  return id === undefined || last.current === undefined || idOf(last.current) !== id ? undefined : last.current;
}

/** A file that is dragged over the screen and dropped, or was opened with the desktop. */
function useImportDrop() {
  const [url, change] = useUrlState();
  // The first-run screen leads here to take a file in.
  const [isOpen, setOpen] = useState(url.has("import"));
  const close = (): void => {
    setOpen(false);
    change({ import: undefined });
  };
  const [file, setFile] = useState<ImportFile | undefined>(undefined);
  const [dragging, setDragging] = useState(false);
  const waiting = useWaitingFile();
  useEffect(() => {
    if (waiting === undefined) return;
    waitingFileStore.setState({ file: undefined });
    setFile(waiting);
    setOpen(true);
  }, [waiting]);
  const hasFile = (event: DragEvent): boolean => event.dataTransfer.types.includes("Files");
  return {
    isOpen,
    setOpen,
    close,
    file,
    setFile,
    dragging,
    handlers: {
      onDragOver: (event: DragEvent) => {
        if (!hasFile(event)) return;
        event.preventDefault();
        setDragging(true);
      },
      onDragLeave: (event: DragEvent) => {
        if (!event.currentTarget.contains(event.relatedTarget instanceof Node ? event.relatedTarget : null)) {
          setDragging(false);
        }
      },
      onDrop: (event: DragEvent) => {
        if (!hasFile(event)) return;
        event.preventDefault();
        setDragging(false);
        setFile(event.dataTransfer.files[0]);
        setOpen(true);
      },
    },
  };
}

function Head({
  view,
  tail: { tail, ready },
  search,
  children,
}: {
  view: EventsView;
  tail: LiveTail;
  search: EventSearch;
  children: ReactNode;
}) {
  return (
    <div className="screen-head">
      <h1>Events</h1>
      <SegmentedControl
        size="small"
        aria-label="Which events"
        value={view.mode}
        onValueChange={(value) => view.setMode(value === "search" ? "search" : "live")}
        options={[
          { value: "live", label: "Live tail" },
          {
            value: "search",
            label: search.retained === undefined ? "Search retained" : `Search ${numberText(search.retained)} retained`,
          },
        ]}
      />
      <span className="grow" />
      {view.mode === "live" && ready && (
        <span className="events-rate">
          <RateLine rates={tail.rates} />
          <span className="num">
            <b>{numberText(tail.perSecond)}</b> <span className="t2">events/s</span>
            {tail.notShown > 0 && <span className="t2">, {numberText(tail.notShown)} not shown</span>}
          </span>
        </span>
      )}
      {children}
    </div>
  );
}

const OUTCOMES = [
  ["", "All"],
  ["matched", "Matched"],
  ["unmatched", "No rule matched"],
  ["nodirective", "No directive"],
  ["rejected", "Rejected"],
] as const;

function Filter({ view, fault }: { view: EventsView; fault: QueryFault | undefined }) {
  const handle = useRef<QueryBarHandle>(null);
  useShortcuts({ filter: () => handle.current?.focus() });
  const [only, ...others] = valuesOf(view.query, "outcome").included;
  const outcome = others.length === 0 ? (only ?? "") : "several";
  const choose = (value: string): void => {
    const without = [...valuesOf(view.query, "outcome").included].reduce(
      (query, each) => withValue(query, "outcome", each, "neither"),
      view.query,
    );
    view.setQuery(value === "" ? without : withValue(without, "outcome", value, "include"));
  };
  return (
    <div className="filter-bar">
      <QueryBar
        label="Filter events"
        query={view.query}
        onQuery={view.setQuery}
        check={checkQuery}
        fault={fault}
        example='plugin:1512 src:10.20.0.0/16 -title:"Heartbeat" outcome:matched'
        handle={handle}
      />
      <SegmentedControl
        size="small"
        aria-label="Outcome"
        value={outcome}
        onValueChange={choose}
        options={OUTCOMES.map(([value, label]) => ({ value, label }))}
      />
      {view.query !== "" && <Button variant="minimal" size="small" text="Clear" onClick={() => view.setQuery("")} />}
    </div>
  );
}

async function checkQuery(q: string): Promise<QueryFault | undefined> {
  try {
    const {
      ok,
      error = "The query can’t be read.",
      column,
      length,
    } = await api.post("POST /query/check", {
      body: { q, of: "events" },
    });
    if (ok) return undefined;
    return { text: error, ...(column !== undefined && { column }), ...(length !== undefined && { length }) };
  } catch {
    // Whoever uses the query hears why the server doesn't answer.
    return undefined;
  }
}

function Contact() {
  const { status, everOpen } = useConnection((state) => state);
  if (!everOpen || status.kind === "open") return null;
  const retryAt = status.kind === "lost" ? status.retryAt : undefined;
  return <NoContact since={status.since} retryAt={retryAt} onRetry={() => liveConnection.connectNow()} />;
}

/** While the tail stands still: since when, how much came meanwhile, and how to see it. */
function TailBar({ tail: { tail, catchUp } }: { tail: LiveTail }) {
  const { zone } = useTimeStyle();
  if (tail.heldAt === undefined) {
    return (
      <div className="tail-bar">
        <span className="dot" aria-hidden="true" />
        <span>Following, the newest first. The last {numberText(TAIL_SIZE)} stay.</span>
      </div>
    );
  }
  const came = tail.held.length + tail.heldDropped;
  return (
    <div className="tail-bar">
      <Icon name="pause" size={12} />
      <span>
        Standing still since <b className="num">{clockText(tail.heldAt, zone)}</b>, the engine goes on.{" "}
        {came > 0 && (
          <>
            <b className="num">{numberText(came)}</b> came since
            {tail.heldDropped > 0 && `, the last ${numberText(TAIL_SIZE)} of them are kept`}.
          </>
        )}
      </span>
      {came > 0 && (
        <Button variant="minimal" size="small" text="Catch up" endIcon={<Keys action="apply" />} onClick={catchUp} />
      )}
    </div>
  );
}

/** How much was looked at, and whether there is more. */
function SearchBar({ search }: { search: EventSearch }) {
  const { events, scanned, retained, more, loading, error, loadMore, reload } = search;
  if (error !== undefined && events.length > 0) {
    return (
      <div className="tail-bar" role="status">
        <span className="grow">The search stopped: {safeText(error.message)}</span>
        <Button size="small" text="Retry" onClick={loadMore} />
      </div>
    );
  }
  return (
    <div className="tail-bar" role="status">
      <span className="grow num">
        {retained === undefined
          ? "Searching…"
          : `${numberText(events.length)}${more ? "+" : ""} found, ${numberText(scanned)} of ${numberText(retained)} retained looked at`}
      </span>
      {loading && retained !== undefined && <span className="t3">Searching…</span>}
      {more && !loading && <Button variant="minimal" size="small" text="Search further" onClick={loadMore} />}
      <Button variant="minimal" size="small" icon={<Icon name="refresh" size={14} />} text="Again" onClick={reload} />
    </div>
  );
}

interface NoEventsProps {
  view: EventsView;
  tail: LiveTail;
  search: EventSearch;
  range: ViewRange;
  onAllTime: () => void;
}

/** Why the table is empty. */
function NoEvents({ view, tail, search, range, onAllTime }: NoEventsProps) {
  const connection = useConnection((state) => state);
  const { setQuery } = view;
  const clear = (): void => setQuery("");
  if (view.mode === "live") {
    if (tail.fault !== undefined) return <FailedState title="This can't be followed" text={tail.fault.text} />;
    if (!tail.ready) return <p className="line-empty">Asking for the live tail…</p>;
    const down = downServices(connection);
    if (view.query !== "") {
      return (
        <FilteredOut title="Nothing that the filter finds has come in yet" onClear={clear}>
          {numberText(tail.tail.perSecond)} events come in each second.
        </FilteredOut>
      );
    }
    if (down.length > 0) {
      return (
        <DownState title={`${down.map(safeText).join(", ")} doesn’t run`} logHref={href(healthRoute())}>
          Events may still come in at the frontend. What is retained can be searched.
        </DownState>
      );
    }
    return (
      <EmptyState icon="events" title="No events yet">
        They appear here as soon as the frontend takes them in. Import a file to try it.
      </EmptyState>
    );
  }
  if (search.error !== undefined) {
    const { message } = search.error;
    return <FailedState title="The search failed" text={message} onRetry={search.reload} />;
  }
  if (!search.ready || search.loading) return <p className="line-empty">Searching…</p>;
  if (search.more) {
    return (
      <EmptyState
        icon="search"
        title="Nothing found so far"
        actions={<Button intent="primary" size="small" text="Search further" onClick={search.loadMore} />}
      >
        {numberText(search.scanned)} of {numberText(search.retained ?? 0)} retained events were looked at.
      </EmptyState>
    );
  }
  const allTime = <Button size="small" text="Look at all time" onClick={onAllTime} />;
  if (view.query === "") {
    return range.kind === "all" ? (
      <EmptyState icon="events" title="No event is retained yet">
        Events are retained from the moment the console runs, as many as the settings say.
      </EmptyState>
    ) : (
      <EmptyState icon="events" title="No event in this time" actions={allTime}>
        {numberText(search.retained ?? 0)} events are retained in all.
      </EmptyState>
    );
  }
  return (
    <FilteredOut title={`None of ${numberText(search.retained ?? 0)} retained events match`} onClear={clear}>
      All of them in the time range were looked at. {range.kind !== "all" && allTime}
    </FilteredOut>
  );
}
