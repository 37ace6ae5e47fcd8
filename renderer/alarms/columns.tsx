import type { AlarmRow } from "../../engine/contract/console/alarms.ts";
import type { GridColumn } from "../ui/grid/column.ts";
import { countCell } from "../ui/number-text.ts";
import { riskClassOf } from "../ui/risk.ts";
import { RiskMark } from "../ui/risk-mark.tsx";
import { clipText, safeText } from "../ui/safe-text.ts";
import { StageProgress, stageProgressText } from "../ui/stage-progress.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { isoText } from "../ui/time.ts";
import { TimeText } from "../ui/time-text.tsx";

type Column = GridColumn<AlarmRow>;
/** More than a cell can show; the rest is in its tooltip. */
const MOST_SHOWN = 300;

const text = (value: string) => clipText(value, MOST_SHOWN).text;
const term = (field: string, value: (row: AlarmRow) => string) => (row: AlarmRow) => ({ field, value: value(row) });

function progressOf(row: AlarmRow) {
  const { stage, stages, stageEvents: events, stageOccurrence: occurrence, progress } = row;
  return { stage, stages, events, occurrence, progress };
}

/** The first address, and how many others there are. */
function Addresses({ first, count }: { first: string; count: number }) {
  if (first === "") return <span className="t3">–</span>;
  return (
    <span className="mono">
      {safeText(first)}
      {count > 1 ? <span className="plus">+{count - 1}</span> : null}
    </span>
  );
}

function plain(
  id: string,
  title: string,
  width: number,
  value: (row: AlarmRow) => string,
  more: Partial<Column>,
): Column {
  return { id, title, width, text: value, cell: (row) => text(value(row)), ...more };
}
function figure(
  id: string,
  title: string,
  width: number,
  value: (row: AlarmRow) => number,
  more: Partial<Column>,
): Column {
  const shown = (row: AlarmRow) => countCell(value(row));
  return { id, title, width, align: "right", text: (row) => String(value(row)), cell: shown, ...more };
}

/** The columns of the table (console.md §2); widths are measured against the bundled fonts. */
export function alarmColumns(statuses: readonly string[], riskMedium: readonly [number, number]): Column[] {
  const age = (
    id: string,
    title: string,
    width: number,
    at: (row: AlarmRow) => number,
    more: Partial<Column>,
  ): Column => ({
    ...{ id, title, width, align: "right", sortFirst: "descending" },
    text: (row) => isoText(at(row), ""),
    cell: (row) => <TimeText at={at(row)} />,
    ...more,
  });
  return [
    {
      ...{ id: "risk", title: "Risk", width: 97, sort: "risk", sortFirst: "descending" },
      text: (row) => String(row.risk),
      cell: (row) => <RiskMark risk={row.risk} riskClass={riskClassOf(row.risk, riskMedium)} />,
      term: term("risk", (row) => String(row.risk)),
    },
    age("updated", "Updated", 80, (row) => row.updated, { sort: "updated" }),
    {
      ...{ id: "title", title: "Title", width: 170, roomy: 264, flex: true, sort: "title" },
      text: (row) => row.title,
      cell: (row) => <span className="title">{text(row.title)}</span>,
      term: term("title", (row) => row.title),
    },
    {
      ...{ id: "stage", title: "Stage · events", width: 128, sort: "stage", folds: 8 },
      text: (row) => stageProgressText(progressOf(row)),
      cell: (row) => <StageProgress {...progressOf(row)} />,
    },
    {
      ...{ id: "source", title: "Source", width: 132, sort: "source", folds: 7 },
      text: (row) => row.src,
      cell: (row) => <Addresses first={row.src} count={row.srcCount} />,
      term: term("src", (row) => row.src),
    },
    {
      ...{ id: "target", title: "Target", width: 132, sort: "target", folds: 6 },
      text: (row) => row.dst,
      cell: (row) => <Addresses first={row.dst} count={row.dstCount} />,
      term: term("dst", (row) => row.dst),
    },
    {
      ...{ id: "status", title: "Status", width: 96, sort: "status", folds: 9 },
      text: (row) => row.status,
      cell: (row) => <StatusMark status={row.status} statuses={statuses} />,
      term: term("status", (row) => row.status),
    },
    plain("tag", "Tag", 112, (row) => row.tag, { sort: "tag", folds: 3, term: term("tag", (row) => row.tag) }),
    figure("intel", "Intel", 42, (row) => row.intel, { folds: 2 }),
    figure("vuln", "Vuln", 42, (row) => row.vuln, { folds: 1 }),
    figure("events", "Events", 58, (row) => row.events, { sort: "events", sortFirst: "descending", folds: 5 }),
    age("age", "Age", 68, (row) => row.created, { folds: 4, quiet: true }),
    plain("id", "Id", 120, (row) => row.id, {
      ...{ optional: true, sort: "id", folds: 0, term: term("id", (row) => row.id) },
      cell: (row) => <span className="mono">{text(row.id)}</span>,
    }),
    age("created", "Created", 76, (row) => row.created, { optional: true, sort: "created", folds: 0 }),
    plain("kingdom", "Kingdom", 120, (row) => row.kingdom, {
      ...{ optional: true, sort: "kingdom", folds: 0, term: term("kingdom", (row) => row.kingdom) },
    }),
    plain("category", "Category", 130, (row) => row.category, {
      ...{ optional: true, sort: "category", folds: 0, term: term("category", (row) => row.category) },
    }),
    plain("networks", "Networks", 130, (row) => row.networks.join(", "), {
      ...{ optional: true, folds: 0, term: term("network", (row) => row.networks[0] ?? "") },
    }),
    plain("directive", "Directive", 76, (row) => (row.directiveId === undefined ? "–" : String(row.directiveId)), {
      ...{ optional: true, sort: "directive", align: "right", folds: 0 },
      term: (row) =>
        row.directiveId === undefined ? undefined : { field: "directive", value: String(row.directiveId) },
    }),
    plain("node", "Node", 80, (row) => row.node, { optional: true, folds: 0, term: term("node", (row) => row.node) }),
    plain("custom", "Custom data", 160, (row) => row.customData, { optional: true, folds: 0 }),
    plain("note", "Note", 180, (row) => row.note, { optional: true, folds: 0 }),
  ];
}
