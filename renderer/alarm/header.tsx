import { Button, Menu, MenuItem, PopoverNext } from "@blueprintjs/core";
import { type ReactNode, useState } from "react";
import type { AlarmDetail } from "../../engine/contract/console/alarms.ts";
import { closedStatus, takenStatus, useSession, useSettings } from "../state/session.ts";
import { CopyButton, copyText } from "../ui/copy.tsx";
import { Icon, type IconName } from "../ui/icon.tsx";
import { alarmRoute, debuggerRoute, href } from "../ui/links.ts";
import { riskClassOf } from "../ui/risk.ts";
import { RiskMark } from "../ui/risk-mark.tsx";
import { safeText, tooltipText } from "../ui/safe-text.ts";
import { useShortcuts } from "../ui/shortcuts.tsx";
import { TimeText } from "../ui/time-text.tsx";
import { showToast } from "../ui/toast.tsx";
import { PivotItem } from "./address.tsx";
import { changeAlarm } from "./changes.ts";
import { alarmPivots } from "./pivots.ts";

/** Where the alarm stands in the list that it was opened from. */
export interface AlarmPlace {
  /** From 1; 0 when the list doesn't have it. */
  at: number;
  of: number;
  onPrevious: (() => void) | undefined;
  onNext: (() => void) | undefined;
}

export interface HeaderProps {
  alarm: AlarmDetail;
  place: AlarmPlace | undefined;
  /** The buttons at the end: full page or pane, close. */
  children: ReactNode;
  onNote: () => void;
  /** After the alarm was closed by a key or the menu: a list goes on to the next one. */
  onClosed: (() => void) | undefined;
}

export function AlarmHeader({ alarm, place, children, onNote, onClosed }: HeaderProps) {
  const session = useSession();
  const { riskMedium } = session;
  const closed = closedStatus(session);
  const taken = takenStatus(session);
  const [open, setOpen] = useState<"status" | "tag" | undefined>(undefined);
  const setStatus = async (status: string): Promise<void> => {
    setOpen(undefined);
    if ((await changeAlarm(alarm.id, { status })) && status === closed) onClosed?.();
  };
  const copyLink = (): void => {
    void copyText(linkOf(alarm.id)).then(() => showToast({ level: "ok", text: "Link copied" }));
  };
  useShortcuts({
    status: () => setOpen("status"),
    tag: () => setOpen("tag"),
    close: () => void setStatus(closed),
    ...(taken === undefined ? {} : { take: () => void setStatus(taken) }),
    note: onNote,
    copyLink,
    ...(place?.onPrevious === undefined ? {} : { "alarm.previous": place.onPrevious }),
    ...(place?.onNext === undefined ? {} : { "alarm.next": place.onNext }),
  });
  return (
    <header className="alarm-head">
      <div className="alarm-title">
        <RiskMark risk={alarm.risk} riskClass={riskClassOf(alarm.risk, riskMedium)} size="large" />
        <h1 className="grow clip" title={tooltipText(alarm.title)}>
          {tooltipText(alarm.title)}
        </h1>
        {place !== undefined && place.at > 0 && <Neighbours place={place} />}
        {children}
      </div>
      <div className="alarm-actions">
        <Choice
          what="Status"
          icon="half"
          value={alarm.status}
          values={session.statuses}
          isOpen={open === "status"}
          onToggle={(isOpen) => setOpen(isOpen ? "status" : undefined)}
          onChoose={(status) => void setStatus(status)}
        />
        <Choice
          what="Tag"
          icon="tag"
          value={alarm.tag}
          values={session.tags}
          isOpen={open === "tag"}
          onToggle={(isOpen) => setOpen(isOpen ? "tag" : undefined)}
          onChoose={(tag) => {
            setOpen(undefined);
            void changeAlarm(alarm.id, { tag });
          }}
        />
        <Button variant="minimal" size="small" icon={<Icon name="note" size={14} />} text="Note" onClick={onNote} />
        <Button
          variant="minimal"
          size="small"
          icon={<Icon name="link" size={14} />}
          text="Copy link"
          onClick={copyLink}
        />
        <a
          className="bp6-button bp6-minimal bp6-small"
          href={href(debuggerRoute({ alarm: alarm.id, directive: alarm.directiveId }))}
          title="Replay its events in the debugger"
        >
          <Icon name="bug" size={14} /> <span>Replay</span>
        </a>
        <LogSearch alarm={alarm} />
        <span className="grow" />
        <Identity alarm={alarm} />
      </div>
    </header>
  );
}

function Identity({ alarm }: { alarm: AlarmDetail }) {
  return (
    <span className="alarm-id">
      <span className="mono t2">{safeText(alarm.id)}</span>
      <CopyButton text={alarm.id} label="Copy the id" bare />
      <span className="t3 sm">
        created <TimeText at={alarm.created} ago />, updated <TimeText at={alarm.updated} ago />
      </span>
    </span>
  );
}

function Neighbours({ place }: { place: AlarmPlace }) {
  return (
    <>
      <Button
        variant="minimal"
        size="small"
        icon={<Icon name="left" size={14} />}
        aria-label="Previous alarm"
        title="Previous alarm ([)"
        disabled={place.onPrevious === undefined}
        onClick={() => place.onPrevious?.()}
      />
      <Button
        variant="minimal"
        size="small"
        icon={<Icon name="right" size={14} />}
        aria-label="Next alarm"
        title="Next alarm (])"
        disabled={place.onNext === undefined}
        onClick={() => place.onNext?.()}
      />
      <span className="sm t3 num">
        {place.at.toLocaleString("en")} of {place.of.toLocaleString("en")}
      </span>
    </>
  );
}

interface ChoiceProps {
  what: "Status" | "Tag";
  icon: IconName;
  value: string;
  values: readonly string[];
  isOpen: boolean;
  onToggle: (isOpen: boolean) => void;
  onChoose: (value: string) => void;
}

function Choice({ what, icon, value, values, isOpen, onToggle, onChoose }: ChoiceProps) {
  // What the engine or an import gave may be none of the configured ones; it is shown, and can be left.
  const all = values.includes(value) ? values : [value, ...values];
  const menu = (
    <Menu>
      {all.map((each) => (
        <MenuItem
          key={each}
          text={tooltipText(each)}
          roleStructure="listoption"
          selected={each === value}
          shouldDismissPopover
          onClick={() => onChoose(each)}
        />
      ))}
    </Menu>
  );
  return (
    <PopoverNext content={menu} isOpen={isOpen} onInteraction={onToggle} placement="bottom-start">
      <Button
        size="small"
        icon={<Icon name={icon} size={14} />}
        endIcon={<Icon name="down" size={12} />}
        aria-label={`${what}: ${value}`}
        aria-haspopup="listbox"
        title={`Set the ${what.toLowerCase()}`}
      >
        <span className="clip choice-value">{tooltipText(value)}</span>
      </Button>
    </PopoverNext>
  );
}

function LogSearch({ alarm }: { alarm: AlarmDetail }) {
  const settings = useSettings();
  const { id, title, src, dst, created, updated } = alarm;
  const pivots = alarmPivots(settings, { alarm_id: id, title, src, dst, from: created, to: updated });
  if (pivots.length === 0) return null;
  const menu = (
    <Menu>
      {pivots.map((pivot) => (
        <PivotItem key={pivot.href} pivot={pivot} />
      ))}
    </Menu>
  );
  return (
    <PopoverNext content={menu} placement="bottom-start">
      <Button variant="minimal" size="small" icon={<Icon name="external" size={14} />} text="Log search" />
    </PopoverNext>
  );
}

function linkOf(id: string): string {
  return `${location.origin}${location.pathname}${href(alarmRoute(id))}`;
}
