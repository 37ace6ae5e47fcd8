import type { DirectiveRow } from "../../engine/contract/console/directives.ts";
import type { GridColumn } from "../ui/grid/column.ts";
import { Icon } from "../ui/icon.tsx";
import { alarmsRoute, backlogsRoute, href } from "../ui/links.ts";
import { countCell, countOf } from "../ui/number-text.ts";
import { riskClassOf } from "../ui/risk.ts";
import { RiskMark } from "../ui/risk-mark.tsx";
import { safeText } from "../ui/safe-text.ts";
import { TimeText } from "../ui/time-text.tsx";
import { ValueText } from "../ui/value-text.tsx";

/** The columns of console.md §2; `medium` is the range of risks that counts as medium. */
export function directiveColumns(medium: readonly [number, number]): GridColumn<DirectiveRow>[] {
  const number = (
    id: string,
    title: string,
    width: number,
    of: (row: DirectiveRow) => number,
  ): GridColumn<DirectiveRow> => ({
    ...{ id, title, width, align: "right", sort: id, sortFirst: "descending" },
    ...{ cell: (row) => <span className="num">{countCell(of(row))}</span>, text: (row) => String(of(row)) },
  });
  const linked = (
    column: GridColumn<DirectiveRow>,
    routeOf: (row: DirectiveRow) => string,
  ): GridColumn<DirectiveRow> => ({
    ...column,
    cell: (row) =>
      column.text(row) === "0" ? (
        column.cell(row)
      ) : (
        <a className="count-link" href={href(routeOf(row))}>
          {column.cell(row)}
        </a>
      ),
  });
  return [
    {
      ...{ id: "enabled", title: "On", width: 52, sort: "enabled", sortFirst: "descending" },
      cell: ({ enabled }) => <EnabledMark enabled={enabled} />,
      text: ({ enabled }) => (enabled ? "on" : "off"),
    },
    {
      ...{ id: "id", title: "Id", width: 84, sort: "id" },
      cell: ({ id }) => <span className="mono t2">{id}</span>,
      text: ({ id }) => String(id),
    },
    {
      ...{ id: "name", title: "Name", width: 220, flex: true, sort: "name" },
      cell: ({ name, enabled }) => (
        <span className={enabled ? "med" : "t3"}>
          <ValueText text={name} />
        </span>
      ),
      text: ({ name }) => safeText(name),
    },
    { ...number("priority", "Priority", 72, ({ priority }) => priority), folds: 4 },
    { ...number("stages", "Stages", 66, ({ stages }) => stages), folds: 3 },
    {
      ...{ id: "risk", title: "Highest risk", width: 108, sort: "risk", sortFirst: "descending" },
      cell: ({ highestRisk }) => <RiskMark risk={highestRisk} riskClass={riskClassOf(highestRisk, medium)} />,
      text: ({ highestRisk }) => String(highestRisk),
    },
    linked(
      number("live", "Live", 60, ({ live }) => live),
      ({ id }) => backlogsRoute({ directive: id }),
    ),
    number("matched", "Matched 24 h", 96, ({ matched24h }) => matched24h),
    linked(
      number("alarms", "Alarms 24 h", 90, ({ alarms24h }) => alarms24h),
      ({ id }) => alarmsRoute({ q: `directive:${id}`, t: "24h" }),
    ),
    {
      ...{
        id: "fired",
        title: "Last fired",
        width: 96,
        align: "right",
        sort: "fired",
        sortFirst: "descending",
        folds: 5,
      },
      cell: ({ lastFired }) =>
        lastFired === undefined ? <span className="t3">–</span> : <TimeText at={lastFired} ago />,
      text: ({ lastFired }) => (lastFired === undefined ? "" : new Date(lastFired).toISOString()),
      quiet: true,
    },
    {
      ...{ id: "problems", title: "Problems", width: 82, sort: "problems", sortFirst: "descending" },
      cell: ({ problems }) => <ProblemMark problems={problems} />,
      text: ({ problems }) => problems.map(({ text }) => text).join("\n"),
    },
    {
      ...{ id: "file", title: "File", width: 210, sort: "file", folds: 2 },
      cell: ({ file }) => <ValueText text={file} mono />,
      text: ({ file }) => file,
    },
    {
      ...{ id: "node", title: "Node", width: 110, sort: "node", optional: true },
      cell: ({ node }) => <ValueText text={node} mono />,
      text: ({ node }) => node,
    },
    {
      ...{ id: "category", title: "Category", width: 140, optional: true },
      cell: ({ kingdom, category }) => <ValueText text={`${kingdom}, ${category}`} />,
      text: ({ kingdom, category }) => `${kingdom}, ${category}`,
    },
  ];
}

function EnabledMark({ enabled }: { enabled: boolean }) {
  return (
    <span className={`enabled-mark${enabled ? " on" : ""}`}>
      <i aria-hidden="true" />
      {enabled ? "on" : "off"}
    </span>
  );
}

function ProblemMark({ problems }: Pick<DirectiveRow, "problems">) {
  const [first] = problems;
  if (first === undefined) return <span className="t3">–</span>;
  const level = problems.some(({ severity }) => severity === "error") ? "bad" : "warn";
  return (
    <span className={`row ${level}`} title={problems.map(({ text }) => safeText(text)).join("\n")}>
      <Icon name={level === "bad" ? "x" : "warn"} size={14} />
      <span aria-hidden="true">{problems.length}</span>
      <span className="off-screen">
        {countOf(problems.length, "problem")}: {safeText(first.text)}
      </span>
    </span>
  );
}
