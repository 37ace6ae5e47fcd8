import { DeadlineMeter } from "../ui/deadline-meter.tsx";
import type { GridColumn } from "../ui/grid/column.ts";
import { countOf, numberText } from "../ui/number-text.ts";
import { riskClassOf } from "../ui/risk.ts";
import { RiskNext } from "../ui/risk-mark.tsx";
import { clipText, safeText, tooltipText } from "../ui/safe-text.ts";
import { StageProgress, stageProgressText } from "../ui/stage-progress.tsx";
import { TimeText } from "../ui/time-text.tsx";
import { ENDING_WORDS, type LiveRow } from "./live-rows.ts";
import { oneEventAway } from "./presets.ts";

/** Where a backlog is, in two words. */
function stateText({ row, ended }: LiveRow): string {
  if (ended !== undefined) return ENDING_WORDS[ended.why];
  return oneEventAway(row) ? "1 event left" : "Collecting";
}

/** The columns of the table (design, screen 05). `medium`: the risks that count as medium; `ahead`: of the server's clock. */
export function backlogColumns(medium: readonly [number, number], ahead: number): GridColumn<LiveRow>[] {
  return [...identityColumns(), ...progressColumns(medium, ahead), ...optionalColumns()];
}

function identityColumns(): GridColumn<LiveRow>[] {
  return [
    {
      id: "state",
      title: "State",
      width: 98,
      cell: (live) => <State live={live} />,
      text: stateText,
    },
    {
      id: "directive",
      title: "Directive",
      width: 76,
      sort: "directive",
      folds: 4,
      cell: ({ row }) => <span className="mono t2">{row.directiveId}</span>,
      text: ({ row }) => String(row.directiveId),
      term: ({ row }) => ({ field: "directive", value: String(row.directiveId) }),
    },
    {
      id: "title",
      title: "Title",
      width: 120,
      roomy: 220,
      flex: true,
      sort: "title",
      cell: ({ row }) => <span className="tt">{clipText(row.title, 200).text}</span>,
      text: ({ row }) => row.title,
      term: ({ row }) => ({ field: "title", value: row.title }),
    },
    {
      id: "stage",
      title: "Stage · events",
      width: 126,
      sort: "stage",
      sortFirst: "descending",
      cell: ({ row, ended }) => <StageProgress {...progressOf(row)} progress={progressState(ended?.why)} />,
      text: ({ row, ended }) => stageProgressText({ ...progressOf(row), progress: progressState(ended?.why) }),
    },
    address("source", "Source", "src"),
    address("target", "Target", "dst"),
  ];
}

function progressColumns(medium: readonly [number, number], ahead: number): GridColumn<LiveRow>[] {
  return [
    {
      id: "deadline",
      title: "Deadline",
      width: 108,
      sort: "deadline",
      quiet: true,
      cell: ({ row, ended }) =>
        ended === undefined ? (
          <DeadlineMeter
            since={(row.deadline - row.timeout) * 1000 - ahead}
            until={row.deadline === 0 ? undefined : row.deadline * 1000 - ahead}
          />
        ) : (
          <span className="t3 sm">{ENDING_WORDS[ended.why].toLowerCase()}</span>
        ),
      text: ({ row }) => new Date(row.deadline * 1000).toISOString(),
    },
    {
      id: "risk",
      title: "Risk now, next",
      width: 142,
      sort: "next",
      sortFirst: "descending",
      cell: ({ row }) => (
        <RiskNext
          now={{ risk: row.risk, riskClass: riskClassOf(row.risk, medium) }}
          next={
            row.nextRisk === undefined
              ? undefined
              : { risk: row.nextRisk, riskClass: riskClassOf(row.nextRisk, medium) }
          }
        />
      ),
      text: ({ row }) => `${row.risk} → ${row.nextRisk ?? "?"}`,
    },
    {
      id: "last",
      title: "Last",
      width: 54,
      align: "right",
      sort: "last",
      folds: 2,
      quiet: true,
      cell: ({ row }) => <TimeText at={row.updateTime * 1000 - ahead} />,
      text: ({ row }) => new Date(row.updateTime * 1000).toISOString(),
    },
    {
      id: "events",
      title: "Events",
      width: 66,
      align: "right",
      sort: "events",
      sortFirst: "descending",
      folds: 3,
      cell: ({ row }) => <span className="t2">{numberText(row.events)}</span>,
      text: ({ row }) => String(row.events),
    },
  ];
}

function optionalColumns(): GridColumn<LiveRow>[] {
  return [
    {
      id: "node",
      title: "Backend",
      width: 90,
      optional: true,
      cell: ({ row }) => <span className="mono t2">{safeText(row.node)}</span>,
      text: ({ row }) => row.node,
      term: ({ row }) => ({ field: "node", value: row.node }),
    },
    {
      id: "rule",
      title: "Stage's rule",
      width: 180,
      optional: true,
      cell: ({ row }) => clipText(row.rule, 120).text,
      text: ({ row }) => row.rule,
      term: ({ row }) => ({ field: "rule", value: row.rule }),
    },
    {
      id: "id",
      title: "Id",
      width: 110,
      optional: true,
      cell: ({ row }) => <span className="mono t2">{safeText(row.id)}</span>,
      text: ({ row }) => row.id,
    },
  ];
}

function address(id: "source" | "target", title: string, field: "src" | "dst"): GridColumn<LiveRow> {
  const value = ({ row }: LiveRow): string => (id === "source" ? row.source : row.destination);
  const count = ({ row }: LiveRow): number => (id === "source" ? row.sources : row.destinations);
  return {
    id,
    title,
    width: 124,
    sort: id,
    folds: id === "source" ? 5 : 1,
    cell: (live) => (
      <span className="mono t2" title={tooltipText(value(live))}>
        {clipText(value(live), 48).text}
        {count(live) > 1 && (
          <span className="plus" title={countOf(count(live), "address", "addresses")}>
            +{count(live) - 1}
          </span>
        )}
      </span>
    ),
    text: (live) => (count(live) > 1 ? `${value(live)} +${count(live) - 1}` : value(live)),
    term: (live) => ({ field, value: value(live) }),
  };
}

function State({ live }: { live: LiveRow }) {
  const text = stateText(live);
  if (live.ended !== undefined) return <span className={`backlog-ended ${live.ended.why}`}>{text}</span>;
  return <span className={oneEventAway(live.row) ? "med" : "t2"}>{text}</span>;
}

function progressOf(row: LiveRow["row"]) {
  return { stage: row.stage, stages: row.stages, events: row.count, occurrence: row.occurrence };
}

function progressState(why: "complete" | "expired" | "closed" | "gone" | undefined): "live" | "timeout" | "complete" {
  if (why === undefined || why === "gone") return "live";
  return why === "complete" ? "complete" : "timeout";
}
