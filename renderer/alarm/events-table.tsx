import { useMemo } from "react";
import type { AlarmDetail, StoredAlarmEvent } from "../../engine/contract/console/alarms.ts";
import { customText, endpointText, kindText } from "../ui/event-text.ts";
import { type LineColumn, type LineContent, LineGrid } from "../ui/line-grid.tsx";
import { PreciseTime } from "../ui/precise-time.tsx";
import { clipText } from "../ui/safe-text.ts";
import { type EventLine, eventLines } from "./event-pages.ts";
import type { Brush } from "./timeline.ts";

const LINE = 28;

const WIDE: readonly LineColumn[] = [
  { id: "time", title: "Event time", width: "118px" },
  { id: "id", title: "Event id", width: "104px" },
  { id: "title", title: "Title", width: "minmax(120px, 1fr)" },
  { id: "source", title: "Source", width: "166px" },
  { id: "target", title: "Target", width: "166px" },
  { id: "kind", title: "Plugin / sid", width: "126px" },
  { id: "custom", title: "Custom data", width: "minmax(70px, 0.5fr)" },
];
/** Where all don't find room beside the event, which has them too. */
const MIDDLE = WIDE.filter(({ id }) => id !== "id" && id !== "custom");
/** In a narrow pane the event itself is a click away. */
const NARROW = MIDDLE.filter(({ id }) => id !== "kind");
const COLUMNS = { wide: WIDE, middle: MIDDLE, narrow: NARROW };
export type EventsWidth = keyof typeof COLUMNS;

interface EventsTableProps {
  alarm: AlarmDetail;
  events: readonly StoredAlarmEvent[];
  brush: Brush | undefined;
  width: EventsWidth;
  current: number | undefined;
  onCurrent: (event: StoredAlarmEvent) => void;
  onEscape: () => void;
}

/** The alarm's events by stage; only those in sight are drawn, so that a hundred thousand are no more than ten. */
export function EventsTable({ alarm, events, brush, width, current, onCurrent, onEscape }: EventsTableProps) {
  const lines = useMemo(() => eventLines(events, alarm.stageFacts, brush), [events, alarm.stageFacts, brush]);
  const columns = COLUMNS[width];
  const pick = (_key: string, line: EventLine): void => {
    if (line.kind === "event") onCurrent(line.event);
  };
  return (
    <LineGrid
      label="Events of the alarm"
      columns={columns}
      lines={lines}
      keyOf={(line) => line.key}
      heightOf={() => LINE}
      stops={(line) => line.kind === "event"}
      draw={(line) => drawLine(line, columns)}
      current={current === undefined ? undefined : String(current)}
      onCurrent={pick}
      onEscape={onEscape}
      empty={brush === undefined ? undefined : <p className="line-empty">No event happened in this time.</p>}
    />
  );
}

function drawLine(line: EventLine, columns: readonly LineColumn[]): LineContent {
  if (line.kind === "stage") {
    const { stage, name, count, occurrence } = line;
    return {
      kind: "whole",
      className: "group",
      content: (
        <div className="line-group" style={{ height: LINE }}>
          <b className="med">Stage {stage}</b>
          <span className="t2 clip">{clipText(name, 100).text}</span>
          <span className="t3 num">
            {count.toLocaleString("en")}
            {occurrence === undefined ? "" : ` of ${occurrence.toLocaleString("en")}`}
          </span>
        </div>
      ),
    };
  }
  return { kind: "cells", cells: columns.map((column) => cellOf(column.id, line.event)) };
}

function cellOf(column: string, stored: StoredAlarmEvent) {
  const { event } = stored;
  switch (column) {
    case "time":
      return <PreciseTime at={stored.at} />;
    case "id":
      return <Mono text={stored.eventId} />;
    case "title":
      return event === undefined ? (
        <span className="t3">only its id is known</span>
      ) : (
        <span className="tt">{clipText(event.title, 200).text}</span>
      );
    case "source":
      return event === undefined ? "" : <Mono text={endpointText(event.src_ip, event.src_port)} />;
    case "target":
      return event === undefined ? "" : <Mono text={endpointText(event.dst_ip, event.dst_port)} />;
    case "kind":
      return event === undefined ? "" : <Mono text={kindText(event)} />;
    default:
      return event === undefined ? "" : <span className="t2 sm">{clipText(customText(event), 120).text}</span>;
  }
}

function Mono({ text }: { text: string }) {
  const { text: shown, whole } = clipText(text, 80);
  return (
    <span className="mono t2" title={whole}>
      {shown}
    </span>
  );
}
