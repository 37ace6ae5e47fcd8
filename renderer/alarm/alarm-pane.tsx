import { Button } from "@blueprintjs/core";
import { useEffect, useState } from "react";
import type { AlarmDetail } from "../../engine/contract/console/alarms.ts";
import { CopyButton } from "../ui/copy.tsx";
import { useUrlState } from "../ui/hash-location.ts";
import { Icon } from "../ui/icon.tsx";
import { JsonView } from "../ui/json-view.tsx";
import { alarmPaneRoute, alarmRoute, alarmsRoute, href } from "../ui/links.ts";
import { safeText } from "../ui/safe-text.ts";
import { useShortcuts } from "../ui/shortcuts.tsx";
import { EmptyState, FailedState, StaleNotice } from "../ui/states.tsx";
import { panelId, type TabEntry, TabStrip, tabId } from "../ui/tab-strip.tsx";
import { ActivityTab } from "./activity-tab.tsx";
import { EventsTab, TimelineTab } from "./events-tabs.tsx";
import { Facts } from "./facts.tsx";
import { AlarmHeader, type AlarmPlace } from "./header.tsx";
import { CustomDataTab, HitsTab } from "./lists-tab.tsx";
import { StagesTab } from "./stages-tab.tsx";
import { useAlarm, useAlarmEvents } from "./use-alarm.ts";
import "../ui/list-parts.css";
import "./alarm.css";

const TABS = ["stages", "timeline", "events", "intel", "vuln", "custom", "activity", "json"] as const;
type Tab = (typeof TABS)[number];

export interface AlarmPaneProps {
  id: string;
  /** Beside the list, or a page of its own. */
  mode: "pane" | "page";
  place?: AlarmPlace | undefined;
  /** Back to the list. */
  onClose: () => void;
  /** The alarm was closed here: the list goes on to the next. */
  onClosed?: (() => void) | undefined;
}

/** One alarm, whole. Which tab is open stands in the address (`tab`), and so does the picked event (`event`). */
export function AlarmPane(props: AlarmPaneProps) {
  const { id, mode, onClose } = props;
  const { data, error, loading, reload } = useAlarm(id);
  useShortcuts({ back: onClose });
  // Another alarm's data must not stand under this one's address while this one is read.
  const alarm = data?.id === id ? data : undefined;
  if (alarm !== undefined && error?.status !== 404) {
    return (
      <article className={`alarm-detail ${mode}`} aria-label={`Alarm ${safeText(alarm.title)}`}>
        {error !== undefined && (
          <StaleNotice onRetry={reload}>
            <b>This alarm can’t be read again.</b> {safeText(error.message)} What is shown may be old.
          </StaleNotice>
        )}
        <Detail key={id} {...props} alarm={alarm} />
      </article>
    );
  }
  return (
    <article className={`alarm-detail ${mode}`} aria-label="Alarm" aria-busy={loading}>
      <div className="alarm-bare-head">
        {mode === "page" && <h1 className="off-screen">Alarm</h1>}
        <span className="mono t2 grow">{safeText(id)}</span>
        <CloseButton onClose={onClose} />
      </div>
      {error === undefined ? (
        loading && <p className="line-empty">Reading the alarm…</p>
      ) : error.status === 404 ? (
        <NotThere id={id} />
      ) : (
        <FailedState title="The alarm can't be read" text={error.message} onRetry={reload} />
      )}
    </article>
  );
}

function NotThere({ id }: { id: string }) {
  return (
    <EmptyState
      icon="alarms"
      title="There is no such alarm"
      actions={
        <a
          className="bp6-button bp6-small"
          href={href(alarmsRoute({ q: `id:"${id.replace(/["\\]/g, "")}"`, t: "all" }))}
        >
          Look for it in all alarms
        </a>
      }
    >
      It was deleted from this console, is older than what is kept, or never came here. The backend’s alarm files keep
      every alarm.
    </EmptyState>
  );
}

function CloseButton({ onClose }: { onClose: () => void }) {
  return (
    <Button
      variant="minimal"
      size="small"
      icon={<Icon name="x" size={14} />}
      aria-label="Close"
      title="Back to the list (Esc)"
      onClick={onClose}
    />
  );
}

function Detail({ alarm, mode, place, onClose, onClosed }: AlarmPaneProps & { alarm: AlarmDetail }) {
  const [url, changeUrl] = useUrlState();
  const tab = TABS.find((each) => each === url.get("tab")) ?? "stages";
  const [writing, setWriting] = useState(false);
  const setTab = (next: Tab): void => {
    setWriting(false);
    changeUrl({ tab: next === "stages" ? undefined : next });
  };
  const toggleHref = mode === "pane" ? href(alarmRoute(alarm.id)) : href(alarmPaneRoute(alarm.id));
  return (
    <>
      {mode === "page" && <Crumbs alarm={alarm} />}
      <AlarmHeader
        alarm={alarm}
        place={place}
        onNote={() => {
          setTab("activity");
          setWriting(true);
        }}
        onClosed={onClosed}
      >
        <a
          className="bp6-button bp6-minimal bp6-small"
          href={toggleHref}
          aria-label={mode === "pane" ? "Full page" : "Beside the list"}
          title={mode === "pane" ? "Full page" : "Beside the list"}
        >
          <Icon name={mode === "pane" ? "open" : "panel"} size={14} />
        </a>
        {mode === "pane" && <CloseButton onClose={onClose} />}
      </AlarmHeader>
      <TabStrip name="alarm" label="Parts of the alarm" tabs={tabsOf(alarm)} current={tab} onChange={setTab} />
      <div className={`alarm-parts tab-${tab}`}>
        <div className="alarm-panel" role="tabpanel" id={panelId("alarm")} aria-labelledby={tabId("alarm", tab)}>
          <Panel alarm={alarm} tab={tab} writing={writing} onEscape={onClose} />
        </div>
        {tab !== "timeline" && tab !== "events" && <Facts alarm={alarm} onTab={setTab} />}
      </div>
    </>
  );
}

function tabsOf(alarm: AlarmDetail): TabEntry<Tab>[] {
  return [
    { id: "stages", title: "Stages", count: alarm.stageFacts.length },
    { id: "timeline", title: "Timeline" },
    { id: "events", title: "Events", count: alarm.events },
    { id: "intel", title: "Intel", count: alarm.record.intel_hits?.length ?? 0 },
    { id: "vuln", title: "Vulnerabilities", count: alarm.record.vulnerabilities?.length ?? 0 },
    { id: "custom", title: "Custom data", count: alarm.record.custom_data?.length ?? 0 },
    { id: "activity", title: "Activity" },
    { id: "json", title: "JSON" },
  ];
}

interface PanelProps {
  alarm: AlarmDetail;
  tab: Tab;
  writing: boolean;
  onEscape: () => void;
}

function Panel({ alarm, tab, writing, onEscape }: PanelProps) {
  const [url, changeUrl] = useUrlState();
  // Once somebody looked at the events they stay loaded, so that going between tabs costs nothing.
  const wantsEvents = tab === "events" || tab === "timeline";
  const [wanted, setWanted] = useState(wantsEvents);
  useEffect(() => {
    if (wantsEvents) setWanted(true);
  }, [wantsEvents]);
  const events = useAlarmEvents(alarm.id, wanted || wantsEvents ? alarm.rev : undefined);
  const eventsProps = {
    alarm,
    events,
    picked: /^\d{1,15}$/.test(url.get("event") ?? "") ? Number(url.get("event")) : undefined,
    onPick: (seq: number | undefined) => changeUrl({ event: seq === undefined ? undefined : String(seq) }),
    onEscape,
  };
  switch (tab) {
    case "stages":
      return <StagesTab alarm={alarm} />;
    case "timeline":
      return <TimelineTab {...eventsProps} />;
    case "events":
      return <EventsTab {...eventsProps} />;
    case "intel":
      return <HitsTab alarm={alarm} of="intel" />;
    case "vuln":
      return <HitsTab alarm={alarm} of="vulnerabilities" />;
    case "custom":
      return <CustomDataTab alarm={alarm} />;
    case "activity":
      return <ActivityTab alarm={alarm} writing={writing} />;
    case "json":
      return (
        <>
          <div className="json-bar">
            <span className="t3 sm grow">The engine’s latest record, untouched.</span>
            <CopyButton text={() => JSON.stringify(alarm.record, null, 2)} label="Copy" />
          </div>
          <JsonView value={alarm.record} label="The record as JSON" />
        </>
      );
  }
}

function Crumbs({ alarm }: { alarm: AlarmDetail }) {
  return (
    <nav className="crumbs" aria-label="Where this is">
      <a className="link" href={href(alarmsRoute())}>
        Alarms
      </a>
      <Icon name="right" size={12} className="t3" />
      <span className="mono">{safeText(alarm.id)}</span>
    </nav>
  );
}
