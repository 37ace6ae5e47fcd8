import { Button } from "@blueprintjs/core";
import { type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import type { AlarmRow } from "../../engine/contract/console/alarms.ts";
import { useConnection } from "../state/connection.ts";
import { usePause } from "../state/pause.ts";
import { closedStatus, useSession } from "../state/session.ts";
import { ColumnChooser } from "../ui/grid/column-chooser.tsx";
import { Grid } from "../ui/grid/grid.tsx";
import { useColumnLayout } from "../ui/grid/use-column-layout.ts";
import { LiveSummary } from "../ui/live-summary.tsx";
import { useIsNarrow } from "../ui/media.ts";
import { NewsPill } from "../ui/news-pill.tsx";
import { countOf, numberText } from "../ui/number-text.ts";
import type { QueryBarHandle } from "../ui/query-bar.tsx";
import { withValue } from "../ui/query-terms.ts";
import { useShortcuts } from "../ui/shortcuts.tsx";
import { FailedState } from "../ui/states.tsx";
import { useTimeRange, writeRange } from "../ui/time-range.ts";
import { AlarmFacets } from "./alarm-facets.tsx";
import { AlarmHistogram } from "./alarm-histogram.tsx";
import { AlarmQuery } from "./alarm-query.tsx";
import { BulkBar, BulkDialogs, useBulkKeys } from "./bulk-bar.tsx";
import { alarmColumns } from "./columns.tsx";
import { BackAgain, ListNotice } from "./list-notice.tsx";
import { NoAlarms } from "./no-alarms.tsx";
import { Pivots } from "./pivots.tsx";
import { useAlarmCommands } from "./use-alarm-commands.ts";
import { type AlarmListState, useAlarmList } from "./use-alarm-list.ts";
import { useCopyLink } from "./use-copy-link.ts";
import { useAllCount, useCounts } from "./use-counts.ts";
import { type Triage, useTriage } from "./use-triage.ts";
import { useView, type ViewControl } from "./view.ts";
import { ExportMenu, ViewStrip } from "./view-menu.tsx";
import "./alarms.css";

/** Below this width the facets fold into a button, and the pane takes the place of the list. */
const FACETS_BELOW = 1280;
const PANE_BELOW = 1000;
/** Room below the last row, so that the bar that floats above the end covers none. */
const BULK_ROOM = 70;

/** The alarm in the pane beside the list, and what it may ask of the list. */
export interface AlarmPaneSlot {
  id: string;
  at: number;
  of: number;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
  onClose: () => void;
}

/** The list of alarms. `pane` draws the alarm that is open: a screen of its own, which this one doesn't know. */
export function AlarmsScreen({ pane }: { pane: (slot: AlarmPaneSlot) => ReactNode }) {
  const session = useSession();
  const closed = closedStatus(session);
  const control = useView(closed);
  const { view, setQuery } = control;
  const { setRange } = useTimeRange();
  const pause = usePause();
  const state = useAlarmList(view.q, view.sort, view.range, pause.paused);
  const counts = useCounts(view.q, view.range, state.view, pause.paused);
  const inRange = useAllCount(view.range, counts.data?.total ?? 0);
  const triage = useTriage(state, control);
  const queryBar = useRef<QueryBarHandle>(null);
  const isNarrow = useIsNarrow(FACETS_BELOW);
  const isPaneOnly = useIsNarrow(PANE_BELOW) && view.open !== undefined;
  const [facetsOpen, setFacetsOpen] = useState(false);

  useListShortcuts(state, control, triage, queryBar);
  useAlarmCommands(control, triage, state.total);
  const facets = <AlarmFacets counts={counts.data} query={view.q} onQuery={setQuery} />;
  const showFacets = view.open === undefined && (isNarrow ? facetsOpen : true);
  return (
    <div className={`alarms${view.open === undefined ? "" : " with-pane"}${isPaneOnly ? " pane-only" : ""}`}>
      <section className="alarm-list" aria-label="Alarms" hidden={isPaneOnly}>
        <Head
          state={state}
          control={control}
          inRange={inRange}
          closed={closed}
          firstStatus={session.statuses[0] ?? "Open"}
          paused={pause.paused}
        />
        <div className="qbar">
          {isNarrow && view.open === undefined ? (
            <Button size="small" text="Facets" aria-expanded={facetsOpen} onClick={() => setFacetsOpen(!facetsOpen)} />
          ) : null}
          <AlarmQuery
            handle={queryBar}
            query={view.q}
            fault={state.fault}
            onQuery={setQuery}
            onLeave={() => triage.grid.current?.focus()}
          />
          <NewsPill view={state.view} onApply={() => state.list.applyWaiting()} />
        </div>
        {counts.data?.histogram === undefined || view.open !== undefined ? null : (
          <AlarmHistogram histogram={counts.data.histogram} onRange={(from, to) => setRange(writeRange(from, to))} />
        )}
        <ListNotice />
        <BackAgain at={state.backAt} />
        <div className="alarm-body">
          {showFacets ? facets : null}
          <Table state={state} control={control} inRange={inRange} triage={triage} onAllTime={() => setRange("all")} />
        </div>
      </section>
      {view.open === undefined ? null : (
        <section className="alarm-pane" aria-label="Alarm">
          {pane(slotOf(view.open, state, control, triage))}
        </section>
      )}
      <BulkDialogs bulk={triage.bulk} />
      <LiveSummary text={summaryOf(state)} />
    </div>
  );
}

/** For ears: how many there are, and what waits. */
function summaryOf({ total, view }: AlarmListState): string {
  if (total === undefined) return "";
  const waiting = view.added + view.moved > 0 ? `; ${view.added} new and ${view.moved} moved wait` : "";
  return `${countOf(total, "alarm")}${waiting}`;
}

function slotOf(id: string, state: AlarmListState, { setOpen }: ViewControl, triage: Triage): AlarmPaneSlot {
  const { rows } = state.view;
  const at = rows.findIndex((row) => row.id === id);
  return {
    id,
    at: at + 1,
    of: state.total ?? rows.length,
    onPrevious: at > 0 ? () => triage.step(-1) : undefined,
    onNext: at < rows.length - 1 ? () => triage.step(1) : undefined,
    onClose: () => {
      setOpen(undefined);
      triage.grid.current?.focus();
    },
  };
}

function useListShortcuts(
  state: AlarmListState,
  { view, setOpen }: ViewControl,
  triage: Triage,
  queryBar: { current: QueryBarHandle | null },
): void {
  useBulkKeys(triage.bulk);
  const copyLink = useCopyLink();
  useShortcuts({
    filter: () => queryBar.current?.focus(),
    apply: () => state.list.applyWaiting(),
    "alarm.next": () => triage.step(1),
    "alarm.previous": () => triage.step(-1),
    ...(view.open === undefined ? {} : { back: () => setOpen(undefined) }),
    ...(triage.active === undefined ? {} : { copyLink: () => copyLink(triage.active ?? "") }),
  });
}

interface HeadProps {
  state: AlarmListState;
  control: ViewControl;
  /** Alarms in the time range, whatever the query. */
  inRange: number | undefined;
  closed: string;
  firstStatus: string;
  paused: boolean;
}

function Head({ state, control, inRange, closed, firstStatus, paused }: HeadProps) {
  const { view } = control;
  const columns = useColumns();
  const layout = useColumnLayout("alarms", columns);
  return (
    <header className="screen-head">
      <h1>Alarms</h1>
      <span className="sum" aria-live="off">
        <b>{state.total === undefined ? "…" : numberText(state.total)}</b>
        {inRange === undefined ? null : <> of {numberText(Math.max(inRange, state.total ?? 0))}</>}
      </span>
      <ViewStrip {...{ closed, firstStatus, changes: state.view }} still={paused || view.open !== undefined} />
      <span className="grow" />
      <ColumnChooser columns={columns} layout={layout} />
      <ExportMenu view={view} total={state.total} />
    </header>
  );
}

function useColumns() {
  const { statuses, riskMedium } = useSession();
  return useMemo(() => alarmColumns(statuses, riskMedium), [statuses, riskMedium]);
}

interface TableProps {
  state: AlarmListState;
  control: ViewControl;
  inRange: number | undefined;
  triage: Triage;
  onAllTime: () => void;
}

function Table({ state, control, inRange, triage, onAllTime }: TableProps) {
  const { view, setQuery, setSort } = control;
  const { statuses } = useSession();
  const columns = useColumns();
  const layout = useColumnLayout("alarms", columns);
  const isStale = useConnection((connection) => connection.status.kind === "lost");
  const { rows, fresh, gone } = state.view;
  const [firstStatus] = statuses;
  const rowClass = useCallback(
    (row: AlarmRow) =>
      `${row.status === firstStatus ? "" : "taken"}${fresh.has(row.id) ? " new" : ""}${gone.has(row.id) ? " gone" : ""}`,
    [firstStatus, fresh, gone],
  );
  const cellMenu = useCallback((row: AlarmRow, column: { id: string }) => <Pivots row={row} column={column.id} />, []);
  const count = triage.all ? (state.total ?? 0) : triage.selection.ids.size;
  if (state.fault !== undefined && state.fault.column === undefined) {
    return <FailedState title="The list can't be read" text={state.fault.text} />;
  }
  if (rows.length === 0 && !state.loading) {
    return <NoAlarms view={view} inRange={inRange} onQuery={setQuery} onAllTime={onAllTime} />;
  }
  return (
    <div className="alarm-table">
      <Grid
        label="Alarms"
        rows={rows}
        idOf={idOf}
        columns={columns}
        layout={layout}
        total={state.total}
        sort={view.sort}
        onSort={setSort}
        selection={triage.selection}
        onSelection={triage.setSelection}
        active={triage.active}
        onActive={triage.setActive}
        onOpen={triage.open}
        onTerm={({ field, value }, want) => setQuery(withValue(view.q, field, value, want))}
        cellMenu={cellMenu}
        rowClass={rowClass}
        onHold={(held) => state.list.hold(held)}
        onNearEnd={state.loadMore}
        flash={!state.storm}
        stale={isStale}
        padEnd={BULK_ROOM}
        main
        handle={triage.grid}
      />
      {triage.all || triage.selection.ids.size > 0 ? (
        <BulkBar
          bulk={triage.bulk}
          count={count}
          all={triage.all}
          total={state.total}
          onSelectAll={triage.selectAll}
          onClear={triage.clear}
        />
      ) : null}
    </div>
  );
}

const idOf = (row: AlarmRow) => row.id;
