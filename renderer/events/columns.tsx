import type { ConsoleEvent } from "../../engine/contract/console/events.ts";
import { customText, endpointText, kindText } from "../ui/event-text.ts";
import type { GridColumn } from "../ui/grid/column.ts";
import { Icon } from "../ui/icon.tsx";
import { backlogRoute, href } from "../ui/links.ts";
import { PreciseTime } from "../ui/precise-time.tsx";
import { clipText, tooltipText } from "../ui/safe-text.ts";
import { type OutcomeTone, outcomeCell } from "./outcome-text.ts";

/** Longest text that a cell shows; the opened event has the whole. */
const MOST = 200;
/** Letters that a cell of machine text has room for. */
const FITS = 15;

type Column = GridColumn<ConsoleEvent>;

/** The columns of the table (design, screen 08). */
export const EVENT_COLUMNS: readonly Column[] = [
  {
    id: "time",
    title: "Event time",
    width: 118,
    cell: ({ event }) => <PreciseTime at={Date.parse(event.timestamp)} />,
    text: ({ event }) => event.timestamp,
  },
  plain("sensor", "Sensor", 104, ({ event }) => event.sensor, 2),
  {
    id: "title",
    title: "Title",
    width: 150,
    roomy: 330,
    flex: true,
    cell: ({ event, verdict }) => (
      <span className={verdict?.kind === "matched" ? "tt" : "tt dim"}>{clipText(event.title, MOST).text}</span>
    ),
    text: ({ event }) => event.title,
    term: ({ event }) => ({ field: "title", value: event.title }),
  },
  endpoint("source", "Source", "src"),
  endpoint("target", "Target", "dst"),
  plain("protocol", "Proto", 58, ({ event }) => event.protocol ?? "", 4),
  {
    id: "kind",
    title: "Plugin, sid",
    width: 116,
    folds: 3,
    cell: ({ event }) => <Mono text={kindText(event)} />,
    text: ({ event }) => kindText(event),
    term: ({ event }) => kindTerm(event),
  },
  {
    id: "custom",
    title: "Custom data",
    width: 160,
    folds: 1,
    cell: ({ event }) => <span className="t2 sm">{clipText(customText(event), MOST).text}</span>,
    text: ({ event }) => customText(event),
    term: ({ event }) =>
      event.custom_data1 === undefined || event.custom_data1 === ""
        ? undefined
        : { field: "custom", value: event.custom_data1 },
  },
  {
    id: "outcome",
    title: "Outcome",
    width: 214,
    cell: ({ verdict }) => <Outcome verdict={verdict} />,
    text: ({ verdict }) => {
      const cell = outcomeCell(verdict);
      return [cell.directiveId, cell.text, cell.backlog?.id].filter((part) => part !== undefined).join(" ");
    },
    term: ({ verdict }) => outcomeTerm(verdict),
    quiet: true,
  },
  {
    id: "at",
    title: "Came in",
    width: 118,
    optional: true,
    cell: ({ at }) => <PreciseTime at={at} />,
    text: ({ at }) => new Date(at).toISOString(),
  },
  { ...plain("pattern", "Index pattern", 130, ({ event }) => event.src_index_pattern ?? ""), optional: true },
  { ...plain("category", "Category", 120, ({ event }) => event.category ?? ""), optional: true },
  { ...plain("id", "Event id", 130, ({ event }) => event.event_id), optional: true },
];

function plain(id: string, title: string, width: number, value: (row: ConsoleEvent) => string, folds?: number): Column {
  return {
    id,
    title,
    width,
    ...(folds === undefined ? {} : { folds }),
    cell: (row) => <span className="t2 sm">{value(row) === "" ? "–" : clipText(value(row), MOST).text}</span>,
    text: value,
    term: (row) => (value(row) === "" ? undefined : { field: id, value: value(row) }),
  };
}

function endpoint(id: string, title: string, field: "src" | "dst"): Column {
  const text = ({ event }: ConsoleEvent): string =>
    field === "src" ? endpointText(event.src_ip, event.src_port) : endpointText(event.dst_ip, event.dst_port);
  return {
    id,
    title,
    width: 158,
    cell: (row) => <Mono text={text(row)} />,
    text,
    term: ({ event }) => ({ field, value: field === "src" ? event.src_ip : event.dst_ip }),
  };
}

function kindTerm(event: ConsoleEvent["event"]): { field: string; value: string } | undefined {
  if (event.plugin_id !== undefined && event.plugin_id !== 0) {
    return { field: "plugin", value: String(event.plugin_id) };
  }
  return event.product === undefined || event.product === "" ? undefined : { field: "product", value: event.product };
}

function outcomeTerm(verdict: ConsoleEvent["verdict"]): { field: string; value: string } {
  switch (verdict?.kind) {
    case "matched":
      return { field: "outcome", value: "matched" };
    case "not matched":
      return { field: "outcome", value: "unmatched" };
    case "no directive":
      return { field: "outcome", value: "nodirective" };
    case "skipped":
      return { field: "outcome", value: "rejected" };
    default:
      return { field: "outcome", value: "unknown" };
  }
}

const TONE_ICONS = { hit: "check", idle: "minus", bad: "x", pending: "more" } as const satisfies Record<
  OutcomeTone,
  string
>;

export function ToneIcon({ tone }: { tone: OutcomeTone }) {
  return <Icon name={TONE_ICONS[tone]} size={14} className={`tone-${tone}`} />;
}

function Outcome({ verdict }: { verdict: ConsoleEvent["verdict"] }) {
  const { tone, text, hint, directiveId, backlog } = outcomeCell(verdict);
  return (
    <span className={`outcome ${tone}`} title={hint}>
      <ToneIcon tone={tone} />
      {directiveId !== undefined && <span className="mono">{directiveId}</span>}
      <span>{text}</span>
      {backlog !== undefined && (
        <a className="mono clip" href={href(backlogRoute(backlog.node, backlog.id))} tabIndex={-1}>
          {clipText(backlog.id, 12).text}
        </a>
      )}
    </span>
  );
}

function Mono({ text }: { text: string }) {
  // An address of IPv6 with its port may not fit.
  return (
    <span className="mono t2" title={text.length > FITS ? tooltipText(text) : undefined}>
      {clipText(text, 80).text}
    </span>
  );
}
