import { Button, HTMLSelect, ProgressBar } from "@blueprintjs/core";
import { useState } from "react";
import type { DryRunAnswer } from "../../../engine/contract/console/directives.ts";
import { useSession } from "../../state/session.ts";
import { countCell, numberText } from "../../ui/number-text.ts";
import { riskClassOf } from "../../ui/risk.ts";
import { RiskMark } from "../../ui/risk-mark.tsx";
import { safeText } from "../../ui/safe-text.ts";
import { DRY_RUN_RANGES, type DryRunControls, type DryRunRange } from "./use-dry-run.ts";

interface DryRunPanelProps {
  controls: DryRunControls;
  /** The text and the saved file as they are now: an answer may speak of earlier ones. */
  text: string;
  version: string;
  /** Why it can't be tried. */
  reason: string | undefined;
}

/** What the edited directive would have done with the events that are kept, beside what the saved one did. */
export function DryRunPanel({ controls, text, version, reason }: DryRunPanelProps) {
  const [range, setRange] = useState<DryRunRange>(DRY_RUN_RANGES[0]);
  const { run, start, cancel } = controls;
  return (
    <div className="dry-run">
      <div className="dry-run-bar">
        {run.kind === "running" ? (
          <>
            <ProgressBar
              {...(run.total === 0 ? {} : { value: run.done / run.total })}
              aria-label="Events tried"
              stripes={run.total === 0}
            />
            <span className="t2 sm num" role="status">
              {run.total === 0
                ? "The events are gathered."
                : `${numberText(run.done)} of ${numberText(run.total)} events`}
            </span>
            <Button size="small" disabled={run.job === undefined} onClick={() => void cancel()}>
              Cancel
            </Button>
          </>
        ) : (
          <>
            <Button
              size="small"
              aria-disabled={reason !== undefined}
              className={reason === undefined ? "" : "bp6-disabled"}
              title={reason}
              onClick={() => reason === undefined && void start(range)}
            >
              Try on retained events
            </Button>
            <HTMLSelect
              aria-label="Events to try"
              value={range.id}
              onChange={({ target }) =>
                setRange(DRY_RUN_RANGES.find(({ id }) => id === target.value) ?? DRY_RUN_RANGES[0])
              }
            >
              {DRY_RUN_RANGES.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </HTMLSelect>
            <span className="t2 sm" role="status">
              {run.kind === "failed" ? safeText(run.error) : run.kind === "done" ? "" : "Nothing that runs is touched."}
            </span>
          </>
        )}
      </div>
      {run.kind === "done" ? (
        <Answer answer={run.answer} isOutdated={run.text !== text || run.version !== version} />
      ) : null}
    </div>
  );
}

function Answer({ answer, isOutdated }: { answer: DryRunAnswer; isOutdated: boolean }) {
  const { riskMedium } = useSession();
  const risk = (value: number) => <RiskMark risk={value} riskClass={riskClassOf(value, riskMedium)} />;
  return (
    <>
      <p className="dry-run-sentence">
        <b>{safeText(answer.sentence)}</b>
        {answer.stopped === undefined ? null : <span className="warn"> {safeText(answer.stopped)}</span>}
        {isOutdated ? <span className="warn"> The text or the file was changed since.</span> : null}
      </p>
      {answer.directives.length === 0 ? null : (
        <table className="dry-run-table num">
          <thead>
            <tr>
              <th scope="col">Directive</th>
              {["Alarms", "Highest risk", "Complete at risk 0", "Expired", "Live at the end"].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {answer.directives.map(({ id, name, edited, saved }) => (
              <tr key={id}>
                <th scope="row">
                  <span className="mono t2">{id}</span> {safeText(name)}
                </th>
                <td>{pair(countCell(saved.alarms), countCell(edited.alarms))}</td>
                <td>
                  {risk(saved.highestRisk)}{" "}
                  {saved.highestRisk === edited.highestRisk ? null : <>→ {risk(edited.highestRisk)}</>}
                </td>
                <td>{pair(countCell(saved.riskless), countCell(edited.riskless))}</td>
                <td>{pair(countCell(saved.expired), countCell(edited.expired))}</td>
                <td>{pair(countCell(saved.live), countCell(edited.live))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

/** Saved and edited; one number where they are the same. */
function pair(saved: string, edited: string): string {
  return saved === edited ? saved : `${saved} → ${edited}`;
}
