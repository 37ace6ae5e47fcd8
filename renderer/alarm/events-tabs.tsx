import { Button } from "@blueprintjs/core";
import { type ReactNode, useMemo, useState } from "react";
import type { AlarmDetail, StoredAlarmEvent } from "../../engine/contract/console/alarms.ts";
import { useSession } from "../state/session.ts";
import { useWidth } from "../ui/element-size.ts";
import { numberText } from "../ui/number-text.ts";
import { preciseClockText } from "../ui/precise-time.tsx";
import { riskClassOf } from "../ui/risk.ts";
import { RiskMark } from "../ui/risk-mark.tsx";
import { EmptyState, FailedState } from "../ui/states.tsx";
import { clockText } from "../ui/time.ts";
import { useTimeStyle } from "../ui/time-text.tsx";
import { EventView } from "./event-view.tsx";
import { EventsTable } from "./events-table.tsx";
import { stageCards } from "./stages.ts";
import { type Brush, layOut } from "./timeline.ts";
import { TimelineChart } from "./timeline-chart.tsx";
import type { AlarmEvents } from "./use-alarm.ts";

/** Below this width the event stands under the table and some columns leave. */
const NARROW = 900;
/** Below this width event ids and custom data leave the table, so that its titles can be read. */
const MIDDLE = 1_440;

interface EventsTabProps {
  alarm: AlarmDetail;
  events: AlarmEvents;
  picked: number | undefined;
  onPick: (seq: number | undefined) => void;
  onEscape: () => void;
}

/** All events of the alarm. */
export function EventsTab(props: EventsTabProps) {
  return <EventsSplit {...props} brush={undefined} />;
}

/** The same events over time; what is drawn over the picture picks those of the table. */
export function TimelineTab(props: EventsTabProps) {
  const { alarm, events, onPick } = props;
  const { riskMedium } = useSession();
  const { zone } = useTimeStyle();
  const [ref, width] = useWidth();
  const [brush, setBrush] = useState<Brush | undefined>(undefined);
  const timeline = useMemo(() => {
    const timeouts = new Map(
      alarm.record.rules.flatMap((rule) => (rule.timeout > 0 && rule.stage > 1 ? [[rule.stage, rule.timeout]] : [])),
    );
    return width === 0 ? undefined : layOut({ cards: stageCards(alarm), timeouts, events: events.events }, width);
  }, [alarm, events.events, width]);
  const text = (at: number, step: number): string => {
    if (step < 1000) return preciseClockText(at, zone);
    const clock = clockText(at, zone);
    return step % 60_000 === 0 ? clock.slice(0, 5) : clock;
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse. */}
      <section className="timeline-part" ref={ref} aria-label="Timeline" tabIndex={0}>
        {timeline === undefined
          ? width > 0 && <p className="line-empty">When its stages began isn’t known, so there is nothing to draw.</p>
          : width > 0 && (
              <TimelineChart
                timeline={timeline}
                width={width}
                brush={brush}
                onBrush={setBrush}
                onPick={onPick}
                timeText={text}
                riskLabel={(risk, first) => (
                  <span className="tl-label">
                    <RiskMark risk={risk} riskClass={riskClassOf(risk, riskMedium)} />
                    {first && <span className="t2 sm">, alarm written</span>}
                  </span>
                )}
              />
            )}
        {brush !== undefined && (
          <p className="brush-bar">
            <span>
              Only <b className="mono">{preciseClockText(brush.from, zone)}</b> to{" "}
              <b className="mono">{preciseClockText(brush.to, zone)}</b>
            </span>
            <Button size="small" variant="minimal" text="Show all" onClick={() => setBrush(undefined)} />
          </p>
        )}
      </section>
      <EventsSplit {...props} brush={brush} />
    </>
  );
}

function EventsSplit({
  alarm,
  events,
  picked,
  onPick,
  onEscape,
  brush,
}: EventsTabProps & { brush: Brush | undefined }) {
  const [ref, width] = useWidth();
  const stored = useMemo(
    () => (picked === undefined ? undefined : events.events.find((event) => event.seq === picked)),
    [events.events, picked],
  );
  if (events.events.length === 0) return <NoEvents alarm={alarm} events={events} />;
  const narrow = width > 0 && width < NARROW;
  const goBack = (): void => (picked === undefined ? onEscape() : onPick(undefined));
  return (
    <>
      <Notices alarm={alarm} events={events} />
      <div className={`events-split ${narrow ? "narrow" : ""} ${stored === undefined ? "" : "opened"}`} ref={ref}>
        <EventsTable
          alarm={alarm}
          events={events.events}
          brush={brush}
          width={narrow ? "narrow" : width < MIDDLE ? "middle" : "wide"}
          current={picked}
          onCurrent={(event: StoredAlarmEvent) => onPick(event.seq)}
          onEscape={goBack}
        />
        {(!narrow || stored !== undefined) && <EventView alarmId={alarm.id} stored={stored} />}
      </div>
    </>
  );
}

function NoEvents({ alarm, events }: { alarm: AlarmDetail; events: AlarmEvents }): ReactNode {
  if (events.error !== undefined) {
    return <FailedState title="Its events can't be read" text={events.error.message} onRetry={events.more} />;
  }
  if (events.loading) return <p className="line-empty">Reading the events…</p>;
  return (
    <EmptyState icon="events" title="No events here">
      {alarm.missing > 0
        ? `${numberText(alarm.missing)} of its events and records were lost to the console. The backend’s alarm files have them.`
        : "The console has no event of this alarm: it came with an import, or its events are yet to arrive."}
    </EmptyState>
  );
}

/** What is not in the table, and why. */
function Notices({ alarm, events }: { alarm: AlarmDetail; events: AlarmEvents }) {
  const rest = events.total - events.events.length;
  return (
    <>
      {alarm.missing > 0 && (
        <p className="notice" role="status">
          {alarm.missing === 1 ? "1 event or record" : `${numberText(alarm.missing)} events and records`} of this alarm
          {alarm.missing === 1 ? " was" : " were"} lost to the console. The backend’s alarm files have them.
        </p>
      )}
      {events.error !== undefined && (
        <p className="notice" role="status">
          <span className="grow">Not all events could be read: {events.error.message}</span>
          <Button size="small" text="Retry" onClick={events.more} />
        </p>
      )}
      {events.error === undefined && rest > 0 && (
        <p className="notice" role="status">
          <span className="grow">
            The first {numberText(events.events.length)} of {numberText(events.total)} events.
          </span>
          {events.loading ? "Reading on…" : <Button size="small" text="Read on" onClick={events.more} />}
        </p>
      )}
    </>
  );
}
