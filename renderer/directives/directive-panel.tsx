import { Button, SegmentedControl, Switch } from "@blueprintjs/core";
import { useState } from "react";
import type { DirectiveRow } from "../../engine/contract/console/directives.ts";
import { api } from "../client/api.ts";
import { useLoaded } from "../client/hooks.ts";
import { useSession } from "../state/session.ts";
import { CopyButton } from "../ui/copy.tsx";
import { goTo } from "../ui/hash-location.ts";
import { Icon } from "../ui/icon.tsx";
import { KeyValue } from "../ui/key-value.tsx";
import { alarmsRoute, backlogsRoute, debuggerRoute, directiveRoute, href } from "../ui/links.ts";
import { numberText } from "../ui/number-text.ts";
import { riskClassOf } from "../ui/risk.ts";
import { RiskMark } from "../ui/risk-mark.tsx";
import { safeText } from "../ui/safe-text.ts";
import { saveText } from "../ui/save-text.ts";
import { useShortcuts } from "../ui/shortcuts.tsx";
import { FailedState } from "../ui/states.tsx";
import { TimeText } from "../ui/time-text.tsx";
import { ValueText } from "../ui/value-text.tsx";
import { priorityOf, rulesOf } from "./rules.ts";
import { StageDiagram } from "./stage-diagram.tsx";
import { saidDone, tryChange } from "./use-directives.ts";

interface DirectivePanelProps {
  row: DirectiveRow;
  readOnly: string | undefined;
  onChanged: () => void;
  onOpenFile: (name: string, line?: number) => void;
  onClose: () => void;
}

/** One directive: its stages, how far its risk reaches, what it does right now, and where it is written. */
export function DirectivePanel(props: DirectivePanelProps) {
  const { row, readOnly, onOpenFile, onClose } = props;
  const { data, error, reload } = useLoaded(`${row.id}`, (signal) =>
    api.get("GET /directives/:id", { params: { id: String(row.id) }, signal }),
  );
  useShortcuts({ back: onClose });
  return (
    <aside className="directive-panel" aria-label={`Directive ${row.id}`}>
      <header>
        <span className="mono t2">{row.id}</span>
        <h2 className="clip" title={safeText(row.name)}>
          {safeText(row.name)}
        </h2>
        <span className="grow" />
        <Button
          variant="minimal"
          size="small"
          icon={<Icon name="x" size={14} />}
          aria-label="Close the panel"
          onClick={onClose}
        />
      </header>
      <PanelActions {...props} text={data?.text} />
      <div className="panel-scroll">
        <Facts row={row} />
        {row.problems.length === 0 ? null : (
          <ul className="panel-problems" aria-label="Problems">
            {row.problems.map(({ severity, text, line, file }) => (
              <li key={`${line} ${text}`}>
                <Icon
                  name={severity === "error" ? "x" : "warn"}
                  size={14}
                  className={severity === "error" ? "bad" : "warn"}
                />
                <span className="grow">{safeText(text)}</span>
                <Button variant="minimal" size="small" onClick={() => onOpenFile(file, line)}>
                  {line === undefined ? "Open the file" : `Line ${line}`}
                </Button>
              </li>
            ))}
          </ul>
        )}
        {data !== undefined ? (
          <Stages directive={data.directive} />
        ) : error !== undefined ? (
          <FailedState title="The directive can't be read" text={error.message} onRetry={reload} />
        ) : null}
        {readOnly === undefined ? null : <p className="t3 sm">{safeText(readOnly)}</p>}
      </div>
    </aside>
  );
}

function PanelActions({
  row,
  readOnly,
  onChanged,
  onOpenFile,
  text,
}: DirectivePanelProps & { text: string | undefined }) {
  const [busy, setBusy] = useState(false);
  const run = (change: () => Promise<boolean>) =>
    tryChange(async () => {
      setBusy(true);
      try {
        if (await change()) onChanged();
      } finally {
        setBusy(false);
      }
    });
  const enable = () =>
    run(async () => {
      const done = await api.post("POST /directives/enable", { body: { ids: [row.id], enabled: !row.enabled } });
      return saidDone(`Directive ${row.id} is ${row.enabled ? "disabled" : "enabled"}`, done);
    });
  const duplicate = () =>
    run(async () => {
      const done = await api.post("POST /directives/:id/duplicate", { params: { id: String(row.id) } });
      return saidDone(`Directive ${row.id} is copied as ${done.id}, disabled`, done);
    });
  const locked = busy || readOnly !== undefined;
  return (
    <div className="panel-actions">
      <Switch
        checked={row.enabled}
        disabled={locked}
        onChange={() => void enable()}
        label={row.enabled ? "Enabled" : "Disabled"}
        title={readOnly}
      />
      <span className="grow" />
      <a className="bp6-button bp6-small" href={href(debuggerRoute({ directive: row.id }))}>
        <Icon name="bug" size={14} /> <span>Debug</span>
      </a>
      <Button size="small" onClick={() => goTo(directiveRoute(row.id))}>
        {readOnly === undefined ? "Edit" : "Open"}
      </Button>
      <Button variant="minimal" size="small" onClick={() => onOpenFile(row.file)} title={safeText(row.file)}>
        {readOnly === undefined ? "Edit the file" : "Show the file"}
      </Button>
      <Button variant="minimal" size="small" disabled={locked} title={readOnly} onClick={() => void duplicate()}>
        Duplicate
      </Button>
      <Button
        variant="minimal"
        size="small"
        disabled={text === undefined}
        onClick={() => text !== undefined && saveText(`directive-${row.id}.json`, `${text}\n`)}
      >
        Export
      </Button>
      {text === undefined ? null : <CopyButton text={text} label="Copy its JSON" bare />}
    </div>
  );
}

function Facts({ row }: { row: DirectiveRow }) {
  const { riskMedium } = useSession();
  const { id, kingdom, category, priority, highestRisk, live, matched24h, alarms24h, lastFired, file, node } = row;
  return (
    <KeyValue
      items={[
        ["Class", <ValueText key="class" text={`${kingdom}, ${category}`} />],
        ["Priority", String(priority)],
        ["Highest risk", <RiskMark key="risk" risk={highestRisk} riskClass={riskClassOf(highestRisk, riskMedium)} />],
        [
          "Live backlogs",
          <a key="live" className="count-link" href={href(backlogsRoute({ directive: id }))}>
            {numberText(live)}
          </a>,
        ],
        ["Matched 24 h", numberText(matched24h)],
        [
          "Alarms 24 h",
          <a key="alarms" className="count-link" href={href(alarmsRoute({ q: `directive:${id}`, t: "24h" }))}>
            {numberText(alarms24h)}
          </a>,
        ],
        ["Last fired", lastFired === undefined ? "not in what is kept" : <TimeText key="fired" at={lastFired} ago />],
        ["File", <ValueText key="file" text={file} mono />],
        ["Backend", <ValueText key="node" text={node} mono />],
      ]}
    />
  );
}

const ASSET_VALUES = ["1", "3", "5"] as const;

function Stages({ directive }: { directive: unknown }) {
  const [value, setValue] = useState<string>("5");
  return (
    <section aria-label="Stages">
      <div className="stages-head">
        <h3>Stages</h3>
        <span className="t3 sm grow">risk shown for an asset of value {value}</span>
        <SegmentedControl
          size="small"
          aria-label="Asset value"
          options={ASSET_VALUES.map((each) => ({ value: each, label: each }))}
          value={value}
          onValueChange={setValue}
        />
      </div>
      <StageDiagram rules={rulesOf(directive)} priority={priorityOf(directive)} assetValue={Number(value)} />
    </section>
  );
}
