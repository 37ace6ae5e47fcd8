import { Button, Menu, MenuItem, PopoverNext } from "@blueprintjs/core";
import { useMemo, useState } from "react";
import type { CoverageAnswer, SeenKind } from "../../engine/contract/console/coverage.ts";
import { api, urlOf } from "../client/api.ts";
import { useLoaded } from "../client/hooks.ts";
import type { GridColumn } from "../ui/grid/column.ts";
import { Grid } from "../ui/grid/grid.tsx";
import { useColumnLayout } from "../ui/grid/use-column-layout.ts";
import { useUrlState } from "../ui/hash-location.ts";
import { Icon } from "../ui/icon.tsx";
import { assetsRoute, draftDirectiveRoute, href } from "../ui/links.ts";
import { countOf, numberText } from "../ui/number-text.ts";
import { EmptyState, FailedState, StaleNotice } from "../ui/states.tsx";
import { panelId, TabStrip, tabId } from "../ui/tab-strip.tsx";
import { rangeAt, useTimeRange, type ViewRange } from "../ui/time-range.ts";
import { addressColumns, directiveColumns, uncoveredColumns } from "./columns.tsx";
import { kindId } from "./kind.ts";
import "../ui/list-parts.css";
import "./coverage.css";

const TABS = ["uncovered", "directives", "addresses"] as const;
type Tab = (typeof TABS)[number];
const NAME = "coverage";

/** What the events of a time range and the directives have to do with each other. */
export function CoverageScreen() {
  const [values, change] = useUrlState();
  const { range, text: t } = useTimeRange();
  const tab: Tab = TABS.find((each) => each === values.get("tab")) ?? "uncovered";
  const { data, error, loading, reload } = useLoaded(t, (signal) =>
    api.get("GET /coverage", { query: rangeAt(range, Date.now()), signal }),
  );
  return (
    <>
      <header className="screen-head">
        <h1>Coverage</h1>
        <span className="sum">{data === undefined ? (loading ? "Reading the events…" : "") : summaryOf(data)}</span>
        <span className="grow" />
        <Button variant="minimal" size="small" text="Count again" loading={loading} onClick={reload} />
        <ExportMenu range={range} />
      </header>
      <TabStrip
        name={NAME}
        label="Coverage"
        tabs={[
          { id: "uncovered", title: "Events without a directive", count: countIn(data, "uncovered") },
          { id: "directives", title: "Rules that no event met", count: countIn(data, "directives") },
          { id: "addresses", title: "Addresses without a value", count: countIn(data, "addresses") },
        ]}
        current={tab}
        onChange={(next) => change({ tab: next === "uncovered" ? undefined : next })}
      />
      {error === undefined || data === undefined ? null : (
        <StaleNotice onRetry={reload}>{error.message} Showing what was counted before.</StaleNotice>
      )}
      <div className="coverage-panel" role="tabpanel" id={panelId(NAME)} aria-labelledby={tabId(NAME, tab)}>
        {data !== undefined ? (
          <Panel tab={tab} data={data} t={t} />
        ) : error !== undefined ? (
          <FailedState title="The events can't be counted" text={error.message} onRetry={reload} />
        ) : null}
      </div>
    </>
  );
}

function countIn(data: CoverageAnswer | undefined, list: Tab): number | undefined {
  return data && data[list].length + data.more[list];
}

function summaryOf({ events, covered }: CoverageAnswer): string {
  if (events === 0) return "No events in this range";
  const share = Math.floor((covered / events) * 100);
  return `${countOf(events, "retained event")}, ${share} % of them looked at by a directive`;
}

function Panel({ tab, data, t }: { tab: Tab; data: CoverageAnswer; t: string }) {
  if (data.events === 0) {
    return (
      <EmptyState icon="coverage" title="No events in this range">
        Coverage is counted from the events that are retained (Settings says how many). Choose a longer time range, or
        send some.
      </EmptyState>
    );
  }
  switch (tab) {
    case "uncovered":
      return <Uncovered data={data} t={t} />;
    case "directives":
      return <Directives data={data} />;
    case "addresses":
      return <Addresses data={data} t={t} />;
  }
}

function draft({ is }: SeenKind): void {
  location.hash = href(draftDirectiveRoute(is));
}

function Uncovered({ data, t }: { data: CoverageAnswer; t: string }) {
  const columns = useMemo(() => uncoveredColumns(t, draft), [t]);
  return (
    <Listed
      name="uncovered"
      label="Events without a directive"
      rows={data.uncovered}
      more={data.more.uncovered}
      idOf={({ is }) => kindId(is)}
      columns={columns}
      onOpen={draft}
      done={{ title: "Every kind of event has a directive", text: "No event of this range is looked at by nobody." }}
    >
      No rule of any directive names these plugins and sids, or taxonomies: whatever comes of them, no alarm is made.
    </Listed>
  );
}

function Directives({ data }: { data: CoverageAnswer }) {
  const columns = useMemo(directiveColumns, []);
  return (
    <Listed
      name="directives"
      label="Rules that no event met"
      rows={data.directives}
      more={data.more.directives}
      idOf={({ node, id }) => `${node} ${id}`}
      columns={columns}
      done={{ title: "Every rule met an event", text: "Each rule of each directive accepts an event of this range." }}
    >
      No event of this range meets these rules, references left aside. A rule with events of its kind wants something
      else of them: explain one of the events to see what.
    </Listed>
  );
}

function Addresses({ data, t }: { data: CoverageAnswer; t: string }) {
  const columns = useMemo(() => addressColumns(t), [t]);
  return (
    <Listed
      name="addresses"
      label="Addresses without a value"
      rows={data.addresses}
      more={data.more.addresses}
      idOf={({ ip }) => ip}
      columns={columns}
      done={{ title: "Every address has a value", text: "All addresses of this range are in an asset." }}
    >
      No asset gives these a value. Between two of them risk is always 0 and no alarm is written; an address inside the
      network among them belongs into <a href={href(assetsRoute())}>Assets</a>.
    </Listed>
  );
}

interface ListedProps<Row> {
  name: string;
  label: string;
  rows: readonly Row[];
  more: number;
  idOf: (row: Row) => string;
  columns: readonly GridColumn<Row>[];
  onOpen?: (row: Row) => void;
  /** What is said when there is nothing to list. */
  done: { title: string; text: string };
  children: React.ReactNode;
}
function Listed<Row>({ name, label, rows, more, idOf, columns, onOpen, done, children }: ListedProps<Row>) {
  const layout = useColumnLayout(`coverage-${name}`, columns);
  const [active, setActive] = useState<string>();
  if (rows.length === 0) {
    return (
      <EmptyState icon="check" title={done.title}>
        {done.text}
      </EmptyState>
    );
  }
  return (
    <>
      <p className="notice">
        <span>{children}</span>
      </p>
      <Grid
        main
        {...{ label, rows, idOf, columns, layout, active, onOpen }}
        onActive={setActive}
        total={rows.length + more}
      />
      {more === 0 ? null : (
        <p className="notice">{numberText(more)} more are left out here; the export has them all.</p>
      )}
    </>
  );
}

function ExportMenu({ range }: { range: ViewRange }) {
  const items = (
    <Menu aria-label="Export">
      {(["csv", "json"] as const).map((format) => (
        <MenuItem
          key={format}
          text={format.toUpperCase()}
          href={urlOf("GET /coverage/export", { query: { ...rangeAt(range, Date.now()), format } })}
          download
        />
      ))}
    </Menu>
  );
  return (
    <PopoverNext placement="bottom-end" content={items}>
      <Button variant="minimal" size="small" icon={<Icon name="export" size={14} />} text="Export" />
    </PopoverNext>
  );
}
